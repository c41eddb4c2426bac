"""A database that is away, restarts or falls silent costs time, never a post, never a double."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from tests.postgres import PostgresServer
from tests.programs import PROGRAMS, Program, at_first, running, use_database
from tests.proxy import Proxy
from tests.waiting import wait_until
from tests.workdirs import approve_one, connect_all, opened, sandboxed, stored

from campaignbot.domain.clock import SimulatedClock, SystemClock
from campaignbot.domain.publication import Publication, State
from campaignbot.publishing.steps import OnStep, Step, pass_by
from campaignbot.sandbox import Sandbox
from campaignbot.storage.database import StorageError

# Short, so that the tests are; the server lets go of what a lost connection holds as soon.
IMPATIENT = (
    "?answer_timeout=1&connect_timeout=2"
    "&options=-c idle_in_transaction_session_timeout%3D1s -c lock_timeout%3D1s"
)
# What ends by the clock: a lease, a pause before the next look or try.
RUNS_OUT = {State.PUBLISHING, State.UNCERTAIN, State.RETRY_WAITING}
POINTS = (Step.CLAIMED, Step.BEFORE_CREATE, Step.REQUEST_MARKED, Step.ANSWERED)


@dataclass
class Room:
    """A working folder with one approved post, whose database can be taken away."""

    folder: Path
    sandbox: Sandbox
    server: PostgresServer
    clock: SimulatedClock
    url: str
    publication: Publication

    def run(self, program: str, on_step: OnStep = pass_by) -> AbstractContextManager[Program]:
        return running(program, self.folder, self.clock, on_step)

    def wait_until_out(self) -> None:
        """Let leases and retries run out until it is published, then count at the platform."""
        clock, publication = self.clock, self.publication
        last = publication.window_end_utc - timedelta(hours=1)
        with opened(self.folder) as application:

            def published() -> bool:
                try:
                    state = stored(application, publication).state
                except StorageError:
                    return False
                if state in RUNS_OUT and clock.now() < last:
                    clock.advance(timedelta(seconds=20))
                return state is State.PUBLISHED

            wait_until(published, "the post is out")
            after = stored(application, publication)
        live = [post for post in self.sandbox.world.posts if not post.deleted]
        assert len(live) == 1, "doubled" if live else "lost"
        assert after.external_id == live[0].id


@pytest.fixture
def room(tmp_path: Path, own_server: PostgresServer) -> Iterator[Room]:
    clock, url = SimulatedClock(SystemClock().now()), own_server.new_database()
    with sandboxed(tmp_path) as sandbox:
        use_database(tmp_path, url)
        with opened(tmp_path, clock) as application:
            connect_all(application, sandbox)
            text = "Eén keer, hoe vaak de database ook wegvalt."
            publication = approve_one(application, "linkedin", text)
        yield Room(tmp_path, sandbox, own_server, clock, url, publication)


@pytest.fixture
def proxy(room: Room) -> Iterator[Proxy]:
    """A way to the database that can swallow everything; the folder goes by it, impatiently."""
    between = Proxy(room.server.port)
    use_database(room.folder, between.url(room.url) + IMPATIENT)
    yield between
    between.close()


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_that_starts_before_its_database_says_so_once_and_publishes_when_it_comes(
    program: str, room: Room
) -> None:
    room.server.stop("fast")
    with room.run(program) as started:
        wait_until(lambda: bool(started.problems), "it says what it waits for")
        room.server.start()
        room.wait_until_out()
        assert started.problems == ["storage.unreachable"]
        with opened(room.folder, room.clock) as application:
            assert application.overview().worker is not None


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("mode", ["fast", "immediate"])
@pytest.mark.parametrize("step", [Step.CLAIMED, Step.REQUEST_MARKED, Step.ANSWERED])
def test_a_database_that_restarts_in_the_middle_costs_no_post(
    program: str, mode: str, step: Step, room: Room
) -> None:
    with room.run(program, at_first(step, lambda: room.server.restart(mode))):
        room.wait_until_out()


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("step", POINTS)
def test_a_database_that_goes_away_in_the_middle_and_comes_back_costs_no_post(
    program: str, step: Step, room: Room
) -> None:
    with room.run(program, at_first(step, room.server.kill)) as started:
        wait_until(lambda: "storage.unreachable" in started.problems, "it notices")
        room.server.start()
        room.wait_until_out()


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("step", POINTS)
def test_a_network_that_swallows_everything_costs_no_post(
    program: str, step: Step, room: Room, proxy: Proxy
) -> None:
    with room.run(program, at_first(step, proxy.swallow)) as started:
        wait_until(lambda: "storage.unreachable" in started.problems, "it gives up waiting")
        assert proxy.swallowed.is_set()
        mend(room, proxy)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_network_that_is_down_at_the_start_is_waited_for(
    program: str, room: Room, proxy: Proxy
) -> None:
    proxy.swallow()
    with room.run(program) as started:
        wait_until(lambda: "storage.unreachable" in started.problems, "it says so")
        assert not room.sandbox.world.posts
        mend(room, proxy)


def mend(room: Room, proxy: Proxy) -> None:
    """Let the network work again; whoever counts goes around it."""
    proxy.mend()
    use_database(room.folder, room.url)
    room.wait_until_out()
