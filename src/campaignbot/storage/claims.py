"""Claiming due publications for the accounts that are free."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select, update

from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.publication import Attempt, Event, Publication, State
from campaignbot.domain.walltime import WallTime
from campaignbot.storage.accounts import account_by_id, is_held
from campaignbot.storage.attempts import begin_attempt
from campaignbot.storage.budgets import has_budget, take_from_budgets
from campaignbot.storage.database import Tx
from campaignbot.storage.publications import move, postpone, publication_by_id
from campaignbot.storage.tables import account, post, publication

_LOOKED_AT_ONCE = 50
_claimed = publication.alias("claimed")
_parent = publication.alias("parent")

Wait = Callable[[WallTime], datetime | None]
"""Says until when a publication planned at this time must wait although it is due; None: not."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A publication that this worker may publish until its lease ends, and nobody else.

    `reply_to` is the external id of the post that it follows, None where it follows none.
    """

    publication: Publication
    account: Account
    attempt: Attempt
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimRules:
    """How claims are made: by whom, for how long, how far apart, and when it must wait."""

    owner: str
    lease: timedelta
    spacing: timedelta
    skip_platforms: Collection[str] = ()
    wait: Wait = lambda _planned: None


def claim_due(
    tx: Tx,
    rules: ClaimRules,
    *,
    now: datetime,
    most: int = 1,
    skip_accounts: Collection[UUID] = (),
    account_id: UUID | None = None,
) -> tuple[Claim, ...]:
    """Claim due publications, at most one an account and `most` in all, the longest waiting first.

    Due is: approved or waiting to retry, its instant reached, inside its window, on an account
    that is active, free, publishing nothing else and has budget left, covered by no hold, and
    following nothing or a post that is out. The account is locked before the publication is looked
    at again, and is not free again before its spacing has passed. With `account_id`, only for it.
    """
    if tx.dialect.name != "sqlite":
        # Budgets are shared by accounts: two workers that each claimed for several accounts could
        # wait for each other.
        most = 1
    wanted: list[ColumnElement[bool]] = [account.c.platform.not_in(list(rules.skip_platforms))]
    if skip_accounts:
        wanted.append(account.c.id.not_in(list(skip_accounts)))
    if account_id is not None:
        wanted.append(account.c.id == account_id)
    candidates = tx.execute(
        select(
            publication.c.id,
            publication.c.account_id,
            publication.c.planned_local,
            publication.c.planned_zone,
        )
        .join(post, post.c.id == publication.c.post_id)
        .join(account, account.c.id == publication.c.account_id)
        .where(is_due(now), _may_go(now), _free(now), *wanted)
        .order_by(publication.c.next_at_utc, publication.c.id)
        .limit(_LOOKED_AT_ONCE * most)
    ).all()
    found: dict[UUID, Claim] = {}
    for row in candidates:
        if len(found) == most:
            break
        if row.account_id in found:
            continue
        if later := rules.wait(WallTime(row.planned_local, row.planned_zone)):
            postpone(tx, row.id, later)
        elif _lock(tx, row.id, row.account_id, now):
            claimed = _claim(tx, rules, row.id, row.account_id, now)
            if claimed is not None:
                found[row.account_id] = claimed
    return tuple(found.values())


def accounts_with_due(tx: Tx, now: datetime) -> tuple[UUID, ...]:
    """Return the active accounts that have something due or uncertain to look at."""
    rows = tx.execute(
        select(publication.c.account_id)
        .join(account, account.c.id == publication.c.account_id)
        .where(publication.c.next_at_utc <= now, account.c.state == AccountState.ACTIVE)
        .distinct()
    ).scalars()
    return tuple(rows)


def due_on_platforms(tx: Tx, now: datetime, platforms: Collection[str]) -> tuple[Publication, ...]:
    """Return due publications on these platforms that no hold covers, longest waiting first."""
    rows = tx.execute(
        select(publication.c.id)
        .join(post, post.c.id == publication.c.post_id)
        .join(account, account.c.id == publication.c.account_id)
        .where(is_due(now), account.c.platform.in_(list(platforms)), ~is_held(now))
        .where(account.c.state != AccountState.PAUSED)
        .order_by(publication.c.next_at_utc, publication.c.id)
    ).scalars()
    return tuple(publication_by_id(tx, publication_id) for publication_id in rows)


def next_due_instant(tx: Tx, after: datetime) -> datetime | None:
    """Return the first instant after this one at which something has to be looked at."""
    instant: datetime | None = tx.execute(
        select(func.min(publication.c.next_at_utc)).where(publication.c.next_at_utc > after)
    ).scalar()
    return instant


def next_due_by_account(
    tx: Tx, after: datetime, until: datetime
) -> tuple[tuple[UUID, datetime], ...]:
    """Return for each account with something to look at in this time when that first is."""
    rows = tx.execute(
        select(publication.c.account_id, func.min(publication.c.next_at_utc))
        .where(publication.c.next_at_utc > after, publication.c.next_at_utc <= until)
        .group_by(publication.c.account_id)
    )
    return tuple((row[0], row[1]) for row in rows)


def is_due(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a publication's time has come and its content is as approved."""
    # Only claimable and uncertain rows have a next instant. Said this way round, the index on it
    # is the one that both databases take, however many publications wait for a later day.
    return (
        (publication.c.next_at_utc <= now)
        & (publication.c.state != State.UNCERTAIN)
        & (publication.c.window_end_utc > now)
        # What goes out is what was approved, byte for byte.
        & (publication.c.approved_hash == publication.c.content_hash)
    )


def _may_go(now: datetime) -> ColumnElement[bool]:
    """Nothing holds it, what it follows is out, and nothing else of the account is under way."""
    follows_what_is_out = exists().where(
        _parent.c.id == publication.c.follows_id,
        _parent.c.state == State.PUBLISHED,
        _parent.c.external_id.is_not(None),
    )
    return (
        ~is_held(now)
        & or_(publication.c.follows_id.is_(None), follows_what_is_out)
        & ~exists().where(
            _claimed.c.account_id == publication.c.account_id,
            _claimed.c.state == State.PUBLISHING,
        )
    )


def _free(now: datetime) -> ColumnElement[bool]:
    return (
        (account.c.state == AccountState.ACTIVE)
        & or_(account.c.next_free_at_utc.is_(None), account.c.next_free_at_utc <= now)
        & has_budget(now)
    )


def _lock(tx: Tx, publication_id: UUID, account_id: UUID, now: datetime) -> bool:
    """Lock the account and look once more: a worker that held it may have taken this one."""
    if tx.dialect.name == "sqlite":
        # The write lock was there before anything was read.
        return True
    locked = tx.execute(
        select(account.c.id)
        .where(account.c.id == account_id, _free(now))
        .with_for_update(skip_locked=True)
    ).first()
    if locked is None:
        return False
    still = tx.execute(
        select(publication.c.id)
        .join(post, post.c.id == publication.c.post_id)
        .where(publication.c.id == publication_id, is_due(now), _may_go(now))
    ).first()
    return still is not None


def _claim(
    tx: Tx, rules: ClaimRules, publication_id: UUID, account_id: UUID, now: datetime
) -> Claim | None:
    owned = account_by_id(tx, account_id)
    if not take_from_budgets(tx, owned, now):
        return None
    before = publication_by_id(tx, publication_id)
    claimed = move(
        tx, before, Event.CLAIM, now=now, actor=f"system:{rules.owner}", retry_at_utc=None
    )
    started = begin_attempt(tx, publication_id, rules.owner, now, now + rules.lease)
    free_at = now + (owned.spacing if owned.spacing is not None else rules.spacing)
    tx.execute(update(account).where(account.c.id == account_id).values(next_free_at_utc=free_at))
    parent: Any = None
    if before.follows_id is not None:
        parent = tx.execute(
            select(publication.c.external_id).where(publication.c.id == before.follows_id)
        ).scalar()
    return Claim(claimed, owned, started, parent)
