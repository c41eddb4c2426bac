"""Whether the vacancy still says what a post says."""

from __future__ import annotations

from collections.abc import Iterator

from campaignbot.checking.findings import error
from campaignbot.checking.subject import CheckSubject
from campaignbot.domain.findings import Finding, Severity
from campaignbot.domain.messages import Message
from campaignbot.domain.vacancy import fact_hash, outdated_facts


def changed_facts(subject: CheckSubject) -> Iterator[Finding]:
    """A fact that the post used is another by now.

    The code names the value of now, so that a waiver ends when the fact changes once more.
    """
    vacancy = subject.vacancy
    if vacancy is None:
        return
    for name in sorted(outdated_facts(subject.facts, vacancy)):
        digest = fact_hash(getattr(vacancy, name))[:8]
        yield Finding(
            f"fact.changed.{name}.{digest}",
            Severity.ERROR,
            Message(f"check.fact.changed.{name}"),
            Message("check.fact.changed.remedy"),
        )


def closed_vacancy(subject: CheckSubject) -> Iterator[Finding]:
    vacancy = subject.vacancy
    if vacancy and vacancy.closed_at_utc and subject.needs_open_vacancy:
        yield error("fact.vacancy_closed", waivable=False, ref=vacancy.reference)
