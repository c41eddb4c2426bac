"""Making a backup of a working folder while the daemon runs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from campaignbot.backups import archive
from campaignbot.backups.archive import DATABASES, FOLDERS, Manifest, Progress
from campaignbot.domain.clock import Clock
from campaignbot.domain.errors import user_error
from campaignbot.settings import Settings, database_file, key_file_of, load_settings
from campaignbot.storage import backups, schema
from campaignbot.storage.database import Database, sqlite_url

_NAME = re.compile(r"campaignbot-\d{8}T\d{6}Z\.zip")


@dataclass(frozen=True, slots=True)
class Made:
    """A backup: where it is (or would be), how large, how much is in it, what it replaced.

    `size_bytes` is what the parts measure, unpacked. `key` says where the key of the secrets lies,
    which is never in a backup: the key file, or None where the system keeps it. `left_out` are
    links to files elsewhere, which are not followed.
    """

    path: Path
    made_at_utc: datetime
    files: int
    size_bytes: int
    removed: tuple[Path, ...]
    key: Path | None
    left_out: tuple[Path, ...] = ()


def make_backup(
    workdir: Path,
    clock: Clock,
    progress: Progress,
    *,
    to: Path | None = None,
    keep: int | None = None,
    dry_run: bool = False,
) -> Made:
    """Write one file that holds the database, as it is at one instant, and the team's files.

    `to` is a file or a folder, otherwise `data/backups`, where all but the latest `keep` are
    removed afterwards. The file gets its name once the database in it was found whole and all
    parts were read back; whatever goes wrong before leaves nothing behind. UserError when the file
    exists, there is no database yet, or it is damaged, newer than the program or out of reach.
    """
    settings = load_settings(workdir)
    database = database_of(workdir, settings)
    try:
        revision = require_database(database)
        now = clock.now()
        target = _target(workdir, to, keep, now)
        key = key_file_of(workdir, settings)
        if dry_run:
            files = dict(_files(workdir, key))
            size = sum(path.stat().st_size for path in files.values())
            old = _older(target.parent, keep - 1) if keep is not None else ()
            return Made(target, now, len(files) + 1, size, old, key, _links_out(workdir))
        about = Manifest(
            version("campaignbot"),
            "sqlite" if database.is_sqlite else "postgresql",
            revision,
            now,
        )
        manifest = _write(workdir, database, about, target, key, progress)
    finally:
        database.close()
    removed = _older(target.parent, keep) if keep is not None else ()
    for path in removed:
        path.unlink(missing_ok=True)
    size = sum(part.size_bytes for part in manifest.parts.values())
    return Made(target, now, len(manifest.parts), size, removed, key, _links_out(workdir))


def database_of(workdir: Path, settings: Settings) -> Database:
    """Return the database that the settings name, untouched: neither made nor migrated."""
    return Database(settings.database or sqlite_url(database_file(workdir)))


def default_folder(workdir: Path) -> Path:
    return workdir / "data" / "backups"


def require_database(database: Database) -> str:
    """Return the version of the tables; UserError when there is nothing to keep yet."""
    missing = database.is_sqlite and (database.file is None or not database.file.exists())
    revision = None if missing else schema.revision(database)
    if revision is None:
        raise user_error(
            "backup.no_database", remedy="backup.no_database.remedy", url=database.shown
        )
    return revision


def _target(workdir: Path, to: Path | None, keep: int | None, now: datetime) -> Path:
    if to is not None and keep is not None:
        raise user_error(
            "backup.keep_elsewhere",
            remedy="backup.keep_elsewhere.remedy",
            folder=str(default_folder(workdir)),
        )
    name = f"campaignbot-{now:%Y%m%dT%H%M%SZ}.zip"
    target = default_folder(workdir) / name if to is None else to
    if target.is_dir():
        target = target / name
    if target.exists():
        raise user_error("backup.exists", remedy="backup.exists.remedy", path=str(target))
    return target


def _write(
    workdir: Path,
    database: Database,
    about: Manifest,
    target: Path,
    key: Path | None,
    progress: Progress,
) -> Manifest:
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.part")
    copy = target.with_name(f"{target.name}.{os.getpid()}.database.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Only the owner may read it, from the first byte on.
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _copy(database, copy, progress)
        # After the database: every picture that the copy knows of is in the store by now.
        files = {DATABASES[about.database]: copy, **dict(_files(workdir, key))}
        manifest = archive.write(unfinished, files, about, progress)
        with archive.opened(unfinished) as written:
            written.verify(progress)
        os.replace(unfinished, target)
    except OSError as error:
        raise user_error(
            "backup.not_written",
            remedy="backup.not_written.remedy",
            path=str(target),
            said=error.strerror or type(error).__name__,
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
        copy.unlink(missing_ok=True)
    return manifest


def _copy(database: Database, copy: Path, progress: Progress) -> None:
    if database.is_sqlite:
        backups.copy_sqlite(database, copy, lambda done, of: progress("copy", done, of))
        damage = backups.damage_of_sqlite(copy)
    else:
        progress("dump", 0, 1)
        backups.dump_postgres(database, copy)
        damage = backups.damage_of_dump(copy)
    if damage is not None:
        raise user_error(
            "storage.malformed",
            remedy="storage.malformed.remedy",
            url=database.shown,
            said=damage,
        )


def _files(workdir: Path, key: Path | None) -> Iterator[tuple[str, Path]]:
    """Return the files of the team under their names in the backup; never the key."""
    for folder in FOLDERS:
        for path in sorted((workdir / folder).rglob("*")):
            ours = path.is_file() and path.suffix != ".part" and _lies_in(workdir, path)
            if ours and not _is_key(path, key):
                yield path.relative_to(workdir).as_posix(), path


def _links_out(workdir: Path) -> tuple[Path, ...]:
    """Return the links in the team's folders that lead to files outside the working folder."""
    found = (path for folder in FOLDERS for path in sorted((workdir / folder).rglob("*")))
    return tuple(path for path in found if path.is_symlink() and not _lies_in(workdir, path))


def _lies_in(workdir: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(workdir.resolve())


def _is_key(path: Path, key: Path | None) -> bool:
    # The same file under another name would be the key as well.
    return path.suffix == ".key" or (key is not None and key.exists() and path.samefile(key))


def _older(folder: Path, keep: int) -> tuple[Path, ...]:
    """Return all but the latest backups of a folder; their names sort by time."""
    named = sorted(path for path in folder.glob("*.zip") if _NAME.fullmatch(path.name))
    return tuple(named[: max(0, len(named) - keep)])
