"""Prints what became of each post: python -m tests.recovery; see `make recovery`."""

from __future__ import annotations

import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import structlog
from tests.postgres import PostgresServer, postgres_server, programs
from tests.recovery.cases import WAYS, Verdict, Way, break_at, platforms, points_of
from tests.recovery.ground import Ground, open_ground
from tests.recovery.points import POINTS, Point

_Table = dict[tuple[Way, str, str, str], Verdict]
_NOT_HERE = "·"


def main() -> int:
    """Break publishing at every point; exit code 1 when a post is doubled, lost or told wrongly."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    table: _Table = {}
    with ThreadPoolExecutor(len(WAYS)) as pool:
        for part in pool.map(_break_all, WAYS):
            table |= part
    for way in Way:
        _show(table, way)
    found = Counter(verdict.said for verdict in table.values())
    for (way, database, platform, name), verdict in table.items():
        for problem in verdict.problems:
            print(f"{way}, {database}, {platform}, {name}: {problem}")
    print(f"doubled {found['DOUBLED']}, lost {found['LOST']}")
    return 0 if set(found) == {"1"} else 1


@contextmanager
def _server(database: str) -> Iterator[PostgresServer | None]:
    if database == "sqlite":
        yield None
        return
    found = programs()
    if found is None:
        sys.exit("the PostgreSQL server programs (initdb, pg_ctl) are not installed")
    with postgres_server(found) as server:
        yield server


def _break_all(database: str) -> _Table:
    table: _Table = {}
    with tempfile.TemporaryDirectory() as folder, _server(database) as server:
        url = server.new_database() if server is not None else None
        with open_ground(Path(folder) / "work", url) as ground:
            for way in WAYS[database]:
                print(f"{way} on {database} …", file=sys.stderr)
                for platform in platforms():
                    for point in points_of(way, platform):
                        table[way, database, platform, point.name] = _verdict(
                            ground, way, point, platform, server
                        )
    return table


def _verdict(
    ground: Ground, way: Way, point: Point, platform: str, server: PostgresServer | None
) -> Verdict:
    try:
        return break_at(ground, way, point, platform, server)
    except AssertionError as error:
        return Verdict(None, (str(error),))


def _show(table: _Table, way: Way) -> None:
    databases = [database for database in WAYS if way in WAYS[database]]
    wide = 11 * len(platforms())
    print(f"{way:<38}{''.join(f'{database:<{wide}}' for database in databases)}".rstrip())
    print(f"{'':<38}{''.join(f'{p:<11}' for _ in databases for p in platforms())}".rstrip())
    for point in POINTS:
        if cells := _cells(table, way, point, databases):
            print(f"{point.name:<38}{''.join(f'{cell:<11}' for cell in cells)}".rstrip())
    print()


def _cells(table: _Table, way: Way, point: Point, databases: list[str]) -> list[str]:
    """Return the row of a point; empty when the way does not strike there."""
    keys = [(way, database, platform, point.name) for database in databases
            for platform in platforms()]  # fmt: skip
    if not any(key in table for key in keys):
        return []
    return [table[key].said if key in table else _NOT_HERE for key in keys]


if __name__ == "__main__":
    sys.exit(main())
