"""Messages from workers to screens; workers never touch widgets."""

from __future__ import annotations

from textual.message import Message

from campaignbot.publishing.stopping import HoldInForce
from campaignbot.storage.overview import Overview


class OverviewRead(Message):
    """A worker has read where everything stands."""

    def __init__(self, overview: Overview) -> None:
        super().__init__()
        self.overview = overview


class HoldsRead(Message):
    """A worker has read what is stopped."""

    def __init__(self, holds: tuple[HoldInForce, ...]) -> None:
        super().__init__()
        self.holds = holds
