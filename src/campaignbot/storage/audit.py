"""The append-only audit trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select

from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.publication import State
from campaignbot.storage.database import Tx
from campaignbot.storage.tables import event, post, publication

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


def states_at(tx: Tx, campaign_id: UUID, instant: datetime) -> Mapping[UUID, State]:
    """Return where each publication of a campaign stood just before an instant.

    One that was not there yet is left out.
    """
    rows = tx.execute(
        select(event.c.object_id, event.c.after)
        .join(publication, publication.c.id == event.c.object_id)
        .join(post, post.c.id == publication.c.post_id)
        .where(
            post.c.campaign_id == campaign_id,
            event.c.object_kind == "publication",
            event.c.at_utc < instant,
        )
        .order_by(event.c.at_utc, event.c.id)
    )
    return {row.object_id: State(row.after["state"]) for row in rows if "state" in row.after}
