"""The queue lives beside the tables of campaignbot, and disturbs nothing."""

from __future__ import annotations

from pathlib import Path
from threading import Barrier, Thread

import psycopg
import pytest
from procrastinate.schema import SchemaManager
from sqlalchemy import inspect

from campaignbot.domain.errors import UserError
from campaignbot.storage import schema
from campaignbot.storage.database import Database
from campaignbot.worker import queue


def _tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = %s",
            [queue.SCHEMA],
        ).fetchall()
    return {row[0] for row in rows}


def test_workers_that_start_together_make_one_queue_and_one_set_of_tables(
    postgres_url: str,
) -> None:
    barrier, errors = Barrier(4), list[Exception]()

    def start() -> None:
        database = Database(postgres_url)
        barrier.wait()
        try:
            schema.upgrade(database)
            queue.prepare(postgres_url)
        except Exception as error:
            errors.append(error)
        finally:
            database.close()

    threads = [Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert "procrastinate_jobs" in _tables(postgres_url)


def test_the_queue_stays_out_of_sight_of_the_migrations(postgres_url: str) -> None:
    database = Database(postgres_url)
    schema.upgrade(database)
    with database.read() as tx:
        before = set(inspect(tx).get_table_names())
    queue.prepare(postgres_url)
    queue.prepare(postgres_url)
    with database.read() as tx:
        assert set(inspect(tx).get_table_names()) == before
    schema.require_current(database)
    database.close()


def test_a_queue_of_a_newer_version_is_refused_and_left_alone(postgres_url: str) -> None:
    queue.prepare(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"COMMENT ON SCHEMA {queue.SCHEMA} IS 'ready: 99.00.00_01_later.sql'")
    with pytest.raises(UserError) as refused:
        queue.prepare(postgres_url)
    assert refused.value.problems[0].what.key == "worker.newer"


def test_an_older_queue_is_brought_up_to_date(postgres_url: str) -> None:
    steps = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    half = len(steps) * 2 // 3
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {queue.SCHEMA}")
        connection.execute(f"SET search_path TO {queue.SCHEMA}")
        for step in steps[:half]:
            connection.execute(step.read_bytes())
        comment = f"COMMENT ON SCHEMA {queue.SCHEMA} IS 'ready: {steps[half - 1].name}'"
        connection.execute(comment.encode())
    assert "procrastinate_workers" not in _tables(postgres_url)
    queue.prepare(postgres_url)
    assert "procrastinate_workers" in _tables(postgres_url)
