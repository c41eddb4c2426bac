"""Putting prepared files in the place of others, which are set aside and never removed."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from campaignbot.backups.archive import DATABASES, FOLDERS

_DATABASE = Path(DATABASES["sqlite"])
_BESIDE = ("", "-wal", "-shm")


class Swap:
    """The files of one working folder, exchanged by renaming: all of them, or none."""

    def __init__(self, workdir: Path, staging: Path, aside: Path) -> None:
        self._workdir, self._staging, self._aside = workdir, staging, aside
        self._moves: list[tuple[Path, Path]] = []

    def do(self, key: Path | None) -> bool:
        """Exchange them; return whether anything was there before.

        `key` is the file with the key of the vault. It is in no backup, so it stays where it is.
        """
        try:
            self._exchange(key)
        except BaseException:
            self.undo()
            raise
        return self._aside.exists()

    def undo(self) -> None:
        """Move everything back to where it was."""
        while self._moves:
            source, target = self._moves.pop()
            os.replace(target, source)

    def _exchange(self, key: Path | None) -> None:
        for name in FOLDERS:
            self._set_aside(Path(name))
            self._put(Path(name))
        if (self._staging / _DATABASE).exists():
            # The log of a database that was not closed well belongs to it.
            for ending in _BESIDE:
                self._set_aside(_DATABASE.with_name(_DATABASE.name + ending))
            self._put(_DATABASE)
        if key is not None and not key.exists():
            with suppress(ValueError):
                kept = self._aside / key.absolute().relative_to(self._workdir.absolute())
                if kept.exists():
                    self._move(kept, key)

    def _set_aside(self, name: Path) -> None:
        there = self._workdir / name
        # An empty folder is nothing to keep.
        with suppress(OSError):
            there.rmdir()
        if there.exists() or there.is_symlink():
            self._move(there, self._aside / name)

    def _put(self, name: Path) -> None:
        if (self._staging / name).exists():
            self._move(self._staging / name, self._workdir / name)

    def _move(self, source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(source, target)
        self._moves.append((source, target))
