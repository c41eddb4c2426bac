"""What a reviewer can do with the post before them, in the list and on its own screen."""

from __future__ import annotations

from datetime import datetime

from textual import work

from campaignbot.domain.people import Role
from campaignbot.domain.publication import Publication
from campaignbot.domain.walltime import WallTime
from campaignbot.reviewing.items import ReviewItem
from campaignbot.tui.base import CampaignScreen
from campaignbot.tui.screens.edit import EditScreen
from campaignbot.tui.screens.media import MediaScreen

_FORMAT = "%Y-%m-%d %H:%M"


class ReviewActions(CampaignScreen):
    """Approve, ask for changes, reject, edit, arrange, move; the screens below say which post."""

    def selected(self) -> ReviewItem | None:
        raise NotImplementedError

    async def decided(self) -> None:
        raise NotImplementedError

    def at_hand(self) -> Publication | None:
        item = self.selected()
        return item.publication if item else None

    def bind_actions(self) -> None:
        """Name the keys in the reader's language."""
        for key, action in (
            ("a", "approve"),
            ("c", "request_changes"),
            ("r", "reject"),
            ("e", "edit"),
            ("b", "media"),
            ("m", "move"),
        ):
            self._bindings.bind(key, action, self.t(f"tui.key.{action}"))

    def _may(self, role: Role) -> bool:
        self.app.clear_notifications()
        mine = self.services.person.role
        allowed = mine is Role.APPROVER or mine is role
        if not allowed:
            self.notify(self.t("tui.may_not", name=self.services.person.name), markup=False)
        return allowed

    @work
    async def action_approve(self) -> None:
        item = self.selected()
        if item is None or not self._may(Role.APPROVER):
            return
        waivers = await self.reasons_for([f for f in item.blocking if f.waivable])
        if waivers is None:
            return
        with self.explained():
            self.services.reviews.approve(item.publication, self.services.person, waivers)
            self.notify(self.t("tui.approved", ref=item.publication.reference), markup=False)
        await self.decided()

    @work
    async def action_request_changes(self) -> None:
        await self._turn_down("tui.why_changes", "request_changes")

    @work
    async def action_reject(self) -> None:
        await self._turn_down("tui.why_reject", "reject")

    async def _turn_down(self, question: str, act: str) -> None:
        item = self.selected()
        if item is None or not self._may(Role.APPROVER):
            return
        reason = await self.ask(self.t(question))
        if reason is None:
            return
        with self.explained():
            getattr(self.services.reviews, act)(item.publication, self.services.person, reason)
            self.notify(self.t(f"tui.did.{act}", ref=item.publication.reference), markup=False)
        await self.decided()

    @work
    async def action_edit(self) -> None:
        item = self.selected()
        if item is None or not self._may(Role.EDITOR):
            return
        content = await self.app.push_screen_wait(EditScreen(item, self.t))
        if content is None:
            return
        with self.explained():
            self.services.reviews.edit(item.publication, self.services.person, content=content)
            self.notify(self.t("tui.edited", ref=item.publication.reference), markup=False)
        await self.decided()

    @work
    async def action_media(self) -> None:
        item = self.selected()
        if item is None or not self._may(Role.EDITOR):
            return
        content = await self.app.push_screen_wait(MediaScreen(item, self.services))
        if content is None:
            return
        with self.explained():
            self.services.reviews.edit(item.publication, self.services.person, content=content)
            self.notify(self.t("tui.media_edited", ref=item.publication.reference), markup=False)
        await self.decided()

    @work
    async def action_move(self) -> None:
        item = self.selected()
        if item is None or not self._may(Role.EDITOR):
            return
        now = item.publication.planned.local.strftime(_FORMAT)
        answer = await self.ask(self.t("tui.move_to"), now, self._wrong_time)
        if answer is None:
            return
        planned = WallTime(datetime.strptime(answer.strip(), _FORMAT), self.services.zone)
        with self.explained():
            self.services.reviews.edit(item.publication, self.services.person, planned=planned)
            self.notify(self.t("tui.moved", at=planned.instant), markup=False)
        await self.decided()

    def _wrong_time(self, text: str) -> str | None:
        try:
            planned = WallTime(datetime.strptime(text.strip(), _FORMAT), self.services.zone)
        except ValueError:
            return self.t("tui.bad_time")
        return self.t("tui.past_time") if planned.instant < self.services.clock.now() else None
