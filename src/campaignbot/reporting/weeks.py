"""ISO weeks in the campaign's zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaignbot.domain.errors import user_error
from campaignbot.domain.messages import cut


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """A week from Monday 00:00 until the next, in a zone."""

    monday: date
    zone: str

    @classmethod
    def of(cls, day: date, zone: str) -> Week:
        return cls(day - timedelta(days=day.weekday()), zone)

    @classmethod
    def at(cls, instant: datetime, zone: str) -> Week:
        """Return the week in which an instant falls in the zone."""
        return cls.of(instant.astimezone(ZoneInfo(zone)).date(), zone)

    @classmethod
    def parse(cls, text: str, zone: str) -> Week:
        """Read ``2026-W48`` or any day of the week (``2026-11-24``); UserError for all else."""
        if found := re.fullmatch(r"(\d{4})-?W(\d{1,2})", text.strip(), re.IGNORECASE):
            try:
                return cls(date.fromisocalendar(int(found[1]), int(found[2]), 1), zone)
            except ValueError:
                pass
        else:
            try:
                return cls.of(date.fromisoformat(text.strip()), zone)
            except ValueError:
                pass
        raise user_error("report.bad_week", remedy="report.bad_week.remedy", value=cut(text, 40))

    @property
    def following(self) -> Week:
        return Week(self.monday + timedelta(days=7), self.zone)

    @property
    def name(self) -> str:
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def number(self) -> int:
        return self.monday.isocalendar().week

    @property
    def last_day(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def start(self) -> datetime:
        """The first instant of the week, in UTC."""
        return _midnight(self.monday, self.zone)

    @property
    def end(self) -> datetime:
        """The first instant after the week, in UTC."""
        return _midnight(self.monday + timedelta(days=7), self.zone)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
