"""People, and what they decided about publications."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import insert, select, update

from campaignbot.domain.people import Decision, Person, Waiver
from campaignbot.storage.database import Tx
from campaignbot.storage.tables import decision, person, waiver


def save_person(tx: Tx, wanted: Person) -> Person:
    """Insert the person, or bring the one of the same name up to date; the id is kept."""
    values = {"role": wanted.role, "language": wanted.language, "email": wanted.email}
    row = tx.execute(select(person).where(person.c.name == wanted.name)).one_or_none()
    if row is None:
        tx.execute(insert(person).values(id=wanted.id, name=wanted.name, **values))
        return wanted
    tx.execute(update(person).where(person.c.id == row.id).values(**values))
    return Person(row.id, wanted.name, wanted.role, wanted.language, wanted.email)


def list_people(tx: Tx) -> tuple[Person, ...]:
    rows = tx.execute(select(person).order_by(person.c.name))
    return tuple(Person(row.id, row.name, row.role, row.language, row.email) for row in rows)


def add_decision(tx: Tx, new: Decision) -> None:
    tx.execute(
        insert(decision).values(
            id=new.id,
            publication_id=new.publication_id,
            person_id=new.person_id,
            verdict=new.verdict,
            content_hash=new.content_hash,
            taken_at_utc=new.taken_at_utc,
            reason=new.reason,
        )
    )


def decisions_about(tx: Tx, publication_id: UUID) -> tuple[tuple[Decision, str], ...]:
    """Return the decisions about one publication with who took them, oldest first."""
    rows = tx.execute(
        select(decision, person.c.name)
        .join(person, person.c.id == decision.c.person_id)
        .where(decision.c.publication_id == publication_id)
        .order_by(decision.c.taken_at_utc, decision.c.id)
    )
    return tuple(
        (
            Decision(
                row.id,
                row.publication_id,
                row.person_id,
                row.verdict,
                row.content_hash,
                row.taken_at_utc,
                row.reason,
            ),
            row.name,
        )
        for row in rows
    )


def add_waiver(tx: Tx, new: Waiver) -> None:
    """Let one finding pass for one content; waiving it again keeps the first reason."""
    if new.finding_code not in waived_codes(tx, new.publication_id, new.content_hash):
        tx.execute(
            insert(waiver).values(
                publication_id=new.publication_id,
                finding_code=new.finding_code,
                content_hash=new.content_hash,
                person_id=new.person_id,
                reason=new.reason,
                given_at_utc=new.given_at_utc,
            )
        )


def waived_codes(tx: Tx, publication_id: UUID, digest: str) -> frozenset[str]:
    """Return the codes of the findings that were waived for exactly this content."""
    rows = tx.execute(
        select(waiver.c.finding_code).where(
            waiver.c.publication_id == publication_id, waiver.c.content_hash == digest
        )
    ).scalars()
    return frozenset(rows)
