"""Planned times: what people agree on is a time on the wall, not an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Occurs(StrEnum):
    """How often a time comes by on the wall, on the day that it names."""

    ONCE = "once"
    NEVER = "never"
    TWICE = "twice"


@dataclass(frozen=True, slots=True, order=True)
class WallTime:
    """A local date and time with the IANA name of its zone.

    The instant is computed when asked, because time-zone rules change; a post planned at 09:00
    stays at 09:00. A time that the clocks skip (spring) becomes the same distance after the gap;
    a time that exists twice (autumn) means its first occurrence.
    """

    local: datetime
    zone: str

    def __post_init__(self) -> None:
        if self.local.tzinfo is not None:
            raise ValueError("a wall time is local: give the zone by name, not in the datetime")
        ZoneInfo(self.zone)

    @classmethod
    def at(cls, instant: datetime, zone: str) -> WallTime:
        """Return the time on the wall in this zone at an aware instant."""
        local = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
        return cls(local, zone)

    @property
    def instant(self) -> datetime:
        """The due instant in UTC, by the zone rules of this machine."""
        # fold=0 takes the first of two; of a time in the gap it takes the offset before the gap,
        # which moves the instant past it by exactly the part that was skipped.
        return self.local.replace(tzinfo=ZoneInfo(self.zone), fold=0).astimezone(UTC)

    @property
    def occurs(self) -> Occurs:
        """Whether the clocks skip this time or show it twice, by the zone rules of this machine."""
        zone = ZoneInfo(self.zone)
        first, second = (self.local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
        if first == second:
            return Occurs.ONCE
        # Of a time in the gap, fold=0 takes the offset before it, which leads past the gap.
        return Occurs.TWICE if WallTime.at(self.instant, self.zone) == self else Occurs.NEVER

    def to_the_minute(self) -> WallTime:
        """Return the beginning of its minute: people plan by the minute."""
        return WallTime(self.local.replace(second=0, microsecond=0), self.zone)

    def is_past(self, now: datetime) -> bool:
        """Tell whether its minute is over; the one that has begun can still be planned."""
        return self.to_the_minute().instant + timedelta(minutes=1) <= now

    def plus(self, duration: timedelta) -> WallTime:
        """Return the wall time a local duration later (a day is a day, also of 23 hours)."""
        return WallTime(self.local + duration, self.zone)

    def later_by(self, real: timedelta) -> WallTime:
        """Return a wall time whose instant is a real duration after this one's, never sooner.

        It is later where that instant has no wall time of its own: the second of a doubled hour.
        """
        wanted = self.instant + real
        near = WallTime.at(wanted, self.zone)
        return near if near.instant >= wanted else self.plus(real)
