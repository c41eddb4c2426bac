"""The file of a backup: a zip with a manifest that knows the hash of every part."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from threading import Event
from typing import IO, Any

from campaignbot.domain.errors import UserError, user_error

Progress = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of how much."""

FORMAT = 1
MANIFEST = "manifest.json"
FOLDERS = ("config", "creatives", "briefs", "media", "reports")
DATABASES = {"sqlite": "data/campaignbot.db", "postgresql": "data/campaignbot.dump"}
"""Where the database lies in a backup, by its kind."""

_CHUNK_BYTES = 1 << 20
_PACKED_ALREADY = {".jpg", ".jpeg", ".png", ".webp", ".pdf", ".mp4", ".woff2", ".dump"}
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Part:
    """What a backup says of one file in it: the hex SHA-256 and the size of its bytes."""

    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `schema` is the version of the database's tables."""

    program: str
    database: str
    schema: str
    made_at_utc: datetime
    parts: Mapping[str, Part] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Return a JSON-serialisable form; `from_json` is its inverse."""
        return {
            "format": FORMAT,
            "program": self.program,
            "database": self.database,
            "schema": self.schema,
            "made_at": self.made_at_utc.isoformat(),
            "parts": {name: asdict(part) for name, part in self.parts.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Manifest:
        """Read it; ValueError or KeyError when it is no manifest of ours."""
        made_at = datetime.fromisoformat(data["made_at"])
        parts = {
            str(name): Part(str(told["sha256"]), int(told["size_bytes"]))
            for name, told in data["parts"].items()
        }
        kind = str(data["database"])
        if made_at.tzinfo is None or DATABASES[kind] not in parts:
            raise ValueError("not a manifest")
        if not all(_stays_inside(name) for name in parts):
            raise ValueError("a part lies outside the folder")
        return cls(str(data["program"]), kind, str(data["schema"]), made_at, parts)


def write(target: Path, files: Mapping[str, Path], about: Manifest, progress: Progress) -> Manifest:
    """Write the files under their names, and the manifest last; return it.

    `about` is the manifest without its parts. Only the owner may read the file: what a
    team plans, and its sealed credentials, are in it.
    """
    stopped = Event()
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        # A zip that is interrupted between two of its own steps can neither go on nor be closed.
        # Python interrupts the main thread alone, so another one packs and stops between chunks.
        with ThreadPoolExecutor(1) as packer:
            packing = packer.submit(_pack, file, files, about, progress, stopped)
            try:
                manifest = packing.result()
            except BaseException:
                stopped.set()
                raise
        file.flush()
        os.fsync(file.fileno())
    progress("pack", len(files), len(files))
    return manifest


def _pack(
    file: IO[bytes],
    files: Mapping[str, Path],
    about: Manifest,
    progress: Progress,
    stopped: Event,
) -> Manifest:
    parts: dict[str, Part] = {}
    with zipfile.ZipFile(file, "w") as archive:
        for number, (name, path) in enumerate(files.items()):
            progress("pack", number, len(files))
            with (
                path.open("rb") as source,
                archive.open(_entry(name), "w", force_zip64=True) as sink,
            ):
                parts[name] = _copy(source, sink, stopped)
        manifest = replace(about, parts=parts)
        archive.writestr(_entry(MANIFEST), json.dumps(manifest.to_json(), indent=1))
    return manifest


class Backup:
    """A backup that is open for reading."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path, self._archive = path, archive
        self.manifest = self._read_manifest()

    def verify(self, progress: Progress, into: Path | None = None) -> None:
        """Read every part, and write it below a folder if one is given.

        Raises UserError when a part is not there, or not what the manifest says.
        """
        parts = self.manifest.parts
        for number, (name, expected) in enumerate(parts.items()):
            progress("verify", number, len(parts))
            self._extract(name, expected, None if into is None else into / name)
        progress("verify", len(parts), len(parts))

    def extract(self, names: Collection[str], into: Path) -> None:
        """Write some parts below a folder; UserError when one is not what the manifest says."""
        for name in names:
            self._extract(name, self.manifest.parts[name], into / name)

    def _extract(self, name: str, expected: Part, target: Path | None) -> None:
        if target is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
        with _told_when_damaged(self._path), self._archive.open(name) as source:
            # A part that unpacks to more than it should is not read to its end.
            if self._archive.getinfo(name).file_size != expected.size_bytes:
                raise ValueError(name)
            with open(target or os.devnull, "wb") as sink:
                if _copy(source, sink) != expected:
                    raise ValueError(name)

    def _read_manifest(self) -> Manifest:
        with _told_when_damaged(self._path):
            data = json.loads(self._archive.read(MANIFEST))
            if int(data["format"]) > FORMAT:
                raise user_error(
                    "backup.newer_format", remedy="storage.newer.remedy", path=str(self._path)
                )
            return Manifest.from_json(data)


@contextmanager
def opened(path: Path) -> Iterator[Backup]:
    """Open a backup and read its manifest; UserError when it is none."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise user_error(
            "backup.cannot_read",
            remedy="backup.cannot_read.remedy",
            path=str(path),
            said=error.strerror or "",
        ) from None
    with file:
        with _told_when_damaged(path):
            archive = zipfile.ZipFile(file)
        with archive:
            yield Backup(path, archive)


@contextmanager
def _told_when_damaged(path: Path) -> Iterator[None]:
    try:
        yield
    except UserError:
        raise
    except (*_DAMAGED, TypeError, AttributeError) as error:
        raise user_error(
            "backup.damaged", remedy="backup.damaged.remedy", path=str(path)
        ) from error


def _copy(source: IO[bytes], sink: IO[bytes], stopped: Event | None = None) -> Part:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK_BYTES):
        if stopped is not None and stopped.is_set():
            raise InterruptedError
        digest.update(chunk)
        size += len(chunk)
        sink.write(chunk)
    return Part(digest.hexdigest(), size)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    packed = PurePosixPath(name).suffix.lower() in _PACKED_ALREADY
    entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


def _stays_inside(name: str) -> bool:
    """Whether a part would be written below the folder that it belongs in."""
    if name in DATABASES.values():
        return True
    # Read as this system reads it: what is a plain name on one leads elsewhere on another.
    path = Path(name)
    return (
        len(path.parts) > 1
        and path.parts[0] in FOLDERS
        and not path.is_absolute()
        and not path.drive
        and ".." not in path.parts
    )
