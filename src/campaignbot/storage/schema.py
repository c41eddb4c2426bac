"""Bringing a database to the version that this program knows."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text

from campaignbot.domain.errors import user_error
from campaignbot.storage.database import Database, Tx

# Any number will do, as long as nothing else on the server takes it.
_SETTING_UP = 7_226_004


RETIRED = frozenset({"0001"})
"""Versions from before the first release, whose tables nothing brings up to date."""


def upgrade(database: Database) -> None:
    """Create or migrate the tables in one transaction; do nothing when they are current.

    Raises UserError, and changes nothing, when the database is of a newer version.
    """
    config = _config()
    head = ScriptDirectory.from_config(config).get_current_head()
    with database.read() as tx:
        current = MigrationContext.configure(tx).get_current_revision()
    if current == head:
        return
    _refuse_newer(config, current)
    with database.migration() as connection:
        in_turn(connection)
        if MigrationContext.configure(connection).get_current_revision() == head:
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def in_turn(tx: Tx) -> None:
    """Let only one process at a time set up the database, until this transaction ends.

    Machines that start together would otherwise make the same rows. SQLite has one writer anyway.
    """
    if tx.dialect.name != "sqlite":
        tx.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SETTING_UP})


def require_current(database: Database) -> None:
    """Raise UserError unless the tables are exactly of the version that this program knows."""
    config = _config()
    with database.read() as tx:
        current = MigrationContext.configure(tx).get_current_revision()
    _refuse_newer(config, current)
    if current != ScriptDirectory.from_config(config).get_current_head():
        raise user_error("storage.older", remedy="storage.older.remedy")


def revision(database: Database) -> str | None:
    """Return the version of the tables, older or current; None where there are none yet.

    Raises UserError when it is newer than this program.
    """
    with database.read() as tx:
        current = MigrationContext.configure(tx).get_current_revision()
    refuse_newer(current)
    return current


def refuse_newer(current: str | None) -> None:
    """Raise UserError when this version of the tables is newer than the program."""
    _refuse_newer(_config(), current)


def _refuse_newer(config: Config, current: str | None) -> None:
    if current is None:
        return
    if current in RETIRED:
        raise user_error("storage.retired", remedy="storage.retired.remedy")
    try:
        ScriptDirectory.from_config(config).get_revision(current)
    except CommandError:
        raise user_error("storage.newer", remedy="storage.newer.remedy", version=current) from None


def _config() -> Config:
    config = Config()
    # Alembic reads % as interpolation; a folder may have one in its name.
    location = str(files("campaignbot") / "storage" / "migrations").replace("%", "%%")
    config.set_main_option("script_location", location)
    config.set_main_option("path_separator", "os")
    return config
