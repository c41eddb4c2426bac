"""Whether the facts that a post tells are still true, and may still be told."""

from __future__ import annotations

from collections.abc import Iterator

from campaignbot.checking.findings import error
from campaignbot.checking.subject import CheckSubject
from campaignbot.domain.brief import FactKind
from campaignbot.domain.facts import FactSource
from campaignbot.domain.findings import Finding, Severity
from campaignbot.domain.messages import Message

_GONE = "gone"


def changed_facts(subject: CheckSubject) -> Iterator[Finding]:
    """A fact that the post used is another by now, or is there no more.

    The code names the value of now, so that a waiver ends when the fact changes once more.
    """
    for key in sorted(subject.book.outdated(subject.facts)):
        fact = subject.book.get(key)
        now = fact.hash.partition(":")[2][:8] if fact else _GONE
        yield Finding(
            f"fact.changed.{key}.{now}",
            Severity.ERROR,
            _changed(key),
            Message("check.fact.changed.remedy"),
        )


def expired_facts(subject: CheckSubject) -> Iterator[Finding]:
    """A fact is told after its last day, or without the consent of the person it comes from."""
    day = subject.planned.local.date()
    for key in sorted(subject.facts):
        fact = subject.book.get(key)
        if fact is None:
            continue
        name = key.partition(".")[2]
        if fact.valid_until is not None and fact.valid_until < day:
            yield error("fact.expired", quote=str(fact.value), name=name, day=fact.valid_until)
        if fact.consent is None:
            if fact.kind is FactKind.QUOTATION:
                yield error("fact.no_consent", quote=str(fact.value), name=name)
        elif fact.consent.until is not None and fact.consent.until < day:
            yield error("fact.consent_over", name=name, by=fact.consent.by, day=fact.consent.until)


def closed_vacancy(subject: CheckSubject) -> Iterator[Finding]:
    if subject.vacancy and subject.vacancy_closed and subject.needs_open_vacancy:
        yield error("fact.vacancy_closed", waivable=False, ref=subject.vacancy.reference)


def _changed(key: str) -> Message:
    source, _, name = key.partition(".")
    if source in (FactSource.STORY, FactSource.ROLE):
        return Message(f"check.fact.changed.{source}", {"name": name})
    return Message(f"check.fact.changed.{key}")
