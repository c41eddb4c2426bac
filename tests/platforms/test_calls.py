"""Every request is logged with where, what and how long, and never with a secret."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import requests
import structlog
from structlog.testing import capture_logs

from campaignbot.platforms.calls import CallLog


class _Platform(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(429)
        self.send_header("X-Li-Uuid", "AAbb11==")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Platform)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_request_is_told_without_query_and_with_the_platforms_own_number(port: int) -> None:
    calls = CallLog()
    with requests.Session() as session, capture_logs() as said:
        calls.listen(session, "linkedin")
        session.get(f"http://naam:geheim-1@127.0.0.1:{port}/rest/posts?token=geheim-2", timeout=5)
    assert len(said) == 1
    line = dict(said[0])
    assert isinstance(line.pop("ms"), int)
    assert line == {
        "event": "request",
        "log_level": "info",
        "platform": "linkedin",
        "method": "GET",
        "address": f"127.0.0.1:{port}/rest/posts",
        "status": "429",
        "request_id": "AAbb11==",
    }
    assert calls.counts() == {("linkedin", "429"): 1}


def test_a_request_without_an_answer_is_told_by_its_kind_of_error() -> None:
    calls = CallLog()
    with requests.Session() as session, capture_logs() as said:
        calls.listen(session, "x")
        with pytest.raises(requests.ConnectionError):
            session.get("http://127.0.0.1:1/2/tweets?key=geheim", timeout=5)
    assert [line["status"] for line in said] == ["ConnectionError"]
    assert "geheim" not in str(said)
    assert calls.counts() == {("x", "ConnectionError"): 1}


def test_what_is_bound_around_a_request_stands_in_its_line(port: int) -> None:
    calls = CallLog()
    merge = structlog.contextvars.merge_contextvars
    with requests.Session() as session, capture_logs(processors=[merge]) as said:
        calls.listen(session, "linkedin")
        with structlog.contextvars.bound_contextvars(attempt="WTR-0007/2"):
            session.get(f"http://127.0.0.1:{port}/", timeout=5)
        session.get(f"http://127.0.0.1:{port}/", timeout=5)
    assert [line.get("attempt") for line in said] == ["WTR-0007/2", None]
