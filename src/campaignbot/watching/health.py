"""Health and metrics over HTTP, for this machine only."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from campaignbot.domain.errors import user_error

Page = Callable[[], tuple[int, str, bytes]]
"""Returns status, content type and body."""


class HealthServer:
    """Serves pages on loopback by their paths, until it is stopped."""

    def __init__(self, port: int, pages: dict[str, Page]) -> None:
        """Open the port, 0 for a free one; UserError when it is in use."""
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Answer, pages=pages))
        except OSError as error:
            raise user_error(
                "health.port_in_use",
                remedy="health.port_in_use.remedy",
                port=str(port),
                said=error.strerror or "",
            ) from None
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        serve = partial(self._server.serve_forever, poll_interval=0.1)
        self._thread = Thread(target=serve, name="health", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


def health_page(healthy: bool, reasons: list[str], **more: object) -> tuple[int, str, bytes]:
    """Return 200 when all is well, else 503 with the reasons in words."""
    body = {"healthy": healthy, "reasons": reasons, **more}
    text = json.dumps(body, ensure_ascii=False) + "\n"
    return 200 if healthy else 503, "application/json; charset=utf-8", text.encode()


class _Answer(BaseHTTPRequestHandler):
    timeout = 10
    server_version = "campaignbot"
    sys_version = ""

    def __init__(self, *args: Any, pages: dict[str, Page]) -> None:
        self._pages = pages
        super().__init__(*args)

    def do_GET(self) -> None:
        page = self._pages.get(self.path.partition("?")[0])
        status, kind, body = page() if page else (404, "text/plain", b"")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: a scrape a minute is no news."""
