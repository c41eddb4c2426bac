"""What a restored database may not know, settled so that nothing goes out twice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from campaignbot.domain.accounts import Hold, HoldScope
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import CLAIMABLE, Event, Publication, State
from campaignbot.storage import accounts, attempts, credentials, publications, workers
from campaignbot.storage.database import Database, Tx

_ACTOR = "system:restore"
_UNDECIDED = (State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED, State.MISSED, State.FAILED)


@dataclass(frozen=True, slots=True)
class Settled:
    """References of what the original may have published since the backup was made.

    `unsure` is looked for on its platform before anything else happens to it. `by_hand` and
    `undecided` wait for a person anyway, who has to look first: the one is carried out by hand,
    the other had not been approved yet. `connected` counts the accounts with stored secrets.
    """

    unsure: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    connected: int = 0


def settle(
    database: Database,
    *,
    made_at: datetime,
    now: datetime,
    hold_id: UUID,
    carried_out_by_hand: Collection[str],
) -> Settled:
    """Hold everything, and call uncertain whatever may have gone out since `made_at`.

    Uncertain is a publication that was being published, and an approved one whose time has come by
    now: it is published again only when its platform has shown twice that it is not there. One
    transaction; `carried_out_by_hand` names the platforms on which people do the publishing.
    """
    with database.write() as tx:
        workers.say_stopped(tx, now)
        reason = Message("hold.restored", {"at": made_at})
        accounts.place_hold(tx, Hold(hold_id, HoldScope.ALL, None, reason, "system", now))
        known = accounts.list_accounts(tx)
        platforms = {a.id: a.platform for a in known}
        unsure, by_hand = [], []
        for publication in _in_doubt(tx, now):
            if platforms[publication.account_id] in carried_out_by_hand:
                by_hand.append(publication.reference)
                continue
            _doubt(tx, publication, made_at, now)
            unsure.append(publication.reference)
        undecided = publications.list_publications(
            tx, states=_UNDECIDED, due_before=_just_after(now)
        )
        connected = sum(credentials.sealed_of(tx, a.id) is not None for a in known)
    return Settled(tuple(unsure), tuple(by_hand), tuple(p.reference for p in undecided), connected)


def _in_doubt(tx: Tx, now: datetime) -> tuple[Publication, ...]:
    return (
        *publications.list_publications(tx, states=[State.PUBLISHING, State.UNCERTAIN]),
        *publications.list_publications(tx, states=CLAIMABLE, due_before=_just_after(now)),
    )


def _doubt(tx: Tx, publication: Publication, made_at: datetime, now: datetime) -> None:
    since = made_at
    for attempt in attempts.attempts_of(tx, publication.id):
        if attempt.ended_at_utc is None:
            attempts.end_attempt(tx, attempt, now=now, outcome="restored", error=None)
            since = min(since, attempt.started_at_utc)
    if publication.state is State.UNCERTAIN:
        # What was looked for in vain before the backup may have gone out after it.
        publications.note_read_back(tx, publication, 0, now)
        return
    publications.move(
        tx,
        publication,
        Event.LOSE_SIGHT,
        now=now,
        actor=_ACTOR,
        uncertain_since_utc=since,
        uncertain_checks=0,
        reason=Message("publishing.restored", {"at": made_at}),
    )


def _just_after(now: datetime) -> datetime:
    return now + timedelta(microseconds=1)
