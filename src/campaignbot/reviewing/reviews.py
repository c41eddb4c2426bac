"""The decisions of people about publications."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from campaignbot.domain.accounts import Account
from campaignbot.domain.cleaning import clean, clean_content
from campaignbot.domain.clock import Clock
from campaignbot.domain.content import Content
from campaignbot.domain.errors import Problem, UserError, user_error
from campaignbot.domain.findings import Finding
from campaignbot.domain.mentions import with_mentions
from campaignbot.domain.messages import Message
from campaignbot.domain.people import Actor, Decision, Verdict, Waiver
from campaignbot.domain.policy import ONE_APPROVER, Act, Policy
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.domain.walltime import WallTime
from campaignbot.platforms.protocol import Platform
from campaignbot.reviewing.along import end, move_along, send_along
from campaignbot.reviewing.approvals import approved_content
from campaignbot.reviewing.items import (
    BackgroundOf,
    Check,
    ReviewItem,
    no_background,
    read_item,
)
from campaignbot.reviewing.reasons import require_reason
from campaignbot.storage import accounts, publications, reviews
from campaignbot.storage.database import Database, Tx
from campaignbot.storage.views import Place, QueuePage, queue_page

_WAITING = (State.IN_REVIEW, State.CHANGES_REQUESTED)
Known = Callable[[Account], Mapping[str, str]]
"""Returns the names that an account can mention, each with the platform's id of it."""


def nobody_known(_account: Account) -> Mapping[str, str]:
    """No name has an id."""
    return {}


class Reviews:
    """What a person can do with publications; every act is one transaction with its audit line."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, Platform],
        check: Check,
        new_id: Callable[[], UUID],
        known: Known = nobody_known,
        background_of: BackgroundOf = no_background,
        policy: Policy = ONE_APPROVER,
    ) -> None:
        self._database, self._clock, self._platforms = database, clock, platforms
        self._policy = policy
        self._background_of = background_of
        self._check, self._new_id, self._known = check, new_id, known

    def queue(self, campaign_id: UUID | None = None) -> tuple[Publication, ...]:
        """Return what waits for a decision, the earliest due first."""
        with self._database.read() as tx:
            return publications.list_publications(tx, states=_WAITING, campaign_id=campaign_id)

    def page(self, after: Place | None = None) -> QueuePage:
        """Return a page of the queue, unchecked, as a list shows it."""
        with self._database.read() as tx:
            return queue_page(tx, _WAITING, after)

    def item(self, publication_id: UUID) -> ReviewItem:
        """Return one publication with all that a reviewer needs, freshly checked."""
        item = read_item(
            self._database, self._platforms, self._check, publication_id, self._background_of
        )
        if item.publication.state is not State.IN_REVIEW:
            return item
        with self._database.read() as tx:
            content = approved_content(tx, item.publication)
        needed = self._policy.still_needed(content)
        return replace(item, approved_by=content.approved_by, approvals_needed=needed)

    def approve(
        self,
        publication: Publication,
        person: Actor,
        waivers: Mapping[str, str] | None = None,
    ) -> Publication:
        """Approve exactly this content on this account, within its window.

        `publication` is the one that the person was shown, never one that was read since: what
        they did not see they cannot approve. It stays in review while the policy asks for more
        people. The checks run again. `waivers` give a reason for each error that is let pass.
        UserError when the person may not, an error is left, or the window is over; StaleVersion
        when somebody changed the publication since it was read.
        """
        self._policy.may(person, Act.APPROVE).require()
        reasons = {c: why for c, given in (waivers or {}).items() if (why := clean(given).strip())}
        item = self.item(publication.id)
        left = [f for f in item.blocking if not (f.waivable and f.code in reasons)]
        if left:
            raise UserError(*(self._blocked(f) for f in left))
        now = self._clock.now()
        if publication.window_end_utc <= now:
            raise user_error(
                "review.window_over",
                remedy="review.window_over.remedy",
                ref=publication.reference,
            )
        digest = publication.content_hash
        with self._database.write() as tx:
            content = approved_content(tx, publication)
            self._policy.may(person, Act.APPROVE, content).require()
            done = self._policy.completes(person, content)
            for code, why in reasons.items():
                reviews.add_waiver(tx, Waiver(publication.id, code, digest, person.id, why, now))
            self._decide(tx, publication, person, Verdict.APPROVED, digest, None)
            return publications.move(
                tx,
                publication,
                Event.APPROVE if done else Event.ENDORSE,
                now=now,
                actor=person.name,
                approved_hash=digest if done else None,
                reason=None,
            )

    def request_changes(self, publication: Publication, person: Actor, reason: str) -> Publication:
        """Send it back to whoever wrote it, with the reason."""
        return self._turn_down(publication, person, reason, Verdict.CHANGES_REQUESTED)

    def reject(self, publication: Publication, person: Actor, reason: str) -> Publication:
        """Decide that this post is not made; its text is free again for another."""
        return self._turn_down(publication, person, reason, Verdict.REJECTED)

    def take_back(
        self, publication: Publication, person: Actor, *, dry_run: bool = False
    ) -> Publication:
        """Open an approved publication for review again; its content stays as it is.

        UserError when the person may not, IllegalTransition when it is approved no more or a
        worker has begun to send it, StaleVersion when somebody changed it since it was read.
        """
        self._policy.may(person, Act.TAKE_BACK).require()
        if dry_run:
            return publication.after(Event.REOPEN)
        now = self._clock.now()
        with self._database.write() as tx:
            self._decide(
                tx, publication, person, Verdict.TAKEN_BACK, publication.content_hash, None
            )
            return publications.move(
                tx,
                publication,
                Event.REOPEN,
                now=now,
                actor=person.name,
                approved_hash=None,
                retry_at_utc=None,
                receipt=None,
                reason=None,
            )

    def edit(
        self,
        publication: Publication,
        person: Actor,
        *,
        content: Content | None = None,
        planned: WallTime | None = None,
    ) -> Publication:
        """Change words, media or time; this voids an approval, and it waits for a decision again.

        The window keeps its length when the time moves, and what follows moves along. Names that
        the account can mention get their ids.
        """
        if content is not None:
            self._policy.may(person, Act.EDIT).require()
        if planned is not None:
            self._policy.may(person, Act.RESCHEDULE).require()
        there = publication.moved_to(planned or publication.planned)
        now = self._clock.now()
        with self._database.write() as tx:
            account = accounts.account_by_id(tx, publication.account_id)
            edited = publications.move(
                tx,
                publication,
                Event.EDIT,
                now=now,
                actor=person.name,
                content=with_mentions(
                    clean_content(content or publication.content), self._known(account)
                ),
                planned=there.planned,
                due_at_utc=there.due_at_utc,
                window_end_utc=there.window_end_utc,
                approved_hash=None,
                retry_at_utc=None,
                receipt=None,
                reason=None,
            )
            move_along(tx, publication, edited, now=now, actor=person.name)
        return edited

    def cancel(
        self, publication: Publication, person: Actor, *, dry_run: bool = False
    ) -> Publication:
        """Withdraw what was not sent, and what follows it; a dry run tells whether that can be."""
        self._policy.may(person, Act.CANCEL).require()
        if dry_run:
            return publication.after(Event.CANCEL)
        with self._database.write() as tx:
            return end(
                tx, publication, Event.CANCEL, now=self._clock.now(), actor=person.name, reason=None
            )

    def send_again(
        self,
        publication: Publication,
        person: Actor,
        planned: WallTime,
        window: timedelta,
        *,
        dry_run: bool = False,
    ) -> Publication:
        """Put a missed or failed publication back, with the same content, in a new window.

        What follows it, and was missed with it, is sent again as far behind it as before. A dry
        run checks the same, and returns what would be, without storing it.
        """
        with self._database.read() as tx:
            self._policy.may(person, Act.SEND_AGAIN, approved_content(tx, publication)).require()
        if blocking := self.item(publication.id).blocking:
            raise UserError(*(self._blocked(f) for f in blocking))
        now = self._clock.now()
        if planned.instant + window <= now:
            raise user_error(
                "review.window_over", remedy="review.window_over.again", ref=publication.reference
            )
        if dry_run:
            return publication.after(Event.REVIVE)

        def decide(decided: Publication) -> str:
            digest = decided.content_hash
            self._policy.may(person, Act.SEND_AGAIN, approved_content(tx, decided)).require()
            self._decide(tx, decided, person, Verdict.APPROVED, digest, None)
            return digest

        with self._database.write() as tx:
            again = publications.move(
                tx,
                publication,
                Event.REVIVE,
                now=now,
                actor=person.name,
                planned=planned,
                due_at_utc=planned.instant,
                window_end_utc=planned.instant + window,
                approved_hash=decide(publication),
                reason=None,
            )
            send_along(tx, publication, again, now=now, actor=person.name, decide=decide)
        return again

    def _turn_down(
        self, publication: Publication, person: Actor, reason: str, verdict: Verdict
    ) -> Publication:
        rejects = verdict is Verdict.REJECTED
        self._policy.may(person, Act.REJECT if rejects else Act.REQUEST_CHANGES).require()
        why = require_reason(reason)
        event = Event.REJECT if rejects else Event.REQUEST_CHANGES
        digest = publication.content_hash
        with self._database.write() as tx:
            self._decide(tx, publication, person, verdict, digest, why)
            now = self._clock.now()
            said = Message("review.said", {"why": why})
            act = end if rejects else publications.move
            return act(tx, publication, event, now=now, actor=person.name, reason=said)

    def _decide(
        self,
        tx: Tx,
        publication: Publication,
        person: Actor,
        verdict: Verdict,
        digest: str,
        reason: str | None,
    ) -> None:
        reviews.add_decision(
            tx,
            Decision(
                self._new_id(),
                publication.id,
                person.id,
                verdict,
                digest,
                self._clock.now(),
                reason,
            ),
        )

    @staticmethod
    def _blocked(finding: Finding) -> Problem:
        return Problem(finding.what, finding.remedy)
