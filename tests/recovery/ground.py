"""Where publishing is broken: a sandbox, a working folder on it, and daemons to kill."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from tests.recovery.points import BY_HAND, Held, Point
from tests.recovery.processes import PATIENCE_S, Victims
from tests.recovery.victim import AT_POINT, Order
from tests.workdirs import approve_one, sandboxed

from campaignbot.bootstrap import Application
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.publication import Attempt, Publication, State
from campaignbot.publishing.steps import Step
from campaignbot.sandbox import Sandbox, SandboxPost
from campaignbot.sandbox.fault import Fault, Gate
from campaignbot.storage import attempts, audit, publications, workers

# Each case has a day of its own, and begins in the morning: what is late must not wait for the
# end of the night, nor for the spacing after the case before.
_MORNING = datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("Europe/Amsterdam"))

LEASE = timedelta(minutes=11)
"""A little more than a lease, and than any platform's settling time."""

_LOOKS = 8
PICTURES = 2


class Ground:
    """One working folder whose daemons are broken one after the other, each with its own post."""

    def __init__(self, folder: Path, sandbox: Sandbox, victims: Victims) -> None:
        self.folder, self.sandbox, self.victims = folder, sandbox, victims
        self.clock = SimulatedClock(_MORNING)
        self.application = Application(folder, self.clock, environment={})
        self._days, self._successors = 0, 0

    def new_post(self, platform: str, name: str) -> Publication:
        """Approve a post that is due now, on a new day."""
        self.clock.move_to(_MORNING + timedelta(days=self._days))
        self._days += 1
        self.sandbox.world.set_clock(self.clock.now())
        text = f"{name.capitalize()} – {uuid4().hex}."
        return approve_one(self.application, platform, text, PICTURES)

    def lose_answer(self, platform: str, fault: str) -> None:
        """Let a worker publish, without its hearing what became of it."""
        self.sandbox.world.faults.append(Fault(platform, "create", fault))
        self.application.publisher("before").tick()

    def bring_to(self, point: Point, platform: str, *then: Step) -> Gate | None:
        """Start a daemon and return once it is at the point; the gate where a request is held.

        `then` are steps at which it waits once more.
        """
        gate = self._hold(point.at, platform) if isinstance(point.at, Held) else None
        steps = [*([point.at] if isinstance(point.at, Step) else []), *then]
        self.victims.start(Order(str(self.folder), self.clock.now().isoformat(), steps))
        if gate is None:
            self.victims.wait_for(AT_POINT)
        elif not gate.reached.wait(PATIENCE_S):
            raise AssertionError(f"no request for {point.name!r}")
        return gate

    def _hold(self, held: Held, platform: str) -> Gate:
        kind = "hold_after" if held.carried_out else "hold_before"
        fault = Fault(platform, held.on, kind, skip=held.skip(platform))
        self.sandbox.world.faults.append(fault)
        return fault.gate

    def succeed(self, publication: Publication, held: Gate | None = None) -> None:
        """Let a next worker look until all is settled, and once more; its leases come later.

        A request that is still `held` is let go after the first look.
        """
        self._successors += 1
        publisher = self.application.publisher(f"next-{self._successors}")
        settled = False
        for _ in range(_LOOKS):
            self.clock.advance(LEASE)
            self.sandbox.world.set_clock(self.clock.now())
            publisher.tick()
            if held is not None:
                held.let_go()
                assert held.done.wait(PATIENCE_S), "the held request did not end"
            if settled:
                return
            settled = self.stored(publication).state in {State.PUBLISHED, State.HANDED_OVER}

    def cut_power(self, into: Path) -> None:
        """Go on from what is on the disk now: the database and its log, as a copy."""
        shutil.copytree(self.folder, into, ignore=_not_on_the_disk)
        self.victims.kill()
        self.application.close()
        self.folder = into
        self.application = Application(into, self.clock, environment={})

    def close(self) -> None:
        self.victims.close()
        self.application.close()

    def stored(self, publication: Publication) -> Publication:
        with self.application.database.read() as tx:
            return publications.publication_by_id(tx, publication.id)

    def attempts(self, publication: Publication) -> tuple[Attempt, ...]:
        with self.application.database.read() as tx:
            return attempts.attempts_of(tx, publication.id)

    def trail(self, publication: Publication) -> tuple[str, ...]:
        """Return the actions of the audit trail; AssertionError when a change is not in it."""
        with self.application.database.read() as tx:
            lines = audit.history(tx, publication.id)
        states = [line.after["state"] for line in lines]
        assert [line.before.get("state") for line in lines] == [None, *states[:-1]], "a gap"
        assert states[-1] == self.stored(publication).state, "the last change is not in the trail"
        return tuple(line.action for line in lines)

    def latest_worker(self) -> workers.Worker:
        with self.application.database.read() as tx:
            return max(workers.list_workers(tx), key=lambda worker: worker.started_at_utc)

    def live(self, publication: Publication) -> list[SandboxPost]:
        """Return what followers see of a publication: at the sandbox, or as a pack."""
        marker = publication.content.text
        return [p for p in self.sandbox.world.posts if marker in p.text and not p.deleted]

    def packs(self, publication: Publication) -> list[Path]:
        """Return the packs that were made for a publication and are whole."""
        folder = self.folder / "reports" / "handover"
        return [
            pack
            for pack in folder.glob(f"*{publication.reference}*")
            if not list(pack.glob("*.part"))
            and len(list(pack.glob("beeld-*"))) == PICTURES
            and publication.content.text in (pack / "bericht.txt").read_text()
        ]

    def count(self, publication: Publication, platform: str) -> int:
        by_hand = platform == BY_HAND
        return len(self.packs(publication) if by_hand else self.live(publication))


def _not_on_the_disk(_folder: str, names: list[str]) -> set[str]:
    """Name what a power cut leaves nothing of, or what is not of the database."""
    return {name for name in names if name.endswith("-shm") or name in {"sandbox"}}


@contextmanager
def open_ground(folder: Path, database_url: str | None = None) -> Iterator[Ground]:
    """Prepare a working folder on a sandbox, on SQLite unless a database is named."""
    with sandboxed(folder, database_url) as sandbox:
        ground = Ground(folder, sandbox, Victims(folder / "victims.log"))
        try:
            yield ground
        finally:
            ground.close()
