"""Folders that the program writes to, looked at before it writes."""

from __future__ import annotations

import os
from pathlib import Path

from campaignbot.domain.errors import UserError, user_error


def require_folder(folder: Path) -> None:
    """Raise UserError when a file is in the way of a folder, or it cannot be written to."""
    for place in (folder, *folder.resolve().parents):
        if place.is_dir():
            if not os.access(place, os.W_OK | os.X_OK):
                raise not_writable(folder, PermissionError(13, os.strerror(13)))
            return
        if place.exists():
            raise user_error("folder.is_file", remedy="folder.is_file.remedy", path=str(place))


def not_writable(folder: Path, error: OSError) -> UserError:
    """Return the UserError for a folder that cannot be written."""
    return user_error(
        "workdir.not_writable",
        remedy="workdir.not_writable.remedy",
        folder=str(folder),
        said=error.strerror or type(error).__name__,
    )
