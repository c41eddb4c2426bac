"""A disk without room, for one SQLite database: a limit on its pages, and all of them in use."""

from __future__ import annotations

from uuid import uuid4

from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.clock import Clock
from campaignbot.domain.errors import UserError
from campaignbot.storage import audit
from campaignbot.storage.database import Database

_NO_LIMIT = 1_000_000


def fill(database: Database, clock: Clock) -> None:
    """Let nothing more be added; SQLite then says that the disk is full.

    The limit is the connection's, and the pool hands out the same one while nobody else has it.
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
    # SQLite takes the present size for a limit below it.
    with database.read() as tx:
        tx.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
