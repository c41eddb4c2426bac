"""Whatever publishing is broken by, between any two steps: each post exists exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest
from tests.postgres import PostgresServer, postgres_server, programs
from tests.recovery.cases import WAYS, Verdict, Way, break_at, platforms, points_of
from tests.recovery.ground import Ground, open_ground
from tests.recovery.points import BY_HAND, Point

Opened = tuple[Ground, PostgresServer | None]
Open = Callable[[str], Opened]

# Where the platform makes no difference, the one that passes most points stands for all;
# `make recovery` takes every platform.
_ONE_FOR_ALL = ("instagram", BY_HAND)


@pytest.fixture(scope="module")
def open_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Open]:
    """Open a ground for each database once; PostgreSQL on a server that may be killed."""
    with ExitStack() as stack:

        @cache
        def open_on(database: str) -> Opened:
            folder = tmp_path_factory.mktemp("recovery") / "work"
            if database == "sqlite":
                return stack.enter_context(open_ground(folder)), None
            found = programs()
            if found is None:
                pytest.skip("the PostgreSQL server programs (initdb, pg_ctl) are not installed")
            server = stack.enter_context(postgres_server(found))
            return stack.enter_context(open_ground(folder, server.new_database())), server

        yield open_on


def cases(*ways: Way, only: tuple[str, ...] = platforms()) -> Iterator[object]:
    """Yield a parameter set for each database, platform and point."""
    for database in WAYS:
        for way in ways:
            if way in WAYS[database]:
                for platform in only:
                    for point in points_of(way, platform):
                        name = f"{way}-{database}-{platform}-{point.name}".replace(" ", "_")
                        yield pytest.param(way, database, platform, point, id=name)


ARGUMENTS = ("way", "database", "platform", "point")


@pytest.mark.parametrize(ARGUMENTS, cases(Way.KILL))
def test_killed_at_any_point_the_post_exists_exactly_once(
    open_once: Open, way: Way, database: str, platform: str, point: Point
) -> None:
    ground, _ = open_once(database)
    assert break_at(ground, way, point, platform) == Verdict(1, ())


@pytest.mark.parametrize(ARGUMENTS, cases(Way.TERM))
def test_sigterm_at_any_point_leaves_nothing_half_done(
    open_once: Open, way: Way, database: str, platform: str, point: Point
) -> None:
    ground, _ = open_once(database)
    assert break_at(ground, way, point, platform) == Verdict(1, ())


@pytest.mark.parametrize(ARGUMENTS, cases(Way.POWER_CUT, only=_ONE_FOR_ALL))
def test_what_is_on_the_disk_at_any_point_is_enough_to_go_on(
    open_once: Open, way: Way, database: str, platform: str, point: Point
) -> None:
    ground, _ = open_once(database)
    assert break_at(ground, way, point, platform) == Verdict(1, ())


@pytest.mark.parametrize(
    ARGUMENTS,
    cases(Way.SERVER_RESTARTED, Way.SERVER_AWAY, Way.SERVER_BACK, only=_ONE_FOR_ALL),
)
def test_a_database_server_that_crashes_at_any_point_costs_no_post(
    open_once: Open, way: Way, database: str, platform: str, point: Point
) -> None:
    ground, server = open_once(database)
    assert break_at(ground, way, point, platform, server) == Verdict(1, ())
