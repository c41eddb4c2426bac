"""What lists show: rows with the columns that they show, a page at a time."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select

from campaignbot.domain.phases import Phase
from campaignbot.domain.publication import State
from campaignbot.storage.database import Tx
from campaignbot.storage.tables import CURRENT_CONTENT, account, content_version, post, publication

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
            CURRENT_CONTENT,
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


@dataclass(frozen=True, slots=True)
class NearRow:
    """A publication near another in time; `text` is None on another account."""

    reference: str
    due_at_utc: datetime
    text: str | None


_GONE = (State.REJECTED, State.CANCELLED, State.SKIPPED)


def texts_near(
    tx: Tx, publication_id: UUID, account_id: UUID, begin: datetime, end: datetime
) -> tuple[NearRow, ...]:
    """Return the other publications of an account that are due in a time, with their texts."""
    rows = tx.execute(
        select(
            publication.c.reference,
            publication.c.due_at_utc,
            content_version.c.document["text"].as_string(),
        )
        .join(
            content_version,
            CURRENT_CONTENT,
        )
        .where(
            publication.c.account_id == account_id,
            publication.c.due_at_utc >= begin,
            publication.c.due_at_utc < end,
            publication.c.id != publication_id,
            publication.c.state.not_in(_GONE),
        )
        .order_by(publication.c.due_at_utc, publication.c.id)
    )
    return tuple(NearRow(*row) for row in rows)


def in_same_minute(tx: Tx, publication_id: UUID, account_id: UUID, due: datetime) -> list[NearRow]:
    """Return publications of other accounts that are due in the minute of an instant."""
    minute = due.replace(second=0, microsecond=0)
    rows = tx.execute(
        select(publication.c.reference, publication.c.due_at_utc)
        .where(
            publication.c.due_at_utc >= minute,
            publication.c.due_at_utc < minute + timedelta(minutes=1),
            publication.c.account_id != account_id,
            publication.c.id != publication_id,
            publication.c.state.not_in(_GONE),
        )
        .order_by(publication.c.due_at_utc, publication.c.id)
    )
    return [NearRow(*row, text=None) for row in rows]


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A publication in the calendar: on which day, for which account, in which phase, how far."""

    day: date
    account: str
    phase: Phase
    state: State


def calendar_rows(tx: Tx, first: date, last: date) -> tuple[CalendarRow, ...]:
    """Return what is planned from one day to another, both in it, in order of its times.

    Days are those of the planned times on the wall.
    """
    # Wall times lie within a day of their instants, and instants have the index.
    begin = datetime.combine(first - timedelta(days=1), time(), tzinfo=UTC)
    end = datetime.combine(last + timedelta(days=2), time(), tzinfo=UTC)
    rows = tx.execute(
        select(
            publication.c.planned_local,
            account.c.key,
            post.c.phase,
            publication.c.state,
        )
        .join(post, post.c.id == publication.c.post_id)
        .join(account, account.c.id == publication.c.account_id)
        .where(publication.c.due_at_utc >= begin, publication.c.due_at_utc < end)
        .order_by(publication.c.due_at_utc, publication.c.id)
    )
    found = (CalendarRow(row[0].date(), *row[1:]) for row in rows)
    return tuple(row for row in found if first <= row.day <= last)
