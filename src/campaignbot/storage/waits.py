"""Why approved publications do not go out at their time, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from campaignbot.domain.accounts import Account, AccountState, Hold, HoldScope
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import CLAIMABLE, Publication, State
from campaignbot.storage.accounts import accounts_by_ids, active_holds
from campaignbot.storage.attempts import answer_was_lost
from campaignbot.storage.budgets import budgets_of
from campaignbot.storage.database import Tx
from campaignbot.storage.standings import pause_of
from campaignbot.storage.tables import account, publication


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a publication waits; `until_utc` is None where a person has to do something.

    `for_all` says that everything waits for the same, so that a list need tell it only once.
    """

    reason: Message
    until_utc: datetime | None = None
    for_all: bool = False


def waits(tx: Tx, of: Iterable[Publication], now: datetime) -> Mapping[UUID, Wait]:
    """Return what holds up each publication, by its id; one that only waits for its time has none.

    What ends before its time holds up nothing. Where several things do, the one that takes longest
    is told.
    """
    waiting = [one for one in of if one.state in CLAIMABLE]
    if not waiting:
        return {}
    holds = active_holds(tx, now)
    owners = accounts_by_ids(tx, {one.account_id for one in waiting})
    shared = {owner.id: tuple(_of_account(tx, owner, now)) for owner in owners}
    postponed = _postponed(tx)
    told: dict[UUID, Wait] = {}
    for one in waiting:
        found = [
            Wait(hold.reason, hold.until_utc, hold.scope is HoldScope.ALL)
            for hold in holds
            if covers(hold, one)
        ]
        found += shared[one.account_id]
        if one.id in postponed:
            found.append(Wait(_why_postponed(tx, one), postponed[one.id]))
        after = max(now, one.due_at_utc)
        lasting = [wait for wait in found if wait.until_utc is None or wait.until_utc > after]
        if lasting:
            told[one.id] = max(lasting, key=_end)
    return told


def _end(wait: Wait) -> tuple[bool, float]:
    return wait.until_utc is None, wait.until_utc.timestamp() if wait.until_utc else 0.0


def _of_account(tx: Tx, owner: Account, now: datetime) -> Iterator[Wait]:
    """Yield what holds up every publication of an account."""
    named = {"account": owner.name, "key": owner.key}
    if owner.state is AccountState.PAUSED:
        paused = pause_of(tx, owner)
        why = str(paused.after.get("reason", "-")) if paused else "-"
        yield Wait(Message("wait.paused", {**named, "reason": why}))
    elif owner.state is AccountState.LACKS_PERMISSION and owner.lacks is not None:
        yield Wait(Message("wait.lacks_permission", {**owner.lacks.params, **named}))
    elif owner.state is not AccountState.ACTIVE:
        yield Wait(Message("wait.unconnected", named))
    for budget in budgets_of(tx, owner):
        if budget.remaining <= 0:
            yield Wait(Message("wait.used_up", named), budget.resets_at_utc)
    free_at = tx.execute(select(account.c.next_free_at_utc).where(account.c.id == owner.id))
    if (free := free_at.scalar()) is not None and free > now:
        yield Wait(Message("wait.spacing", named), free)


def _why_postponed(tx: Tx, one: Publication) -> Message:
    """Return why the daemon looks at a publication only after its time."""
    if one.state is State.RETRY_WAITING:
        return Message("wait.retry")
    if answer_was_lost(tx, one.id):
        # Its answer was lost, and the platform does not show it: it is tried again a while later.
        return Message("wait.not_found")
    if one.follows_id is not None:
        return Message("wait.follows")
    return Message("wait.quiet")


def covers(hold: Hold, one: Publication) -> bool:
    """Tell whether a hold covers a publication, as the claim sees it."""
    match hold.scope:
        case HoldScope.ALL:
            return True
        case HoldScope.ACCOUNT:
            return hold.scope_id == one.account_id
        case HoldScope.PUBLICATION:
            return hold.scope_id == one.id
        case HoldScope.CAMPAIGN:
            return hold.scope_id == one.post.campaign_id
        case HoldScope.VACANCY:
            return hold.scope_id == one.post.vacancy_id
        case HoldScope.CLOSED_VACANCY:
            return one.post.needs_open_vacancy and hold.scope_id == one.post.vacancy_id


def _postponed(tx: Tx) -> Mapping[UUID, datetime]:
    """Return what the daemon looks at only after its time, and when."""
    rows = tx.execute(
        select(publication.c.id, publication.c.next_at_utc).where(
            publication.c.state.in_(list(CLAIMABLE)),
            publication.c.next_at_utc > publication.c.due_at_utc,
        )
    )
    return {row.id: row.next_at_utc for row in rows}
