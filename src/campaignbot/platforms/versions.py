"""Versions of a platform's API: they end on a day, and from then on every call is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from campaignbot.domain.messages import Message

WARN_DAYS = 60
"""How many days before a version ends people are told to install a newer program."""


@dataclass(frozen=True, slots=True)
class ApiVersion:
    """The version that an adapter speaks; from `sunset_on` (UTC) the platform refuses it."""

    name: str
    sunset_on: date

    def days_left(self, today: date) -> int:
        """Return how many days it still works, this one included; 0 once it has ended."""
        return max(0, (self.sunset_on - today).days)

    def warning(self, label: str, today: date) -> Message | None:
        """Return what people should know of its end by now, if anything."""
        left = self.days_left(today)
        if left > WARN_DAYS:
            return None
        key = "platform.version_ends" if left else "platform.version_ended"
        return Message(key, {"platform": label, "day": self.sunset_on})
