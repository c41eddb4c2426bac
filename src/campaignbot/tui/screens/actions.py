"""What a reviewer can do with the post before them, in the list and on its own screen."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from textual import work

from campaignbot.domain.content import Content
from campaignbot.domain.policy import Act
from campaignbot.domain.publication import CLAIMABLE, Publication, State
from campaignbot.domain.walltime import WallTime
from campaignbot.reviewing.items import ReviewItem
from campaignbot.storage.publications import StaleVersion
from campaignbot.tui.base import CampaignScreen
from campaignbot.tui.screens.dialogs import ChoiceDialog
from campaignbot.tui.screens.edit import EditScreen
from campaignbot.tui.screens.media import MediaScreen

_FORMAT = "%Y-%m-%d %H:%M"
_NOW = frozenset({"nu", "now"})
_OPEN = frozenset({State.IN_REVIEW, State.CHANGES_REQUESTED})


class ReviewActions(CampaignScreen):
    """Approve, ask for changes, reject, edit, arrange, move; the screens below say which post."""

    def selected(self) -> ReviewItem | None:
        """Return the post under the mark, as this screen last read it."""
        raise NotImplementedError

    def shown(self) -> ReviewItem | None:
        """Return the selected post if all of it stands on this screen; only that is approved."""
        raise NotImplementedError

    async def decided(self, publication: Publication | None = None) -> None:
        """Show how things stand after an act, which left a publication like this."""
        raise NotImplementedError

    def at_hand(self) -> Publication | None:
        item = self.selected()
        return item.publication if item else None

    def bind_actions(self) -> None:
        """Name the keys in the reader's language."""
        for key, action in (
            ("a", "approve"),
            ("t", "take_back"),
            ("c", "request_changes"),
            ("r", "reject"),
            ("e", "edit"),
            ("b", "media"),
            ("m", "move"),
        ):
            self._bindings.bind(key, action, self.t(f"tui.key.{action}"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Show what can be taken back only where something can."""
        if action == "take_back":
            item = self.selected()
            return item is not None and item.publication.state in CLAIMABLE
        return True

    @work
    async def action_approve(self) -> None:
        if self.selected() is None or not self.may(Act.APPROVE):
            return
        item = self.shown()
        if item is None:
            self.notify(self.t("tui.read_first"), severity="warning", markup=False)
            return
        publication = item.publication
        if publication.state not in _OPEN:
            # A key that is held down, or pressed once more, decides about nothing else.
            self.notify(self._stands(publication), markup=False)
            return
        waivers = await self.reasons_for([f for f in item.blocking if f.waivable])
        if waivers is None:
            return
        after = None
        with self.explained():
            after = await self.act(
                self.services.reviews.approve, publication, self.services.person, waivers
            )
            self.notify(self._approved(after), markup=False)
        await self.decided(after)

    @work
    async def action_take_back(self) -> None:
        item = self.selected()
        if item is None or not self.may(Act.TAKE_BACK):
            return
        after, ref = None, item.publication.reference
        with self.explained():
            after = await self.act(
                self.services.reviews.take_back, item.publication, self.services.person
            )
            self.notify(self.t("tui.taken_back", ref=ref), markup=False)
        await self.decided(after)

    def _approved(self, after: Publication) -> str:
        if after.state is State.APPROVED:
            return self.t("tui.approved", ref=after.reference)
        needed = self.services.reviews.item(after.id).approvals_needed
        return self.t("tui.endorsed", ref=after.reference, n=needed)

    @work
    async def action_request_changes(self) -> None:
        await self._turn_down("tui.why_changes", "request_changes")

    @work
    async def action_reject(self) -> None:
        await self._turn_down("tui.why_reject", "reject")

    async def _turn_down(self, question: str, act: str) -> None:
        item = self.selected()
        if item is None or not self.may(Act(act)):
            return
        reason = await self.ask(self.t(question))
        if reason is None:
            return
        after = None
        with self.explained():
            decide = getattr(self.services.reviews, act)
            after = await self.act(decide, item.publication, self.services.person, reason)
            self.notify(self.t(f"tui.did.{act}", ref=item.publication.reference), markup=False)
        await self.decided(after)

    @work
    async def action_edit(self) -> None:
        item = self.selected()
        if item is None or not self.may(Act.EDIT):
            return
        content = await self.app.push_screen_wait(EditScreen(item, self.t))
        if content is not None:
            await self._save(item, content, "tui.edited")

    @work
    async def action_media(self) -> None:
        item = self.selected()
        if item is None or not self.may(Act.EDIT):
            return
        content = await self.app.push_screen_wait(MediaScreen(item, self.services))
        if content is not None:
            await self._save(item, content, "tui.media_edited")

    async def _save(self, item: ReviewItem, content: Content, said: str) -> None:
        """Store another content; where a colleague was faster, nobody's words are lost."""
        services, after = self.services, None
        ref = item.publication.reference
        with self.explained():
            try:
                after = await self.act(
                    services.reviews.edit, item.publication, services.person, content=content
                )
            except StaleVersion:
                theirs = await self.act(services.reviews.item, item.publication.id)
                changed = _merged(item.publication.content, content, theirs.publication.content)
                mine = await self._mine_or_theirs(changed, theirs)
                if mine is not None:
                    after = await self.act(
                        services.reviews.edit, theirs.publication, services.person, content=mine
                    )
            if after is not None:
                self.notify(self.t(said, ref=ref), markup=False)
        await self.decided(after)

    async def _mine_or_theirs(self, mine: Content, theirs: ReviewItem) -> Content | None:
        """Ask which words stay, both in sight; None for those of the colleague."""
        question = self.t(
            "tui.conflict", ref=theirs.publication.reference, text=theirs.publication.content.text
        )
        choices = (
            ("mine", self.t("tui.conflict.mine")),
            ("edit", self.t("tui.conflict.edit")),
            ("theirs", self.t("tui.conflict.theirs")),
        )
        chosen = await self.app.push_screen_wait(ChoiceDialog(question, choices))
        if chosen == "mine":
            return mine
        if chosen == "theirs":
            return None
        again = await self.app.push_screen_wait(EditScreen(theirs, self.t, begun=mine))
        # Left without saving: what was typed is offered once more, until it is given up.
        return again if again is not None else await self._mine_or_theirs(mine, theirs)

    @work
    async def action_move(self) -> None:
        item = self.selected()
        if item is None or not self.may(Act.RESCHEDULE):
            return
        planned_now = item.publication.planned.local.strftime(_FORMAT)
        answer = await self.ask(self.t("tui.move_to"), planned_now, self._wrong_time)
        if answer is None:
            return
        planned, after = self._time(answer), None
        with self.explained():
            after = await self.act(
                self.services.reviews.edit, item.publication, self.services.person, planned=planned
            )
            self.notify(self.t("tui.moved", at=planned.instant), markup=False)
        await self.decided(after)

    def _time(self, text: str) -> WallTime:
        if text.strip().lower() in _NOW:
            return WallTime.at(self.services.clock.now(), self.services.zone).to_the_minute()
        return WallTime(datetime.strptime(text.strip(), _FORMAT), self.services.zone)

    def _wrong_time(self, text: str) -> str | None:
        try:
            planned = self._time(text)
        except ValueError:
            return self.t("tui.bad_time")
        return self.t("tui.past_time") if planned.is_past(self.services.clock.now()) else None

    def _stands(self, publication: Publication) -> str:
        state = self.t(f"state.{publication.state}")
        return self.t("tui.decided_already", ref=publication.reference, state=state)


def _merged(read: Content, mine: Content, theirs: Content) -> Content:
    """Return what a colleague stored, with what I changed since I read it."""
    changed: dict[str, Any] = {
        name: getattr(mine, name)
        for name in (field.name for field in fields(Content))
        if getattr(mine, name) != getattr(read, name)
    }
    return replace(theirs, **changed)
