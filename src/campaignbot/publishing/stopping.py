"""Stopping publication at once, and going on."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from campaignbot.domain.accounts import Hold, HoldScope
from campaignbot.domain.clock import Clock
from campaignbot.domain.messages import Message
from campaignbot.storage import accounts
from campaignbot.storage.database import Database


def stop(
    database: Database,
    clock: Clock,
    new_id: Callable[[], UUID],
    *,
    by: str,
    reason: str,
    scope: HoldScope = HoldScope.ALL,
    scope_id: UUID | None = None,
) -> Hold:
    """Hold back everything that the scope covers; stopping twice keeps the first hold."""
    now = clock.now()
    with database.write() as tx:
        for hold in accounts.active_holds(tx, now):
            if hold.scope is scope and hold.scope_id == scope_id:
                return hold
        hold = Hold(
            new_id(), scope, scope_id, Message("hold.by_person", {"reason": reason}), by, now
        )
        accounts.place_hold(tx, hold)
    return hold


def resume(
    database: Database,
    clock: Clock,
    *,
    by: str,
    scope: HoldScope = HoldScope.ALL,
    scope_id: UUID | None = None,
) -> tuple[Hold, ...]:
    """Lift the holds of exactly this scope and return them; what was missed stays missed."""
    with database.write() as tx:
        return accounts.lift_holds(tx, scope, scope_id, now=clock.now(), actor=by)
