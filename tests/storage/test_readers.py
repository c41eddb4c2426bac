"""Many threads read one SQLite file."""

from __future__ import annotations

from contextlib import ExitStack

from sqlalchemy import text

from campaignbot.storage.database import Database


def test_no_reader_waits_for_another_to_end(sqlite_database: Database) -> None:
    with ExitStack() as reading:
        for _ in range(40):
            tx = reading.enter_context(sqlite_database.read())
            assert tx.execute(text("SELECT count(*) FROM event")).scalar() == 0
