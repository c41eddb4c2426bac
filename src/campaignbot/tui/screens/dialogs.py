"""Asking for a few words, and saying what the keys do."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static


class AskDialog(ModalScreen[str | None]):
    """Asks one question; gives the answer, or None when it was left with Escape.

    `valid` returns what is wrong with an answer, or None when it is good.
    """

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "")]

    def __init__(
        self,
        question: str,
        hint: str,
        value: str = "",
        valid: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        super().__init__()
        self._question, self._hint, self._value, self._valid = question, hint, value, valid

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Label(self._question, classes="question", markup=False)
            yield Input(self._value, id="answer")
            yield Static("", id="wrong", markup=False)
            yield Label(self._hint, classes="hint", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if not self.is_current:  # Enter, pressed once more than needed
            return
        wrong = self._valid(event.value)
        if wrong is None:
            self.dismiss(event.value)
        else:
            self.query_one("#wrong", Static).update(wrong)

    def action_leave(self) -> None:
        self.dismiss(None)


class HelpDialog(ModalScreen[None]):
    """Says what can be done here, key by key."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,question_mark,enter,q", "leave", "")]

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(self._text, markup=False)

    def action_leave(self) -> None:
        self.dismiss()
