"""The line below the title that says what is stopped; not there while nothing is."""

from __future__ import annotations

from textual import work
from textual.widgets import Static

from campaignbot.domain.messages import Message
from campaignbot.i18n import Translator
from campaignbot.publishing.stopping import Holdable, HoldInForce
from campaignbot.tui.messages import HoldsRead
from campaignbot.tui.services import TuiServices

_EVERY_S = 5.0


class HoldBar(Static):
    """Says in words what is held and why, on every screen, whoever stopped it from wherever."""

    def __init__(self, services: TuiServices) -> None:
        super().__init__("", markup=False)
        self._services = services

    def on_mount(self) -> None:
        self.display = False
        self.look()
        self.set_interval(_EVERY_S, self.look)

    @work(thread=True, exclusive=True, group="holds")
    def look(self) -> None:
        self.post_message(HoldsRead(self._services.holds()))

    def on_holds_read(self, message: HoldsRead) -> None:
        self.show(message.holds)

    def show(self, holds: tuple[HoldInForce, ...]) -> None:
        self.display = bool(holds)
        if not holds:
            return
        t, first = self._services.t, holds[0]
        what = what_is_held(t, held(first))
        if len(holds) > 1:
            # Before the reason, which may be long and is cut at the end of the line.
            what += t("tui.held_more", n=len(holds) - 1)
        self.update(f" {t('tui.held', what=what, reason=why(t, first.hold.reason))}")


def held(in_force: HoldInForce) -> Holdable:
    return Holdable(in_force.hold.scope, in_force.hold.scope_id, in_force.name)


def what_is_held(t: Translator, what: Holdable) -> str:
    """Return what people call it: "alles", "het account linkedin"."""
    return f"{t(f'scope.{what.scope}')} {what.name}".strip()


def why(t: Translator, reason: Message) -> str:
    """Return the reason in the words of the person who stopped it, else in ours."""
    said = reason.params.get("reason")
    return said if reason.key == "hold.by_person" and isinstance(said, str) else t.text(reason)
