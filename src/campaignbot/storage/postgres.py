"""Connections to PostgreSQL that never wait for ever."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from sqlalchemy import URL, make_url

ANSWER_TIMEOUT = "answer_timeout"
"""The name, in a database URL's query, of how many seconds the server may take to answer."""

# Longer than the server lets a statement run, so that its own words are heard first.
_ANSWER_S = 75.0

# A cut network says nothing: without these a worker would wait for ever, and the server would keep
# the locks of a worker that is gone.
_PATIENCE: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "options": "-c idle_in_transaction_session_timeout=60s -c lock_timeout=20s"
    " -c statement_timeout=60s -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5"
    " -c tcp_keepalives_count=3",
}

Row = TypeVar("Row")
Got = TypeVar("Got")


class NoAnswer(psycopg.OperationalError):
    """The server did not answer in time; the connection is closed."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a database is, in the driver's words, and how long it may take to answer."""

    url: URL
    arguments: dict[str, Any]
    answer_s: float

    @property
    def conninfo(self) -> str:
        """The URL for libpq; it may hold a password."""
        bare = self.url.set(drivername="postgresql", query={})
        return bare.render_as_string(hide_password=False)


def target(url: str) -> Target:
    """Split an SQLAlchemy URL; what stands in its query goes before our own limits."""
    parsed = make_url(url).set(drivername="postgresql+psycopg")
    answer = parsed.query.get(ANSWER_TIMEOUT)
    bare = parsed.difference_update_query([ANSWER_TIMEOUT])
    arguments = _PATIENCE | dict(bare.query)
    return Target(bare, arguments, float(str(answer)) if answer else _ANSWER_S)


def limited(answer_s: float) -> type[psycopg.Connection[Any]]:
    """Return a kind of connection that gives up, and closes, after so long without an answer.

    Limits of the server and of TCP do not end every wait: a proxy, a firewall or a tunnel between
    can take what is sent, confirm it, and never pass anything on.
    """

    class Limited(psycopg.Connection[Row]):
        def wait(
            self,
            gen: Generator[Any, Any, Got],
            interval: float = 0.1,
            timeout: float | None = None,
        ) -> Got:
            try:
                return super().wait(_until_deadline(gen, answer_s), interval, timeout)
            except NoAnswer:
                self.pgconn.finish()
                raise

    return Limited


def limited_async(answer_s: float) -> type[psycopg.AsyncConnection[Any]]:
    """Return the same kind of connection for an event loop."""

    class Limited(psycopg.AsyncConnection[Row]):
        async def wait(
            self,
            gen: Generator[Any, Any, Got],
            interval: float = 0.1,
            timeout: float | None = None,
        ) -> Got:
            try:
                return await super().wait(_until_deadline(gen, answer_s), interval, timeout)
            except NoAnswer:
                self.pgconn.finish()
                raise

    return Limited


def _until_deadline(gen: Generator[Any, Any, Got], seconds: float) -> Generator[Any, Any, Got]:
    """Pass everything through; raise NoAnswer when the driver still waits after so long.

    The driver looks up at every interval, also when nothing has come.
    """
    deadline = time.monotonic() + seconds
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() > deadline:
                raise NoAnswer(f"no answer within {seconds:g} s")
            wanted = gen.send(ready)
    except StopIteration as done:
        got: Got = done.value
        return got
