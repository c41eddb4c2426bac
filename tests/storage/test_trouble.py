"""A full disk, a read-only file and a busy database: nothing is lost, and it is said clearly."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest
from tests.publishing.fakes import FakeAdapter, Press
from tests.storage.disk import fill, make_room
from tests.storage.rows import Rows

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.errors import UserError
from campaignbot.domain.publication import Publication, Receipt, State
from campaignbot.publishing.steps import Step
from campaignbot.storage import attempts, publications, schema
from campaignbot.storage.database import Database, sqlite_url


def stored(database: Database, publication: Publication) -> Publication:
    with database.read() as tx:
        return publications.publication_by_id(tx, publication.id)


def test_a_claim_that_does_not_fit_on_the_disk_sends_nothing(
    sqlite_database: Database, clock: SimulatedClock
) -> None:
    approved = Rows(sqlite_database, clock).approved()
    adapter = FakeAdapter()
    press = Press(sqlite_database, clock, adapter)
    fill(sqlite_database, clock)
    with pytest.raises(UserError, match=r"storage\.disk_full"):
        press.tick()
    assert adapter.sent == []
    after = stored(sqlite_database, approved)
    assert (after.state, after.version) == (State.APPROVED, approved.version)
    with sqlite_database.read() as tx:
        assert attempts.attempts_of(tx, approved.id) == ()

    make_room(sqlite_database)
    assert press.tick() == {"published": 1}
    assert len(adapter.sent) == 1


def test_a_disk_that_fills_up_before_the_request_is_marked_sends_nothing(
    sqlite_database: Database, clock: SimulatedClock
) -> None:
    approved = Rows(sqlite_database, clock).approved()
    # Changed in place a row always fits; its receipt is what needs room.
    adapter = FakeAdapter(receipt=Receipt("container", {"id": "1" * 100_000}))

    def fill_up(step: Step) -> None:
        if step is Step.BEFORE_CREATE:
            fill(sqlite_database, clock)

    with pytest.raises(UserError, match=r"storage\.disk_full"):
        Press(sqlite_database, clock, adapter, on_step=fill_up).tick()
    assert adapter.sent == []

    make_room(sqlite_database)
    clock.advance(timedelta(minutes=11))
    assert Press(sqlite_database, clock, adapter).tick() == {"recovered": 1, "published": 1}
    assert len(adapter.sent) == 1
    assert stored(sqlite_database, approved).state is State.PUBLISHED


@pytest.mark.parametrize("option", ["mode=ro&uri=true", "immutable=1&uri=true"])
def test_a_file_that_may_only_be_read_is_said_and_can_be_read(
    tmp_path: Path, clock: SimulatedClock, option: str
) -> None:
    path = tmp_path / "campaignbot.db"
    written = Database(sqlite_url(path))
    schema.upgrade(written)
    approved = Rows(written, clock).approved()
    written.close()

    opened = Database(f"sqlite:///file:{path}?{option}")
    try:
        adapter = FakeAdapter()
        press = Press(opened, clock, adapter)
        with pytest.raises(UserError, match=r"storage\.read_only"):
            press.tick()
        assert adapter.sent == []
        assert stored(opened, approved).state is State.APPROVED
    finally:
        opened.close()


def test_a_damaged_file_is_said(tmp_path: Path, clock: SimulatedClock) -> None:
    path = tmp_path / "campaignbot.db"
    written = Database(sqlite_url(path))
    schema.upgrade(written)
    Rows(written, clock).approved()
    written.close()
    damaged = bytearray(path.read_bytes())
    damaged[4096:] = b"\xff" * (len(damaged) - 4096)
    path.write_bytes(damaged)
    opened = Database(sqlite_url(path))
    try:
        with pytest.raises(UserError, match=r"storage\.malformed"), opened.read() as tx:
            publications.list_publications(tx)
    finally:
        opened.close()


def test_an_empty_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "campaignbot.db"
    path.touch()
    opened = Database(sqlite_url(path))
    try:
        with pytest.raises(UserError, match=r"storage\.empty"):
            schema.upgrade(opened)
        with pytest.raises(UserError, match=r"storage\.empty"):
            schema.revision(opened)
    finally:
        opened.close()
    assert [(file.name, file.stat().st_size) for file in tmp_path.iterdir()] == [(path.name, 0)]


def test_those_who_make_a_database_together_do_not_take_it_for_an_empty_one(
    tmp_path: Path,
) -> None:
    makers, begin = 8, Barrier(8)

    def make(_number: int) -> str | None:
        database = Database(sqlite_url(tmp_path / "campaignbot.db"))
        begin.wait()
        try:
            schema.upgrade(database)
            return schema.revision(database)
        finally:
            database.close()

    with ThreadPoolExecutor(makers) as pool:
        [version] = set(pool.map(make, range(makers)))
    assert version is not None


def test_a_second_writer_waits_for_a_long_one_and_then_goes_on(
    tmp_path: Path, clock: SimulatedClock
) -> None:
    first, second = (Database(sqlite_url(tmp_path / "campaignbot.db")) for _ in range(2))
    schema.upgrade(first)
    order: list[str] = []
    asking, inside = Event(), Event()

    def write() -> None:
        asking.set()
        with second.write():
            inside.set()
            order.append("second")

    waiting = Thread(target=write)
    with first.write():
        waiting.start()
        asking.wait(10)
        assert not inside.wait(0.1)
        order.append("first")
    waiting.join(20)
    assert order == ["first", "second"]
    first.close()
    second.close()


def test_a_writer_that_waited_in_vain_says_so_once_and_loses_nothing(
    tmp_path: Path, clock: SimulatedClock
) -> None:
    path = tmp_path / "campaignbot.db"
    holder, hurried = Database(sqlite_url(path)), Database(sqlite_url(path), busy_s=0.05)
    schema.upgrade(holder)
    approved = Rows(holder, clock).approved()
    adapter = FakeAdapter()
    press = Press(hurried, clock, adapter)
    with holder.write():
        with pytest.raises(UserError, match=r"storage\.busy") as raised:
            press.tick()
        # A reader is never kept waiting.
        assert stored(hurried, approved).state is State.APPROVED
    assert len(raised.value.problems) == 1 and raised.value.problems[0].remedy is not None
    assert adapter.sent == []
    assert press.tick() == {"published": 1}
    holder.close()
    hurried.close()
