"""The daemon as it runs: what it costs when nothing is due, and how punctual it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import requests
from tests.workdirs import opened

from benchmarks import stand
from benchmarks.figures import Figure, p99_ms
from campaignbot.domain.clock import SystemClock

IDLE_S = 30
DUE, DUE_S, ACCOUNTS = 100, 60, 50


def idle_daemon(folder: Path) -> list[Figure]:
    """A daemon with 50 accounts and nothing due, over half a minute, its start not counted."""
    with stand.sandbox_process(ACCOUNTS) as url:
        stand.prepare(folder, url, ACCOUNTS)
        with opened(folder) as application:
            accounts = stand.connect(application)
            tomorrow = application.clock.now() + timedelta(days=1)
            stand.approve(application, [(a, tomorrow) for a in accounts])
        with _running(folder) as process:
            sleep(10)
            before, start = _cpu_s(process.pid), monotonic()
            sleep(IDLE_S)
            busy = (_cpu_s(process.pid) - before) / (monotonic() - start)
            memory = _rss_mb(process.pid)
    return [
        Figure("idle daemon, share of a core", 100 * busy, "%", most=1),
        Figure("idle daemon, memory", memory, "MB", most=120),
    ]


def punctuality(folder: Path) -> list[Figure]:
    """How long after its instant a post stands on the platform, at 100 due in a minute."""
    with stand.sandbox_process(ACCOUNTS) as url:
        stand.prepare(folder, url, ACCOUNTS, spacing_min=0)
        with opened(folder) as application:
            accounts = stand.connect(application)
            start = SystemClock().now() + timedelta(seconds=10)
            dues = [start + timedelta(seconds=n * DUE_S / DUE) for n in range(DUE)]
            stand.approve(
                application, [(accounts[n % ACCOUNTS], due) for n, due in enumerate(dues)]
            )
        with _running(folder):
            posts = _wait_for_posts(url, DUE, 10 + DUE_S + 60)
    created = sorted(datetime.fromisoformat(post["created_at"]) for post in posts)
    late = [(c - d).total_seconds() for c, d in zip(created, dues, strict=True)]
    assert min(late) >= 0, "a post came before its time"
    return [Figure("due to created, 100 due in a minute, p99", p99_ms(late) / 1000, "s", most=1)]


def _wait_for_posts(url: str, number: int, most_s: float) -> list[dict[str, str]]:
    until = monotonic() + most_s
    while monotonic() < until:
        posts = requests.get(f"{url}/control/posts", timeout=10).json()["posts"]
        if len(posts) >= number:
            return list(posts)
        sleep(1)
    raise TimeoutError(f"{len(posts)} of {number} posts after {most_s:.0f} s")


@contextmanager
def _running(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "campaignbot", "--workdir", str(folder), "daemon"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _rss_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000
