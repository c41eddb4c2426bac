"""When and beside what a post stands, and the picture in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from campaignbot.checking.findings import error, hint, warning
from campaignbot.checking.subject import CheckSubject
from campaignbot.domain.content import normalise_text
from campaignbot.domain.findings import Finding
from campaignbot.domain.walltime import Occurs, WallTime

_TOO_ALIKE = 0.7
_APART = timedelta(days=28)


def same_minute(subject: CheckSubject) -> Iterator[Finding]:
    minute = subject.planned.instant.replace(second=0, microsecond=0)
    for other in subject.neighbours:
        if other.due_at_utc.replace(second=0, microsecond=0) == minute:
            yield warning("time.same_minute", ref=other.reference)
            return


def quiet_hours(subject: CheckSubject) -> Iterator[Finding]:
    start, end, at = subject.quiet_from, subject.quiet_until, subject.planned.local.time()
    over_midnight = start > end
    if (start <= at or at < end) if over_midnight else start <= at < end:
        yield warning("time.quiet_hours", begin=f"{end:%H:%M}", end=f"{start:%H:%M}")


def clock_change(subject: CheckSubject) -> Iterator[Finding]:
    """Say what becomes of a time that the clocks skip, or show twice."""
    planned = subject.planned
    if planned.occurs is Occurs.ONCE:
        return
    goes = WallTime.at(planned.instant, planned.zone)
    yield hint(
        "time.skipped" if planned.occurs is Occurs.NEVER else "time.doubled",
        at=_clock(planned.local),
        goes=_clock(goes.local),
        day=planned.local.date(),
    )


def public_holiday(subject: CheckSubject) -> Iterator[Finding]:
    if subject.planned.local.date() in subject.holidays:
        yield hint("time.public_holiday")


def monthly_sum(subject: CheckSubject) -> Iterator[Finding]:
    """A post that would wait because the account's monthly sum is used up by then."""
    month = subject.month
    if month is not None and month.total.micros > month.cap.micros:
        yield warning(
            "cost.cap",
            account=month.account,
            first=month.first_day,
            sum=month.total,
            cap=month.cap,
        )


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
        if not photo.people:
            yield warning("photo.people_unknown", photo=photo.key)
        elif photo.people != "none" and photo.consent_until is None:
            yield error("photo.no_consent", photo=photo.key)
        if photo.consent_until is not None and photo.consent_until < day:
            yield error("photo.consent_over", photo=photo.key, day=photo.consent_until)


def contrast(subject: CheckSubject) -> Iterator[Finding]:
    for field in subject.weak_contrasts:
        yield error("picture.contrast", field=field)


def _clock(local: datetime) -> str:
    return f"{local:%H:%M}"


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{4,}", normalise_text(text)))
