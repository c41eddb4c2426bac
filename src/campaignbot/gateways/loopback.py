"""Hearing the answer of a consent page: one request to this machine's own address."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from queue import Empty, SimpleQueue
from string import Template
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    # The address holds a code: nothing keeps it, nothing passes it on.
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Connection": "close",
}
_PATIENCE_S = 10


def answer_page(language: str, heading: str, text: str, *, good: bool) -> str:
    """Return the page that the browser shows at the end."""
    page = Template((files(__package__) / "loopback.html").read_text(encoding="utf-8"))
    return page.substitute(
        language=language,
        heading=html.escape(heading),
        text=html.escape(text),
        kind="good" if good else "bad",
    )


class Loopback:
    """Listens on loopback until stopped, and takes the first answer that comes to its path.

    `show` makes the page for the browser from the answer; later answers get the same page and
    count for nothing. Nothing is logged: addresses hold codes.
    """

    def __init__(self, port: int, path: str, show: Callable[[Mapping[str, str]], str]) -> None:
        """Open the port; OSError when it is in use."""
        self._answers: SimpleQueue[Mapping[str, str]] = SimpleQueue()
        handler = partial(_Answering, path, self._answers, show)
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        serve = partial(self._server.serve_forever, poll_interval=0.05)
        self._thread = Thread(target=serve, name="loopback", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def answer(self, wait_s: float) -> Mapping[str, str] | None:
        """Return the values of the first answer; None where none came in that time."""
        try:
            return self._answers.get(timeout=wait_s)
        except Empty:
            return None

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Answering(BaseHTTPRequestHandler):
    timeout = _PATIENCE_S

    def __init__(
        self,
        path: str,
        answers: SimpleQueue[Mapping[str, str]],
        show: Callable[[Mapping[str, str]], str],
        *args: Any,
    ) -> None:
        self._path, self._answers, self._show = path, answers, show
        super().__init__(*args)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        values = dict(parse_qsl(parts.query))
        # Browsers also ask for an icon, and others may just be curious.
        if parts.path != self._path or "state" not in values:
            self.send_error(404)
            return
        page = self._show(values).encode()
        self.send_response(200)
        for name, value in {**_HEADERS, "Content-Length": str(len(page))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)
        self._answers.put(values)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
