"""The scheduled daemon: publishes what is due, collects statistics, shows that it is alive."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event
from types import FrameType

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from campaignbot.bootstrap import Application, worker_name
from campaignbot.domain.errors import UserError
from campaignbot.domain.messages import Message
from campaignbot.publishing.publisher import Publisher, TickReport
from campaignbot.publishing.steps import OnStep, pass_by
from campaignbot.storage.workers import Worker, beat

_log = structlog.get_logger(__name__)


@dataclass
class Round:
    """What the daemon did since it was started."""

    ticks: int = 0
    published: int = 0


class Daemon:
    """Ticks in real time until it is told to stop.

    APScheduler only calls; the rows in the database are the schedule. A round that fails is told,
    stays visible in the heartbeat, and is tried again: the daemon never ends by itself.
    """

    def __init__(
        self,
        application: Application,
        tell: Callable[[TickReport], None] = lambda _: None,
        on_step: OnStep = pass_by,
    ) -> None:
        self._application, self._tell, self._on_step = application, tell, on_step
        self._stop = Event()
        self._name = worker_name()
        self._started_at = datetime.now(UTC)
        self._problem: Message | None = None
        self._publisher: Publisher | None = None
        self.round = Round()

    def run(self) -> None:
        """Block until `stop` is called or a signal comes; then end after the post in hand."""
        chosen = self._application.settings.publishing
        host = self._application.media_host()
        if host is not None:
            host.start()
        scheduler = BackgroundScheduler(timezone="UTC")
        for job, seconds in ((self.tick, chosen.tick_s), (self.measure, chosen.measure_min * 60)):
            # Coalesced and never twice at once: after a sleep, one round is enough.
            scheduler.add_job(
                job,
                "interval",
                seconds=seconds,
                next_run_time=datetime.now(UTC),
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        scheduler.start()
        _log.info("daemon started", name=self._name)
        try:
            while not self._stop.wait(0.5):
                pass
        finally:
            scheduler.shutdown(wait=True)
            self._beat(stopped=True)
            if host is not None:
                host.stop()
            _log.info("daemon stopped", name=self._name)

    def stop(self) -> None:
        """End after the publication in hand."""
        self._stop.set()
        if self._publisher is not None:
            self._publisher.stop()

    def stop_on_signals(self) -> None:
        """Let Ctrl-C and SIGTERM end the daemon cleanly."""

        def handle(_number: int, _frame: FrameType | None) -> None:
            self.stop()

        signal.signal(signal.SIGINT, handle)
        signal.signal(signal.SIGTERM, handle)

    def tick(self) -> None:
        """Publish what is due and give a sign of life; a failure is told and tried again."""
        try:
            if self._publisher is None:
                self._publisher = self._application.publisher(self._name, self._on_step)
            report = self._publisher.tick()
            self._problem = None
            self.round.ticks += 1
            self.round.published += report.counts["published"]
            self._tell(report)
        except UserError as error:
            self._problem = error.problems[0].what
            _log.error("tick failed", problem=self._problem.key)
        except Exception as error:
            # Whatever went wrong in one round must not end the daemon without a word.
            self._problem = Message("daemon.problem", {"said": type(error).__name__})
            _log.exception("tick failed")
        self._beat()

    def measure(self) -> None:
        """Read the statistics that are due; a failure is told and tried again."""
        try:
            report = self._application.collect()
            if report.posts:
                _log.info("statistics read", posts=report.posts, numbers=report.numbers)
        except Exception:
            # As in tick: measuring must not end the daemon.
            _log.exception("measuring failed")

    def _beat(self, *, stopped: bool = False) -> None:
        now = self._application.clock.now()
        try:
            with self._application.database.write() as tx:
                beat(
                    tx,
                    Worker(
                        self._name,
                        self._started_at,
                        now,
                        now if stopped else None,
                        self._problem,
                    ),
                )
        except UserError as error:
            _log.error("no heartbeat", problem=error.problems[0].what.key)
