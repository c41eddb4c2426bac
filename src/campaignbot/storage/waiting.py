"""Publications that wait for the daemon: late, uncertain, or planned under other clock rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, case, select, update

from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.publication import CLAIMABLE, Publication, State
from campaignbot.domain.walltime import WallTime
from campaignbot.storage import audit
from campaignbot.storage.database import Tx
from campaignbot.storage.publications import publication_by_id
from campaignbot.storage.tables import account, publication
from campaignbot.storage.types import NOW

_PLANNED = (State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED)
# No platform names a wait longer than its longest limit, which is a day.
_LONGEST_WAIT = timedelta(hours=25)


_IDS = select(publication.c.id).order_by(publication.c.next_at_utc, publication.c.id)
_UNCERTAIN = _IDS.where(publication.c.state == State.UNCERTAIN, publication.c.next_at_utc <= NOW)
_UNCERTAIN_OF_ONE = _UNCERTAIN.where(publication.c.account_id == bindparam("only", type_=Uuid()))
_PAST_WINDOW = _IDS.where(
    publication.c.state.in_(list(CLAIMABLE)),
    # A window ends after it began; said too, it keeps all that is due later out of the search.
    publication.c.due_at_utc <= NOW,
    publication.c.window_end_utc <= NOW,
)


def uncertain_to_check(
    tx: Tx, now: datetime, account_id: UUID | None = None
) -> tuple[Publication, ...]:
    """Return uncertain publications that should be looked for on their platform now."""
    if account_id is None:
        return _these(tx, _UNCERTAIN, {"now": now})
    return _these(tx, _UNCERTAIN_OF_ONE, {"now": now, "only": account_id})


def past_their_window(tx: Tx, now: datetime) -> tuple[Publication, ...]:
    """Return publications that wait for the daemon although their window is over."""
    return _these(tx, _PAST_WINDOW, {"now": now})


def follow_zone_rules(tx: Tx, *, now: datetime, actor: str) -> int:
    """Compute the instants of what is not sent yet anew; return how many have changed.

    What people agreed on is the time on the wall: when the rules of its zone change, the instant
    moves, and the window with it.
    """
    rows = tx.execute(
        select(
            publication.c.id,
            publication.c.planned_local,
            publication.c.planned_zone,
            publication.c.due_at_utc,
            publication.c.window_end_utc,
        ).where(publication.c.state.in_(list(_PLANNED)), publication.c.due_at_utc > now)
    ).all()
    changed = 0
    for row in rows:
        due = WallTime(row.planned_local, row.planned_zone).instant
        if due == row.due_at_utc:
            continue
        tx.execute(
            update(publication)
            .where(publication.c.id == row.id)
            .values(
                due_at_utc=due,
                window_end_utc=row.window_end_utc + (due - row.due_at_utc),
                next_at_utc=case((publication.c.next_at_utc.is_not(None), due), else_=None),
                version=publication.c.version + 1,
            )
        )
        audit.record(
            tx,
            AuditEvent(
                now, actor, "follow_zone_rules", "publication", row.id,
                {"due_at": row.due_at_utc.isoformat()}, {"due_at": due.isoformat()},
            ),
        )  # fmt: skip
        changed += 1
    return changed


def forget_false_waits(tx: Tx, *, now: datetime, spacing: timedelta) -> int:
    """Free accounts that wait for an instant which only a clock running ahead can have named.

    Returns how many there were.
    """
    done = tx.execute(
        update(account)
        .where(account.c.next_free_at_utc > now + _LONGEST_WAIT)
        .values(next_free_at_utc=now + spacing)
    )
    return int(done.rowcount)


def shorten_waits(tx: Tx, *, now: datetime, by: timedelta) -> None:
    """Take back what a clock that ran ahead by so much added to waits.

    Whatever waits is looked at when it is due; a platform that asked for a longer wait asks again.
    """
    rows = tx.execute(
        select(account.c.id, account.c.next_free_at_utc).where(account.c.next_free_at_utc > now)
    ).all()
    for row in rows:
        tx.execute(
            update(account)
            .where(account.c.id == row.id)
            .values(next_free_at_utc=max(now, row.next_free_at_utc - by))
        )
    tx.execute(
        update(publication)
        .where(
            publication.c.state.in_(list(CLAIMABLE)),
            publication.c.follows_id.is_(None),
            publication.c.next_at_utc > publication.c.due_at_utc,
        )
        .values(next_at_utc=publication.c.due_at_utc)
    )


def _these(tx: Tx, query: Select[Any], values: Mapping[str, Any]) -> tuple[Publication, ...]:
    ids = tx.execute(query, values).scalars().all()
    return tuple(publication_by_id(tx, found) for found in ids)
