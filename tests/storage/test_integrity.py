"""What cannot be true in the database is found, on both databases; what can be is left alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, update
from tests.storage.rows import Rows

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.i18n import LANGUAGES, Translator
from campaignbot.storage import integrity
from campaignbot.storage.database import Database
from campaignbot.storage.tables import attempt, content_version, publication


def found(database: Database) -> list[tuple[str, object]]:
    with database.read() as tx:
        problems = integrity.contradictions(tx)
    return [(problem.what.key, problem.what.params.get("ref")) for problem in problems]


def change(database: Database, changed: Publication, **values: object) -> None:
    with database.write() as tx:
        tx.execute(update(publication).where(publication.c.id == changed.id).values(**values))


def _attempt(tried: Publication, clock: SimulatedClock) -> dict[str, object]:
    return {
        "publication_id": tried.id,
        "number": 1,
        "owner": "gone",
        "started_at_utc": clock.now(),
        "lease_end_utc": clock.now(),
    }


def test_a_database_in_order_has_nothing_wrong(database: Database, clock: SimulatedClock) -> None:
    rows = Rows(database, clock)
    for state in (State.DRAFT, State.IN_REVIEW, State.REJECTED, State.HANDED_OVER):
        rows.publication(state=state)
    rows.approved()
    published = rows.move(rows.approved(), Event.CLAIM)
    rows.move(published, Event.PUBLISH, published_at_utc=clock.now(), external_id="1")
    uncertain = rows.move(rows.approved(), Event.CLAIM)
    rows.move(uncertain, Event.LOSE_SIGHT, uncertain_since_utc=clock.now())
    assert found(database) == []
    assert integrity.damage(database) == ()
    with database.read() as tx:
        assert integrity.lost_references(tx) == ()


def test_what_waits_but_is_not_what_was_approved_is_found(
    database: Database, clock: SimulatedClock
) -> None:
    other = Rows(database, clock).approved(approved_hash="0" * 64)
    assert found(database) == [("integrity.not_what_was_approved", other.reference)]


def test_what_the_daemon_would_never_look_at_is_found(
    database: Database, clock: SimulatedClock
) -> None:
    lost = Rows(database, clock).approved()
    change(database, lost, next_at_utc=None)
    assert found(database) == [("integrity.never_looked_at", lost.reference)]


def test_publishing_and_attempts_must_tell_the_same(
    database: Database, clock: SimulatedClock
) -> None:
    rows = Rows(database, clock)
    without = rows.move(rows.approved(), Event.CLAIM)
    left_open = rows.approved()
    with database.write() as tx:
        tx.execute(insert(attempt).values(_attempt(left_open, clock)))
    assert found(database) == [
        ("integrity.publishing_without_attempt", without.reference),
        ("integrity.attempt_left_open", left_open.reference),
    ]


def test_a_published_post_without_a_time_is_found(
    database: Database, clock: SimulatedClock
) -> None:
    rows = Rows(database, clock)
    published = rows.move(rows.move(rows.approved(), Event.CLAIM), Event.PUBLISH)
    with database.write() as tx:
        ended = {**_attempt(published, clock), "ended_at_utc": clock.now()}
        tx.execute(insert(attempt).values(ended))
    assert found(database) == [("integrity.published_without_time", published.reference)]


def test_content_that_was_changed_or_lost_is_found(
    database: Database, clock: SimulatedClock
) -> None:
    rows = Rows(database, clock)
    changed, gone = rows.approved(), rows.publication(state=State.IN_REVIEW)
    with database.write() as tx:
        tx.execute(
            update(content_version)
            .where(content_version.c.publication_id == changed.id)
            .values(document={**changed.content.to_json(), "text": "Iets anders."})
        )
    change(database, gone, content_hash="1" * 64)
    assert sorted(found(database)) == [
        ("integrity.content_changed", changed.reference),
        ("integrity.no_content", gone.reference),
    ]


def test_a_reference_to_a_row_that_is_gone_is_found(
    sqlite_database: Database, clock: SimulatedClock, tmp_path: Path
) -> None:
    Rows(sqlite_database, clock).approved()
    # A program that asks for no foreign keys can do this.
    with closing(sqlite3.connect(tmp_path / "campaignbot.db")) as other, other:
        other.execute("DELETE FROM account")
    with sqlite_database.read() as tx:
        problems = integrity.lost_references(tx)
    assert [(p.what.params["table"], p.what.params["to"]) for p in problems] == [
        ("publication", "account")
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_contradiction_is_worded(language: str) -> None:
    words = Translator(language)
    assert all(words.has(key) for key in integrity.IMPOSSIBLE)
