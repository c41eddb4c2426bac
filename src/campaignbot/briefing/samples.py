"""Bringing the sample brief to the present, for the demonstration only."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

_MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
    "oktober", "november", "december",
)  # fmt: skip
_DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)")
_WRITTEN = re.compile(
    rf"(?:\b({'|'.join(_DAYS)})\s+)?\b(\d{{1,2}}) ({'|'.join(_MONTHS)})(?:\s+(\d{{4}}))?\b"
)


def move_sample_dates(text: str, by: timedelta, base_year: int) -> str:
    """Return the text with every date moved: ISO dates, and Dutch ones with or without a year.

    Names of weekdays follow. A date without a year is taken to be in the half year around the
    turn after `base_year`.
    """

    def iso(found: re.Match[str]) -> str:
        return _moved(found, lambda: date(*(int(part) for part in found.groups())), by)

    def written(found: re.Match[str]) -> str:
        weekday, day, month, year = found.groups()
        number = _MONTHS.index(month) + 1
        guessed = int(year) if year else base_year + (1 if number <= 6 else 0)
        try:
            moved = date(guessed, number, int(day)) + by
        except ValueError:
            return found.group()
        words = [f"{moved.day} {_MONTHS[moved.month - 1]}"]
        if weekday:
            words.insert(0, _DAYS[moved.weekday()])
        if year:
            words.append(str(moved.year))
        return " ".join(words)

    return _WRITTEN.sub(written, _ISO.sub(iso, text))


def _moved(found: re.Match[str], read: Callable[[], date], by: timedelta) -> str:
    try:
        return (read() + by).isoformat()
    except ValueError:
        return found.group()
