"""What becomes of follow-ups when something happens to the post that they follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from campaignbot.domain.messages import Message
from campaignbot.domain.publication import TRANSITIONS, UNSENT, Event, Publication, State
from campaignbot.storage import publications
from campaignbot.storage.database import Tx
from campaignbot.storage.follow_ups import follow_ups_of


def move_along(
    tx: Tx, before: Publication, after: Publication, *, now: datetime, actor: str
) -> None:
    """Move what follows by as much as the post moved; what was approved stays approved.

    What was missed together with its post goes back to review.
    """
    if before.due_at_utc == after.due_at_utc:
        return
    for follow in _movable(tx, before):
        event = Event.EDIT if follow.state is State.MISSED else Event.RESCHEDULE
        kept = None if event is Event.EDIT else follow.approved_hash
        _shift(tx, follow, event, before, after, now=now, actor=actor, approved_hash=kept)


def send_along(
    tx: Tx,
    before: Publication,
    after: Publication,
    *,
    now: datetime,
    actor: str,
    decide: Callable[[Publication], str],
) -> None:
    """Send again what follows a post that is sent again.

    `decide` records the decision about one that was missed as well, and returns the hash that it
    binds.
    """
    for follow in _movable(tx, before):
        missed = follow.state is State.MISSED
        event = Event.REVIVE if missed else Event.RESCHEDULE
        digest = decide(follow) if missed else follow.approved_hash
        _shift(tx, follow, event, before, after, now=now, actor=actor, approved_hash=digest)


def end(
    tx: Tx,
    publication: Publication,
    event: Event,
    *,
    now: datetime,
    actor: str,
    reason: Message | None,
) -> Publication:
    """Move a publication to a state in which it is never sent, and cancel what follows it."""
    ended = publications.move(tx, publication, event, now=now, actor=actor, reason=reason)
    cancel_along(tx, ended, now=now, actor=actor)
    return ended


def cancel_along(
    tx: Tx, parent: Publication, *, now: datetime, actor: str
) -> tuple[Publication, ...]:
    """Cancel what follows a post that is not there, or no longer, as far as it was not sent."""
    reason = Message("follow_up.without", {"ref": parent.reference})
    return tuple(
        publications.move(tx, follow, Event.CANCEL, now=now, actor=actor, reason=reason)
        for follow in follow_ups_of(tx, parent.id)
        if follow.state in UNSENT - {State.REJECTED}
    )


def _movable(tx: Tx, parent: Publication) -> list[Publication]:
    return [
        follow
        for follow in follow_ups_of(tx, parent.id)
        if follow.state is State.MISSED or (follow.state, Event.RESCHEDULE) in TRANSITIONS
    ]


def _shift(
    tx: Tx,
    follow: Publication,
    event: Event,
    before: Publication,
    after: Publication,
    *,
    now: datetime,
    actor: str,
    approved_hash: str | None,
) -> None:
    planned = after.planned.later_by(follow.due_at_utc - before.due_at_utc)
    publications.move(
        tx,
        follow,
        event,
        now=now,
        actor=actor,
        planned=planned,
        due_at_utc=planned.instant,
        window_end_utc=follow.window_end_utc + (planned.instant - follow.due_at_utc),
        retry_at_utc=None,
        approved_hash=approved_hash,
        reason=follow.reason if event is Event.RESCHEDULE else None,
    )
