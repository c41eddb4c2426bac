"""Quiet hours: what is late does not go out in the middle of the night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from campaignbot.domain.walltime import WallTime


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time on the wall until another, usually past midnight; equal means none."""

    begins: time = time(21, 0)
    ends: time = time(7, 0)

    def wait(self, planned: WallTime, now: datetime) -> datetime | None:
        """Return until when a publication must wait at this instant; None: it need not.

        A time that somebody approved is kept, also at night. Only what comes later than planned,
        because it was tried again or the machine was off, waits for the morning.
        """
        night = self._night(WallTime.at(now, planned.zone))
        if night is None:
            return None
        begins, ends = night
        return None if planned.instant >= begins.instant else ends.instant

    def _night(self, wall: WallTime) -> tuple[WallTime, WallTime] | None:
        """Return when the quiet hours around this time began and when they end."""
        today, at = wall.local.date(), wall.local.time()
        day = timedelta(days=1)
        if self.begins < self.ends:
            if not self.begins <= at < self.ends:
                return None
            first, last = today, today
        elif at >= self.begins != self.ends:
            first, last = today, today + day
        elif at < self.ends != self.begins:
            first, last = today - day, today
        else:
            return None
        return (
            WallTime(datetime.combine(first, self.begins), wall.zone),
            WallTime(datetime.combine(last, self.ends), wall.zone),
        )
