"""Bringing a database to the version that this program knows."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from campaignbot.domain.errors import user_error
from campaignbot.storage.database import Database


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
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


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
