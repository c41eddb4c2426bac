"""What a brief still lacks, and why that matters. Nothing is invented in its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from campaignbot.domain.brief import Brief, BriefKind
from campaignbot.domain.findings import Finding, Severity
from campaignbot.domain.messages import Message
from campaignbot.domain.vacancy import Vacancy

_ROLE = (
    "assignment",
    "focus",
    "responsibility",
    "experience",
    "steering",
    "why_it_matters",
    "team",
    "development",
    "impact",
    "agreed",
)
_VACANCY_ERRORS = ("hours_min", "last_day", "places", "apply_url", "appointment")


def missing_answers(brief: Brief, vacancies: Sequence[Vacancy]) -> tuple[Finding, ...]:
    """Return what is unanswered of the four steps, in their order.

    Errors keep the posts that need the answer from being made; warnings make them weaker.
    """
    return (
        *_goals(brief),
        *(_role(brief, vacancies) if brief.kind is BriefKind.VACANCY else _employer(brief)),
        *_personas_and_story(brief),
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
    for name in _ROLE:
        if not getattr(brief.role, name):
            yield _missing(f"role.{name}", Severity.WARNING)


def _employer(brief: Brief) -> Iterator[Finding]:
    if not brief.job_families:
        yield _missing("job_families", Severity.WARNING)


def _personas_and_story(brief: Brief) -> Iterator[Finding]:
    if not brief.personas:
        yield _missing("personas", Severity.ERROR)
    if not brief.story:
        yield _missing("story", Severity.ERROR)
