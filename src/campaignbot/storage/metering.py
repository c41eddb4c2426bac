"""Numbers about publishing, for machines that watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from campaignbot.domain.publication import State
from campaignbot.storage.database import Tx
from campaignbot.storage.tables import account, alert_delivery, attempt, publication
from campaignbot.storage.watched import late_count
from campaignbot.storage.workers import Worker, list_workers


@dataclass(frozen=True, slots=True)
class Meters:
    """Where everything stands, in numbers; workers that said goodbye are left out."""

    publications: Mapping[tuple[str, State], int]
    late: int
    workers: tuple[Worker, ...]
    alerts_unsent: int


@dataclass(frozen=True, slots=True)
class Ended:
    """One attempt that came to its end.

    `lag_s` is from the due instant to the request, on a first attempt that sent one.
    """

    publication_id: UUID
    number: int
    outcome: str
    ended_at_utc: datetime
    lag_s: float | None


def read_meters(tx: Tx, now: datetime) -> Meters:
    """Read the numbers of this instant."""
    counted = tx.execute(
        select(account.c.platform, publication.c.state, func.count())
        .join(account, account.c.id == publication.c.account_id)
        .group_by(account.c.platform, publication.c.state)
    )
    unsent: int | None = tx.execute(
        select(func.count(func.distinct(alert_delivery.c.alert_key))).where(
            alert_delivery.c.sent_at_utc.is_(None)
        )
    ).scalar()
    return Meters(
        {(row[0], row[1]): int(row[2]) for row in counted},
        late_count(tx, now),
        tuple(worker for worker in list_workers(tx) if worker.stopped_at_utc is None),
        int(unsent or 0),
    )


def ended_since(tx: Tx, owner: str, since: datetime) -> tuple[Ended, ...]:
    """Return the attempts of one worker that ended after an instant, in that order."""
    rows = tx.execute(
        select(attempt, publication.c.due_at_utc)
        .join(publication, publication.c.id == attempt.c.publication_id)
        .where(attempt.c.owner == owner, attempt.c.ended_at_utc > since)
        .order_by(attempt.c.ended_at_utc)
    )
    return tuple(
        Ended(
            row.publication_id,
            row.number,
            row.outcome or "",
            row.ended_at_utc,
            (row.request_sent_at_utc - row.due_at_utc).total_seconds()
            if row.number == 1 and row.request_sent_at_utc is not None
            else None,
        )
        for row in rows
    )
