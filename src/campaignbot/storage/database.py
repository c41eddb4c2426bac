"""Opening the database, and its two kinds of transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError

from campaignbot.domain.errors import Problem, UserError, user_error
from campaignbot.domain.messages import Message

T = TypeVar("T")

Tx = Connection
"""An open transaction; queries take it, and nothing else of it is used outside storage."""

_BUSY_S = 15.0
_FIRST_PAGE_S, _LOOK_AGAIN_S = 1.0, 0.02


class Database:
    """The rows of one working folder, on SQLite or PostgreSQL.

    Making one connects to nothing yet. A `Database` may be used from several threads; each
    transaction belongs to one.
    """

    def __init__(self, url: str, *, busy_s: float = _BUSY_S) -> None:
        """Take an SQLAlchemy URL; UserError when it is none or names another database.

        On SQLite one writer waits `busy_s` for another before it gives up. `shown` is what people
        are told: the file of SQLite, else the URL with the password hidden.
        """
        hidden = _parse(url)
        self._engine = _engine(url, busy_s)
        self.shown = str(self.file or hidden)
        # SQLite lets a waiting writer sleep and try again; threads of one process take turns.
        self._turn: AbstractContextManager[object] = Lock() if self.is_sqlite else nullcontext()
        self._handed_in: list[_Job] = []
        self._handing_in, self._leading = Lock(), Lock()

    @property
    def is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The SQLite file; None on PostgreSQL, and for a database in memory."""
        name = self._engine.url.database or ""
        if not self.is_sqlite or name in {"", ":memory:"}:
            return None
        return Path(name.removeprefix("file:"))

    def for_programs(self) -> tuple[str, dict[str, str]]:
        """Return the address for PostgreSQL's own programs, and the environment they need.

        The password is in the environment only: everybody on a machine can read arguments.
        """
        url = self._engine.url
        hidden = url.set(drivername="postgresql").difference_update_query(["password"])
        # `set` takes None for "as it is".
        hidden = hidden._replace(password=None)
        password = url.password or url.query.get("password")
        shown = hidden.render_as_string(hide_password=False)
        return shown, {"PGPASSWORD": str(password)} if password else {}

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Open a transaction that sees one state of the data and changes nothing."""
        with _explained(self), self._engine.connect() as tx:
            with tx.begin() as transaction:
                _begin(tx, "BEGIN")
                yield tx
                transaction.rollback()

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """Open a transaction that is committed at the end, or undone when an error leaves it.

        On SQLite it takes the write lock at once: a read that turned into a write could fail half
        way. Network and rendering have no place inside.
        """
        with self._turn, _explained(self), self._engine.connect() as tx, tx.begin():
            _begin(tx, "BEGIN IMMEDIATE")
            yield tx

    def together(self, work: Callable[[Tx], T]) -> T:
        """Do the work in a write transaction, and return what it returned once it is committed.

        On SQLite the threads that wait for their turn share one transaction, and so one wait for
        the disk. When any of it fails, all is undone and each work is done anew by itself: it may
        run twice, so it does nothing but read and write here.
        """
        if not self.is_sqlite:
            with self.write() as tx:
                return work(tx)
        job = _Job(work)
        with self._handing_in:
            self._handed_in.append(job)
        with self._leading:
            if not job.done:
                self._do_together()
        return cast(T, job.result())

    def _do_together(self) -> None:
        with self._handing_in:
            jobs, self._handed_in = self._handed_in, []
        try:
            if len(jobs) > 1 and self._done_at_once(jobs):
                return
            for job in jobs:
                self._done_at_once([job])
        finally:
            for job in jobs:
                job.done = True

    def _done_at_once(self, jobs: list[_Job]) -> bool:
        """Do all in one transaction; False, and nothing done, when any of it failed."""
        try:
            with self.write() as tx:
                for job in jobs:
                    job.returned = job.work(tx)
        except Exception as error:
            # Kept, whatever a work raised: it is raised again in the thread that handed it in.
            for job in jobs:
                job.error = error
            return False
        for job in jobs:
            job.error = None
        return True

    @contextmanager
    def migration(self) -> Iterator[Connection]:
        """Open a write transaction for migrations."""
        with self.write() as tx:
            yield tx

    def close(self) -> None:
        self._engine.dispose()


class StorageError(UserError):
    """The database cannot be used now: what was asked of it may be done or not."""


class _Job:
    """Work that one thread handed in, and what came of it."""

    def __init__(self, work: Callable[[Tx], object]) -> None:
        self.work, self.returned = work, cast(object, None)
        self.done, self.error = False, cast(Exception | None, None)

    def result(self) -> object:
        if self.error is not None:
            raise self.error
        return self.returned


def _parse(url: str) -> str:
    try:
        parsed = make_url(url)
    except ArgumentError:
        # The text may hold a password, so it is not repeated.
        raise user_error("storage.bad_url", remedy="storage.bad_url.remedy") from None
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise user_error(
            "storage.unsupported",
            remedy="storage.bad_url.remedy",
            name=parsed.get_backend_name(),
        )
    return parsed.render_as_string(hide_password=True)


def _engine(url: str, busy_s: float) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return _postgres_engine(url)
    # Zero means one for every thread that asks, kept: opening the file anew costs more.
    engine = create_engine(parsed, connect_args={"timeout": busy_s}, pool_size=0)
    event.listen(engine, "connect", _prepare_sqlite)

    def refuse_empty(_dialect: Any, _record: Any, arguments: list[Any], _named: Any) -> None:
        _refuse_empty(Path(str(arguments[0]).removeprefix("file:").partition("?")[0]))

    event.listen(engine, "do_connect", refuse_empty)
    return engine


def _refuse_empty(file: Path) -> None:
    """Raise StorageError for a file of no bytes, which SQLite would silently fill anew.

    A file is empty for a moment while another process makes it, so it is looked at again.
    """
    until = monotonic() + _FIRST_PAGE_S
    while file.is_file() and file.stat().st_size == 0:
        if monotonic() >= until:
            params = {"url": str(file)}
            what, remedy = (Message(f"storage.empty{end}", params) for end in ("", ".remedy"))
            raise StorageError(Problem(what, remedy))
        sleep(_LOOK_AGAIN_S)


def _postgres_engine(url: str) -> Engine:
    try:
        from campaignbot.storage import postgres
    except ModuleNotFoundError:
        raise user_error("storage.no_postgres", remedy="storage.no_postgres.remedy") from None
    wanted = postgres.target(url)
    connection = postgres.limited(wanted.answer_s)
    engine = create_engine(wanted.url, pool_pre_ping=True, connect_args=wanted.arguments)

    def connect(_dialect: Any, _record: Any, arguments: list[Any], named: dict[str, Any]) -> Any:
        return connection.connect(*arguments, **named)

    event.listen(engine, "do_connect", connect)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own transactions begin late and take no lock; `_begin` begins instead.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    # "Request sent" must outlive a power cut, or the post goes out twice.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin(tx: Tx, how: str) -> None:
    """Begin on SQLite, where nothing has done so yet.

    The driver is asked itself: what SQLAlchemy does around a statement, and around all others once
    it is told to listen for beginnings, costs more than this one.
    """
    if tx.dialect.name == "sqlite":
        driver = cast(sqlite3.Connection, tx.connection.dbapi_connection)
        driver.execute(how)


@contextmanager
def _explained(database: Database) -> Iterator[None]:
    """Turn what the user can mend (a missing folder, no permission, no server) into a UserError."""
    try:
        yield
    except UserError:
        raise
    except (DBAPIError, sqlite3.Error) as error:
        # The driver's own error comes from a copy in steps, which SQLAlchemy knows nothing of.
        cause = error.orig if isinstance(error, DBAPIError) else error
        said = str(cause or "").strip().partition("\n")[0]
        for words, key in _CAUSES:
            if words in said:
                file = database.file
                if key == "storage.cannot_open" and file is not None and not file.parent.is_dir():
                    key = "storage.no_folder"
                params = {"url": database.shown, "said": said}
                if file is not None:
                    params["folder"] = str(file.parent)
                problem = Problem(Message(key, params), Message(f"{key}.remedy", params))
                raise StorageError(problem) from error
        raise


_CAUSES = (
    # PostgreSQL while it starts, stops, or is gone, and a network that was cut.
    ("the database system is", "storage.unreachable"),
    ("terminating connection", "storage.unreachable"),
    ("server closed the connection", "storage.unreachable"),
    ("consuming input failed", "storage.unreachable"),
    ("could not receive data", "storage.unreachable"),
    ("could not send data", "storage.unreachable"),
    ("connection is closed", "storage.unreachable"),
    ("no answer within", "storage.unreachable"),
    ("connection timeout expired", "storage.unreachable"),
    ("SSL connection has been closed", "storage.unreachable"),
    ("lock timeout", "storage.busy"),
    ("statement timeout", "storage.busy"),
    ("deadlock detected", "storage.busy"),
    ("No space left on device", "storage.disk_full"),
    ("could not extend file", "storage.disk_full"),
    ("read-only transaction", "storage.read_only"),
    ("disk I/O error", "storage.broken_disk"),
    ("database disk image is malformed", "storage.malformed"),
    ("unable to open database file", "storage.cannot_open"),
    ("readonly database", "storage.read_only"),
    ("disk is full", "storage.disk_full"),
    ("must be owner of", "storage.not_owner"),
    ("database is locked", "storage.busy"),
    ("file is not a database", "storage.not_a_database"),
    ("connection failed", "storage.unreachable"),
    ("connection refused", "storage.unreachable"),
    ("could not translate host name", "storage.unreachable"),
)


MENDS_ITSELF = frozenset({"storage.unreachable", "storage.busy", "storage.disk_full"})
"""What waiting can help against: a server that starts, a lock, a disk that is cleaned up."""


UNREADABLE = frozenset({"storage.empty", "storage.malformed", "storage.not_a_database"})
"""What a backup helps against: the file itself holds no rows that can be read."""


def sqlite_url(path: Path) -> str:
    """Return the URL of an SQLite file."""
    return f"sqlite:///{path.absolute()}"
