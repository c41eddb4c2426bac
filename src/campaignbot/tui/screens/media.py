"""The pictures, the video or the document of a post: added, described, put in order, taken out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Footer, Label, OptionList, Static
from textual.widgets.option_list import Option

from campaignbot.domain.content import Content, MediaItem, MediaKind
from campaignbot.domain.errors import UserError
from campaignbot.pipeline.arranging import described, link_alone, ordered, without
from campaignbot.pipeline.own_media import Said
from campaignbot.reviewing.items import ReviewItem
from campaignbot.reviewing.words import card_in_words, medium_in_words
from campaignbot.tui.screens.dialogs import may_discard
from campaignbot.tui.screens.form import Field, FormDialog, Submit
from campaignbot.tui.services import TuiServices

_KEYS = (
    ("n", "add"),
    ("d", "remove"),
    ("w", "words"),
    ("less_than_sign", "earlier"),
    ("p", "slides"),
    ("l", "link"),
)


class MediaScreen(ModalScreen[Content | None]):
    """Gives the content with its media as they were arranged, or None when nothing changed."""

    def __init__(self, item: ReviewItem, services: TuiServices) -> None:
        super().__init__()
        self._item, self._services, self._t = item, services, services.t
        self._content = item.publication.content
        for key, action in _KEYS:
            self._bindings.bind(key, action, self._t(f"tui.key.media_{action}"))
        self._bindings.bind("ctrl+s", "save", self._t("tui.key.save"))
        self._bindings.bind("escape", "leave", self._t("tui.key.leave"))

    def compose(self) -> ComposeResult:
        with Vertical(classes="editor"):
            ref = self._item.publication.reference
            yield Label(self._t("tui.media.title", ref=ref), classes="question", markup=False)
            yield OptionList(id="media", markup=False)
            yield Static("", id="beside", markup=False)
            yield Static("", id="wrong", markup=False)
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self._show()
        self.query_one("#media", OptionList).focus()

    def action_save(self) -> None:
        same = self._content == self._item.publication.content
        self.dismiss(None if same else self._content)

    @work
    async def action_leave(self) -> None:
        unchanged = self._content == self._item.publication.content
        if unchanged or await may_discard(self, self._t):
            self.dismiss(None)

    def action_remove(self) -> None:
        if (number := self._chosen()) is not None:
            self._change(lambda: without(self._content, [number]))

    def action_earlier(self) -> None:
        number = self._chosen()
        if number is None or number == 1:
            return
        order = list(range(1, len(self._content.media) + 1))
        order[number - 2 : number] = [number, number - 1]
        self._change(lambda: ordered(self._content, order), number - 2)

    @work
    async def action_add(self) -> None:
        fields = (
            Field("file", "tui.media.file"),
            Field("alt", "tui.media.alt"),
            Field("title", "tui.media.doc_title"),
            Field("people", "tui.media.people"),
            Field("until", "tui.media.until"),
        )
        await self._ask("tui.media.add", fields, self._add)

    @work
    async def action_words(self) -> None:
        if (number := self._chosen()) is None:
            return
        item = self._content.media[number - 1]

        async def change(given: Mapping[str, str]) -> str | None:
            title = given.get("title", item.title)
            return self._try(lambda: described(self._content, number, given.get("alt"), title))

        await self._ask("tui.media.words", _words_of(item), change)

    @work
    async def action_slides(self) -> None:
        if not self._content.media:
            self._say(self._t("tui.media.none"))
            return
        await self._ask("tui.media.slides", [Field("title", "tui.media.doc_title")], self._slides)

    @work
    async def action_link(self) -> None:
        card, platform = self._content.preview, self._item.platform
        if not platform.needs_preview:
            self._change(lambda: link_alone(self._content, platform))
            return
        fields = (
            Field("title", "tui.media.card_title", card.title if card else ""),
            Field("text", "tui.media.card_text", card.description if card else ""),
        )

        async def change(given: Mapping[str, str]) -> str | None:
            return self._try(
                lambda: link_alone(self._content, platform, given["title"], given["text"])
            )

        await self._ask("tui.media.link", fields, change)

    async def _ask(
        self,
        question: str,
        fields: Sequence[Field],
        submit: Submit,
    ) -> None:
        form = FormDialog(self._t, self._t(question), fields, submit)
        if await self.app.push_screen_wait(form):
            self._say("")
            self._show()
        self.query_one("#media", OptionList).focus()

    async def _add(self, given: Mapping[str, str]) -> str | None:
        try:
            until = date.fromisoformat(given["until"]) if given["until"] else None
        except ValueError:
            return self._t("tui.media.bad_day")
        said = Said(given["alt"], given["title"], given["people"], until)
        path = Path(given["file"].strip("'\"")).expanduser()
        try:
            item = await asyncio.to_thread(self._services.take, path, said, self._item.platform)
        except UserError as error:
            return self._worded(error)
        pictures = [m for m in self._content.media if m.kind is MediaKind.IMAGE]
        # A video or document stands alone; beside a new picture only pictures may stay.
        kept = pictures if item.kind is MediaKind.IMAGE else []
        self._content = replace(self._content, media=(*kept, item))
        return None

    async def _slides(self, given: Mapping[str, str]) -> str | None:
        try:
            item = await asyncio.to_thread(
                self._services.slides_of, self._content.media, Said(title=given["title"])
            )
        except UserError as error:
            return self._worded(error)
        self._content = replace(self._content, media=(item,))
        return None

    def _change(self, change: Callable[[], Content], place: int = 0) -> None:
        self._say(self._try(change) or "")
        self._show(place)

    def _try(self, change: Callable[[], Content]) -> str | None:
        try:
            self._content = change()
        except UserError as error:
            return self._worded(error)
        return None

    def _worded(self, error: UserError) -> str:
        problem = error.problems[0]
        remedy = f" {self._t.text(problem.remedy)}" if problem.remedy else ""
        return self._t.text(problem.what) + remedy

    def _chosen(self) -> int | None:
        """Return the number of the medium that is highlighted, from 1 on."""
        place = self.query_one("#media", OptionList).highlighted
        if place is None or not self._content.media:
            self._say(self._t("tui.media.none"))
            return None
        return place + 1

    def _say(self, text: str) -> None:
        self.query_one("#wrong", Static).update(text)

    def _show(self, place: int = 0) -> None:
        shown, t = self.query_one("#media", OptionList), self._t
        shown.clear_options()
        shown.add_options(
            Option(medium_in_words(t, item, self._services.size(item), number))
            for number, item in enumerate(self._content.media, start=1)
        )
        if self._content.media:
            shown.highlighted = min(place, len(self._content.media) - 1)
        self.query_one("#beside", Static).update(self._beside())

    def _beside(self) -> str:
        t, card = self._t, self._content.preview
        platform = self._item.platform
        if self._content.media:
            return t("tui.media.hint")
        if self._content.link and not platform.needs_preview:
            itself = t("media.card_itself", platform=platform.label)
            return f"{t('tui.media.none')}\n{itself}"
        if card is not None and self._content.link:
            return f"{t('tui.media.none')}\n{card_in_words(t, card)}"
        return t("tui.media.none")


def _words_of(item: MediaItem) -> tuple[Field, ...]:
    alt = Field("alt", "tui.media.alt", item.alt_text)
    title = Field("title", "tui.media.doc_title", item.title)
    match item.kind:
        case MediaKind.IMAGE:
            return (alt,)
        case MediaKind.VIDEO:
            return (alt, title)
        case MediaKind.DOCUMENT:
            return (title,)
