"""The review queue: what waits for a decision, and the post beside it where there is room."""

from __future__ import annotations

from textwrap import shorten
from uuid import UUID

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from campaignbot.domain.findings import Severity
from campaignbot.domain.messages import cut
from campaignbot.domain.publication import State
from campaignbot.reviewing.items import ReviewItem
from campaignbot.tui.screens.actions import ReviewActions
from campaignbot.tui.widgets.hold_bar import HoldBar
from campaignbot.tui.widgets.post_detail import PostDetail
from campaignbot.tui.widgets.title_bar import TitleBar

WIDE = 110


class ReviewScreen(ReviewActions):
    """A list; beside it the selected post on a wide terminal, else behind Enter."""

    def compose(self) -> ComposeResult:
        yield TitleBar(self.services, "review")
        yield HoldBar(self.services)
        with Horizontal(id="review"):
            yield OptionList(id="queue", markup=False)
            yield PostDetail(self.services)
        yield Static(self.t("tui.queue_empty"), id="done", classes="empty", markup=False)
        yield Footer(show_command_palette=False)

    async def on_mount(self) -> None:
        self.bind_actions()
        self._items: dict[str, ReviewItem] = {}
        await self.decided()
        self.query_one("#queue", OptionList).focus()

    async def on_screen_resume(self) -> None:
        if hasattr(self, "_items"):
            await self.decided()

    async def on_resize(self) -> None:
        self.query_one(PostDetail).display = self._wide
        if hasattr(self, "_items"):
            # The lines are cut to the width of the list, which is known from now on.
            self.call_after_refresh(self.decided)

    @property
    def _wide(self) -> bool:
        return self.size.width >= WIDE

    def selected(self) -> ReviewItem | None:
        queue = self.query_one("#queue", OptionList)
        if queue.highlighted is None:
            return None
        key = queue.get_option_at_index(queue.highlighted).id
        return self._items.get(key or "")

    async def decided(self) -> None:
        """Read the queue again, and stay at the same place in it."""
        queue = self.query_one("#queue", OptionList)
        place = queue.highlighted or 0
        waiting = self.services.reviews.queue()
        self._items = {str(p.id): self.services.reviews.item(p.id) for p in waiting}
        queue.clear_options()
        queue.add_options(Option(self._line(self._items[str(p.id)]), id=str(p.id)) for p in waiting)
        self.query_one("#review").display = bool(waiting)
        self.query_one("#done").display = not waiting
        if waiting:
            queue.highlighted = min(place, len(waiting) - 1)
        await self.query_one(PostDetail).show(self.selected() if self._wide else None)

    async def on_option_list_option_highlighted(self) -> None:
        if self._wide:
            await self.query_one(PostDetail).show(self.selected())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option.id is not None and not self._wide:
            self.app.push_screen(PostScreen(UUID(event.option.id)))
        elif self._wide:
            self.query_one(PostDetail).focus()

    def _line(self, item: ReviewItem) -> str:
        """Return two lines that fit: when, where, which phase, what is wrong; the first words."""
        publication, t = item.publication, self.t
        room = max(20, self.query_one("#queue").size.width - 3)
        phase = t(f"phase.short.{publication.post.phase}")
        # Several channels without a platform are told apart by their own names.
        where = item.account.name if item.platform.hands_over else item.platform.label
        first = f"{t.instant(publication.due_at_utc)}  {where} · {phase}"
        words = " ".join([*self._marks(item), *publication.content.text.split()])
        return f"{cut(first, room)}\n  {shorten(words, room - 2, placeholder=' …')}"

    def _marks(self, item: ReviewItem) -> list[str]:
        t, marks = self.t, []
        if item.publication.state is State.CHANGES_REQUESTED:
            marks.append(t("state.changes_requested"))
        if errors := len(item.blocking):
            marks.append(t("tui.errors", n=errors))
        if warnings := sum(f.severity is Severity.WARNING for f in item.findings):
            marks.append(t("tui.warnings", n=warnings))
        return [f"({', '.join(marks)})"] if marks else []


class PostScreen(ReviewActions):
    """One post on a screen of its own, for narrow terminals."""

    def __init__(self, publication_id: UUID) -> None:
        super().__init__()
        self._publication_id = publication_id

    def compose(self) -> ComposeResult:
        yield TitleBar(self.services, "review")
        yield HoldBar(self.services)
        yield PostDetail(self.services, self.selected())
        # The key back would push the last ones out of 80 columns.
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.bind_actions()
        self._bindings.bind("escape", "app.pop_screen", self.t("tui.key.back"))
        self.query_one(PostDetail).focus()
        self.refresh_bindings()

    def selected(self) -> ReviewItem | None:
        return self.services.reviews.item(self._publication_id)

    async def decided(self) -> None:
        item = self.services.reviews.item(self._publication_id)
        if item.publication.state in {State.IN_REVIEW, State.CHANGES_REQUESTED}:
            await self.query_one(PostDetail).show(item)
        else:
            self.app.pop_screen()
