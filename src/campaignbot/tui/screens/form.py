"""A few fields at once, each with its words above it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Label, Static

from campaignbot.i18n import Translator
from campaignbot.tui.screens.dialogs import may_discard


@dataclass(frozen=True, slots=True)
class Field:
    """One line to fill in; `key` of the catalogue says what it is."""

    name: str
    key: str
    value: str = ""


Submit = Callable[[Mapping[str, str]], Awaitable[str | None]]
"""Does something with the answers; returns what is wrong, in words, or None."""


class FormDialog(ModalScreen[bool]):
    """Gives True once the answers were taken, False when it was left."""

    def __init__(
        self, t: Translator, question: str, fields: Sequence[Field], submit: Submit
    ) -> None:
        super().__init__()
        self._t, self._question, self._fields, self._submit = t, question, fields, submit
        self._bindings.bind("ctrl+s", "take", t("tui.key.save"))
        self._bindings.bind("escape", "leave", t("tui.key.leave"))

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog form"):
            yield Label(self._question, classes="question", markup=False)
            yield Static("", id="wrong", markup=False)
            for field in self._fields:
                yield Label(self._t(field.key), classes="field", markup=False)
                line = Input(field.value, id=field.name, compact=True)
                # Among several lines a cursor that stands still is found more easily.
                line.cursor_blink = False
                yield line
            yield Label(self._t("tui.form_hint"), classes="hint", markup=False)

    def on_mount(self) -> None:
        self.query(Input).first().focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        inputs = list(self.query(Input))
        if event.input is inputs[-1]:
            self.action_take()
        else:
            inputs[inputs.index(event.input) + 1].focus()

    @work(exclusive=True)
    async def action_take(self) -> None:
        wrong = self.query_one("#wrong", Static)
        wrong.update(self._t("tui.form_busy"))
        problem = await self._submit(
            {f.name: self.query_one(f"#{f.name}", Input).value.strip() for f in self._fields}
        )
        if problem is None:
            self.dismiss(True)
        else:
            wrong.update(problem)

    @work(exclusive=True, group="leave")
    async def action_leave(self) -> None:
        typed = any(self.query_one(f"#{f.name}", Input).value != f.value for f in self._fields)
        if not typed or await may_discard(self, self._t):
            self.dismiss(False)
