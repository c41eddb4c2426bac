"""Looking whether the database is whole: by its own means, and by ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select

from campaignbot.domain.content import Content, MediaItem, content_hash, scheme_of
from campaignbot.domain.errors import Problem
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import CLAIMABLE, Placement, State
from campaignbot.storage.database import Database, Tx
from campaignbot.storage.documents import from_document
from campaignbot.storage.tables import CURRENT_CONTENT, attempt, content_version, publication

_BOUND = (*CLAIMABLE, State.PUBLISHING)
_open = and_(attempt.c.publication_id == publication.c.id, attempt.c.ended_at_utc.is_(None))

# What can never be, by the key of the sentence that says so.
IMPOSSIBLE: dict[str, ColumnElement[bool]] = {
    "integrity.no_content": ~exists().where(CURRENT_CONTENT),
    "integrity.not_what_was_approved": publication.c.state.in_(_BOUND)
    & publication.c.approved_hash.is_distinct_from(publication.c.content_hash),
    "integrity.never_looked_at": publication.c.state.in_(list(CLAIMABLE))
    & publication.c.next_at_utc.is_(None),
    "integrity.publishing_without_attempt": (publication.c.state == State.PUBLISHING)
    & ~exists().where(_open),
    "integrity.attempt_left_open": (publication.c.state != State.PUBLISHING)
    & exists().where(_open),
    "integrity.published_without_time": (publication.c.state == State.PUBLISHED)
    & publication.c.published_at_utc.is_(None),
}


@dataclass(frozen=True, slots=True)
class Used:
    """A picture that the content of a publication shows."""

    reference: str
    item: MediaItem


def damage(database: Database) -> tuple[Problem, ...]:
    """Return what SQLite finds wrong with its file; PostgreSQL finds out by itself."""
    if not database.is_sqlite:
        return ()
    with database.read() as tx:
        said = [str(row[0]) for row in tx.exec_driver_sql("PRAGMA integrity_check(20)")]
    told = [{"url": database.shown, "said": text} for text in said if text != "ok"]
    return tuple(
        Problem(Message("storage.malformed", params), Message("storage.malformed.remedy", params))
        for params in told
    )


def lost_references(tx: Tx) -> tuple[Problem, ...]:
    """Return rows of SQLite that refer to rows that are not there, by table."""
    if tx.dialect.name != "sqlite":
        return ()
    lost = {(str(row[0]), str(row[2])) for row in tx.exec_driver_sql("PRAGMA foreign_key_check")}
    return tuple(
        Problem(
            Message("integrity.lost_reference", {"table": table, "to": to}),
            Message("integrity.remedy"),
        )
        for table, to in sorted(lost)
    )


def contradictions(tx: Tx) -> tuple[Problem, ...]:
    """Return publications whose state, content and attempts cannot be true together."""
    found = [
        Problem(Message(key, {"ref": reference}), Message("integrity.remedy"))
        for key, condition in IMPOSSIBLE.items()
        for reference in tx.execute(
            select(publication.c.reference).where(condition).order_by(publication.c.reference)
        ).scalars()
    ]
    for reference, account_id, digest, content in _contents(tx):
        if content_hash(content, account_id, scheme_of(digest)) != digest:
            what = Message("integrity.content_changed", {"ref": reference})
            found.append(Problem(what, Message("integrity.remedy")))
    return tuple(found)


def pictures_used(tx: Tx) -> tuple[Used, ...]:
    """Return every picture of a publication's content as it stands now, and of its placement."""
    shown = [
        Used(reference, item)
        for reference, _, _, content in _contents(tx)
        for item in content.files
    ]
    return (*shown, *_photos_of_places(tx))


def _photos_of_places(tx: Tx) -> Iterator[Used]:
    noted = select(publication.c.reference, publication.c.placement)
    for reference, document in tx.execute(noted.order_by(publication.c.reference)):
        photo = Placement.from_json(document).photo if document else None
        if photo is not None:
            yield Used(reference, photo)


def publications_counted(tx: Tx) -> int:
    return tx.execute(select(func.count()).select_from(publication)).scalar_one()


def _contents(tx: Tx) -> Iterator[tuple[str, UUID, str, Content]]:
    rows = tx.execute(
        select(
            publication.c.reference,
            publication.c.account_id,
            publication.c.content_hash,
            content_version.c.document,
        )
        .join(content_version, CURRENT_CONTENT)
        .order_by(publication.c.reference)
    )
    for reference, account_id, digest, document in rows:
        yield reference, account_id, digest, from_document(Content, document)
