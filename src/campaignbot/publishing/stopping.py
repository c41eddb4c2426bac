"""Stopping publication at once, and going on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from campaignbot.domain.accounts import Hold, HoldScope
from campaignbot.domain.clock import Clock
from campaignbot.domain.errors import user_error
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import Publication
from campaignbot.storage import accounts, hold_names
from campaignbot.storage.database import Database


@dataclass(frozen=True, slots=True)
class Holdable:
    """Something that can be held, and what people call it; everything has no name."""

    scope: HoldScope
    scope_id: UUID | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class HoldInForce:
    """A hold, and what people call the thing that it holds; the name is empty for everything."""

    hold: Hold
    name: str


def holds_in_force(database: Database, clock: Clock) -> tuple[HoldInForce, ...]:
    """Return the holds in force, what holds everything first, then the oldest first."""
    with database.read() as tx:
        found = accounts.active_holds(tx, clock.now())
        named = [
            HoldInForce(hold, hold_names.name_of(tx, hold.scope, hold.scope_id)) for hold in found
        ]
    return tuple(sorted(named, key=lambda held: held.hold.scope is not HoldScope.ALL))


def holdable(database: Database, publication: Publication | None) -> tuple[Holdable, ...]:
    """Return what can be held where somebody looks at this publication, the widest first."""
    found: list[tuple[HoldScope, UUID | None]] = [(HoldScope.ALL, None)]
    if publication is not None:
        found += [
            (HoldScope.CAMPAIGN, publication.post.campaign_id),
            (HoldScope.VACANCY, publication.post.vacancy_id),
            (HoldScope.ACCOUNT, publication.account_id),
            (HoldScope.PUBLICATION, publication.id),
        ]
    with database.read() as tx:
        return tuple(
            Holdable(scope, scope_id, hold_names.name_of(tx, scope, scope_id))
            for scope, scope_id in found
            if scope is HoldScope.ALL or scope_id is not None
        )


def stop(
    database: Database,
    clock: Clock,
    new_id: Callable[[], UUID],
    *,
    by: str,
    reason: str,
    scope: HoldScope = HoldScope.ALL,
    scope_id: UUID | None = None,
    until_utc: datetime | None = None,
    dry_run: bool = False,
) -> Hold:
    """Hold back everything that the scope covers, for good or until an instant.

    Stopping twice keeps the first hold, unless that one ends sooner. UserError when the end has
    passed.
    """
    now = clock.now()
    if until_utc is not None and until_utc <= now:
        raise user_error("stop.past", remedy="stop.past.remedy")
    with database.write() as tx:
        for hold in accounts.active_holds(tx, now):
            if hold.scope is scope and hold.scope_id == scope_id and _lasts(hold, until_utc):
                return hold
        said = Message("hold.by_person", {"reason": reason})
        hold = Hold(new_id(), scope, scope_id, said, by, now, until_utc)
        if not dry_run:
            accounts.place_hold(tx, hold)
    return hold


def resume(
    database: Database,
    clock: Clock,
    *,
    by: str,
    scope: HoldScope = HoldScope.ALL,
    scope_id: UUID | None = None,
    dry_run: bool = False,
) -> tuple[Hold, ...]:
    """Lift the holds of exactly this scope and return them; what was missed stays missed."""
    with database.write() as tx:
        if dry_run:
            found = accounts.active_holds(tx, clock.now())
            return tuple(h for h in found if h.scope is scope and h.scope_id == scope_id)
        return accounts.lift_holds(tx, scope, scope_id, now=clock.now(), actor=by)


def _lasts(hold: Hold, until_utc: datetime | None) -> bool:
    """Tell whether a hold ends by itself no sooner than this."""
    if hold.until_utc is None:
        return True
    return until_utc is not None and hold.until_utc >= until_utc
