"""Correcting the words of a post, with the platform's own count below them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Footer, Label, Static, TextArea

from campaignbot.domain.content import Content, MediaKind
from campaignbot.i18n import Translator
from campaignbot.reviewing.items import ReviewItem
from campaignbot.tui.screens.dialogs import may_discard

_LABELS = {
    MediaKind.IMAGE: "tui.edit.alt",
    MediaKind.VIDEO: "tui.edit.alt_video",
    MediaKind.DOCUMENT: "tui.edit.doc_title",
}
_WORDS = {
    MediaKind.IMAGE: "alt_text",
    MediaKind.VIDEO: "alt_text",
    MediaKind.DOCUMENT: "title",
}


class EditScreen(ModalScreen[Content | None]):
    """Gives the content with its new words, or None when it was left as it was."""

    def __init__(
        self,
        item: ReviewItem,
        t: Translator,
        *,
        text_alone: bool = False,
        begun: Content | None = None,
    ) -> None:
        """Ask for the text, and for the words of the first medium unless for the `text_alone`.

        `begun` are the words that somebody typed before, and goes on with.
        """
        super().__init__()
        self._item, self._t = item, t
        self._begin = begun or item.publication.content
        self._first = next(iter(self._begin.media), None)
        if text_alone:
            self._first = None
        self._bindings.bind("ctrl+s", "save", t("tui.key.save"))
        self._bindings.bind("escape", "leave", t("tui.key.leave"))

    def compose(self) -> ComposeResult:
        content = self._begin
        with Vertical(classes="editor"):
            yield Label(self._t("tui.edit.text"), classes="question", markup=False)
            yield TextArea(content.text, id="text", soft_wrap=True)
            yield Static("", id="count", markup=False)
            if self._first is not None:
                label = self._t(_LABELS[self._first.kind])
                yield Label(label, classes="question", markup=False)
                yield TextArea(getattr(self._first, _WORDS[self._first.kind]), id="alt")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one("#text", TextArea).focus()
        self._count()

    def on_text_area_changed(self) -> None:
        self._count()

    def action_save(self) -> None:
        changed = self._content()
        self.dismiss(None if changed == self._item.publication.content else changed)

    @work
    async def action_leave(self) -> None:
        if self._content() == self._begin or await may_discard(self, self._t):
            self.dismiss(None)

    def _content(self) -> Content:
        content = self._begin
        text = self.query_one("#text", TextArea).text
        if self._first is None:
            return replace(content, text=text)
        said = self.query_one("#alt", TextArea).text.replace("\n", " ").strip()
        words: dict[str, Any] = {_WORDS[self._first.kind]: said}
        first = replace(self._first, **words)
        return replace(content, text=text, media=(first, *content.media[1:]))

    def _count(self) -> None:
        length = self._item.platform.length(self._content())
        self.query_one("#count", Static).update(count_text(self._t, length, self._item.most))


def count_text(t: Translator, length: int, most: int | None) -> str:
    """Return the count in words; over the limit is said, not only coloured."""
    if most is None:
        return t("tui.count", length=length)
    if length > most:
        return t("tui.count_over", length=length, most=most, over=length - most)
    return t("tui.count_of", length=length, most=most)
