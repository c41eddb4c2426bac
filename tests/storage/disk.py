"""A disk without room, for one SQLite database: a limit on its pages, and all of them in use."""

from __future__ import annotations

import sqlite3
from uuid import uuid4
from weakref import WeakKeyDictionary

from sqlalchemy import event
from sqlalchemy.engine import Engine

from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.clock import Clock
from campaignbot.domain.errors import UserError
from campaignbot.storage import audit
from campaignbot.storage.database import Database

_NO_LIMIT = 1_000_000
_limits: WeakKeyDictionary[Engine, int] = WeakKeyDictionary()


def fill(database: Database, clock: Clock) -> None:
    """Let nothing more be added; SQLite then says that the disk is full.

    The limit is a connection's, so each is given it when it is taken from the pool.
    """
    _limit(database, 1)
    length = 4000
    while length:
        try:
            with database.write() as tx:
                filler = {"x": "x" * length}
                audit.record(tx, AuditEvent(clock.now(), "disk", "fill", "disk", uuid4(), filler))
        except UserError as error:
            assert error.problems[0].what.key == "storage.disk_full"
            length //= 2


def make_room(database: Database) -> None:
    _limit(database, _NO_LIMIT)


def _limit(database: Database, pages: int) -> None:
    with database.read() as tx:
        engine = tx.engine
    if engine not in _limits:
        event.listen(engine, "checkout", lambda raw, *_: _set(raw, _limits[engine]))
    _limits[engine] = pages


def _set(raw: sqlite3.Connection, pages: int) -> None:
    # SQLite takes the present size for a limit below it.
    raw.execute(f"PRAGMA max_page_count = {pages}")
