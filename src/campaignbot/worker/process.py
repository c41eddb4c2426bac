"""One worker process: takes jobs, publishes, shows that it lives, and ends cleanly."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Event
from typing import Any, TypeVar
from uuid import UUID

import structlog
from procrastinate import App

from campaignbot.bootstrap import Application, worker_name
from campaignbot.domain.errors import UserError
from campaignbot.heartbeat import BEAT_S, Heartbeat, TellProblem, tell_nobody
from campaignbot.publishing.publisher import Publisher, TickReport
from campaignbot.publishing.steps import OnStep, pass_by
from campaignbot.storage import claims
from campaignbot.storage.database import MENDS_ITSELF, StorageError
from campaignbot.watching.watch import Watch
from campaignbot.worker import queue
from campaignbot.worker.jobs import CARE, PUBLISHING, Deferred, make_app
from campaignbot.worker.readiness import require_ready

_log = structlog.get_logger(__name__)

# How often to ask for a job: this is how late a post may be.
_ASK_S = 0.5
_CARING = 2
_TRY_AGAIN_S = 1.0

Tell = Callable[[TickReport], None]
T = TypeVar("T")


class Worker:
    """Publishes beside any number of others until it is told to stop.

    The queue says only where to look; the rows in the database are the truth. When the database is
    away, it says so, waits, and begins anew.
    """

    def __init__(
        self,
        application: Application,
        tell: Tell = lambda _: None,
        on_step: OnStep = pass_by,
        tell_problem: TellProblem = tell_nobody,
    ) -> None:
        self._application, self._tell, self._on_step = application, tell, on_step
        self._heartbeat = Heartbeat(application, worker_name(), tell_problem)
        self._stop = Event()
        self._publisher: Publisher | None = None
        self._watch: Watch | None = None
        self._signals: tuple[signal.Signals, ...] = ()
        self._failing: set[str] = set()
        self._parallel = application.settings.publishing.parallel
        # Jobs, the heartbeat and waiting for the database each have a thread at any time.
        self._threads = ThreadPoolExecutor(self._parallel + _CARING + 2, "worker")
        self._wake: Callable[[], None] = _nothing

    def run(self) -> None:
        """Block until `stop` is called or a signal comes; then end after the posts in hand.

        UserError when this machine lacks what it needs, or the database is of a newer version.
        """
        self._watch = self._application.watch(self._heartbeat.name)
        self._watch.start()
        try:
            with self._threads:
                asyncio.run(self._work())
        finally:
            self._watch.stop()

    def stop(self) -> None:
        """End after the publications in hand; may be called from any thread."""
        self._stop.set()
        if self._watch is not None:
            self._watch.stopping()
        if self._publisher is not None:
            self._publisher.stop()
        self._wake()

    def stop_on_signals(self) -> None:
        """Let Ctrl-C and SIGTERM end the worker cleanly."""
        self._signals = (signal.SIGINT, signal.SIGTERM)

    async def look_at(self, account_id: UUID) -> None:
        """Do what is due for one account."""
        if (publisher := self._publisher) is not None:
            await self._try("look_at", lambda: self._tell(publisher.look_at(account_id)))

    async def tidy(self) -> None:
        """Settle what time has decided."""
        if (publisher := self._publisher) is not None:
            report = TickReport()
            await self._try("tidy", lambda: publisher.tidy(report))
            self._tell(report)

    async def measure(self) -> None:
        """Read the statistics that are due."""
        try:
            await self._in_thread(self._application.collect)
        except Exception as error:
            # As in the daemon: numbers that come late are no reason to call it unwell.
            _log.error("measuring failed", exc_info=error)

    async def renew(self) -> None:
        """Renew the access that ends soon."""
        try:
            await self._in_thread(self._application.renew_due)
        except Exception as error:
            # As in the daemon: it is tried again, long before the access ends.
            _log.error("renewing failed", exc_info=error)

    async def what_is_due(self, ahead: timedelta) -> Deferred:
        """Return the accounts to look at, and in how long from now."""
        return await self._try("find_due", lambda: self._due(ahead)) or ()

    def _due(self, ahead: timedelta) -> Deferred:
        now = self._application.clock.now()
        with self._application.database.read() as tx:
            waiting = claims.accounts_with_due(tx, now)
            soon = claims.next_due_by_account(tx, now, now + ahead)
        return [(account_id, timedelta(0)) for account_id in waiting] + [
            (account_id, instant - now) for account_id, instant in soon
        ]

    async def _try(self, what: str, work: Callable[[], T]) -> T | None:
        """Do work in a thread; what fails is noted, and looked at again at the next turn."""
        try:
            done = await self._in_thread(work)
        except Exception as error:
            # Whatever went wrong with one job must not end the worker without a word.
            if not isinstance(error, StorageError):
                # Only success at the same thing shows that it works again.
                self._failing.add(what)
            self._note(error)
            return None
        self._failing.discard(what)
        if not self._failing:
            self._heartbeat.solved()
        self._round_done()
        return done

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def _work(self) -> None:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        loop.set_exception_handler(_log_left_over)

        def wake() -> None:
            loop.call_soon_threadsafe(stopped.set)

        self._wake = wake
        for number in self._signals:
            loop.add_signal_handler(number, self.stop)
        if self._stop.is_set():
            stopped.set()
        try:
            await self._wait_for_database()
            if not stopped.is_set():
                await self._in_thread(lambda: require_ready(self._application))
                await self._publish(stopped)
        finally:
            self._wake = _nothing

    async def _publish(self, stopped: asyncio.Event) -> None:
        """Take jobs, again and again when the queue fails, until `stopped`."""
        name = self._heartbeat.name
        self._publisher = await self._in_thread(
            lambda: self._application.publisher(name, self._on_step)
        )
        if stopped.is_set():
            self._publisher.stop()
        _log.info("worker started", name=name)
        beating = asyncio.create_task(self._keep_beating())
        try:
            while not stopped.is_set():
                try:
                    await self._take_jobs(stopped)
                except Exception as error:
                    # A queue fails in the ways of its driver, of its library and of our own.
                    if _is_final(error):
                        raise
                    self._note(error)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(stopped.wait(), _TRY_AGAIN_S)
        finally:
            beating.cancel()
            await asyncio.wait([beating])
            await self._in_thread(lambda: self._heartbeat.beat(stopped=True))
            _log.info("worker stopped", name=name)

    async def _wait_for_database(self) -> None:
        await self._in_thread(
            lambda: self._heartbeat.wait_for_database(self._stop.wait, self._round_done)
        )

    def _note(self, error: Exception) -> None:
        self._heartbeat.failed(error)
        self._round_done()

    def _round_done(self) -> None:
        if self._watch is not None:
            self._watch.after_round(self._heartbeat.problem)

    async def _take_jobs(self, stopped: asyncio.Event) -> None:
        """Take jobs until `stopped`, or until the queue fails."""
        await self._wait_for_database()
        if stopped.is_set():
            return
        url, chosen = self._application.database_url, self._application.settings.publishing
        await self._in_thread(lambda: queue.prepare(url))
        connector = queue.connector(url, most=4)
        app = make_app(connector, self, chosen.tick_s, chosen.measure_min)
        async with app.open_async():
            self._heartbeat.solved()
            taking = [
                asyncio.create_task(_taking(app, PUBLISHING, self._parallel)),
                asyncio.create_task(_taking(app, CARE, _CARING)),
            ]
            stopping = asyncio.create_task(stopped.wait())
            await asyncio.wait([*taking, stopping], return_when=asyncio.FIRST_COMPLETED)
            # Cancelled, they take no more jobs and wait for those in hand.
            for task in (*taking, stopping):
                task.cancel()
            ended = await asyncio.gather(*taking, return_exceptions=True)
            for error in ended:
                if isinstance(error, Exception) and not stopped.is_set():
                    raise error

    async def _keep_beating(self) -> None:
        while True:
            await self._in_thread(self._heartbeat.beat)
            await asyncio.sleep(BEAT_S)


async def _taking(app: App, name: str, parallel: int) -> None:
    await app.run_worker_async(
        queues=[name],
        name=name,
        concurrency=parallel,
        fetch_job_polling_interval=_ASK_S,
        # Waiting for a word from the server is what a cut network turns into waiting for ever;
        # and jobs that begin at an instant have to be asked for anyway.
        listen_notify=False,
        install_signal_handlers=False,
        delete_jobs="successful",
    )


def _nothing() -> None:
    """There is nobody to wake."""


def _is_final(error: Exception) -> bool:
    """Tell whether waiting cannot help."""
    return isinstance(error, UserError) and error.problems[0].what.key not in MENDS_ITSELF


def _log_left_over(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Note what a job could not say any more because the database was gone."""
    error = context.get("exception")
    _log.debug("left over", what=context.get("message"), error=type(error).__name__)
