"""The queue of jobs: a schema of its own in the team's database, and connections to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from procrastinate import PsycopgConnector
from procrastinate.schema import SchemaManager
from psycopg import sql

from campaignbot.domain.errors import user_error
from campaignbot.storage.postgres import limited, limited_async, target

SCHEMA = "campaignbot_jobs"
"""Apart from the tables of campaignbot, which its migrations look after."""

_IN_TURN = 7_226_005
_READY = "ready: "


def prepare(url: str) -> None:
    """Create the queue, or bring it up to date; several workers may do so at once.

    UserError, and nothing changed, when a newer program has made it. The schema's comment says
    how far it has come.
    """
    wanted = target(url)
    connection = limited(wanted.answer_s).connect(
        wanted.conninfo, autocommit=True, **_inside(wanted.arguments)
    )
    with connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_IN_TURN])
        steps = _steps()
        reached = _reached(connection)
        if reached is None:
            _make(connection, steps[-1])
        elif reached not in {step.name for step in steps}:
            raise user_error("worker.newer", remedy="worker.newer.remedy", version=reached)
        for step in steps:
            if reached is not None and step.name > reached:
                _do(connection, step.read_text(encoding="utf-8"), step)


def connector(url: str, most: int) -> PsycopgConnector:
    """Return what opens at most so many connections to the queue, each with a limit on waiting."""
    wanted = target(url)
    return PsycopgConnector(
        conninfo=wanted.conninfo,
        kwargs=_inside(wanted.arguments),
        connection_class=limited_async(wanted.answer_s),
        min_size=1,
        max_size=most,
        timeout=wanted.answer_s,
    )


def _inside(arguments: dict[str, Any]) -> dict[str, Any]:
    options = f"{arguments.get('options', '')} -c search_path={SCHEMA}"
    return arguments | {"options": options.strip()}


def _steps() -> list[Path]:
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


def _reached(connection: psycopg.Connection[Any]) -> str | None:
    """Return the last step that was done; None when there is no queue, or only half of one."""
    row = connection.execute(
        "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s", [SCHEMA]
    ).fetchone()
    comment = str(row[0] or "") if row else ""
    return comment.removeprefix(_READY) if comment.startswith(_READY) else None


def _make(connection: psycopg.Connection[Any], last: Path) -> None:
    name = sql.Identifier(SCHEMA)
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
    _do(connection, SchemaManager.get_schema(), last)


def _do(connection: psycopg.Connection[Any], statements: str, reached: Path) -> None:
    """Carry out statements and note how far that came, both or neither."""
    with connection.transaction():
        connection.execute(statements.encode())
        connection.execute(
            sql.SQL("COMMENT ON SCHEMA {} IS {}").format(
                sql.Identifier(SCHEMA), sql.Literal(_READY + reached.name)
            )
        )
