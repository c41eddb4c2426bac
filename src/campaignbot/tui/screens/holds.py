"""Stopping and going on: what is stopped, by whom and why, and what can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from campaignbot.i18n import Translator
from campaignbot.publishing.stopping import Holdable, HoldInForce
from campaignbot.tui.widgets.hold_bar import held, what_is_held, why


@dataclass(frozen=True, slots=True)
class HoldChoice:
    """What somebody chose: to stop something, or to let it go on."""

    what: Holdable
    go_on: bool


class HoldDialog(ModalScreen[HoldChoice | None]):
    """Gives a choice, or None when everything was left as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "")]

    def __init__(
        self, t: Translator, holds: Sequence[HoldInForce], holdable: Sequence[Holdable]
    ) -> None:
        super().__init__()
        self._t, self._holds = t, holds
        stopped = [held(in_force) for in_force in holds]
        can_stop = [what for what in holdable if what not in stopped]
        self._choices = [
            *(HoldChoice(what, go_on=True) for what in dict.fromkeys(stopped)),
            *(HoldChoice(what, go_on=False) for what in can_stop),
        ]

    def compose(self) -> ComposeResult:
        t = self._t
        with Vertical(classes="dialog"):
            yield Label(t("tui.hold_title"), classes="question", markup=False)
            yield OptionList(*self._options(), id="choices", markup=False)
            yield Label(t("tui.hold_hint"), classes="hint", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        # Enter pressed twice arrives here once more after the dialog has closed.
        if event.option.id is not None and self.is_current:
            self.dismiss(self._choices[int(event.option.id)])

    def action_leave(self) -> None:
        self.dismiss(None)

    def _options(self) -> list[Option]:
        t = self._t
        options = []
        for heading, go_on in (("tui.hold_go_on", True), ("tui.hold_stop", False)):
            rows = [
                Option(self._line(choice), id=str(number))
                for number, choice in enumerate(self._choices)
                if choice.go_on is go_on
            ]
            options += [Option(t(heading), disabled=True), *rows] if rows else []
        return options

    def _line(self, choice: HoldChoice) -> str:
        what = what_is_held(self._t, choice.what)
        told = [self._told(i) for i in self._holds if choice.go_on and held(i) == choice.what]
        return "\n".join([what, *told])

    def _told(self, in_force: HoldInForce) -> str:
        t, hold = self._t, in_force.hold
        line = t("tui.hold_told", reason=why(t, hold.reason), by=t.actor(hold.by), at=hold.from_utc)
        return f"{line} {t('tui.hold_until', at=hold.until_utc)}" if hold.until_utc else line
