"""The scheduled daemon: publishes what is due, collects statistics, shows that it is alive."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event
from types import FrameType

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from campaignbot.bootstrap import Application, worker_name
from campaignbot.domain.errors import Problem, UserError
from campaignbot.domain.messages import Message
from campaignbot.heartbeat import BEAT_S, Heartbeat, TellProblem, tell_nobody
from campaignbot.publishing.publisher import Publisher, TickReport
from campaignbot.publishing.steps import OnStep, Step, pass_by
from campaignbot.storage import claims
from campaignbot.watching.watch import Watch

_log = structlog.get_logger(__name__)

_TICK, _MEASURE, _RENEW, _BEAT = "tick", "measure", "renew", "beat"
_RENEW_S = 60
_LISTEN_S = 0.5
# Wall time that passes without the machine's own time: it slept, or its clock was set.
_JUMP_S = 2.0

Tell = Callable[[TickReport], None]


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
        tell: Tell = lambda _: None,
        on_step: OnStep = pass_by,
        tell_problem: TellProblem = tell_nobody,
    ) -> None:
        self._application, self._tell, self._on_step = application, tell, on_step
        self._stop, self._asked_to_stop = Event(), False
        self._name = worker_name()
        self._heartbeat = Heartbeat(application, self._name, tell_problem)
        self._publisher: Publisher | None = None
        self._watch: Watch | None = None
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self.round = Round()

    def run(self) -> None:
        """Block until `stop` is called or a signal comes; then end after the posts in hand.

        Waits for a database that cannot be reached yet. UserError when it never can be used: it
        is of a newer version, or none at all.
        """
        with self._application.hosting.served():
            try:
                self._watch = self._application.watch(self._name)
                self._watch.start()
                self._heartbeat.wait_for_database(self._waited, self._round_done)
                if self._stop.is_set():
                    return
                self._heartbeat.beat()
                self._start_jobs()
                _log.info("daemon started", name=self._name)
                try:
                    self._watch_clock()
                finally:
                    self._scheduler.shutdown(wait=True)
                    self._heartbeat.beat(stopped=True)
                    _log.info("daemon stopped", name=self._name)
            finally:
                if self._watch is not None:
                    self._watch.stop()

    def stop(self) -> None:
        """End after the publications in hand."""
        self._stop.set()
        if self._watch is not None:
            self._watch.stopping()
        if self._publisher is not None:
            self._publisher.stop()

    def stop_on_signals(self) -> None:
        """Let Ctrl-C and SIGTERM end the daemon cleanly."""

        def handle(_number: int, _frame: FrameType | None) -> None:
            # Only plain fields: it may strike while this very thread holds the lock of an Event.
            self._asked_to_stop = True
            if self._publisher is not None:
                self._publisher.stop()

        signal.signal(signal.SIGINT, handle)
        signal.signal(signal.SIGTERM, handle)

    def tick(self) -> None:
        """Publish what is due and give a sign of life; a failure is told and tried again."""
        try:
            if self._publisher is None:
                self._publisher = self._application.publisher(self._name, self._stepped)
                if self._stop.is_set():
                    self._publisher.stop()
            report = self._publisher.tick()
            self._heartbeat.solved()
            self.round.ticks += 1
            self.round.published += report.counts["published"]
            self._tell(report)
            self._wake_when_due()
        except Exception as error:
            # Whatever went wrong in one round must not end the daemon without a word.
            self._heartbeat.failed(error)
        self._round_done()
        self._heartbeat.beat()

    def measure(self) -> None:
        """Read the statistics that are due; a failure is told and tried again."""
        try:
            report = self._application.collect()
            if report.posts:
                _log.info("statistics read", posts=report.posts, numbers=report.numbers)
        except UserError as error:
            _log.warning("measuring failed", problem=error.problems[0].what.key)
        except Exception:
            # As in tick: measuring must not end the daemon.
            _log.exception("measuring failed")

    def renew(self) -> None:
        """Renew the access that ends soon; a failure is told and tried again."""
        try:
            self._application.renew_due()
        except UserError as error:
            _log.warning("renewing failed", problem=error.problems[0].what.key)
        except Exception:
            # As in tick: renewing must not end the daemon.
            _log.exception("renewing failed")

    def _waited(self, seconds: float) -> bool:
        """Wait a while, or less when the end is asked for; return whether it is."""
        until = time.monotonic() + seconds
        while not self._stop.wait(min(_LISTEN_S, max(0.0, until - time.monotonic()))):
            if self._asked_to_stop:
                self.stop()
            elif time.monotonic() >= until:
                return False
        return True

    def _start_jobs(self) -> None:
        chosen = self._application.settings.publishing
        for name, job, seconds in (
            (_TICK, self.tick, chosen.tick_s),
            (_MEASURE, self.measure, chosen.measure_min * 60),
            # Of its own, like the beat: a round may take long, and access must not end in it.
            (_RENEW, self.renew, _RENEW_S),
            # Of its own: a round may take long, and the daemon is alive all the while.
            (_BEAT, self._heartbeat.beat, BEAT_S),
        ):
            # Coalesced and never twice at once: after a sleep, one round is enough.
            self._scheduler.add_job(
                job,
                "interval",
                seconds=seconds,
                id=name,
                next_run_time=datetime.now(UTC),
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    def _watch_clock(self) -> None:
        """Wait for the end; when the clock jumps, look at once instead of at the old time."""
        wall, own = time.time(), time.monotonic()
        while not self._waited(_LISTEN_S):
            jumped = (time.time() - wall) - (time.monotonic() - own)
            wall, own = time.time(), time.monotonic()
            if abs(jumped) > _JUMP_S:
                _log.warning("clock jumped", by_s=round(jumped, 1))
                told = Message("daemon.jumped", {"seconds": round(jumped)})
                self._heartbeat.has_problem(Problem(told))
                for job in self._scheduler.get_jobs():
                    job.modify(next_run_time=datetime.now(UTC))

    def _wake_when_due(self) -> None:
        """Let the next round begin at the next due instant, if that comes before its turn."""
        clock = self._application.clock
        with self._application.database.read() as tx:
            due = claims.next_due_instant(tx, clock.now())
        usual = timedelta(seconds=self._application.settings.publishing.tick_s)
        delay = usual if due is None else min(usual, max(timedelta(0), due - clock.now()))
        if self._scheduler.running:
            self._scheduler.modify_job(_TICK, next_run_time=datetime.now(UTC) + delay)

    def _stepped(self, step: Step) -> None:
        self._on_step(step)
        if step is Step.RECORDED and self._watch is not None:
            # Under load a round may last for hours; each settled post shows that it goes on.
            self._watch.after_round(None)

    def _round_done(self) -> None:
        if self._watch is not None:
            self._watch.after_round(self._heartbeat.problem)
