"""Many machines: how much more four workers publish than one, when platforms answer slowly."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from tests.postgres import postgres_server, programs
from tests.programs import use_database
from tests.waiting import wait_until
from tests.workdirs import approve_one, connect_all, opened, sandboxed

from benchmarks.figures import Figure
from campaignbot.bootstrap import Application
from campaignbot.sandbox import Sandbox, SandboxAccount
from campaignbot.sandbox.fault import Fault
from campaignbot.storage import accounts
from campaignbot.storage.workers import list_workers
from campaignbot.yamlfiles import change_yaml

ACCOUNTS, POSTS_EACH, MANY = 16, 6, 4
LATENCY_S = 0.2


def workers(folder: Path) -> list[Figure]:
    """Posts over 16 accounts, each create answered after 200 ms: by one worker, and by four."""
    found = programs()
    if found is None:
        print("left out: PostgreSQL's server programs are not installed", file=sys.stderr)
        return []
    with postgres_server(found) as server:
        one = _rate(folder / "one", server.new_database(), 1)
        many = _rate(folder / "many", server.new_database(), MANY)
    return [
        Figure("publish by 1 worker, platform answers in 200 ms", one, "posts/s"),
        Figure(f"publish by {MANY} workers, the same", many, "posts/s"),
        Figure(f"rate of {MANY} workers / rate of one", many / one, "x", least=3),
    ]


def _rate(folder: Path, url: str, number: int) -> float:
    """Return how many posts a second appear at the platform, from the first to the last."""
    folder.mkdir()
    with sandboxed(folder) as sandbox, ExitStack() as started:
        _many_accounts(folder, sandbox)
        use_database(folder, url, parallel=1)
        sandbox.world.faults.append(Fault("*", "create", "slow", 1_000_000, LATENCY_S))
        with opened(folder) as application:
            connect_all(application, sandbox)
            for _ in range(number):
                started.enter_context(_worker(folder))
            wait_until(lambda: _running(application) == number, "the workers run")
            _approve(application)
            posts = sandbox.world.posts
            wait_until(lambda: len(posts) == ACCOUNTS * POSTS_EACH, "all are out", most_s=300)
            return _per_second([post.created_at for post in posts])


def _per_second(instants: list[datetime]) -> float:
    return (len(instants) - 1) / (max(instants) - min(instants)).total_seconds()


def _many_accounts(folder: Path, sandbox: Sandbox) -> None:
    rows = []
    for number in range(ACCOUNTS):
        key, external_id = f"linkedin-{number}", f"urn:li:organization:{9000 + number}"
        rows.append(
            {
                "key": key,
                "platform": "linkedin",
                "name": key,
                "external_id": external_id,
                "base_url": sandbox.base_urls["linkedin"],
            }
        )
        token = f"geheim-{key}"
        sandbox.seed_accounts([SandboxAccount("linkedin", external_id, key, token, 100)])
    change_yaml(folder / "config" / "accounts.yaml", {"accounts": rows})


def _approve(application: Application) -> None:
    with application.database.read() as tx:
        known = accounts.list_accounts(tx)
    for number in range(POSTS_EACH):
        for account in known:
            if account.key in application.entries:
                text = f"Bericht {number} van {account.key}."
                approve_one(application, "linkedin", text, account=account)


def _running(application: Application) -> int:
    with application.database.read() as tx:
        return sum(worker.stopped_at_utc is None for worker in list_workers(tx))


@contextmanager
def _worker(folder: Path) -> Iterator[None]:
    environment = {
        **os.environ,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "campaignbot", "--workdir", str(folder), "worker"],
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)
