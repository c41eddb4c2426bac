"""Taking a live post off its platform: who did it, and why, stays."""

from __future__ import annotations

from dataclasses import dataclass

from campaignbot.domain.accounts import Account
from campaignbot.domain.errors import UserError
from campaignbot.domain.people import Actor
from campaignbot.domain.policy import ONE_APPROVER, Act, Policy
from campaignbot.domain.publication import UNSENT, Event, Publication, State
from campaignbot.reviewing.along import cancel_along
from campaignbot.reviewing.live_posts import LivePosts, Reach
from campaignbot.reviewing.reasons import require_reason
from campaignbot.storage import accounts, publications
from campaignbot.storage.database import Database
from campaignbot.storage.follow_ups import follow_ups_of

# What is gone already may have comments below it that are not.
_LIVE_OR_GONE = frozenset({State.PUBLISHED, State.REMOVED})


@dataclass(frozen=True, slots=True)
class TakenDown:
    """What was taken down, or would be.

    `by_hand` are those that a person placed and now has to remove, at their permalinks. `cancelled`
    was not sent yet and never will be. `left` may still stand on the platform.
    """

    publication: Publication
    removed: tuple[Publication, ...] = ()
    by_hand: tuple[Publication, ...] = ()
    cancelled: tuple[Publication, ...] = ()
    left: tuple[Publication, ...] = ()


class TakeDown:
    """Removes publications from their platforms; doing it again is harmless.

    Nothing is noted before the platform has done it. A crash in between is mended by doing it
    again, for a post that is gone already counts as removed.
    """

    def __init__(self, database: Database, reach: Reach, policy: Policy = ONE_APPROVER) -> None:
        self._database, self._clock, self._policy = database, reach.clock, policy
        self._live = LivePosts("take_down", reach)

    def preview(self, publication: Publication, person: Actor) -> TakenDown:
        """Return what would be taken down; changes nothing. UserError as in `__call__`."""
        self._policy.may(person, Act.TAKE_DOWN).require()
        self._live.require(publication, _LIVE_OR_GONE)
        with self._database.read() as tx:
            account = accounts.account_by_id(tx, publication.account_id)
            below = follow_ups_of(tx, publication.id)
        live = [p for p in (publication, *below) if p.state is State.PUBLISHED]
        return TakenDown(
            publication,
            removed=tuple(p for p in live if not self._live.by_hand(p, account)),
            by_hand=tuple(p for p in live if self._live.by_hand(p, account)),
            cancelled=tuple(p for p in below if p.state in UNSENT - {State.REJECTED}),
        )

    def __call__(self, publication: Publication, person: Actor, reason: str) -> TakenDown:
        """Take a post down, then what was published below it; cancel what was still to follow.

        UserError, and nothing changed, when the person may not, no reason is given, the post is
        not live, or its platform does not do it.
        """
        self._policy.may(person, Act.TAKE_DOWN).require()
        why = require_reason(reason)
        self._live.require(publication, _LIVE_OR_GONE)
        with self._database.read() as tx:
            account = accounts.account_by_id(tx, publication.account_id)
        cancelled: tuple[Publication, ...] = ()
        removed: list[Publication] = []
        by_hand: list[Publication] = []
        left: list[Publication] = []
        if publication.state is State.PUBLISHED:
            (by_hand if self._live.by_hand(publication, account) else removed).append(publication)
            publication, cancelled = self._remove(publication, account, person, why)
        with self._database.read() as tx:
            below = follow_ups_of(tx, publication.id)
        # One that is on its way right now may still turn up below a post that is gone.
        left += [p for p in below if p.state in {State.PUBLISHING, State.UNCERTAIN}]
        for follow in (p for p in below if p.state is State.PUBLISHED):
            # Most platforms remove it together with the post; where not, it is removed here.
            try:
                self._remove(follow, account, person, why)
            except UserError:
                left.append(follow)
            else:
                (by_hand if self._live.by_hand(follow, account) else removed).append(follow)
        return TakenDown(publication, tuple(removed), tuple(by_hand), cancelled, tuple(left))

    def _remove(
        self, publication: Publication, account: Account, person: Actor, why: str
    ) -> tuple[Publication, tuple[Publication, ...]]:
        by_hand = self._live.by_hand(publication, account)
        if not by_hand:
            self._live.do(
                publication, account, lambda adapter, external_id: adapter.delete(external_id)
            )
        now = self._clock.now()
        with self._database.write() as tx:
            removed = publications.move(
                tx,
                publication,
                Event.REMOVE,
                now=now,
                actor=person.name,
                reason=self._live.said(publication, person, why, by_hand=by_hand),
            )
            cancelled = cancel_along(tx, removed, now=now, actor=person.name)
        return removed, cancelled
