"""The review queue: what waits for a decision, and the post beside it where there is room."""

from __future__ import annotations

from textwrap import shorten
from uuid import UUID

from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option, OptionDoesNotExist
from textual.worker import get_current_worker

from campaignbot.domain.findings import Severity
from campaignbot.domain.messages import cut
from campaignbot.domain.publication import Publication, State
from campaignbot.reviewing.items import ReviewItem
from campaignbot.storage.views import Place, QueueRow
from campaignbot.tui.messages import ItemRead, QueueRead
from campaignbot.tui.screens.actions import ReviewActions
from campaignbot.tui.widgets.hold_bar import HoldBar
from campaignbot.tui.widgets.post_detail import PostDetail
from campaignbot.tui.widgets.title_bar import TitleBar

WIDE = 110
_NEAR_THE_END = 20


class ReviewScreen(ReviewActions):
    """A list; beside it the selected post on a wide terminal, else behind Enter.

    What was decided about stays in its place until the screen is left, so that the mark stays on
    the post that it was on, and a decision can be taken back.
    """

    def __init__(self) -> None:
        super().__init__()
        self._rows: dict[str, QueueRow] = {}
        self._items: dict[str, ReviewItem] = {}
        self._decided: dict[str, QueueRow] = {}
        self._more: Place | None = None
        self._was_read = False

    def compose(self) -> ComposeResult:
        yield TitleBar(self.services, "review")
        yield HoldBar(self.services)
        with Horizontal(id="review"):
            yield OptionList(id="queue", markup=False)
            yield PostDetail(self.services)
        yield Static(self.t("tui.queue_empty"), id="done", classes="empty", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.bind_actions()
        self.query_one("#done").display = False
        self.query_one("#queue", OptionList).focus()
        self._read()

    def on_screen_suspend(self) -> None:
        # Whoever comes back from the other screens finds what still waits, and only that.
        if self.app.current_mode != "review":
            self._decided.clear()

    def on_screen_resume(self) -> None:
        self._read()

    def on_resize(self) -> None:
        self.query_one(PostDetail).display = self._wide
        # The lines are cut to the width of the list, which is known from now on.
        self.call_after_refresh(self._show_rows)
        self._read_shown()

    @property
    def _wide(self) -> bool:
        return self.size.width >= WIDE

    @property
    def _marked(self) -> str | None:
        queue = self.query_one("#queue", OptionList)
        if queue.highlighted is None:
            return None
        return queue.get_option_at_index(queue.highlighted).id

    def selected(self) -> ReviewItem | None:
        return self._items.get(self._marked or "")

    def shown(self) -> ReviewItem | None:
        item = self.query_one(PostDetail).item if self._wide else None
        return item if item and str(item.publication.id) == self._marked else None

    async def decided(self, publication: Publication | None = None) -> None:
        if publication is not None and (row := self._rows.get(str(publication.id))):
            self._decided[str(publication.id)] = row
        self._read()

    @work(thread=True, exclusive=True, group="queue")
    def _read(self, after: Place | None = None) -> None:
        self.post_message(QueueRead(self.services.queue(after), after))

    def on_queue_read(self, message: QueueRead) -> None:
        self._was_read = True
        page = {str(row.id): row for row in message.page.rows}
        if message.after is None:
            kept = {key: row for key, row in self._decided.items() if key not in page}
            page = dict(sorted({**page, **kept}.items(), key=lambda entry: entry[1].place))
            self._rows = page
        else:
            self._rows.update(page)
        self._more = message.page.more
        self._show_rows()
        self._read_shown()
        # A reading anew may have taken the place of the next page's.
        self._read_more(self.query_one("#queue", OptionList).highlighted or 0)

    def _show_rows(self) -> None:
        """Show the rows, with the mark on the post that it was on, or where that one stood."""
        queue = self.query_one("#queue", OptionList)
        marked, place = self._marked, queue.highlighted or 0
        queue.clear_options()
        queue.add_options(Option(self._line(row), id=key) for key, row in self._rows.items())
        self._show_emptiness()
        if self._rows:
            keys = list(self._rows)
            stays = keys.index(marked) if marked in self._rows else min(place, len(keys) - 1)
            queue.highlighted = stays

    def _show_emptiness(self) -> None:
        """Show in place of an empty list that nothing waits; not before the list was read."""
        review, queue = self.query_one("#review"), self.query_one("#queue", OptionList)
        empty = self._was_read and not self._rows
        comes_back = not review.display and not empty
        review.display, self.query_one("#done").display = not empty, empty
        if comes_back:
            # What was hidden had neither the focus nor a width to cut its lines to.
            queue.focus()
            self.call_after_refresh(self._show_rows)

    @work(thread=True, exclusive=True, group="items")
    def _read_shown(self) -> None:
        """Check the marked post first, then those around it, as long as nothing else is wanted."""
        worker = get_current_worker()
        for key in self._wanted():
            if worker.is_cancelled:
                return
            self.post_message(ItemRead(self.services.reviews.item(UUID(key))))

    def _wanted(self) -> list[str]:
        keys = list(self._rows)
        marked = self._marked
        at = keys.index(marked) if marked in self._rows else 0
        around = keys[at : at + self.size.height] + keys[max(0, at - self.size.height) : at]
        return around

    async def on_item_read(self, message: ItemRead) -> None:
        key = str(message.item.publication.id)
        if key not in self._rows:
            return
        self._items[key] = message.item
        queue = self.query_one("#queue", OptionList)
        try:
            queue.replace_option_prompt(key, self._line(self._rows[key]))
        except OptionDoesNotExist:
            return
        if key == self._marked:
            self.refresh_bindings()
            if self._wide:
                await self.query_one(PostDetail).show(message.item)

    async def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        if self._wide:
            await self.query_one(PostDetail).show(self.selected())
        self.refresh_bindings()
        self._read_shown()
        self._read_more(event.option_index)

    def _read_more(self, place: int) -> None:
        """Read the next page once the mark is near the end of what is there."""
        if self._more and place >= len(self._rows) - _NEAR_THE_END:
            more, self._more = self._more, None
            self._read(more)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if event.option.id is not None and not self._wide:
            self.app.push_screen(PostScreen(event.option.id, tuple(self._rows)), self._stand_at)
        elif self._wide:
            self.query_one(PostDetail).focus()

    def _stand_at(self, key: str | None) -> None:
        """Put the mark on the post that was read last."""
        if key in self._rows:
            self.query_one("#queue", OptionList).highlighted = list(self._rows).index(key)

    def _line(self, row: QueueRow) -> str:
        """Return two lines that fit: when, where, which phase, what is wrong; the first words."""
        t, item = self.t, self._items.get(str(row.id))
        room = max(20, self.query_one("#queue").size.width - 3)
        platform = self.services.platforms[row.platform]
        # Several channels without a platform are told apart by their own names.
        where = row.account if platform.hands_over else platform.label
        first = f"{t.instant(row.due_at_utc)}  {where} · {t(f'phase.short.{row.phase}')}"
        words = " ".join([*self._marks(row, item), *row.text.split()])
        return f"{cut(first, room)}\n  {shorten(words, room - 2, placeholder=' …')}"

    def _marks(self, row: QueueRow, item: ReviewItem | None) -> list[str]:
        t, marks = self.t, []
        state = item.publication.state if item else row.state
        if state is not State.IN_REVIEW:
            marks.append(t(f"state.{state}"))
        if item and item.approved_by:
            names = ", ".join(item.approved_by)
            marks.append(t("post.approved_by", names=names, n=item.approvals_needed))
        if item and (errors := len(item.blocking)):
            marks.append(t("tui.errors", n=errors))
        if item and (warnings := sum(f.severity is Severity.WARNING for f in item.findings)):
            marks.append(t("tui.warnings", n=warnings))
        return [f"({', '.join(marks)})"] if marks else []


class PostScreen(ReviewActions):
    """One post on a screen of its own, for narrow terminals; gives back which one was read last."""

    def __init__(self, key: str, queue: tuple[str, ...]) -> None:
        """Take the id of a post, and those of the queue that it stands in, in order."""
        super().__init__()
        self._key, self._queue = key, queue

    def compose(self) -> ComposeResult:
        yield TitleBar(self.services, "review")
        yield HoldBar(self.services)
        yield PostDetail(self.services)
        # The key back would push the last ones out of 80 columns.
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        self.bind_actions()
        self._bindings.bind("n", "next", self.t("tui.key.next"))
        self._bindings.bind("escape", "back", self.t("tui.key.back"))
        self.query_one(PostDetail).focus()
        self.refresh_bindings()
        self._read()

    def action_back(self) -> None:
        self.dismiss(self._key)

    def action_next(self) -> None:
        at = self._queue.index(self._key)
        if at + 1 < len(self._queue):
            self._key = self._queue[at + 1]
            self._read()
        else:
            self.notify(self.t("tui.last_one"), markup=False)

    def selected(self) -> ReviewItem | None:
        return self.shown()

    def shown(self) -> ReviewItem | None:
        item = self.query_one(PostDetail).item
        return item if item and str(item.publication.id) == self._key else None

    async def decided(self, publication: Publication | None = None) -> None:
        self._read()

    @work(thread=True, exclusive=True, group="items")
    def _read(self) -> None:
        self.post_message(ItemRead(self.services.reviews.item(UUID(self._key))))

    async def on_item_read(self, message: ItemRead) -> None:
        if str(message.item.publication.id) == self._key:
            await self.query_one(PostDetail).show(message.item)
            self.refresh_bindings()
