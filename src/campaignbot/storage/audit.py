"""The append-only audit trail."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import insert, select

from campaignbot.domain.audit import AuditEvent
from campaignbot.storage.database import Tx
from campaignbot.storage.tables import event

_RECORD = insert(event)


def record(tx: Tx, happening: AuditEvent) -> None:
    """Append one line; it is written together with the change that it tells of, or not at all."""
    record_all(tx, [happening])


def record_all(tx: Tx, happenings: Iterable[AuditEvent]) -> None:
    """Append several lines, in order."""
    tx.execute(
        _RECORD,
        [
            {
                "at_utc": line.at_utc,
                "actor": line.actor,
                "action": line.action,
                "object_kind": line.object_kind,
                "object_id": line.object_id,
                "before": dict(line.before),
                "after": dict(line.after),
            }
            for line in happenings
        ],
    )


def history(tx: Tx, object_id: UUID) -> tuple[AuditEvent, ...]:
    """Return all that happened to one object, oldest first."""
    rows = tx.execute(select(event).where(event.c.object_id == object_id).order_by(event.c.id))
    return tuple(
        AuditEvent(
            row.at_utc, row.actor, row.action, row.object_kind, row.object_id, row.before, row.after
        )
        for row in rows
    )
