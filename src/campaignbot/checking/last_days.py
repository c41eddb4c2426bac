"""The last day to apply as a text names it, in Dutch or English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from campaignbot.domain.months import MONTHS

_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_BEFORE = r"\b(?:t/m|tot en met|uiterlijk|vóór|voor|up to and including|until|before|by)\s+"
_WEEKDAY = (
    r"(?:(?:maan|dins|woens|donder|vrij|zater|zon)dag,?\s+|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
)
_LAST_DAY = re.compile(
    rf"{_BEFORE}{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th)?\s+({_NAMES})\b\.?(?:\s+(\d{{4}}))?",
    re.IGNORECASE,
)
# "vóór 7 december": the day itself is too late.
_EXCLUSIVE = re.compile(r"(?:vóór|voor|before)\s", re.IGNORECASE)
_FAR = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class NamedDay:
    """The last day that a text names: in its words, and as the date that still counts."""

    quote: str
    day: date


def last_days_in(text: str, near: date) -> Iterator[NamedDay]:
    """Yield the last days that a text names; one without a year is the one nearest to `near`."""
    for found in _LAST_DAY.finditer(text):
        day, month, year = int(found[1]), MONTHS[found[2].lower()], found[3]
        named = _date(day, month, int(year)) if year else _nearest(day, month, near)
        if named is not None:
            before = timedelta(days=1 if _EXCLUSIVE.match(found[0]) else 0)
            yield NamedDay(found[0].rstrip("."), named - before)


def _nearest(day: int, month: int, near: date) -> date | None:
    candidates = (_date(day, month, near.year + step) for step in (0, 1, -1))
    return next((c for c in candidates if c is not None and abs(c - near) <= _FAR), None)


def _date(day: int, month: int, year: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
