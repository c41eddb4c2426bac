"""A copy of the database is one state of it, whole, and keeps nobody waiting."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from tests.storage.rows import Rows

from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.clock import SimulatedClock
from campaignbot.storage import audit, backups
from campaignbot.storage.database import Database, sqlite_url


def events_in(path: Path) -> int:
    with closing(sqlite3.connect(path)) as copy:
        counted: int = copy.execute("SELECT count(*) FROM event").fetchone()[0]
    return counted


def test_what_is_written_while_it_is_copied_waits_for_nobody_and_is_not_in_it(
    sqlite_database: Database, clock: SimulatedClock, tmp_path: Path
) -> None:
    happening = AuditEvent(clock.now(), "test", "grow", "disk", uuid4(), {"x": "x" * 3000})
    with sqlite_database.write() as tx:
        for _ in range(700):
            audit.record(tx, happening)
    # Another process has a connection of its own, and would not wait long for this one.
    writer = Database(sqlite_url(tmp_path / "campaignbot.db"), busy_s=0.05)
    done_after: list[int] = []

    def write_meanwhile(done: int, _of: int) -> None:
        done_after.append(done)
        with writer.write() as tx:
            audit.record(tx, happening)

    target = tmp_path / "copy.db"
    backups.copy_sqlite(sqlite_database, target, write_meanwhile)
    writer.close()
    assert len(done_after) > 1, "copied in one step: nobody could have written in between"
    assert done_after == sorted(set(done_after)), "the copy began anew"
    assert events_in(target) == 700
    assert events_in(tmp_path / "campaignbot.db") == 700 + len(done_after)
    assert backups.damage_of_sqlite(target) is None
    assert list(tmp_path.glob("copy.db-*")) == []


def test_damage_in_a_copy_is_noticed(
    sqlite_database: Database, clock: SimulatedClock, tmp_path: Path
) -> None:
    Rows(sqlite_database, clock).approved()
    target = tmp_path / "copy.db"
    backups.copy_sqlite(sqlite_database, target, lambda _done, _of: None)
    data = bytearray(target.read_bytes())
    data[4096:12288] = b"\xff" * 8192
    target.write_bytes(data)
    assert backups.damage_of_sqlite(target) is not None
    target.write_bytes(b"not a database at all" * 100)
    assert backups.damage_of_sqlite(target) is not None


@pytest.mark.parametrize(
    ("url", "shown", "environment"),
    [
        (
            "postgresql://sanne:ge%40heim@db.example:5433/campaignbot?sslmode=require",
            "postgresql://sanne@db.example:5433/campaignbot?sslmode=require",
            {"PGPASSWORD": "ge@heim"},
        ),
        (
            "postgresql+psycopg://sanne@db.example/campaignbot?password=geheim",
            "postgresql://sanne@db.example/campaignbot",
            {"PGPASSWORD": "geheim"},
        ),
        ("postgresql://db.example/campaignbot", "postgresql://db.example/campaignbot", {}),
    ],
)
def test_the_password_of_the_server_is_no_argument_of_a_program(
    url: str, shown: str, environment: dict[str, str]
) -> None:
    database = Database(url)
    assert database.for_programs() == (shown, environment)
    database.close()
