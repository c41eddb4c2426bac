"""A place on the web from which platforms fetch media."""

from __future__ import annotations

from typing import Protocol

from campaignbot.domain.content import MediaItem
from campaignbot.domain.errors import UserError


class MediaUnreachable(UserError):
    """A medium cannot be had at its address on the web now; trying again later may help."""


class PublicHost(Protocol):
    """Puts media where the outside world can fetch them, under names that nobody can guess.

    Both `put` and `remove` can be repeated. MediaUnreachable when the place cannot be reached or
    refuses, another UserError when a file or setting is wrong. `keeps_bytes` says that what can be
    fetched is the file itself, byte for byte.
    """

    keeps_bytes: bool

    def put(self, item: MediaItem) -> str:
        """Return the address of a medium; it is sent there once."""
        ...

    def remove(self, item: MediaItem) -> None:
        """Take a medium off the web; no error where it is not there."""
        ...

    def close(self) -> None:
        """Give back connections."""
        ...
