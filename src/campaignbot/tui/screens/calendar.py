"""The calendar: every day, every account, in which phase and how far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from textual import work
from textual.app import ComposeResult
from textual.widgets import DataTable, Footer, Static

from campaignbot.domain.messages import cut
from campaignbot.domain.publication import State
from campaignbot.storage.views import CalendarRow
from campaignbot.tui.base import CampaignScreen
from campaignbot.tui.messages import CalendarRead
from campaignbot.tui.widgets.hold_bar import HoldBar
from campaignbot.tui.widgets.title_bar import TitleBar

_MARKS = {
    State.PUBLISHED: "✓",
    State.HANDED_OVER: "→",
    State.APPROVED: "●",
    State.IN_REVIEW: "?",
    State.CHANGES_REQUESTED: "?",
}
_BACK, _AHEAD, _STEP = timedelta(weeks=1), timedelta(weeks=4), timedelta(weeks=4)


class CalendarScreen(CampaignScreen):
    """Read only: a row a day, a column an account; some weeks at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._moved = timedelta(0)

    def compose(self) -> ComposeResult:
        yield TitleBar(self.services, "calendar")
        yield HoldBar(self.services)
        yield Static(self.t("tui.calendar_legend"), classes="facts", markup=False)
        yield DataTable[str](cursor_type="row", zebra_stripes=True)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self._bindings.bind("left_square_bracket", "weeks(-1)", self.t("tui.key.earlier"))
        self._bindings.bind("right_square_bracket", "weeks(1)", self.t("tui.key.later"))
        self.query_one(DataTable).focus()
        self._read()

    def on_screen_resume(self) -> None:
        self._read()

    def action_weeks(self, direction: int) -> None:
        self._moved += direction * _STEP
        self._read()

    @property
    def _today(self) -> date:
        return self.services.clock.now().astimezone(self.t.zone).date()

    @work(thread=True, exclusive=True, group="calendar")
    def _read(self) -> None:
        middle = self._today + self._moved
        first, last = middle - _BACK, middle + _AHEAD
        self.post_message(CalendarRead(first, last, self.services.calendar(first, last)))

    def on_calendar_read(self, message: CalendarRead) -> None:
        table = self.query_one(DataTable)
        table.clear(columns=True)
        days: dict[date, dict[str, list[CalendarRow]]] = defaultdict(lambda: defaultdict(list))
        for row in message.rows:
            days[row.day][row.account].append(row)
        accounts = sorted({row.account for row in message.rows})
        table.add_column(self.t("tui.day"), width=11)
        for key in accounts:
            table.add_column(cut(key, 11), width=11)
        today, ahead = self._today, 0
        for day, planned in sorted(days.items()):
            ahead += day < today
            label = self.t.short_date(day) + ("*" if day == today else "")
            table.add_row(label, *(self._cell(planned.get(key, [])) for key in accounts))
        # What is past is above; one opens the calendar to see what comes.
        at = 0 if self._moved else max(0, min(ahead, table.row_count - 1))
        table.move_cursor(row=at, animate=False)
        self.call_after_refresh(table.scroll_to, y=max(0, at - 2), animate=False)

    def _cell(self, rows: Sequence[CalendarRow]) -> str:
        return " ".join(
            f"{_MARKS.get(row.state, '!')} {self.t(f'phase.short.{row.phase}')}" for row in rows
        )
