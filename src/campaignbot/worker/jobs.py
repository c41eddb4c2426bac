"""The jobs: "look at this account", and who asks for that when."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Status

PUBLISHING, CARE = "publishing", "care"
"""The queues. Looking for what is due never waits behind a platform that hangs."""

_SILENT_S = 60.0
_KEPT_H = 24
_LONGEST_STEP_S = 30

Deferred = Sequence[tuple[UUID, timedelta]]


class Work(Protocol):
    """What the jobs do. None of it raises: what fails is told, and looked at again."""

    async def look_at(self, account_id: UUID) -> None: ...

    async def what_is_due(self, ahead: timedelta) -> Deferred:
        """Return the accounts to look at, and in how long from now."""

    async def tidy(self) -> None: ...

    async def measure(self) -> None: ...

    async def renew(self) -> None: ...


def make_app(connector: PsycopgConnector, work: Work, tick_s: int, measure_min: int) -> App:
    """Return the queue's application, with the jobs of one worker.

    A job may get lost, run late, twice, or on two machines at once: it only looks at the rows,
    and the rows decide. So no job is locked while it runs: a lock would outlive a worker that was
    killed.
    """
    app = App(connector=connector)
    step_s = max(1, min(tick_s, _LONGEST_STEP_S))
    _publishing(app, work, step_s)
    _care(app, work, step_s, measure_min)
    return app


def _publishing(app: App, work: Work, step_s: int) -> None:
    @app.task(name="look_at", queue=PUBLISHING)
    async def look_at(account: str) -> None:
        await work.look_at(UUID(account))

    async def defer(account: str, delay: timedelta) -> None:
        # At most one waits for an account now, and one for each instant to come.
        now = delay <= timedelta(0)
        instant = None if now else datetime.now(UTC) + delay
        lock = f"look_at {account}" if instant is None else f"look_at {account} {instant:%X}"
        try:
            await app.configure_task(
                "look_at", queueing_lock=lock, schedule_at=instant
            ).defer_async(account=account)
        except AlreadyEnqueued:
            pass

    # A little further than the next look, so that none falls between two.
    ahead = timedelta(seconds=step_s + _LONGEST_STEP_S)

    @_every(app, f"* * * * * */{step_s}", "find_due")
    async def find_due() -> None:
        for account_id, delay in await work.what_is_due(ahead):
            await defer(str(account_id), delay)


def _care(app: App, work: Work, step_s: int, measure_min: int) -> None:
    _every(app, f"* * * * * */{step_s}", "tidy")(work.tidy)
    minutes = f"*/{measure_min}" if 0 < measure_min < 60 else "0"
    _every(app, f"{minutes} * * * *", "measure")(work.measure)

    _every(app, "* * * * *", "renew")(work.renew)

    @_every(app, "* * * * *", "sweep")
    async def sweep() -> None:
        """Remove jobs of workers that are gone, and what is older than a day."""
        manager = app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=_SILENT_S):
            await manager.finish_job(job, Status.FAILED, delete_job=True)
        await manager.delete_old_jobs(
            _KEPT_H, include_failed=True, include_cancelled=True, include_aborted=True
        )


def _every(
    app: App, cron: str, name: str
) -> Callable[[Callable[[], Awaitable[None]]], Callable[[], Awaitable[None]]]:
    """Run a function at these times on one of the workers; a late run is not made up for."""

    def wrap(function: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        @app.periodic(cron=cron)
        @app.task(name=name, queue=CARE, queueing_lock=name)
        async def run(timestamp: int) -> None:
            await function()

        return function

    return wrap
