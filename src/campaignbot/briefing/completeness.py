"""What a brief still lacks, and why that matters. Nothing is invented in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from campaignbot.domain.brief import Brief, BriefKind
from campaignbot.domain.findings import Finding, Severity
from campaignbot.domain.messages import Message, Param
from campaignbot.domain.vacancy import Vacancy

_VACANCY_ERRORS = ("hours_min", "last_day", "places", "apply_url", "appointment")


def missing_answers(
    brief: Brief,
    vacancies: Sequence[Vacancy],
    unusable: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[Finding, ...]:
    """Return what is unanswered of the four steps, in their order.

    `unusable` are the angles that are left out, by name, with the facts that they lack. Errors
    keep a campaign from being made; a warning says which angles an answer would open.
    """
    return (
        *_goals(brief),
        *(_role(brief, vacancies) if brief.kind is BriefKind.VACANCY else _employer(brief)),
        *_personas(brief),
        *_facts(unusable),
    )


def _missing(code: str, severity: Severity, **params: str) -> Finding:
    return Finding(
        f"brief.missing.{code}",
        severity,
        Message(f"brief.missing.{code}", params),
        Message(f"brief.missing.{code}.why", params),
    )


def _goals(brief: Brief) -> Iterator[Finding]:
    if not brief.goals:
        yield _missing("goal", Severity.ERROR)
    for goal in brief.goals:
        if goal.baseline is None:
            yield _missing("baseline", Severity.HINT)


def _role(brief: Brief, vacancies: Sequence[Vacancy]) -> Iterator[Finding]:
    if not vacancies:
        yield _missing("vacancy", Severity.ERROR)
    for vacancy in vacancies:
        if vacancy.pay is None or vacancy.pay.maximum is None:
            yield _missing("pay", Severity.ERROR, title=vacancy.title)
        for name in _VACANCY_ERRORS:
            if not getattr(vacancy, name):
                yield _missing(name, Severity.ERROR, title=vacancy.title)
    if brief.role is None:
        yield _missing("role", Severity.ERROR)
        return
    if brief.role.agreed is None:
        yield _missing("role.agreed", Severity.WARNING)


def _employer(brief: Brief) -> Iterator[Finding]:
    if not brief.job_families:
        yield _missing("job_families", Severity.WARNING)


def _personas(brief: Brief) -> Iterator[Finding]:
    if not brief.personas:
        yield _missing("personas", Severity.ERROR)


def _facts(unusable: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """Name every fact that an angle waits for, and those angles."""
    waiting: dict[str, list[str]] = {}
    for angle, needs in unusable.items():
        for need in needs:
            waiting.setdefault(need, []).append(angle)
    for need, angles in sorted(waiting.items()):
        params: dict[str, Param] = {"name": need, "angles": " · ".join(angles), "n": len(angles)}
        yield Finding(
            f"brief.missing.fact.{need}",
            Severity.WARNING,
            Message("brief.missing.fact", params),
            Message("brief.missing.fact.why", params),
        )
