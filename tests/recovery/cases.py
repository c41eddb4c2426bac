"""The ways to break publishing, and the verdict on what became of the post."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from uuid import uuid4

from tests.postgres import PostgresServer
from tests.recovery.ground import PICTURES, Ground
from tests.recovery.points import BY_HAND, ONLINE, POINTS, Fate, Held, Point
from tests.recovery.victim import AT_POINT, PAUSED, STOPPING, TICKED

from campaignbot.domain.publication import Publication, State
from campaignbot.publishing.steps import Step
from campaignbot.sandbox.fault import Gate


class Way(StrEnum):
    """What happens to the process, or to what it stands on, at the point."""

    KILL = "kill -9"
    TERM = "SIGTERM"
    POWER_CUT = "power cut"
    SERVER_RESTARTED = "server restarted"
    SERVER_AWAY = "server away"
    SERVER_BACK = "server back in time to record"


WAYS = {
    "sqlite": (Way.KILL, Way.TERM, Way.POWER_CUT),
    "postgresql": (Way.KILL, Way.TERM, Way.SERVER_RESTARTED, Way.SERVER_AWAY, Way.SERVER_BACK),
}
_DEADLY = {Way.KILL, Way.POWER_CUT}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How often the post exists (None: could not be told), and what else is not as it must be."""

    posts: int | None
    problems: tuple[str, ...]

    @property
    def said(self) -> str:
        if self.posts == 0:
            return "LOST"
        if self.posts is not None and self.posts > 1:
            return "DOUBLED"
        return "UNTRUE" if self.problems else "1"


def points_of(way: Way, platform: str) -> tuple[Point, ...]:
    """Return the points that a platform's posts pass and that the way can strike at."""
    return tuple(
        point
        for point in POINTS
        if platform in point.platforms
        and (way in _DEADLY or not point.only_for_the_dead)
        and (way is not Way.SERVER_BACK or point.unanswered)
    )


def platforms() -> tuple[str, ...]:
    return (*ONLINE, BY_HAND)


def break_at(
    ground: Ground, way: Way, point: Point, platform: str, server: PostgresServer | None = None
) -> Verdict:
    """Publish a post, strike at the point, let a next worker settle it, and judge."""
    publication = ground.new_post(platform, point.name)
    if point.lost is not None:
        ground.lose_answer(platform, point.lost)
    problems: list[str] = []
    with _no_fault_left(ground):
        then = (Step.ANSWERED,) if way is Way.SERVER_BACK else ()
        gate = ground.bring_to(point, platform, *then)
        match way:
            case Way.KILL:
                ground.victims.kill()
            case Way.POWER_CUT:
                _cut_power(ground)
            case Way.TERM:
                _terminate(ground, gate)
                problems += _left_behind(ground, publication, platform)
            case Way.SERVER_RESTARTED | Way.SERVER_AWAY | Way.SERVER_BACK:
                assert server is not None
                _kill_server(ground, gate, server, way)
        _look_after(ground, publication, point, gate)
    return _judge(ground, way, point, platform, publication, problems)


def _look_after(ground: Ground, publication: Publication, point: Point, gate: Gate | None) -> None:
    """Let the next worker settle it; the platform does as it likes with a dead one's request."""
    late = isinstance(point.at, Held) and point.at.fate is Fate.CARRIED_OUT_LATE
    if gate is not None and not late:
        gate.drop()
        assert gate.done.wait(30), "the held request did not end"
    ground.succeed(publication, gate if late else None)


def _cut_power(ground: Ground) -> None:
    ground.victims.signal(signal.SIGSTOP)
    ground.victims.wait_for(PAUSED)
    before = ground.folder
    ground.cut_power(before.parent / f"after-{uuid4().hex[:8]}")
    if before.name.startswith("after-"):
        shutil.rmtree(before)


def _go_on(ground: Ground, gate: Gate | None) -> None:
    if gate is None:
        ground.victims.go_on()
    else:
        gate.let_go()


def _end_kindly(ground: Ground) -> None:
    code = ground.victims.ended()
    assert code == 0, f"exit code {code}"


def _terminate(ground: Ground, gate: Gate | None) -> None:
    """Ask for its end at the point; a held request is answered only after that was heard."""
    ground.victims.signal(signal.SIGTERM)
    ground.victims.wait_for(STOPPING)
    _go_on(ground, gate)
    _end_kindly(ground)


def _kill_server(ground: Ground, gate: Gate | None, server: PostgresServer, way: Way) -> None:
    """End the database server at the point, and start it again as the way says."""
    server.kill()
    said = ""
    try:
        if way is not Way.SERVER_RESTARTED:
            _go_on(ground, gate)
            said, _ = ground.victims.wait_for(AT_POINT, TICKED)
    finally:
        server.start()
    if way is Way.SERVER_RESTARTED:
        _go_on(ground, gate)
    elif said == AT_POINT:
        ground.victims.go_on()
    if said != TICKED:
        ground.victims.wait_for(TICKED)
    ground.victims.signal(signal.SIGTERM)
    _end_kindly(ground)


def _left_behind(ground: Ground, publication: Publication, platform: str) -> Iterator[str]:
    """Tell what a daemon that was ended kindly has left half done."""
    if any(attempt.ended_at_utc is None for attempt in ground.attempts(publication)):
        yield "left an open attempt"
    if ground.stored(publication).state is State.PUBLISHING:
        yield "left it in publishing"
    if ground.count(publication, platform) > 1:
        yield "doubled before its end"
    if ground.latest_worker().stopped_at_utc is None:
        yield "did not say that it stopped"


def _judge(
    ground: Ground,
    way: Way,
    point: Point,
    platform: str,
    publication: Publication,
    problems: list[str],
) -> Verdict:
    after, live = ground.stored(publication), ground.live(publication)
    if after.state is not point.ends:
        problems.append(f"ends as {after.state}")
    if platform != BY_HAND:
        if [post.id for post in live] != [after.external_id]:
            problems.append(f"{after.external_id} is stored, {[p.id for p in live]} is there")
        if any(len(post.media) != PICTURES for post in live):
            problems.append("not all pictures")
    outcomes = tuple(attempt.outcome or "open" for attempt in ground.attempts(publication))
    trail = ground.trail(publication)
    if "open" in outcomes:
        problems.append("an open attempt")
    if way is Way.TERM and isinstance(point.at, Held) and outcomes != ("Published",):
        problems.append(f"did not wait for the answer: {outcomes}")
    if way in _DEADLY:
        if outcomes != point.attempts():
            problems.append(f"attempts {outcomes}, not {point.attempts()}")
        if trail != point.trail():
            problems.append(f"trail {trail}, not {point.trail()}")
    return Verdict(ground.count(publication, platform), tuple(problems))


@contextmanager
def _no_fault_left(ground: Ground) -> Iterator[None]:
    """Leave nothing behind for the next case, whatever became of this one."""
    try:
        yield
    finally:
        for fault in ground.sandbox.world.faults:
            fault.gate.let_go()
        ground.sandbox.world.faults.clear()
        ground.victims.kill()
