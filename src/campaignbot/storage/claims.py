"""Claiming due publications, and the attempts at publishing them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, insert, or_, select, update

from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.publication import CLAIMABLE, Attempt, Event, Publication, Receipt, State
from campaignbot.storage.accounts import account_by_id, is_held
from campaignbot.storage.database import Tx
from campaignbot.storage.publications import move, publication_by_id
from campaignbot.storage.tables import account, attempt, post, publication

_LOOKED_AT_ONCE = 50
_claimed = publication.alias("claimed")


@dataclass(frozen=True, slots=True)
class Claim:
    """A publication that this worker may publish until its lease ends, and nobody else."""

    publication: Publication
    account: Account
    attempt: Attempt


def claim_next(
    tx: Tx,
    *,
    now: datetime,
    owner: str,
    lease: timedelta,
    spacing: timedelta,
    skip_platforms: Collection[str] = (),
) -> Claim | None:
    """Claim at most one due publication, the longest waiting first; None when there is none.

    Due is: approved or waiting to retry, its instant reached, inside its window, on an account
    that is active, free and publishing nothing else, covered by no hold. The account is locked
    before the publication is looked at again, and is not free again before `spacing` has passed.
    """
    candidates = tx.execute(
        select(publication.c.id, publication.c.account_id)
        .join(post, post.c.id == publication.c.post_id)
        .join(account, account.c.id == publication.c.account_id)
        .where(
            _due(now),
            account.c.platform.not_in(list(skip_platforms)),
            account.c.state == AccountState.ACTIVE,
            or_(account.c.next_free_at_utc.is_(None), account.c.next_free_at_utc <= now),
            ~is_held(now),
            ~exists().where(
                _claimed.c.account_id == publication.c.account_id,
                _claimed.c.state == State.PUBLISHING,
            ),
        )
        .order_by(publication.c.next_at_utc, publication.c.id)
        .limit(_LOOKED_AT_ONCE)
    ).all()
    for publication_id, account_id in candidates:
        if _lock_free_account(tx, account_id, now) and _still_due(tx, publication_id, now):
            return _claim(tx, publication_id, now, owner, lease, spacing)
    return None


def mark_request_sent(tx: Tx, held: Attempt, *, now: datetime, receipt: Receipt | None) -> bool:
    """Note, just before the create request, that it may be out there from now on.

    Stores the receipt as well. False when the lease is over or another attempt has begun: then
    the request must not be sent.
    """
    done = tx.execute(
        update(attempt)
        .where(
            attempt.c.publication_id == held.publication_id,
            attempt.c.number == held.number,
            attempt.c.owner == held.owner,
            attempt.c.lease_end_utc > now,
            attempt.c.ended_at_utc.is_(None),
            attempt.c.request_sent_at_utc.is_(None),
        )
        .values(request_sent_at_utc=now)
    )
    if done.rowcount != 1:
        return False
    if receipt is not None:
        tx.execute(
            update(publication)
            .where(publication.c.id == held.publication_id)
            .values(receipt={"kind": receipt.kind, "data": dict(receipt.data)})
        )
    return True


def end_attempt(tx: Tx, held: Attempt, *, now: datetime, outcome: str, error: str | None) -> bool:
    """Record the outcome; False when the attempt was ended already, by another worker."""
    done = tx.execute(
        update(attempt)
        .where(
            attempt.c.publication_id == held.publication_id,
            attempt.c.number == held.number,
            attempt.c.ended_at_utc.is_(None),
        )
        .values(ended_at_utc=now, outcome=outcome, error=error)
    )
    return bool(done.rowcount == 1)


def attempts_of(tx: Tx, publication_id: UUID) -> tuple[Attempt, ...]:
    """Return all attempts at one publication, first first."""
    rows = tx.execute(
        select(attempt).where(attempt.c.publication_id == publication_id).order_by(attempt.c.number)
    )
    return tuple(_attempt(row) for row in rows)


def abandoned_attempts(tx: Tx, now: datetime) -> tuple[Attempt, ...]:
    """Return attempts whose lease is over without an outcome: their worker died or hangs."""
    rows = tx.execute(
        select(attempt)
        .where(attempt.c.ended_at_utc.is_(None), attempt.c.lease_end_utc <= now)
        .order_by(attempt.c.lease_end_utc)
    )
    return tuple(_attempt(row) for row in rows)


def open_attempts_of(tx: Tx, owner: str) -> tuple[Attempt, ...]:
    """Return the attempts that this worker has not ended."""
    rows = tx.execute(
        select(attempt).where(attempt.c.ended_at_utc.is_(None), attempt.c.owner == owner)
    )
    return tuple(_attempt(row) for row in rows)


def uncertain_to_check(tx: Tx, now: datetime) -> tuple[Publication, ...]:
    """Return uncertain publications that should be looked for on their platform now."""
    return _by_ids(
        tx,
        _ids(tx, publication.c.state == State.UNCERTAIN, publication.c.next_at_utc <= now),
    )


def past_their_window(tx: Tx, now: datetime) -> tuple[Publication, ...]:
    """Return publications that wait for the daemon although their window is over."""
    return _by_ids(
        tx,
        _ids(
            tx,
            publication.c.state.in_(list(CLAIMABLE)),
            publication.c.next_at_utc.is_not(None),
            publication.c.window_end_utc <= now,
        ),
    )


def due_on_platforms(tx: Tx, now: datetime, platforms: Collection[str]) -> tuple[Publication, ...]:
    """Return due publications on these platforms that no hold covers, longest waiting first."""
    rows = tx.execute(
        select(publication.c.id)
        .join(post, post.c.id == publication.c.post_id)
        .join(account, account.c.id == publication.c.account_id)
        .where(_due(now), account.c.platform.in_(list(platforms)), ~is_held(now))
        .where(account.c.state != AccountState.PAUSED)
        .order_by(publication.c.next_at_utc, publication.c.id)
    ).scalars()
    return _by_ids(tx, tuple(rows))


def next_due_instant(tx: Tx) -> datetime | None:
    """Return when the daemon has something to look at next; None when nothing waits."""
    instant: datetime | None = tx.execute(select(func.min(publication.c.next_at_utc))).scalar()
    return instant


def _ids(tx: Tx, *conditions: ColumnElement[bool]) -> tuple[UUID, ...]:
    """Return the ids of the publications that meet the conditions, longest waiting first."""
    return tuple(
        tx.execute(
            select(publication.c.id)
            .where(*conditions)
            .order_by(publication.c.next_at_utc, publication.c.id)
        ).scalars()
    )


def _by_ids(tx: Tx, ids: tuple[UUID, ...]) -> tuple[Publication, ...]:
    return tuple(publication_by_id(tx, publication_id) for publication_id in ids)


def _due(now: datetime) -> ColumnElement[bool]:
    # Only claimable and uncertain rows have a next instant. Said this way round, the index on it
    # is the one that both databases take, however many publications wait for a later day.
    return (
        (publication.c.next_at_utc <= now)
        & (publication.c.state != State.UNCERTAIN)
        & (publication.c.window_end_utc > now)
        # What goes out is what was approved, byte for byte.
        & (publication.c.approved_hash == publication.c.content_hash)
    )


def _lock_free_account(tx: Tx, account_id: UUID, now: datetime) -> bool:
    row: Any = tx.execute(
        select(account.c.id)
        .where(
            account.c.id == account_id,
            account.c.state == AccountState.ACTIVE,
            or_(account.c.next_free_at_utc.is_(None), account.c.next_free_at_utc <= now),
        )
        .with_for_update(skip_locked=True)
    ).first()
    return row is not None


def _still_due(tx: Tx, publication_id: UUID, now: datetime) -> bool:
    """Look once more under the lock: a worker that held it may have taken this one."""
    row: Any = tx.execute(
        select(publication.c.id)
        .join(post, post.c.id == publication.c.post_id)
        .where(
            publication.c.id == publication_id,
            _due(now),
            ~is_held(now),
            ~exists().where(
                _claimed.c.account_id == publication.c.account_id,
                _claimed.c.state == State.PUBLISHING,
            ),
        )
    ).first()
    return row is not None


def _claim(
    tx: Tx, publication_id: UUID, now: datetime, owner: str, lease: timedelta, spacing: timedelta
) -> Claim:
    before = publication_by_id(tx, publication_id)
    claimed = move(tx, before, Event.CLAIM, now=now, actor=f"system:{owner}", retry_at_utc=None)
    last: int | None = tx.execute(
        select(func.max(attempt.c.number)).where(attempt.c.publication_id == publication_id)
    ).scalar()
    started = Attempt(
        publication_id=publication_id,
        number=(last or 0) + 1,
        owner=owner,
        started_at_utc=now,
        lease_end_utc=now + lease,
    )
    tx.execute(
        insert(attempt).values(
            publication_id=started.publication_id,
            number=started.number,
            owner=started.owner,
            started_at_utc=started.started_at_utc,
            lease_end_utc=started.lease_end_utc,
        )
    )
    tx.execute(
        update(account)
        .where(account.c.id == before.account_id)
        .values(next_free_at_utc=now + spacing)
    )
    return Claim(claimed, account_by_id(tx, before.account_id), started)


def _attempt(row: Any) -> Attempt:
    return Attempt(
        publication_id=row.publication_id,
        number=row.number,
        owner=row.owner,
        started_at_utc=row.started_at_utc,
        lease_end_utc=row.lease_end_utc,
        request_sent_at_utc=row.request_sent_at_utc,
        ended_at_utc=row.ended_at_utc,
        outcome=row.outcome,
        error=row.error,
    )
