"""When and beside what a post stands, and the picture in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time, timedelta

from campaignbot.checking.findings import error, hint, warning
from campaignbot.checking.subject import CheckSubject
from campaignbot.domain.content import normalise_text
from campaignbot.domain.findings import Finding

_DAY_BEGINS, _DAY_ENDS = time(7, 0), time(21, 0)
_TOO_ALIKE = 0.7
_APART = timedelta(days=28)


def same_minute(subject: CheckSubject) -> Iterator[Finding]:
    minute = subject.planned.instant.replace(second=0, microsecond=0)
    for other in subject.neighbours:
        if other.due_at_utc.replace(second=0, microsecond=0) == minute:
            yield warning("time.same_minute", ref=other.reference)
            return


def quiet_hours(subject: CheckSubject) -> Iterator[Finding]:
    if not _DAY_BEGINS <= subject.planned.local.time() < _DAY_ENDS:
        yield warning("time.quiet_hours")


def public_holiday(subject: CheckSubject) -> Iterator[Finding]:
    if subject.planned.local.date() in subject.holidays:
        yield hint("time.public_holiday")


def repetition(subject: CheckSubject) -> Iterator[Finding]:
    """The same story may return in other words; the same words within four weeks may not."""
    words = _words(subject.content.text)
    for other in subject.neighbours:
        near = abs(other.due_at_utc - subject.planned.instant) < _APART
        if not (other.same_account and near):
            continue
        others = _words(other.text)
        if words and others and len(words & others) / len(words | others) >= _TOO_ALIKE:
            yield warning("repetition.alike", ref=other.reference)
            return


def photo_consent(subject: CheckSubject) -> Iterator[Finding]:
    day = subject.planned.local.date()
    for photo in subject.photos:
        if photo.people != "none" and photo.consent_until is None:
            yield error("photo.no_consent", photo=photo.key)
        elif photo.consent_until is not None and photo.consent_until < day:
            yield error("photo.consent_over", photo=photo.key, day=photo.consent_until)


def contrast(subject: CheckSubject) -> Iterator[Finding]:
    for field in subject.weak_contrasts:
        yield error("picture.contrast", field=field)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", normalise_text(text)))
