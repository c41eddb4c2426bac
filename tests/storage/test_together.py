"""Threads that wait for their turn on SQLite share a transaction, and nothing but that."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest
from sqlalchemy import event, text

from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.clock import SimulatedClock
from campaignbot.storage import audit
from campaignbot.storage.database import Database, StorageError, Tx


def line(clock: SimulatedClock, action: str) -> AuditEvent:
    return AuditEvent(clock.now(), "test", action, "thing", uuid4())


def actions(database: Database) -> list[str]:
    with database.read() as tx:
        return sorted(tx.execute(text("SELECT action FROM event")).scalars())


def hand_in(database: Database, clock: SimulatedClock, *works: str) -> list[BaseException | None]:
    """Let all works be handed in while another one holds the turn; return their errors."""
    entered, leave = Event(), Event()

    def first(tx: Tx) -> None:
        audit.record(tx, line(clock, "first"))
        entered.set()
        assert leave.wait(30)

    def work(action: str) -> None:
        def write(tx: Tx) -> None:
            audit.record(tx, line(clock, action))
            if action == "wrong":
                raise ValueError(action)

        database.together(write)

    with ThreadPoolExecutor(len(works) + 1) as pool:
        leading = pool.submit(database.together, first)
        assert entered.wait(30)
        waiting = [pool.submit(work, action) for action in works]
        leave.set()
        leading.result(30)
        return [future.exception(30) for future in waiting]


def test_an_error_undoes_its_own_work_only(database: Database, clock: SimulatedClock) -> None:
    errors = hand_in(database, clock, "a", "wrong", "b")
    assert [type(error).__name__ for error in errors] == ["NoneType", "ValueError", "NoneType"]
    assert actions(database) == ["a", "b", "first"]


def test_it_returns_only_what_is_committed(database: Database, clock: SimulatedClock) -> None:
    def write(tx: Tx) -> str:
        audit.record(tx, line(clock, "kept"))
        return "done"

    assert database.together(write) == "done"
    assert actions(database) == ["kept"]


def test_a_commit_that_fails_is_told_to_all_who_shared_it(
    sqlite_database: Database, clock: SimulatedClock
) -> None:
    """A disk that is full at the end of the transaction: nobody may believe that it was kept."""
    with sqlite_database.write() as tx:
        pages = int(tx.execute(text("PRAGMA page_count")).scalar_one())
        engine = tx.engine

    def no_room(connection: object, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")  # type: ignore[attr-defined]

    event.listen(engine, "checkout", no_room)

    def fill(tx: Tx) -> None:
        for number in range(4000):
            audit.record(tx, line(clock, f"much-{number}"))

    with pytest.raises(StorageError):
        sqlite_database.together(fill)
    assert actions(sqlite_database) == []
    clock.advance(timedelta(seconds=1))
