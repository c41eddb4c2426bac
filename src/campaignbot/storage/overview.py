"""Where everything stands: one reading of the database for the monitor and `status`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from campaignbot.domain.accounts import Account, AccountState, Hold
from campaignbot.domain.publication import Publication, State
from campaignbot.storage.accounts import active_holds, list_accounts
from campaignbot.storage.attempts import uploads
from campaignbot.storage.database import Tx
from campaignbot.storage.publications import latest_published, list_publications
from campaignbot.storage.tables import publication
from campaignbot.storage.waits import Wait, waits
from campaignbot.storage.workers import Worker, list_workers

SILENT_AFTER = timedelta(seconds=90)
_SHOWN = 30
_NEEDS_A_PERSON = 200
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
    owners = list_accounts(tx)
    waiting = [State.APPROVED, State.RETRY_WAITING, State.PUBLISHING]
    workers = list_workers(tx)
    due = list_publications(tx, states=waiting, limit=_SHOWN)
    return Overview(
        at_utc=now,
        counts=_counts(tx, owners),
        accounts={str(a.id): a for a in owners},
        due=due,
        out=latest_published(tx, _SHOWN),
        trouble=list_publications(tx, states=list(TROUBLE), limit=_NEEDS_A_PERSON),
        handed_over=list_publications(tx, states=[State.HANDED_OVER], limit=_NEEDS_A_PERSON),
        holds=active_holds(tx, now),
        worker=workers[0] if workers else None,
        workers=_wondered_about(workers, now),
        uploads=uploads(tx),
        waits=waits(tx, due, now),
    )


def _counts(tx: Tx, owners: Iterable[Account]) -> Mapping[tuple[str, State], int]:
    """Count by platform and state, from the index of accounts and states alone."""
    platforms = {owner.id: owner.platform for owner in owners}
    counts: Counter[tuple[str, State]] = Counter()
    for account_id, state, number in tx.execute(
        select(publication.c.account_id, publication.c.state, func.count()).group_by(
            publication.c.account_id, publication.c.state
        )
    ):
        counts[platforms[account_id], state] += int(number)
    return counts


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
