"""What every screen shares: its services, and showing what went wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

from textual import on, work
from textual.events import Mount, ScreenResume
from textual.screen import Screen

from campaignbot.domain.errors import UserError
from campaignbot.domain.findings import Finding
from campaignbot.domain.policy import Act
from campaignbot.domain.publication import IllegalTransition, Publication
from campaignbot.i18n import Translator
from campaignbot.storage.publications import StaleVersion
from campaignbot.tui.screens.dialogs import AskDialog
from campaignbot.tui.screens.holds import HoldDialog
from campaignbot.tui.services import TuiServices
from campaignbot.tui.widgets.hold_bar import HoldBar, what_is_held

if TYPE_CHECKING:
    from campaignbot.tui.app import CampaignApp


P = ParamSpec("P")
T = TypeVar("T")


class CampaignScreen(Screen[str | None]):
    """A screen of the campaign."""

    @property
    def services(self) -> TuiServices:
        return cast("CampaignApp", self.app).services

    @property
    def t(self) -> Translator:
        return self.services.t

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Show a problem that the user can mend as a notice, and go on."""
        try:
            yield
        except UserError as error:
            for problem in error.problems:
                lines = [self.t.text(problem.what)]
                if problem.remedy:
                    lines.append(self.t.text(problem.remedy))
                self.notify("\n".join(lines), severity="error", timeout=10, markup=False)
        except StaleVersion:
            self.notify(self.t("tui.changed_meanwhile"), severity="warning", markup=False)
        except IllegalTransition as error:
            state = self.t(f"state.{error.state}")
            self.notify(self.t("tui.not_now", state=state), severity="warning", markup=False)

    def may(self, act: Act) -> bool:
        """Tell whether whoever sits here may do this; a notice says why not."""
        self.app.clear_notifications()
        ruling = self.services.policy.may(self.services.person, act)
        with self.explained():
            ruling.require()
        return ruling.allowed

    @on(Mount)
    def _name_hold_key(self) -> None:
        self._bindings.bind("s", "hold", self.t("tui.key.hold"))

    @on(ScreenResume)
    def _look_at_holds(self) -> None:
        for bar in self.query(HoldBar):
            bar.look()

    async def act(self, do: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Do something with the database beside the event loop, so that the screen stays alive."""
        return await asyncio.to_thread(do, *args, **named)

    def at_hand(self) -> Publication | None:
        """Return the publication that somebody is looking at, if the screen shows one."""
        return None

    @work
    async def action_hold(self) -> None:
        self.app.clear_notifications()
        holds = await self.act(self.services.holds)
        holdable = await self.act(self.services.holdable, self.at_hand())
        choice = await self.app.push_screen_wait(HoldDialog(self.t, holds, holdable))
        if choice is None:
            return
        if not self.may(Act.RESUME if choice.go_on else Act.HOLD):
            return
        what = what_is_held(self.t, choice.what)
        if choice.go_on:
            with self.explained():
                await self.act(self.services.resume, choice.what)
                self.notify(self.t("resume.done", scope=what), markup=False)
        else:
            reason = await self.ask(self.t("tui.why_stop", what=what))
            if reason is None:
                return
            with self.explained():
                await self.act(self.services.stop, choice.what, reason)
                self.notify(self.t("tui.stopped", what=what), markup=False)
        self._look_at_holds()

    async def reasons_for(self, findings: Sequence[Finding]) -> dict[str, str] | None:
        """Ask why each error may pass; None when the person thinks better of it."""
        reasons = {}
        for finding in findings:
            question = f"{self.t.text(finding.what)}\n{self.t('tui.why_pass')}"
            answer = await self.ask(question)
            if answer is None:
                return None
            reasons[finding.code] = answer
        return reasons

    async def ask(
        self, question: str, value: str = "", valid: Callable[[str], str | None] | None = None
    ) -> str | None:
        """Ask for a few words; None when the person thinks better of it."""
        self.app.clear_notifications()
        dialog = AskDialog(
            question, self.t("tui.ask_hint"), value, valid or self._needs_words, self.t
        )
        return await self.app.push_screen_wait(dialog)

    def _needs_words(self, text: str) -> str | None:
        return None if text.strip() else self.t("tui.needs_words")
