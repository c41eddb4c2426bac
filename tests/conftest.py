"""What all tests share: a frozen clock and both databases."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
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


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, which tests copy."""
    path = tmp_path_factory.mktemp("migrated") / "campaignbot.db"
    opened = Database(sqlite_url(path))
    schema.upgrade(opened)
    opened.close()
    with closing(sqlite3.connect(path)) as plain:
        # All of it in the one file that is copied.
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def migrated_template(postgres: PostgresServer) -> str:
    """The name of a migrated, empty PostgreSQL database, of which tests make theirs."""
    url = postgres.new_database()
    opened = Database(url)
    schema.upgrade(opened)
    opened.close()
    return url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty database, once of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "campaignbot.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        opened = Database(sqlite_url(path))
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        opened = Database(server.new_database(request.getfixturevalue("migrated_template")))
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(tmp_path: Path, migrated_file: Path) -> Iterator[Database]:
    """A migrated, empty SQLite database, for tests above storage."""
    path = tmp_path / "campaignbot.db"
    shutil.copy(migrated_file, path)
    opened = Database(sqlite_url(path))
    yield opened
    opened.close()
