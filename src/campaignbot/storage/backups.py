"""A copy of the whole database while others work on it, and the way back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import inspect

from campaignbot.domain.errors import user_error
from campaignbot.storage.database import Database

Pages = Callable[[int, int], None]
"""Is told how much is done, and of how much."""

_PAGES_A_STEP = 256
_ASIDE = "before_restore_"


def copy_sqlite(database: Database, target: Path, pages: Pages) -> None:
    """Copy an SQLite database, as it is at one instant, to a new file.

    Others write on meanwhile: the copy reads one state of the write-ahead log. What `pages` raises
    ends the copy, and leaves an unfinished file.
    """
    with database.read() as tx, closing(sqlite3.connect(target)) as copy:
        # The first reading fixes the state; without it, every commit of another begins it anew.
        tx.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        source = tx.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        source.backup(
            copy,
            pages=_PAGES_A_STEP,
            progress=lambda _status, left, total: pages(total - left, total),
        )
        # One file, without a log beside it.
        copy.execute("PRAGMA journal_mode = DELETE")


def damage_of_sqlite(path: Path) -> str | None:
    """Return what SQLite finds wrong with a file that nobody has open, or None."""
    try:
        with closing(sqlite3.connect(path)) as copy:
            said = [str(row[0]) for row in copy.execute("PRAGMA integrity_check(1)")]
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if said == ["ok"] else said[0]


def dump_postgres(database: Database, target: Path) -> None:
    """Write all tables, as they are at one instant, in the format of `pg_restore`."""
    address, environment = database.for_programs()
    _run(
        "pg_dump",
        environment,
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--exclude-schema={_ASIDE}*",
        f"--file={target}",
        f"--dbname={address}",
    )


def damage_of_dump(path: Path) -> str | None:
    """Return what `pg_restore` finds wrong with the table of contents of a dump, or None."""
    with _program("pg_restore", {}, "--list", str(path)) as reading:
        _, said = reading.communicate()
        return None if reading.returncode == 0 else _first_line(said)


def load_postgres(database: Database, dump: Path) -> None:
    """Load a dump into an empty database: all of it, or nothing."""
    address, environment = database.for_programs()
    _run(
        "pg_restore",
        environment,
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        f"--dbname={address}",
        str(dump),
    )


def is_empty(database: Database) -> bool:
    """Whether there are no tables."""
    with database.read() as tx:
        return not inspect(tx).get_table_names()


def set_aside(database: Database, stamp: str) -> str:
    """Move all tables of a PostgreSQL database into a schema of that stamp; return its name."""
    name = f"{_ASIDE}{stamp}"
    with database.write() as tx:
        tx.exec_driver_sql(f'ALTER SCHEMA public RENAME TO "{name}"')
        tx.exec_driver_sql("CREATE SCHEMA public")
    return name


def put_back(database: Database, name: str) -> None:
    """Undo `set_aside`, in place of whatever was loaded after it."""
    with database.write() as tx:
        tx.exec_driver_sql("DROP SCHEMA public CASCADE")
        tx.exec_driver_sql(f'ALTER SCHEMA "{name}" RENAME TO public')


def forget_empty(database: Database, name: str) -> None:
    """Remove a schema of `set_aside` in which nothing is; the server refuses any other."""
    with database.write() as tx:
        tx.exec_driver_sql(f'DROP SCHEMA "{name}"')


def _run(name: str, environment: dict[str, str], *arguments: str) -> None:
    with _program(name, environment, *arguments) as running:
        _, said = running.communicate()
    if running.returncode != 0:
        raise user_error(
            "backup.program_failed",
            remedy="backup.program_failed.remedy",
            program=name,
            said=_first_line(said),
        )


@contextmanager
def _program(
    name: str, environment: dict[str, str], *arguments: str
) -> Iterator[subprocess.Popen[str]]:
    """Start one of PostgreSQL's programs; what interrupts us ends it as well."""
    running = subprocess.Popen(
        [_path_of(name), *arguments],
        env={**os.environ, "LC_MESSAGES": "C", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with running:
        try:
            yield running
        except BaseException:
            running.terminate()
            raise


def _path_of(name: str) -> str:
    if found := shutil.which(name):
        return found
    # Debian keeps the programs of each version in a folder of their own.
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / name).exists():
            return str(folder / name)
    raise user_error("backup.no_program", remedy="backup.no_program.remedy", program=name)


def _first_line(said: str) -> str:
    return said.strip().partition("\n")[0]
