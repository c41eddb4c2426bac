"""Where everything stands: one reading of the database for the monitor and `status`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from campaignbot.domain.accounts import Account, AccountState, Hold
from campaignbot.domain.publication import Publication, State
from campaignbot.storage.accounts import active_holds, list_accounts
from campaignbot.storage.attempts import uploads
from campaignbot.storage.database import Tx
from campaignbot.storage.publications import list_publications
from campaignbot.storage.tables import account, publication
from campaignbot.storage.waits import Wait, waits
from campaignbot.storage.workers import Worker, list_workers

SILENT_AFTER = timedelta(seconds=90)
_SHOWN = 30
_REMEMBERED = timedelta(days=7)
TROUBLE = (State.FAILED, State.UNCERTAIN, State.MISSED)


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts by platform and state, and the publications that a marketer wants to see.

    `due` is the earliest first, `out` the latest first. `worker` is the one that gave the latest
    sign of life, or None when none ever ran; `workers` are all that anybody may wonder about, in
    that order. `uploads` are the percents of a file that were uploaded, by publication, `waits`
    what holds up those that are due.
    """

    at_utc: datetime
    counts: Mapping[tuple[str, State], int]
    accounts: Mapping[str, Account]
    due: tuple[Publication, ...]
    out: tuple[Publication, ...]
    trouble: tuple[Publication, ...]
    handed_over: tuple[Publication, ...]
    holds: tuple[Hold, ...]
    worker: Worker | None
    workers: tuple[Worker, ...] = ()
    uploads: Mapping[UUID, int] = field(default_factory=dict)
    waits: Mapping[UUID, Wait] = field(default_factory=dict)

    @property
    def alive(self) -> bool:
        """Whether a daemon gave a sign of life lately and has not said goodbye."""
        return any(self.is_alive(worker) for worker in self.workers)

    @property
    def silent(self) -> tuple[Worker, ...]:
        """The workers that went silent without a goodbye, and that no other replaced."""
        return tuple(w for w in self.workers if w.stopped_at_utc is None and not self.is_alive(w))

    def is_alive(self, worker: Worker) -> bool:
        return (
            worker.stopped_at_utc is None and self.at_utc - worker.heartbeat_at_utc < SILENT_AFTER
        )

    @property
    def overdue(self) -> tuple[Publication, ...]:
        """What should have gone out by now and still waits."""
        return tuple(p for p in self.due if p.due_at_utc <= self.at_utc - SILENT_AFTER)

    @property
    def unconnected(self) -> tuple[Account, ...]:
        return tuple(a for a in self.accounts.values() if a.state is not AccountState.ACTIVE)

    @property
    def paused(self) -> tuple[str, ...]:
        """The keys of the accounts that a person paused."""
        return tuple(a.key for a in self.accounts.values() if a.state is AccountState.PAUSED)

    def by_state(self) -> Mapping[State, int]:
        total: Counter[State] = Counter()
        for (_, state), number in self.counts.items():
            total[state] += number
        return total


def overview(tx: Tx, now: datetime) -> Overview:
    """Read where everything stands at this instant."""
    rows = tx.execute(
        select(account.c.platform, publication.c.state, func.count())
        .join(account, account.c.id == publication.c.account_id)
        .group_by(account.c.platform, publication.c.state)
    )
    waiting = [State.APPROVED, State.RETRY_WAITING, State.PUBLISHING]
    out = list_publications(tx, states=[State.PUBLISHED])
    latest = sorted(out, key=lambda p: p.published_at_utc or p.due_at_utc, reverse=True)
    workers = list_workers(tx)
    due = list_publications(tx, states=waiting)[:_SHOWN]
    return Overview(
        at_utc=now,
        counts={(row[0], row[1]): int(row[2]) for row in rows},
        accounts={str(a.id): a for a in list_accounts(tx)},
        due=due,
        out=tuple(latest[:_SHOWN]),
        trouble=list_publications(tx, states=list(TROUBLE)),
        handed_over=list_publications(tx, states=[State.HANDED_OVER]),
        holds=active_holds(tx, now),
        worker=workers[0] if workers else None,
        workers=_wondered_about(workers, now),
        uploads=uploads(tx),
        waits=waits(tx, due, now),
    )


def _wondered_about(workers: tuple[Worker, ...], now: datetime) -> tuple[Worker, ...]:
    """Return the latest worker of each machine, and all others that live.

    What died on a machine on which another was started since, or long ago, is history.
    """
    seen: set[str] = set()
    chosen = []
    for found in workers:
        lives = found.stopped_at_utc is None and now - found.heartbeat_at_utc < SILENT_AFTER
        lately = now - found.heartbeat_at_utc < _REMEMBERED
        machine = found.name.rpartition(":")[0]
        if lives or (lately and machine not in seen):
            chosen.append(found)
        seen.add(machine)
    return tuple(chosen)
