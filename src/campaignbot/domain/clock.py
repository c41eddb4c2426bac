"""The one clock of the program: everything that needs the time is handed a `Clock`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SimulatedClock:
    """A clock that stands still until it is moved; demo and tests use it."""

    def __init__(self, start: datetime) -> None:
        self._now = require_utc(start)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move by a duration, which may be negative (a machine's clock can jump back)."""
        self._now += by
        return self._now

    def move_to(self, instant: datetime) -> None:
        self._now = require_utc(instant)


def require_utc(instant: datetime) -> datetime:
    """Return the instant in UTC; a naive value is a programming error and raises ValueError."""
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueError(f"an instant needs a zone, got the naive {instant.isoformat()}")
    return instant.astimezone(UTC)
