"""Media where platforms can fetch them, looked at before an address is given away."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from campaignbot.domain.content import MediaItem
from campaignbot.domain.errors import Problem, UserError, user_error
from campaignbot.domain.hosting import MediaUnreachable, PublicHost
from campaignbot.domain.messages import Message
from campaignbot.gateways import web
from campaignbot.gateways.folders import not_writable
from campaignbot.gateways.media import MediaStore


class OwnFolder:
    """The media folder itself, where the organisation's web server serves it."""

    keeps_bytes = True

    def __init__(self, store: MediaStore) -> None:
        self._store = store

    def put(self, item: MediaItem) -> str:
        return self._store.public_url(item)

    def remove(self, item: MediaItem) -> None:
        """Leave it: the folder is the archive."""

    def close(self) -> None:
        """Hold nothing open."""


class WebFolder:
    """A folder of the organisation's web server, on this machine or mounted, as copies."""

    keeps_bytes = True

    def __init__(self, store: MediaStore, folder: Path, public_url: str) -> None:
        self._store, self._folder = store, folder
        self._url = public_url.rstrip("/")

    def put(self, item: MediaItem) -> str:
        path = self._folder / self._store.path(item).name
        try:
            if not (path.is_file() and path.stat().st_size == self._store.size(item)):
                self._copy(item, path)
        except OSError as error:
            # A mounted folder comes back.
            raise MediaUnreachable(*not_writable(self._folder, error).problems) from error
        return f"{self._url}/{path.name}"

    def remove(self, item: MediaItem) -> None:
        try:
            (self._folder / self._store.path(item).name).unlink(missing_ok=True)
        except OSError as error:
            raise MediaUnreachable(*not_writable(self._folder, error).problems) from error

    def close(self) -> None:
        """Hold nothing open."""

    def _copy(self, item: MediaItem, path: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        # Others may copy the same at once: threads, and containers with the same process numbers.
        unfinished = path.with_name(f".{path.name}.{uuid4().hex}.part")
        try:
            with self._store.open(item) as source, unfinished.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            os.replace(unfinished, path)
        except OSError:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise


class PublicMedia:
    """The media as adapters get them: the files, and addresses that were looked at just now.

    `find_host` returns where media are put; None where the settings name no place. `here_too`
    allows addresses of this machine, where practice platforms are served.
    """

    def __init__(
        self, store: MediaStore, find_host: Callable[[], PublicHost | None], *, here_too: bool
    ) -> None:
        self._store, self._find_host, self._here_too = store, find_host, here_too

    def on(self, host: PublicHost | None) -> PublicMedia:
        """Return the same media on another place."""
        return PublicMedia(self._store, lambda: host, here_too=self._here_too)

    def read(self, item: MediaItem) -> bytes:
        return self._store.read(item)

    def open(self, item: MediaItem) -> BinaryIO:
        return self._store.open(item)

    def size(self, item: MediaItem) -> int:
        return self._store.size(item)

    def public_url(self, item: MediaItem) -> str:
        host = self._find_host()
        if host is None:
            raise user_error("media.no_public_url", remedy="media.no_public_url.remedy")
        # What is put there must be what was approved.
        self._store.open(item).close()
        url = host.put(item)
        seen = self._look(url)
        right_kind = seen.mime == item.mime
        if not host.keeps_bytes:
            right_kind = seen.mime.partition("/")[0] == item.mime.partition("/")[0]
        if not right_kind:
            raise _unreachable("media.other_kind", url, found=seen.mime or "?", kind=item.mime)
        if host.keeps_bytes and seen.size not in {None, self._store.size(item)}:
            raise _unreachable("media.other_size", url, found=str(seen.size))
        return url

    def _look(self, url: str) -> web.Seen:
        try:
            return web.look(url, here_too=self._here_too)
        except UserError as error:
            what = error.problems[0].what
            if what.key == "web.not_public":
                raise _unreachable("media.not_public", url) from error
            raise _unreachable("media.unreachable", url, said=str(what.params["said"])) from error


def _unreachable(key: str, url: str, **params: str) -> MediaUnreachable:
    told = {"address": web.shown(url), "advice": "advice.media_unreachable", **params}
    return MediaUnreachable(Problem(Message(key, told), Message("media.unreachable.remedy", told)))
