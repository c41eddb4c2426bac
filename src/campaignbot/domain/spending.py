"""What an account costs in a calendar month, and what it may cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from campaignbot.domain.money import Money
from campaignbot.domain.walltime import WallTime


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month in a zone, from its first instant up to that of the next."""

    begins_at_utc: datetime
    ends_at_utc: datetime


def month_of(instant: datetime, zone: str) -> Month:
    """Return the month in which an instant lies."""
    first = WallTime.at(instant, zone).local.replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    following = (first + timedelta(days=31)).replace(day=1)
    return Month(WallTime(first, zone).instant, WallTime(following, zone).instant)


@dataclass(frozen=True, slots=True)
class Spent:
    """What an account cost in a month.

    `measured` is what the platform itself said; `estimated` is reckoned from its price list.
    """

    measured: Money
    estimated: Money

    @property
    def total(self) -> Money:
        return self.measured + self.estimated
