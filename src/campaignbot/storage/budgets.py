"""What platforms said is left of their limits on posting, per account and per app."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, exists, insert, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from campaignbot.domain.accounts import Account, BudgetOwner, RateBudget
from campaignbot.storage.database import Tx
from campaignbot.storage.tables import account, rate_budget
from campaignbot.storage.types import NOW

_RUNNING = rate_budget.c.owner.in_([bindparam("of_account"), bindparam("of_app")]) & (
    rate_budget.c.resets_at_utc > NOW
)
_TOLD = (
    update(rate_budget)
    .where(
        rate_budget.c.owner == bindparam("of_owner"), rate_budget.c.bucket == bindparam("of_bucket")
    )
    .values(remaining=bindparam("remaining"), resets_at_utc=bindparam("resets_at_utc"))
)
_TOLD_FIRST = insert(rate_budget).values(
    owner=bindparam("of_owner"),
    bucket=bindparam("of_bucket"),
    remaining=bindparam("remaining"),
    resets_at_utc=bindparam("resets_at_utc"),
)
_ANY_RUNNING = select(rate_budget.c.owner).where(rate_budget.c.resets_at_utc > NOW).limit(1)
_TAKE = (
    update(rate_budget)
    .where(_RUNNING)
    .values(remaining=rate_budget.c.remaining - 1)
    .returning(rate_budget.c.remaining)
)
_GIVE_BACK = update(rate_budget).where(_RUNNING).values(remaining=rate_budget.c.remaining + 1)


def save_budgets(tx: Tx, owned: Account, told: Iterable[RateBudget]) -> None:
    """Store what the platform told last, in place of what we had reckoned ourselves."""
    rows = [
        {
            "of_owner": _owner_of(owned, budget.owner),
            "of_bucket": budget.bucket,
            "remaining": budget.remaining,
            "resets_at_utc": budget.resets_at_utc,
        }
        for budget in told
    ]
    if not rows or tx.execute(_TOLD, rows).rowcount == len(rows):
        return
    for row in rows:
        if tx.execute(_TOLD, row).rowcount == 0:
            # Another worker may tell the same app's first budget at this moment; its word will do.
            with suppress(IntegrityError), tx.begin_nested():
                tx.execute(_TOLD_FIRST, row)


def budgets_of(tx: Tx, owned: Account) -> tuple[RateBudget, ...]:
    """Return the budgets of an account and of its app, the account's first."""
    owners = {_owner_of(owned, kind): kind for kind in BudgetOwner}
    rows = tx.execute(
        select(rate_budget)
        .where(rate_budget.c.owner.in_(list(owners)))
        .order_by(rate_budget.c.owner, rate_budget.c.bucket)
    )
    return tuple(
        RateBudget(owners[row.owner], row.bucket, row.remaining, row.resets_at_utc) for row in rows
    )


def any_running(tx: Tx, now: datetime) -> bool:
    """Tell whether any limit is known that counts at this instant."""
    return tx.execute(_ANY_RUNNING, {"now": now}).first() is not None


def take_from_budgets(tx: Tx, key: str, app: str, now: datetime) -> bool:
    """Count one post of the account with this key; False, and nothing taken, if a budget is out.

    The rows stay locked until the transaction ends, so that workers of one app count in turn.
    """
    of = {"of_account": f"account:{key}", "of_app": f"app:{app}", "now": now}
    if all(left >= 0 for left in tx.execute(_TAKE, of).scalars().all()):
        return True
    give_back_to_budgets(tx, key, app, now)
    return False


def give_back_to_budgets(tx: Tx, key: str, app: str, now: datetime) -> None:
    """Undo what counting one post did: the platform was not asked for it."""
    tx.execute(_GIVE_BACK, {"of_account": f"account:{key}", "of_app": f"app:{app}", "now": now})


def has_budget() -> ColumnElement[bool]:
    """Return the condition that at NOW neither an account's own budget nor its app's is out."""
    return ~exists().where(
        or_(
            rate_budget.c.owner == literal("account:") + account.c.key,
            rate_budget.c.owner == literal("app:") + account.c.app,
        ),
        rate_budget.c.remaining <= 0,
        rate_budget.c.resets_at_utc > NOW,
    ).correlate(account)


def _owner_of(owned: Account, kind: BudgetOwner) -> str:
    return f"account:{owned.key}" if kind is BudgetOwner.ACCOUNT else f"app:{owned.app}"
