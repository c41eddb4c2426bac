"""How each account stands: what it waits for, and how many posts wait for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from campaignbot.domain.accounts import Account, AccountState, Hold, HoldScope, RateBudget
from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.publication import CLAIMABLE
from campaignbot.domain.spending import Spent, month_of
from campaignbot.storage import audit
from campaignbot.storage.accounts import active_holds, list_accounts
from campaignbot.storage.budgets import budgets_of
from campaignbot.storage.credentials import Lifetime, Renewing, all_stored
from campaignbot.storage.database import Tx
from campaignbot.storage.statistics import charged_in, spent
from campaignbot.storage.tables import account, publication


@dataclass(frozen=True, slots=True)
class Standing:
    """An account at one instant.

    `waiting` counts the posts that only wait for their time, or for the account. `holds` are those
    of everything and of this account, `used_up` the limits of which nothing is left.
    `next_free_at_utc` is None where it may publish at once. `paused` tells who paused it, when
    and why. `lifetime` and `renewing` are None where it is not connected. `spent` is what it cost
    in the present month, None where nothing was charged. `permissions` are what was granted, by the
    platform's own names, None where that was not told.
    """

    account: Account
    waiting: int
    holds: tuple[Hold, ...]
    used_up: tuple[RateBudget, ...]
    next_free_at_utc: datetime | None
    paused: AuditEvent | None
    lifetime: Lifetime | None = None
    renewing: Renewing | None = None
    spent: Spent | None = None
    permissions: frozenset[str] | None = None


def standings(tx: Tx, now: datetime) -> tuple[Standing, ...]:
    """Return how all accounts stand, in order of their keys."""
    holds, numbers, free_at = active_holds(tx, now), posts_waiting(tx), _free_at(tx, now)
    secrets = all_stored(tx)
    return tuple(
        Standing(
            found,
            numbers.get(found.id, 0),
            tuple(
                hold
                for hold in holds
                if hold.scope is HoldScope.ALL
                or (hold.scope is HoldScope.ACCOUNT and hold.scope_id == found.id)
            ),
            tuple(
                budget
                for budget in budgets_of(tx, found)
                if budget.remaining <= 0 and budget.resets_at_utc > now
            ),
            free_at.get(found.id),
            pause_of(tx, found),
            secrets[found.id].lifetime if found.id in secrets else None,
            secrets[found.id].renewing if found.id in secrets else None,
            spent_this_month(tx, found, now),
            secrets[found.id].permissions if found.id in secrets else None,
        )
        for found in list_accounts(tx)
    )


def spent_this_month(tx: Tx, of: Account, now: datetime) -> Spent | None:
    """Return what an account cost in the present month; None where nothing was ever charged."""
    currency = of.monthly_cap.currency if of.monthly_cap else charged_in(tx, of.id)
    if currency is None:
        return None
    month = month_of(now, of.zone)
    return spent(tx, of.id, currency, month.begins_at_utc, month.ends_at_utc)


def posts_waiting(tx: Tx) -> Mapping[UUID, int]:
    """Return how many posts wait for their time or for their account, by account."""
    rows = tx.execute(
        select(publication.c.account_id, func.count())
        .where(publication.c.state.in_(list(CLAIMABLE)))
        .group_by(publication.c.account_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def pause_of(tx: Tx, of: Account) -> AuditEvent | None:
    """Return the line of the audit trail that tells of the account's pause; None without one."""
    if of.state is not AccountState.PAUSED:
        return None
    told = [e for e in audit.history(tx, of.id) if e.after.get("state") == AccountState.PAUSED]
    return told[-1] if told else None


def _free_at(tx: Tx, now: datetime) -> Mapping[UUID, datetime]:
    rows = tx.execute(
        select(account.c.id, account.c.next_free_at_utc).where(account.c.next_free_at_utc > now)
    )
    return {row.id: row.next_free_at_utc for row in rows}
