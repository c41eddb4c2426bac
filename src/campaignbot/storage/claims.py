"""Claiming due publications for the accounts that are free."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Integer, Uuid, bindparam, exists, func, or_, select, update

from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.publication import Attempt, Event, Publication, State
from campaignbot.domain.walltime import WallTime
from campaignbot.storage.accounts import accounts_by_ids, is_held
from campaignbot.storage.attempts import begin_attempts
from campaignbot.storage.budgets import any_running, has_budget, take_from_budgets
from campaignbot.storage.database import Tx
from campaignbot.storage.publications import (
    move_alike,
    postpone,
    publication_by_id,
    publications_by_ids,
)
from campaignbot.storage.tables import account, post, publication
from campaignbot.storage.types import NOW

_LOOKED_AT_ONCE = 50
_claimed = publication.alias("claimed")
_parent = publication.alias("parent")

# Only claimable and uncertain rows have a next instant. Said this way round, the index on it is the
# one that both databases take, however many publications wait for a later day.
_DUE = (
    (publication.c.next_at_utc <= NOW)
    & (publication.c.state != State.UNCERTAIN)
    & (publication.c.window_end_utc > NOW)
    # What goes out is what was approved, byte for byte.
    & (publication.c.approved_hash == publication.c.content_hash)
)
# Nothing holds it, what it follows is out, and nothing else of the account is under way.
_MAY_GO = (
    ~is_held(NOW)
    & or_(
        publication.c.follows_id.is_(None),
        exists().where(
            _parent.c.id == publication.c.follows_id,
            _parent.c.state == State.PUBLISHED,
            _parent.c.external_id.is_not(None),
        ),
    )
    & ~exists().where(
        _claimed.c.account_id == publication.c.account_id,
        _claimed.c.state == State.PUBLISHING,
    )
)
_FREE = (
    (account.c.state == AccountState.ACTIVE)
    & or_(account.c.next_free_at_utc.is_(None), account.c.next_free_at_utc <= NOW)
    & has_budget()
)
_ONLY = account.c.id == bindparam("only", type_=Uuid())
_ORDER = (publication.c.next_at_utc, publication.c.id)
_CANDIDATES = (
    select(
        publication.c.id,
        publication.c.account_id,
        publication.c.planned_local,
        publication.c.planned_zone,
        account.c.key,
        account.c.app,
    )
    .join(post, post.c.id == publication.c.post_id)
    .join(account, account.c.id == publication.c.account_id)
    .where(_DUE, _MAY_GO, _FREE)
    .where(account.c.platform.not_in(bindparam("skip_platforms", expanding=True)))
    .where(account.c.id.not_in(bindparam("skip_accounts", expanding=True)))
    .order_by(*_ORDER)
    .limit(bindparam("most", type_=Integer()))
)
_CANDIDATES_OF_ONE = _CANDIDATES.where(_ONLY)
_ON_PLATFORMS = (
    select(publication.c.id)
    .join(post, post.c.id == publication.c.post_id)
    .join(account, account.c.id == publication.c.account_id)
    .where(_DUE, ~is_held(NOW), account.c.state != AccountState.PAUSED)
    .where(account.c.platform.in_(bindparam("platforms", expanding=True)))
    .order_by(*_ORDER)
)
_LOCK_ACCOUNT = (
    select(account.c.id).where(_ONLY, _FREE).with_for_update(skip_locked=True, key_share=True)
)
_STILL_DUE = (
    select(publication.c.id)
    .join(post, post.c.id == publication.c.post_id)
    .where(publication.c.id == bindparam("this", type_=Uuid()), _DUE, _MAY_GO)
)
_OCCUPY = (
    update(account)
    .where(_ONLY)
    .values(next_free_at_utc=bindparam("free_at", type_=account.c.next_free_at_utc.type))
)
_GIVE_BACK = (
    update(account)
    .where(
        _ONLY,
        account.c.next_free_at_utc == bindparam("free_at", type_=account.c.next_free_at_utc.type),
    )
    .values(next_free_at_utc=None)
)

Wait = Callable[[WallTime], datetime | None]
"""Says until when a publication planned at this time must wait although it is due; None: not."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A publication that this worker may publish until its lease ends, and nobody else.

    `free_at_utc` is until when it occupies its account. `reply_to` is the external id of the post
    that it follows, None where it follows none.
    """

    publication: Publication
    account: Account
    attempt: Attempt
    free_at_utc: datetime
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
    asked = {
        "now": now,
        "skip_platforms": list(rules.skip_platforms),
        "skip_accounts": list(skip_accounts),
        "most": _LOOKED_AT_ONCE * most,
    }
    if account_id is None:
        candidates = tx.execute(_CANDIDATES, asked).all()
    else:
        candidates = tx.execute(_CANDIDATES_OF_ONE, asked | {"only": account_id}).all()
    chosen: dict[UUID, UUID] = {}
    limited = bool(candidates) and any_running(tx, now)
    for row in candidates:
        if len(chosen) == most:
            break
        if row.account_id in chosen:
            continue
        if later := rules.wait(WallTime(row.planned_local, row.planned_zone)):
            postpone(tx, row.id, later)
        elif _lock(tx, row.id, row.account_id, now) and (
            not limited or take_from_budgets(tx, row.key, row.app, now)
        ):
            chosen[row.account_id] = row.id
    return _claim(tx, rules, chosen, now) if chosen else ()


def free_account(tx: Tx, held: Claim) -> None:
    """Let the account of a claim that published nothing be claimed for again at once.

    Whatever else it waits for meanwhile, such as a limit that the platform named, stays.
    """
    tx.execute(_GIVE_BACK, {"only": held.account.id, "free_at": held.free_at_utc})


def accounts_with_due(tx: Tx, now: datetime) -> tuple[UUID, ...]:
    """Return the accounts that have something due, or uncertain to look at, and may be asked."""
    looks = (publication.c.state == State.UNCERTAIN) & (
        account.c.state == AccountState.LACKS_PERMISSION
    )
    rows = tx.execute(
        select(publication.c.account_id)
        .join(account, account.c.id == publication.c.account_id)
        .where(publication.c.next_at_utc <= now, (account.c.state == AccountState.ACTIVE) | looks)
        .distinct()
    ).scalars()
    return tuple(rows)


def due_on_platforms(tx: Tx, now: datetime, platforms: Collection[str]) -> tuple[Publication, ...]:
    """Return due publications on these platforms that no hold covers, longest waiting first."""
    rows = tx.execute(_ON_PLATFORMS, {"now": now, "platforms": list(platforms)}).scalars().all()
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


def _lock(tx: Tx, publication_id: UUID, account_id: UUID, now: datetime) -> bool:
    """Lock the account and look once more: a worker that held it may have taken this one."""
    if tx.dialect.name == "sqlite":
        # The write lock was there before anything was read.
        return True
    of = {"now": now, "only": account_id, "this": publication_id}
    if tx.execute(_LOCK_ACCOUNT, of).first() is None:
        return False
    return tx.execute(_STILL_DUE, of).first() is not None


def _claim(
    tx: Tx, rules: ClaimRules, chosen: Mapping[UUID, UUID], now: datetime
) -> tuple[Claim, ...]:
    """Claim these publications, one for each account; account id to publication id."""
    owners = {found.id: found for found in accounts_by_ids(tx, chosen)}
    claimed = move_alike(
        tx,
        publications_by_ids(tx, chosen.values()),
        Event.CLAIM,
        now=now,
        actor=f"system:{rules.owner}",
        retry_at_utc=None,
    )
    begun = begin_attempts(tx, chosen.values(), rules.owner, now, now + rules.lease)
    free_at = {
        found.id: now + (rules.spacing if found.spacing is None else found.spacing)
        for found in owners.values()
    }
    tx.execute(_OCCUPY, [{"only": one, "free_at": instant} for one, instant in free_at.items()])
    return tuple(
        Claim(
            one,
            owners[one.account_id],
            begun[one.id],
            free_at[one.account_id],
            _parent_of(tx, one.follows_id),
        )
        for one in claimed
    )


def _parent_of(tx: Tx, follows_id: UUID | None) -> str | None:
    return None if follows_id is None else publication_by_id(tx, follows_id).external_id
