"""What lists show: rows with the columns that they show, a page at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select

from campaignbot.domain.phases import Phase
from campaignbot.domain.publication import State
from campaignbot.storage.database import Tx
from campaignbot.storage.tables import account, content_version, post, publication

PAGE = 200
_BEGINNING = 400

Place = tuple[datetime, UUID]
"""Where a row stands in the order of due instants."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A publication as a list shows it; `text` is how its text begins, `account` a name."""

    id: UUID
    reference: str
    due_at_utc: datetime
    state: State
    phase: Phase
    platform: str
    account: str
    text: str

    @property
    def place(self) -> Place:
        return self.due_at_utc, self.id


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some rows in order of their due instants; `more` is where the next ones begin, if any do."""

    rows: tuple[QueueRow, ...]
    more: Place | None


def queue_page(
    tx: Tx, states: Collection[State], after: Place | None = None, limit: int = PAGE
) -> QueuePage:
    """Return the publications in these states that come after a place, the earliest due first."""
    query = (
        select(
            publication.c.id,
            publication.c.reference,
            publication.c.due_at_utc,
            publication.c.state,
            post.c.phase,
            account.c.platform,
            account.c.name,
            content_version.c.document["text"].as_string().label("text"),
        )
        .join(post, post.c.id == publication.c.post_id)
        .join(account, account.c.id == publication.c.account_id)
        .join(
            content_version,
            (content_version.c.publication_id == publication.c.id)
            & (content_version.c.content_hash == publication.c.content_hash),
        )
        .where(publication.c.state.in_(list(states)))
        .order_by(publication.c.due_at_utc, publication.c.id)
        .limit(limit + 1)
    )
    if after is not None:
        due, last = after
        later = publication.c.due_at_utc > due
        beside = and_(publication.c.due_at_utc == due, publication.c.id > last)
        query = query.where(or_(later, beside))
    found = [QueueRow(*row[:7], text=row.text[:_BEGINNING]) for row in tx.execute(query)]
    rows = tuple(found[:limit])
    return QueuePage(rows, rows[-1].place if len(found) > limit else None)
