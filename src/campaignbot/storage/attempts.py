"""Attempts at publishing: begun with a lease, marked before the request, ended with an outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, String, Uuid, and_, bindparam, func, insert, or_, select, update

from campaignbot.domain.publication import Attempt, Receipt
from campaignbot.storage.database import Tx
from campaignbot.storage.tables import attempt, publication
from campaignbot.storage.types import NOW, UtcInstant

_ID, _NUMBER = bindparam("of_id", type_=Uuid()), bindparam("of_number", type_=Integer())
_OPEN = (
    (attempt.c.publication_id == _ID)
    & (attempt.c.number == _NUMBER)
    & attempt.c.ended_at_utc.is_(None)
)
_LAST = (
    select(attempt.c.publication_id, func.max(attempt.c.number))
    .where(attempt.c.publication_id.in_(bindparam("of_ids", expanding=True)))
    .group_by(attempt.c.publication_id)
)
_UNHEARD = ("Unknown", "abandoned")
_BEGIN = insert(attempt)
_MARK = (
    update(attempt)
    .where(
        _OPEN,
        attempt.c.owner == bindparam("of_owner", type_=String()),
        attempt.c.lease_end_utc > NOW,
        attempt.c.request_sent_at_utc.is_(None),
    )
    .values(request_sent_at_utc=NOW, lease_end_utc=bindparam("new_end", type_=UtcInstant()))
)
_RENEW = (
    update(attempt)
    .where(
        _OPEN,
        attempt.c.owner == bindparam("of_owner", type_=String()),
        attempt.c.lease_end_utc > NOW,
    )
    .values(
        lease_end_utc=bindparam("new_end", type_=UtcInstant()),
        upload_percent=bindparam("percent", type_=Integer()),
    )
)
_END = (
    update(attempt)
    .where(_OPEN)
    .values(ended_at_utc=NOW, outcome=bindparam("outcome"), error=bindparam("error"))
)


def begin_attempts(
    tx: Tx, publication_ids: Iterable[UUID], owner: str, now: datetime, lease_end_utc: datetime
) -> Mapping[UUID, Attempt]:
    """Store the next attempt at each of these publications, and return them."""
    ids = list(publication_ids)
    last = {row[0]: int(row[1]) for row in tx.execute(_LAST, {"of_ids": ids})}
    begun = {i: Attempt(i, last.get(i, 0) + 1, owner, now, lease_end_utc) for i in ids}
    tx.execute(
        _BEGIN,
        [
            {
                "publication_id": new.publication_id,
                "number": new.number,
                "owner": owner,
                "started_at_utc": now,
                "lease_end_utc": lease_end_utc,
            }
            for new in begun.values()
        ],
    )
    return begun


def mark_request_sent(tx: Tx, held: Attempt, *, now: datetime, receipt: Receipt | None) -> bool:
    """Note, just before the create request, that it may be out there from now on.

    Stores the receipt as well, and renews the lease: looked for while the request is on its way,
    the post would be proved absent. False when the lease is over or another attempt has begun: then
    the request must not be sent.
    """
    done = tx.execute(
        _MARK,
        {
            "of_id": held.publication_id,
            "of_number": held.number,
            "of_owner": held.owner,
            "now": now,
            "new_end": now + held.lease,
        },
    )
    return _kept(tx, held, done.rowcount, receipt)


def renew_lease(
    tx: Tx,
    held: Attempt,
    *,
    now: datetime,
    lease_end_utc: datetime,
    upload_percent: int,
    receipt: Receipt | None = None,
) -> bool:
    """Give an upload that takes its time a later end, and note how far it is.

    Stores the receipt as well. False, and nothing stored, when the lease is lost already.
    """
    done = tx.execute(
        _RENEW,
        {
            "of_id": held.publication_id,
            "of_number": held.number,
            "of_owner": held.owner,
            "now": now,
            "new_end": lease_end_utc,
            "percent": upload_percent,
        },
    )
    return _kept(tx, held, done.rowcount, receipt)


def end_attempt(tx: Tx, held: Attempt, *, now: datetime, outcome: str, error: str | None) -> bool:
    """Record the outcome; False when the attempt was ended already, by another worker."""
    done = tx.execute(
        _END,
        {
            "of_id": held.publication_id,
            "of_number": held.number,
            "now": now,
            "outcome": outcome,
            "error": error,
        },
    )
    return bool(done.rowcount == 1)


def attempts_of(tx: Tx, publication_id: UUID) -> tuple[Attempt, ...]:
    """Return all attempts at one publication, first first."""
    rows = tx.execute(
        select(attempt).where(attempt.c.publication_id == publication_id).order_by(attempt.c.number)
    )
    return tuple(_attempt(row) for row in rows)


def abandoned_attempts(tx: Tx, now: datetime, lease: datetime | None = None) -> tuple[Attempt, ...]:
    """Return attempts without an outcome whose worker died or hangs: their lease is over.

    An attempt that began after `lease` (a lease's length from now) began on a clock that ran
    ahead and was set back since: it would stay for as long as that clock was wrong.
    """
    over = attempt.c.lease_end_utc <= now
    if lease is not None:
        over = or_(over, attempt.c.started_at_utc > lease)
    rows = tx.execute(
        select(attempt)
        .where(and_(attempt.c.ended_at_utc.is_(None), over))
        .order_by(attempt.c.lease_end_utc)
    )
    return tuple(_attempt(row) for row in rows)


def uploads(tx: Tx) -> Mapping[UUID, int]:
    """Return how many percent of a file are uploaded, by publication, where one is on its way."""
    rows = tx.execute(
        select(attempt.c.publication_id, attempt.c.upload_percent).where(
            attempt.c.ended_at_utc.is_(None),
            attempt.c.request_sent_at_utc.is_(None),
            attempt.c.upload_percent.is_not(None),
        )
    )
    return {row.publication_id: int(row.upload_percent) for row in rows}


def first_request_before(tx: Tx, held: Attempt) -> datetime | None:
    """Return when an earlier attempt at the same publication first sent its request; None: none."""
    instant: datetime | None = tx.execute(
        select(func.min(attempt.c.request_sent_at_utc)).where(
            attempt.c.publication_id == held.publication_id, attempt.c.number < held.number
        )
    ).scalar()
    return instant


def answer_was_lost(tx: Tx, publication_id: UUID) -> bool:
    """Tell whether the last attempt at a publication sent its request and never heard back."""
    last = tx.execute(
        select(attempt.c.request_sent_at_utc, attempt.c.outcome)
        .where(attempt.c.publication_id == publication_id)
        .order_by(attempt.c.number.desc())
        .limit(1)
    ).first()
    return last is not None and last[0] is not None and last[1] in _UNHEARD


def waits_before(tx: Tx, held: Attempt) -> int:
    """Return how many earlier attempts at the same publication only waited for the platform."""
    return int(
        tx.execute(
            select(func.count()).where(
                attempt.c.publication_id == held.publication_id,
                attempt.c.number < held.number,
                attempt.c.outcome == "Pending",
            )
        ).scalar_one()
    )


def _kept(tx: Tx, held: Attempt, found: int, receipt: Receipt | None) -> bool:
    """Tell whether the open attempt was found, and if so keep the receipt."""
    if found == 1 and receipt is not None:
        tx.execute(
            update(publication)
            .where(publication.c.id == held.publication_id)
            .values(receipt={"kind": receipt.kind, "data": dict(receipt.data)})
        )
    return found == 1


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
        upload_percent=row.upload_percent,
    )
