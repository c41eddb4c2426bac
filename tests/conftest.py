"""What all tests share: a frozen clock and both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests.postgres import PostgresServer
from tests.postgres import postgres_server as run_postgres
from tests.postgres import programs as postgres_programs

from campaignbot.domain.clock import SimulatedClock
from campaignbot.storage import schema
from campaignbot.storage.database import Database, sqlite_url

# No test judges how fast a machine is: that is told by the benchmarks.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> SimulatedClock:
    """A clock that stands at Monday 23 November 2026, 09:00 in Amsterdam."""
    return SimulatedClock(MONDAY)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this run's own."""
    found = postgres_programs()
    if found is None:
        pytest.skip("the PostgreSQL server programs (initdb, pg_ctl) are not installed")
    with run_postgres(found) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server(postgres: PostgresServer) -> str:
    """The URL of a PostgreSQL server of this run's own, without a database."""
    return postgres.url


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> str:
    """The URL of an empty PostgreSQL database of this test alone."""
    return postgres.new_database()


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of one test, which may stop it and must leave it running."""
    found = postgres_programs()
    if found is None:
        pytest.skip("the PostgreSQL server programs (initdb, pg_ctl) are not installed")
    with run_postgres(found) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path / "campaignbot.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database, once of each kind."""
    opened = Database(database_url)
    schema.upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty SQLite database, for tests above storage."""
    opened = Database(sqlite_url(tmp_path / "campaignbot.db"))
    schema.upgrade(opened)
    yield opened
    opened.close()
