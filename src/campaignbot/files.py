"""The one door for files that people name: what kind it may be, and how much of it is read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from campaignbot.domain.errors import Place, Problem, UserError
from campaignbot.domain.messages import Message

MAX_TEXT_BYTES = 1_000_000
"""What people write by hand is smaller by far."""
MAX_PAGE_BYTES = 5_000_000
"""A careers page with everything in it."""


def read_bytes(path: Path, max_bytes: int) -> bytes:
    """Return what is in a file.

    UserError when it is not there, no file (a folder, a pipe, a device), larger than it may be, or
    cannot be read. Never waits for a writer, and never reads more than it may.
    """
    try:
        require_regular(path)
        with path.open("rb") as file:
            # A file can grow while it is read, and some of the system's say that they are empty.
            data = file.read(max_bytes + 1)
    except FileNotFoundError:
        raise refused(path, "file.missing") from None
    except OSError as error:
        raise refused(path, "file.unreadable", said=error.strerror or "") from None
    if len(data) > max_bytes:
        raise refused(path, "file.too_big", size=_size(max_bytes))
    return data


def read_text(path: Path, max_bytes: int = MAX_TEXT_BYTES) -> str:
    """Return the text of a file in UTF-8; UserError as `read_bytes`, and for another encoding."""
    data = read_bytes(path, max_bytes)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise refused(path, "file.not_utf8", line=line) from None


def require_regular(path: Path) -> None:
    """Raise UserError unless a path leads to a file; FileNotFoundError when to nothing."""
    kind = os.stat(path).st_mode
    if stat.S_ISDIR(kind):
        raise refused(path, "file.is_folder")
    if not stat.S_ISREG(kind):
        raise refused(path, "file.no_regular")


def refused(path: Path, key: str, line: int | None = None, **params: str) -> UserError:
    """Return the error for a file that cannot be used."""
    return UserError(
        Problem(Message(key, params), Message(f"{key}.remedy", params), Place(path, line))
    )


def _size(max_bytes: int) -> str:
    return f"{max_bytes // 1_000_000} MB"
