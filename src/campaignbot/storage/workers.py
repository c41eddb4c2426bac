"""Heartbeats of whoever publishes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, inspect, select, update

from campaignbot.domain.messages import Message
from campaignbot.storage.database import Tx
from campaignbot.storage.tables import worker


@dataclass(frozen=True, slots=True)
class Worker:
    """A daemon or worker process. `problem` is what keeps it from publishing, if anything does."""

    name: str
    started_at_utc: datetime
    heartbeat_at_utc: datetime
    stopped_at_utc: datetime | None = None
    problem: Message | None = None


def beat(tx: Tx, alive: Worker) -> None:
    """Store the sign of life of a worker."""
    values: dict[str, Any] = {
        "started_at_utc": alive.started_at_utc,
        "heartbeat_at_utc": alive.heartbeat_at_utc,
        "stopped_at_utc": alive.stopped_at_utc,
        "problem": alive.problem.to_json() if alive.problem else None,
    }
    done = tx.execute(update(worker).where(worker.c.name == alive.name).values(**values))
    if done.rowcount == 0:
        tx.execute(insert(worker).values(name=alive.name, **values))


def list_workers(tx: Tx) -> tuple[Worker, ...]:
    """Return all workers that were ever seen, the latest sign of life first."""
    rows = tx.execute(select(worker).order_by(worker.c.heartbeat_at_utc.desc(), worker.c.name))
    return tuple(
        Worker(
            row.name,
            row.started_at_utc,
            row.heartbeat_at_utc,
            row.stopped_at_utc,
            Message.from_json(row.problem) if row.problem else None,
        )
        for row in rows
    )


def living(tx: Tx, since: datetime) -> tuple[Worker, ...]:
    """Return the workers that gave a sign of life after `since` and have not said goodbye.

    A database without tables has none.
    """
    if not inspect(tx).has_table(worker.name):
        return ()
    return tuple(
        seen
        for seen in list_workers(tx)
        if seen.stopped_at_utc is None and seen.heartbeat_at_utc > since
    )


def say_stopped(tx: Tx, now: datetime) -> None:
    """Note of every worker that it no longer runs: the rows come from a database left behind."""
    tx.execute(update(worker).where(worker.c.stopped_at_utc.is_(None)).values(stopped_at_utc=now))
