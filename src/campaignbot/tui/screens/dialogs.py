"""Asking for a few words or a choice, and saying what the keys do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, Label, OptionList, Static
from textual.widgets.option_list import Option

from campaignbot.i18n import Translator

KEEP, DISCARD = "keep", "discard"


class ChoiceDialog(ModalScreen[str]):
    """Asks for one of a few choices, each a key and its words; Escape takes the first."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "first", "")]

    def __init__(self, question: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._question, self._choices = question, choices

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            with VerticalScroll(classes="told"):
                yield Static(self._question, classes="question", markup=False)
            yield OptionList(
                *(Option(words, id=key) for key, words in self._choices), id="choices", markup=False
            )

    def on_mount(self) -> None:
        choices = self.query_one("#choices", OptionList)
        choices.highlighted = 0
        choices.focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id or self._choices[0][0])

    def action_first(self) -> None:
        self.dismiss(self._choices[0][0])


async def may_discard(screen: Screen[Any], t: Translator) -> bool:
    """Ask whether typed words may go; Escape keeps them, so that a key held down loses nothing."""
    choices = ((KEEP, t("tui.keep_words")), (DISCARD, t("tui.discard_words")))
    asked = ChoiceDialog(t("tui.unsaved_words"), choices)
    return await screen.app.push_screen_wait(asked) == DISCARD


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
        t: Translator | None = None,
    ) -> None:
        """Take `t` to ask before typed words are thrown away."""
        super().__init__()
        self._question, self._hint, self._value, self._valid = question, hint, value, valid
        self._t = t

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

    @work
    async def action_leave(self) -> None:
        typed = self.query_one("#answer", Input).value
        if typed in ("", self._value) or self._t is None or await may_discard(self, self._t):
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
