"""Publications that go below another: a first comment, a link in a reply."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from campaignbot.domain.publication import Publication
from campaignbot.storage.database import Tx
from campaignbot.storage.publications import publication_by_id
from campaignbot.storage.tables import publication


def follow_ups_of(tx: Tx, parent_id: UUID) -> tuple[Publication, ...]:
    """Return what follows a publication, in order of their due instants."""
    ids = tx.execute(
        select(publication.c.id)
        .where(publication.c.follows_id == parent_id)
        .order_by(publication.c.due_at_utc, publication.c.id)
    ).scalars()
    return tuple(publication_by_id(tx, found) for found in ids.all())
