"""Messages from workers to screens; workers never touch widgets."""

from __future__ import annotations

from datetime import date

from textual.message import Message

from campaignbot.publishing.stopping import HoldInForce
from campaignbot.reviewing.items import ReviewItem
from campaignbot.storage.overview import Overview
from campaignbot.storage.views import CalendarRow, Place, QueuePage


class OverviewRead(Message):
    """A worker has read where everything stands, and what is stopped."""

    def __init__(self, overview: Overview, holds: tuple[HoldInForce, ...]) -> None:
        super().__init__()
        self.overview, self.holds = overview, holds


class CalendarRead(Message):
    """A worker has read what is planned from one day to another."""

    def __init__(self, first: date, last: date, rows: tuple[CalendarRow, ...]) -> None:
        super().__init__()
        self.first, self.last, self.rows = first, last, rows


class HoldsRead(Message):
    """A worker has read what is stopped."""

    def __init__(self, holds: tuple[HoldInForce, ...]) -> None:
        super().__init__()
        self.holds = holds


class QueueRead(Message):
    """A worker has read a page of the review queue; `after` is the place that it begins after."""

    def __init__(self, page: QueuePage, after: Place | None) -> None:
        super().__init__()
        self.page, self.after = page, after


class ItemRead(Message):
    """A worker has read and checked one publication."""

    def __init__(self, item: ReviewItem) -> None:
        super().__init__()
        self.item = item
