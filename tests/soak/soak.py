"""Weeks of publishing in minutes: real adapters over HTTP, faults, and workers that are killed."""

from __future__ import annotations

import os
import random
import resource
import signal
import statistics
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.soak.office import Office, Practice, media_host, write_posts
from tests.soak.verdict import Verdict, judge

from campaignbot.bootstrap import Application
from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.clock import SimulatedClock
from campaignbot.publishing.publisher import Publisher
from campaignbot.publishing.steps import Step
from campaignbot.storage import accounts

START = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
_LOOK = timedelta(minutes=5)
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Measure:
    """How long and how hard; `fault_share` of all calls go wrong, chances are per look."""

    days: int
    accounts: int
    posts: int
    fault_share: float = 0.05
    crash_chance: float = 0.05
    kills: int = 0
    expiry_chance: float = 0.005
    seed: int = 1


class Killed(BaseException):
    """Ends a worker within this process where it stands: nothing catches it or tidies up."""


class Soak:
    """One run. The clock stands still while workers work, and moves from look to look."""

    def __init__(self, folder: Path, measure: Measure, tell: Callable[[str], None]) -> None:
        self._folder, self._measure, self._tell = folder, measure, tell
        self._dice = random.Random(measure.seed)
        self._clock = SimulatedClock(START)
        self._fuse: int | None = None
        self._lock = threading.Lock()
        self._hired = 0
        self._expired: dict[str, tuple[Account, datetime]] = {}
        self._counts: Counter[str] = Counter()
        self._memory: list[float] = []

    def run(self) -> Verdict:
        """Run to the end, or until interrupted; then judge what was done by then."""
        with practice(self._measure) as platforms, media_host(self._folder) as media_url:
            platforms.set_clock(START)
            office = Office(self._folder, platforms, media_url, self._measure.accounts)
            with office.opened(self._clock) as application:
                self._prepare(office, application)
                try:
                    self._work(office, application)
                except KeyboardInterrupt:
                    self._tell("interrupted: judging what is over by now")
                verdict = judge(application.database, platforms.posts(), self._clock.now())
        quarter = max(1, len(self._memory) // 4)
        verdict.memory_mb = (
            statistics.median(self._memory[:quarter]),
            statistics.median(self._memory[-quarter:]),
        )
        return verdict

    def _prepare(self, office: Office, application: Application) -> None:
        _ = application.database
        for key in application.entries:
            office.connect(application, key)
        self._tell(f"{len(application.entries)} accounts connected")
        write_posts(application, self._measure.posts, self._measure.days, self._dice)
        self._tell(f"{self._measure.posts} posts approved")

    def _work(self, office: Office, application: Application) -> None:
        # A day more: whatever went wrong on the last one is settled in it.
        end = START + timedelta(days=self._measure.days + 1)
        kills = {
            START + self._dice.randrange(self._measure.days * 288) * _LOOK
            for _ in range(self._measure.kills)
        }
        publisher = self._hire(application)
        while self._clock.now() < end:
            office.practice.set_clock(self._clock.now())
            self._tokens(office, application, end)
            if self._clock.now() in kills:
                self._kill_a_process(office)
            publisher = self._look(application, publisher)
            if self._clock.advance(_LOOK).hour == 0 and self._clock.now().minute == 0:
                self._end_of_day()

    def _look(self, application: Application, publisher: Publisher) -> Publisher:
        if self._dice.random() < self._measure.crash_chance:
            self._fuse = self._dice.randrange(1, 12)
        try:
            self._counts += publisher.tick().counts
        except Killed:
            self._counts["workers crashed"] += 1
            return self._hire(application)
        finally:
            self._fuse = None
        return publisher

    def _hire(self, application: Application) -> Publisher:
        self._hired += 1
        return application.publisher(f"worker-{self._hired}", on_step=self._burn)

    def _burn(self, _step: Step) -> None:
        with self._lock:
            if self._fuse is None:
                return
            self._fuse -= 1
            if self._fuse > 0:
                return
            self._fuse = None
        raise Killed

    def _kill_a_process(self, office: Office) -> None:
        """Start a worker process, and kill it (-9) at a moment that nobody chose."""
        self._hired += 1
        program = [
            sys.executable, "-m", "tests.soak.worker",
            str(self._folder), self._clock.now().isoformat(), f"process-{self._hired}",
        ]  # fmt: skip
        with subprocess.Popen(program, cwd=_ROOT, stdout=subprocess.PIPE) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            # It ends by itself when it is quicker; then nothing is killed.
            try:
                worker.wait(self._dice.uniform(0.0, 0.15))
                self._counts["processes that were quicker"] += 1
            except subprocess.TimeoutExpired:
                os.kill(worker.pid, signal.SIGKILL)
                self._counts["processes killed"] += 1

    def _tokens(self, office: Office, application: Application, end: datetime) -> None:
        """Let a token end now and then; a person connects the account again within hours."""
        now = self._clock.now()
        for key, (account, until) in list(self._expired.items()):
            if now >= until:
                office.expire(account, None)
                with application.database.read() as tx:
                    ended = accounts.account_by_id(tx, account.id).state
                if ended is AccountState.ACTIVE or office.connect(application, key):
                    del self._expired[key]
        if self._dice.random() < self._measure.expiry_chance and now < end - timedelta(days=1):
            with application.database.read() as tx:
                account = self._dice.choice(accounts.list_accounts(tx))
            if account.key not in self._expired:
                office.expire(account, now)
                self._expired[account.key] = account, now + timedelta(hours=2)
                self._counts["tokens ended"] += 1

    def _end_of_day(self) -> None:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        self._memory.append(pages * resource.getpagesize() / 1e6)
        day = (self._clock.now() - START).days + 1
        done = ", ".join(f"{what} {number}" for what, number in sorted(self._counts.items()))
        self._tell(f"day {day}, {self._memory[-1]:.0f} MB: {done}")


@contextmanager
def practice(measure: Measure) -> Iterator[Practice]:
    """Run the practice platforms in a process of their own."""
    program = [
        sys.executable, "-m", "tests.soak.platforms",
        str(measure.fault_share), str(measure.seed),
    ]  # fmt: skip
    with subprocess.Popen(
        program, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdin is not None and server.stdout is not None
        try:
            yield Practice(server.stdout.readline().strip())
        finally:
            server.stdin.close()
