"""The calendar: every day, every account, in which phase and how far."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from textual.app import ComposeResult
from textual.widgets import DataTable, Footer, Static

from campaignbot.domain.messages import cut
from campaignbot.domain.publication import Publication, State
from campaignbot.tui.base import CampaignScreen
from campaignbot.tui.widgets.hold_bar import HoldBar
from campaignbot.tui.widgets.title_bar import TitleBar

_MARKS = {
    State.PUBLISHED: "✓",
    State.HANDED_OVER: "→",
    State.APPROVED: "●",
    State.IN_REVIEW: "?",
    State.CHANGES_REQUESTED: "?",
}


class CalendarScreen(CampaignScreen):
    """Read only: a row a day, a column an account."""

    def compose(self) -> ComposeResult:
        yield TitleBar(self.services, "calendar")
        yield HoldBar(self.services)
        yield Static(self.t("tui.calendar_legend"), classes="facts", markup=False)
        yield DataTable[str](cursor_type="row", zebra_stripes=True)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(DataTable).focus()
        self._fill()

    def on_screen_resume(self) -> None:
        self._fill()

    def _fill(self) -> None:
        table = self.query_one(DataTable)
        table.clear(columns=True)
        accounts = self.services.overview().accounts
        days: dict[date, dict[str, list[Publication]]] = defaultdict(lambda: defaultdict(list))
        keys = set()
        for publication in self.services.calendar():
            key = accounts[str(publication.account_id)].key
            keys.add(key)
            days[publication.planned.local.date()][key].append(publication)
        ordered = sorted(keys)
        table.add_column(self.t("tui.day"), width=11)
        for key in ordered:
            table.add_column(cut(key, 11), width=11)
        today = self.services.clock.now().astimezone(self.t.zone).date()
        ahead = 0
        for day, row in sorted(days.items()):
            ahead += day < today
            label = self.t.short_date(day) + ("*" if day == today else "")
            table.add_row(label, *(self._cell(row.get(key, [])) for key in ordered))
        # What is past is above; one opens the calendar to see what comes.
        table.move_cursor(row=min(ahead, table.row_count - 1), animate=False)
        self.call_after_refresh(table.scroll_to, y=max(0, ahead - 2), animate=False)

    def _cell(self, publications: list[Publication]) -> str:
        return " ".join(
            f"{_MARKS.get(p.state, '!')} {self.t(f'phase.short.{p.post.phase}')}"
            for p in publications
        )
