"""Putting a backup back: looked through first, then swapped in, with everything held."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campaignbot.backups import archive
from campaignbot.backups.archive import DATABASES, FOLDERS, Manifest, Progress
from campaignbot.backups.making import database_of
from campaignbot.backups.settling import Settled, settle
from campaignbot.backups.swapping import Swap
from campaignbot.domain.clock import Clock
from campaignbot.domain.errors import UserError, user_error
from campaignbot.domain.ids import uuid7
from campaignbot.gateways.credentials import find_key
from campaignbot.platforms.registry import loadable_platforms
from campaignbot.settings import Settings, database_file, key_file_of, load_settings
from campaignbot.storage import backups, schema, workers
from campaignbot.storage.database import UNREADABLE, Database, sqlite_url
from campaignbot.storage.overview import SILENT_AFTER
from campaignbot.yamlfiles import change_yaml

_MADE = (*FOLDERS, "data")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and what a person has to look at before publishing goes on.

    `set_aside` names the folder, and in PostgreSQL the schema, where that which was there before
    lies now. `key_missing` tells that there are secrets of accounts, and no key to open them.
    """

    made_at_utc: datetime
    program: str
    files: int
    set_aside: tuple[str, ...]
    settled: Settled
    key_missing: bool


def restore(
    file: Path,
    workdir: Path,
    clock: Clock,
    progress: Progress,
    *,
    environment: Mapping[str, str],
    replace: bool = False,
    dry_run: bool = False,
) -> Restored:
    """Put a backup into a working folder that is new or empty, or in place of what is there.

    Nothing that is there changes before every part was found to be what the manifest says and the
    database was found whole; it is moved aside, and back when a step fails. An SQLite database gets
    its place with everything in it held. UserError when the backup is damaged or newer than this
    program, when the folder is in use and `replace` was not asked for, or when a daemon is alive.
    """
    with archive.opened(file) as backup:
        manifest = backup.manifest
        schema.refuse_newer(manifest.schema)
        now = clock.now()
        there = _settings_there(workdir)
        _require_room(workdir, replace)
        _require_same_kind(workdir, there, manifest)
        _require_silence(_database_there(workdir, there), now)
        try:
            with _staging(workdir, f"{now:%Y%m%dT%H%M%SZ}", dry_run) as staging:
                backup.verify(progress, staging)
                _adopt(staging, manifest, there)
                if manifest.database == "postgresql":
                    database = database_of(workdir, load_settings(staging))
                    _require_empty(database, replace)
                    _require_silence(database, now)
                restoring = _Restoring(workdir, staging, manifest, now)
                settled, set_aside = restoring.look() if dry_run else restoring.do(progress)
                # What was restored says where its key should be.
                named = load_settings(staging if dry_run else workdir)
        except OSError as error:
            raise user_error(
                "restore.not_written",
                remedy="backup.not_written.remedy",
                path=str(error.filename or workdir),
                said=error.strerror or type(error).__name__,
            ) from error
    key = find_key(workdir, key_file_of(workdir, named), environment)
    return Restored(
        manifest.made_at_utc,
        manifest.program,
        len(manifest.parts),
        set_aside,
        settled,
        settled.connected > 0 and key is None,
    )


class _Restoring:
    """The steps from a folder of looked-through files to a working folder."""

    def __init__(self, workdir: Path, staging: Path, manifest: Manifest, now: datetime) -> None:
        self._workdir, self._staging, self._manifest, self._now = workdir, staging, manifest, now
        self._stamp = f"{now:%Y%m%dT%H%M%SZ}"
        self._part = staging / DATABASES[manifest.database]

    def look(self) -> tuple[Settled, tuple[str, ...]]:
        """Find out what restoring would settle; only the staged files change."""
        if self._manifest.database == "sqlite":
            return self._prepare(), ()
        self._require_whole(backups.damage_of_dump(self._part))
        return Settled(), ()

    def do(self, progress: Progress) -> tuple[Settled, tuple[str, ...]]:
        """Swap everything in; return what was settled, and where that which was there is now."""
        aside = self._workdir / f"before-restore-{self._stamp}"
        swap = Swap(self._workdir, self._staging, aside)
        named = load_settings(self._staging)
        key = key_file_of(self._workdir, named)
        if self._manifest.database == "sqlite":
            settled, schemas = self._prepare(), tuple[str, ...]()
            moved = swap.do(key)
        else:
            self._require_whole(backups.damage_of_dump(self._part))
            progress("load", 0, 1)
            with _loaded(self._part, database_of(self._workdir, named), self._stamp) as loaded:
                settled, schemas = self._settle(loaded.database), loaded.set_aside
                moved = swap.do(key)
        for name in _MADE:
            (self._workdir / name).mkdir(exist_ok=True)
        return settled, (*([str(aside)] if moved else []), *schemas)

    def _prepare(self) -> Settled:
        """Bring the staged SQLite file up to date, with all in it held."""
        self._require_whole(backups.damage_of_sqlite(self._part))
        return self._settle(Database(sqlite_url(self._part)))

    def _settle(self, database: Database) -> Settled:
        try:
            schema.upgrade(database)
            return settle(
                database,
                made_at=self._manifest.made_at_utc,
                now=self._now,
                hold_id=uuid7(self._now),
                carried_out_by_hand=_carried_out_by_hand(),
            )
        finally:
            # The last one to close takes the log back into the file.
            database.close()

    def _require_whole(self, damage: str | None) -> None:
        if damage is not None:
            raise user_error("backup.damaged_database", remedy="backup.damaged.remedy", said=damage)


@dataclass(frozen=True, slots=True)
class _Loaded:
    database: Database
    set_aside: tuple[str, ...]


@contextmanager
def _loaded(dump: Path, database: Database, stamp: str) -> Iterator[_Loaded]:
    """Load a dump in place of what a PostgreSQL database holds; an error brings that back."""
    empty = backups.is_empty(database)
    name = backups.set_aside(database, stamp.lower())
    try:
        backups.load_postgres(database, dump)
        yield _Loaded(database, () if empty else (name,))
        if empty:
            backups.forget_empty(database, name)
    except BaseException:
        backups.put_back(database, name)
        raise
    finally:
        database.close()


def _settings_there(workdir: Path) -> Settings | None:
    """Return the settings of the folder as it is; None when it has none that can be read."""
    with suppress(UserError):
        return load_settings(workdir)
    return None


def _require_room(workdir: Path, replace: bool) -> None:
    used = [name for name in FOLDERS if any((workdir / name).glob("*"))]
    if database_file(workdir).exists():
        used.append("data")
    if used and not replace:
        raise user_error(
            "restore.in_use",
            remedy="restore.in_use.remedy",
            folder=str(workdir.resolve()),
            names=", ".join(used),
        )


def _require_same_kind(workdir: Path, there: Settings | None, manifest: Manifest) -> None:
    if there is None:
        return
    database = database_of(workdir, there)
    if database.is_sqlite != (manifest.database == "sqlite"):
        raise user_error(
            "restore.other_kind",
            remedy="restore.other_kind.remedy",
            backup="SQLite" if manifest.database == "sqlite" else "PostgreSQL",
            url=database.shown,
        )


def _database_there(workdir: Path, there: Settings | None) -> Database:
    return database_of(workdir, there) if there else Database(sqlite_url(database_file(workdir)))


def _require_silence(database: Database, now: datetime) -> None:
    """Raise UserError when somebody publishes from this database."""
    if database.is_sqlite and (database.file is None or not database.file.exists()):
        return
    alive: tuple[workers.Worker, ...] = ()
    try:
        with database.read() as tx:
            alive = workers.living(tx, now - SILENT_AFTER)
    except UserError as error:
        # A damaged one is why people restore.
        if error.problems[0].what.key not in UNREADABLE:
            raise
    finally:
        database.close()
    if alive:
        raise user_error(
            "restore.daemon_alive", remedy="restore.daemon_alive.remedy", name=alive[0].name
        )


def _require_empty(database: Database, replace: bool) -> None:
    """Raise UserError when a PostgreSQL database has tables that are not to be set aside."""
    try:
        empty = backups.is_empty(database)
    finally:
        database.close()
    if not empty and not replace:
        raise user_error(
            "restore.database_in_use",
            remedy="restore.database_in_use.remedy",
            url=database.shown,
        )


@contextmanager
def _staging(workdir: Path, stamp: str, dry_run: bool) -> Iterator[Path]:
    """Give a folder for what is looked through, beside where it goes, or elsewhere in a rehearsal.

    It is gone afterwards, and so is a working folder that was made for it and got nothing.
    """
    if dry_run:
        with tempfile.TemporaryDirectory(prefix="campaignbot-") as elsewhere:
            yield Path(elsewhere)
        return
    made = [p for p in (workdir, *workdir.parents) if not p.exists()]
    staging = workdir / f".restore-{stamp}.part"
    try:
        staging.mkdir(parents=True, mode=0o700)
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        for folder in made:
            with suppress(OSError):
                folder.rmdir()


def _adopt(staging: Path, manifest: Manifest, there: Settings | None) -> None:
    """Let the restored settings name the database that is restored into.

    An SQLite database goes into the folder itself: the file that the settings of the backup name
    may be the original. In PostgreSQL the database that the folder already works with is the one.
    """
    chosen = load_settings(staging).database
    wanted = None
    if manifest.database == "postgresql":
        wanted = there.database if there is not None else chosen
    if chosen != wanted:
        change_yaml(staging / "config" / "campaignbot.yaml", {"database": wanted})


def _carried_out_by_hand() -> frozenset[str]:
    return frozenset(name for name, one in loadable_platforms().items() if one.hands_over)
