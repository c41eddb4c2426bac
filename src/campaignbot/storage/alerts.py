"""What was told to people: each occurrence once, to each reader once, over all workers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from campaignbot.domain.alerts import Alert, AlertKind, Delivery
from campaignbot.domain.messages import Message
from campaignbot.storage.database import Tx
from campaignbot.storage.tables import alert, alert_delivery


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert with when it was found, and how far it got on its ways."""

    alert: Alert
    raised_at_utc: datetime
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class TotalTold:
    """How often a rising number was told about one subject, and what and when last."""

    times: int
    total: int
    at_utc: datetime


def raise_alerts(
    tx: Tx, found: Sequence[Alert], ways: Collection[str], *, now: datetime
) -> tuple[Alert, ...]:
    """Store the occurrences that nobody stored before, to go out on these ways; return those."""
    if not found:
        return ()
    known = set(
        tx.execute(select(alert.c.key).where(alert.c.key.in_([a.key for a in found]))).scalars()
    )
    fresh = []
    for new in found:
        # The key decides, also between two workers that look at the same time.
        if new.key not in known and _insert_once(tx, alert, _alert_values(new, now)):
            fresh.append(new)
            for way in ways:
                values = {"alert_key": new.key, "way": way, "next_try_at_utc": now}
                _insert_once(tx, alert_delivery, values)
    return tuple(fresh)


def ways_waiting(tx: Tx, now: datetime) -> frozenset[str]:
    """Return the ways on which something should go out now."""
    return frozenset(
        tx.execute(
            select(alert_delivery.c.way)
            .where(alert_delivery.c.sent_at_utc.is_(None), alert_delivery.c.next_try_at_utc <= now)
            .distinct()
        ).scalars()
    )


def claim_deliveries(tx: Tx, way: str, *, now: datetime, until: datetime) -> tuple[Raised, ...]:
    """Take all that should go out on this way now; nobody else does before `until`.

    The instant is compared and set in one statement for each, so that of two workers one wins.
    Each is returned with this one delivery.
    """
    waiting = tx.execute(
        select(alert_delivery.c.alert_key)
        .where(
            alert_delivery.c.way == way,
            alert_delivery.c.sent_at_utc.is_(None),
            alert_delivery.c.next_try_at_utc <= now,
        )
        .order_by(alert_delivery.c.alert_key)
    ).scalars()
    taken = [
        key
        for key in waiting.all()
        if tx.execute(
            update(alert_delivery)
            .where(
                alert_delivery.c.alert_key == key,
                alert_delivery.c.way == way,
                alert_delivery.c.sent_at_utc.is_(None),
                alert_delivery.c.next_try_at_utc <= now,
            )
            .values(tries=alert_delivery.c.tries + 1, next_try_at_utc=until)
        ).rowcount
        == 1
    ]
    return _raised(tx, taken, way)


def note_sent(tx: Tx, keys: Collection[str], way: str, *, now: datetime) -> None:
    _note(tx, keys, way, sent_at_utc=now, problem=None)


def note_not_sent(
    tx: Tx, keys: Collection[str], way: str, problem: Message, next_try_at_utc: datetime
) -> None:
    _note(tx, keys, way, problem=problem.to_json(), next_try_at_utc=next_try_at_utc)


def not_sent(tx: Tx, ways: Collection[str]) -> tuple[Raised, ...]:
    """Return the alerts that a try on one of these ways failed to bring, oldest first."""
    keys = tx.execute(
        select(alert_delivery.c.alert_key)
        .where(
            alert_delivery.c.sent_at_utc.is_(None),
            alert_delivery.c.problem.is_not(None),
            alert_delivery.c.way.in_(list(ways)),
        )
        .distinct()
    ).scalars()
    return tuple(reversed(_raised(tx, list(keys))))


def latest_alerts(tx: Tx, limit: int) -> tuple[Raised, ...]:
    """Return the alerts that were raised last, newest first."""
    keys = tx.execute(
        select(alert.c.key).order_by(alert.c.raised_at_utc.desc(), alert.c.key).limit(limit)
    ).scalars()
    return _raised(tx, list(keys))


def totals_told(tx: Tx, kind: AlertKind) -> Mapping[str, TotalTold]:
    """Return for each subject what was last told of a rising number."""
    rows = tx.execute(
        select(
            alert.c.subject,
            func.count().label("times"),
            func.max(alert.c.raised_at_utc).label("at_utc"),
        )
        .where(alert.c.kind == kind)
        .group_by(alert.c.subject)
    )
    told = {row.subject: (int(row.times), row.at_utc) for row in rows}
    last = tx.execute(
        select(alert.c.subject, alert.c.total, alert.c.raised_at_utc).where(alert.c.kind == kind)
    )
    totals = {
        row.subject: int(row.total or 0)
        for row in last
        if told[row.subject][1] == row.raised_at_utc
    }
    return {subject: TotalTold(times, totals[subject], at) for subject, (times, at) in told.items()}


def _note(tx: Tx, keys: Collection[str], way: str, **values: Any) -> None:
    tx.execute(
        update(alert_delivery)
        .where(alert_delivery.c.alert_key.in_(list(keys)), alert_delivery.c.way == way)
        .values(**values)
    )


def _insert_once(tx: Tx, table: Any, values: Mapping[str, Any]) -> bool:
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    adding = dialect.insert(table).values(**values).on_conflict_do_nothing()
    row: Any = tx.execute(adding.returning(*table.primary_key.columns)).first()
    return row is not None


def _raised(tx: Tx, keys: Sequence[str], way: str | None = None) -> tuple[Raised, ...]:
    query = select(alert_delivery).where(alert_delivery.c.alert_key.in_(list(keys)))
    if way is not None:
        query = query.where(alert_delivery.c.way == way)
    deliveries: dict[str, list[Delivery]] = {}
    for row in tx.execute(query.order_by(alert_delivery.c.way)):
        deliveries.setdefault(row.alert_key, []).append(
            Delivery(
                row.way,
                row.tries,
                row.next_try_at_utc,
                row.sent_at_utc,
                Message.from_json(row.problem) if row.problem else None,
            )
        )
    rows = tx.execute(
        select(alert)
        .where(alert.c.key.in_(list(keys)))
        .order_by(alert.c.raised_at_utc.desc(), alert.c.key)
    )
    return tuple(
        Raised(_alert(row), row.raised_at_utc, tuple(deliveries.get(row.key, ()))) for row in rows
    )


def _alert(row: Any) -> Alert:
    return Alert(
        key=row.key,
        kind=AlertKind(row.kind),
        subject=row.subject,
        message=Message.from_json(row.message),
        reason=Message.from_json(row.reason) if row.reason else None,
        permalink=row.permalink,
        total=row.total,
    )


def _alert_values(new: Alert, now: datetime) -> dict[str, Any]:
    return {
        "key": new.key,
        "kind": new.kind,
        "subject": new.subject,
        "message": new.message.to_json(),
        "reason": new.reason.to_json() if new.reason else None,
        "permalink": new.permalink,
        "total": new.total,
        "raised_at_utc": now,
    }
