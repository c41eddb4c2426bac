"""The append-only audit trail."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import insert, select

from campaignbot.domain.audit import AuditEvent
from campaignbot.storage.database import Tx
from campaignbot.storage.tables import event


def record(tx: Tx, happening: AuditEvent) -> None:
    """Append one line; it is written together with the change that it tells of, or not at all."""
    tx.execute(
        insert(event).values(
            at_utc=happening.at_utc,
            actor=happening.actor,
            action=happening.action,
            object_kind=happening.object_kind,
            object_id=happening.object_id,
            before=dict(happening.before),
            after=dict(happening.after),
        )
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
