"""PostgreSQL servers of the tests' own, each in a folder that is removed afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


def programs() -> Path | None:
    """Return where initdb and pg_ctl are; None when the server is not installed."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("pg_ctl"):
        candidates.insert(0, Path(found).parent)
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


class PostgresServer:
    """A server on loopback; its port stays the same when it is killed and started again."""

    def __init__(self, found: Path, folder: Path) -> None:
        self._programs, self._folder = found, folder
        # PostgreSQL refuses to run as root; there it runs as the user that its package made.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            entry = pwd.getpwnam(self._user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        self.port = free_port()
        self.url = f"postgresql://campaignbot@127.0.0.1:{self.port}"
        self._run(
            "initdb", "-D", self._data, "-U", "campaignbot", "-A", "trust", "-E", "UTF8",
            "--no-sync",
        )  # fmt: skip

    def start(self) -> None:
        options = f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = str(self._folder / "log")
        self._run("pg_ctl", "-D", self._data, "-w", "-l", log, "-o", options, "start")

    def kill(self) -> None:
        """End it as a crash would: connections are cut, nothing is written first."""
        self.stop("immediate")

    def stop(self, mode: str) -> None:
        """End it: `fast` in order, `immediate` as a crash would."""
        self._run("pg_ctl", "-D", self._data, "-m", mode, "stop")

    def restart(self, mode: str) -> None:
        self.stop(mode)
        self.start()

    def new_database(self, template: str = "template1") -> str:
        """Create a database like another, an empty one by default, and return its URL."""
        import psycopg

        name = f"test_{uuid4().hex}"
        with psycopg.connect(f"{self.url}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return f"{self.url}/{name}"

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._programs / program), *arguments],
            check=True,
            user=self._user,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


@contextmanager
def postgres_server(found: Path) -> Iterator[PostgresServer]:
    """Run a server for a while."""
    folder = Path(tempfile.mkdtemp(prefix="campaignbot-pg-"))
    try:
        server = PostgresServer(found, folder)
        server.start()
        try:
            yield server
        finally:
            server.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
