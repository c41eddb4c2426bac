"""The media store: files by the hash of their bytes, and the way platforms fetch them."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedReader
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO
from uuid import uuid4

from campaignbot.domain.content import MediaItem
from campaignbot.domain.errors import user_error
from campaignbot.gateways.folders import not_writable

_CHUNK = 1 << 20
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "video/mp4": "mp4",
    "application/pdf": "pdf",
}


class MediaStore:
    """Files below one folder, named by the hex SHA-256 of what they hold; never overwritten.

    `public_url` is the address under which the outside world finds the folder, or None.
    """

    def __init__(self, folder: Path, public_url: str | None = None) -> None:
        self.folder = folder
        self._public_url = public_url.rstrip("/") if public_url else None

    def put(self, data: bytes, mime: str) -> str:
        """Store the bytes, unless they are there, and return their hash.

        UserError when the folder cannot be written.
        """
        return self._take_in(io.BytesIO(data), mime)

    def put_file(self, path: Path, mime: str) -> str:
        """Store a copy of a file, however large, and return its hash; UserError as in `put`."""
        with path.open("rb") as file:
            return self._take_in(file, mime)

    def _take_in(self, file: BufferedReader | io.BytesIO, mime: str) -> str:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        path = self._path(digest, mime)
        # Others may store the same at once: threads, and containers with the same process numbers.
        unfinished = path.with_name(f"{path.name}.{uuid4().hex}.part")
        try:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                file.seek(0)
                with unfinished.open("wb") as copy:
                    shutil.copyfileobj(file, copy, _CHUNK)
                os.replace(unfinished, path)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise not_writable(self.folder, error) from error
        return digest

    def path(self, item: MediaItem) -> Path:
        return self._path(item.sha256, item.mime)

    def read(self, item: MediaItem) -> bytes:
        """Return the bytes; UserError when the file is gone or is no longer what was approved."""
        path = self.path(item)
        try:
            data = path.read_bytes()
        except OSError:
            raise user_error("media.gone", remedy="media.gone.remedy", path=str(path)) from None
        if hashlib.sha256(data).hexdigest() != item.sha256:
            raise user_error("media.changed", remedy="media.gone.remedy", path=str(path))
        return data

    def open(self, item: MediaItem) -> BinaryIO:
        """Open the file for reading; UserError as in `read`."""
        path = self.path(item)
        try:
            file = path.open("rb")
        except OSError:
            raise user_error("media.gone", remedy="media.gone.remedy", path=str(path)) from None
        if hashlib.file_digest(file, "sha256").hexdigest() != item.sha256:
            file.close()
            raise user_error("media.changed", remedy="media.gone.remedy", path=str(path))
        file.seek(0)
        return file

    def size(self, item: MediaItem) -> int:
        """Return how many bytes the file has; UserError when it is gone."""
        path = self.path(item)
        try:
            return path.stat().st_size
        except OSError:
            raise user_error("media.gone", remedy="media.gone.remedy", path=str(path)) from None

    def public_url(self, item: MediaItem) -> str:
        """Return the address for a platform to fetch; UserError when none is configured."""
        if self._public_url is None:
            raise user_error("media.no_public_url", remedy="media.no_public_url.remedy")
        return f"{self._public_url}/{self.path(item).relative_to(self.folder).as_posix()}"

    def _path(self, digest: str, mime: str) -> Path:
        return self.folder / digest[:2] / f"{digest}.{_ENDINGS.get(mime, 'bin')}"


class MediaHost:
    """Serves a media folder on loopback, for the sandbox; real platforms cannot reach it."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        """Open the port; OSError when it is in use. Port 0 takes a free one."""
        folder.mkdir(parents=True, exist_ok=True)
        handler = partial(_Quiet, directory=str(folder))
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        serve = partial(self._server.serve_forever, poll_interval=0.05)
        self._thread = Thread(target=serve, name="media-host", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Give the port back without having served."""
        self._server.server_close()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: standard error belongs to the person who started the program."""

    def list_directory(self, path: Any) -> None:
        self.send_error(404)
