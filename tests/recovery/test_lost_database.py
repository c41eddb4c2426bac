"""A database that is away, restarts or falls silent costs time, never a post, never a double."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.postgres import PostgresServer
from tests.programs import PROGRAMS, at_first, running, use_database
from tests.proxy import Proxy
from tests.waiting import wait_until
from tests.workdirs import approve_one, connect_all, opened, sandboxed, stored

from campaignbot.domain.clock import SimulatedClock, SystemClock
from campaignbot.domain.publication import Publication, State
from campaignbot.publishing.steps import Step
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


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with sandboxed(tmp_path) as started:
        yield started


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock(SystemClock().now())


def approved_on(folder: Path, sandbox: Sandbox, url: str, clock: SimulatedClock) -> Publication:
    """Let the folder use a database, and store one approved post there."""
    use_database(folder, url)
    with opened(folder, clock) as application:
        connect_all(application, sandbox)
        return approve_one(application, "linkedin", "Eén keer, hoe vaak de database ook wegvalt.")


def wait_until_out(
    folder: Path, publication: Publication, clock: SimulatedClock, sandbox: Sandbox
) -> None:
    """Let leases and retries run out until it is published, then count at the platform."""
    with opened(folder) as application:

        def published() -> bool:
            try:
                state = stored(application, publication).state
            except StorageError:
                return False
            if state in RUNS_OUT and clock.now() < publication.window_end_utc - timedelta(hours=1):
                clock.advance(timedelta(seconds=20))
            return state is State.PUBLISHED

        wait_until(published, "the post is out")
        after = stored(application, publication)
    live = [post for post in sandbox.world.posts if not post.deleted]
    assert len(live) == 1, "doubled" if live else "lost"
    assert after.external_id == live[0].id


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_that_starts_before_its_database_says_so_once_and_publishes_when_it_comes(
    program: str,
    tmp_path: Path,
    sandbox: Sandbox,
    own_server: PostgresServer,
    clock: SimulatedClock,
) -> None:
    url = own_server.new_database()
    publication = approved_on(tmp_path, sandbox, url, clock)
    own_server.stop("fast")
    with running(program, tmp_path, clock) as started:
        wait_until(lambda: bool(started.problems), "it says what it waits for")
        own_server.start()
        wait_until_out(tmp_path, publication, clock, sandbox)
        assert started.problems == ["storage.unreachable"]
        with opened(tmp_path, clock) as application:
            assert application.overview().worker is not None


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("mode", ["fast", "immediate"])
@pytest.mark.parametrize("step", [Step.CLAIMED, Step.REQUEST_MARKED, Step.ANSWERED])
def test_a_database_that_restarts_in_the_middle_costs_no_post(
    program: str,
    mode: str,
    step: Step,
    tmp_path: Path,
    sandbox: Sandbox,
    own_server: PostgresServer,
    clock: SimulatedClock,
) -> None:
    url = own_server.new_database()
    publication = approved_on(tmp_path, sandbox, url, clock)
    with running(program, tmp_path, clock, at_first(step, lambda: own_server.restart(mode))):
        wait_until_out(tmp_path, publication, clock, sandbox)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("step", POINTS)
def test_a_database_that_goes_away_in_the_middle_and_comes_back_costs_no_post(
    program: str,
    step: Step,
    tmp_path: Path,
    sandbox: Sandbox,
    own_server: PostgresServer,
    clock: SimulatedClock,
) -> None:
    url = own_server.new_database()
    publication = approved_on(tmp_path, sandbox, url, clock)
    with running(program, tmp_path, clock, at_first(step, own_server.kill)) as started:
        wait_until(lambda: "storage.unreachable" in started.problems, "it notices")
        own_server.start()
        wait_until_out(tmp_path, publication, clock, sandbox)


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("step", POINTS)
def test_a_network_that_swallows_everything_costs_no_post(
    program: str,
    step: Step,
    tmp_path: Path,
    sandbox: Sandbox,
    own_server: PostgresServer,
    clock: SimulatedClock,
) -> None:
    url = own_server.new_database()
    proxy = Proxy(own_server.port)
    try:
        publication = approved_on(tmp_path, sandbox, url, clock)
        use_database(tmp_path, proxy.url(url) + IMPATIENT)
        with running(program, tmp_path, clock, at_first(step, proxy.swallow)) as started:
            wait_until(lambda: "storage.unreachable" in started.problems, "it gives up waiting")
            assert proxy.swallowed.is_set()
            proxy.mend()
            use_database(tmp_path, url)
            wait_until_out(tmp_path, publication, clock, sandbox)
    finally:
        proxy.close()


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_network_that_is_down_at_the_start_is_waited_for(
    program: str,
    tmp_path: Path,
    sandbox: Sandbox,
    own_server: PostgresServer,
    clock: SimulatedClock,
) -> None:
    url = own_server.new_database()
    proxy = Proxy(own_server.port)
    try:
        publication = approved_on(tmp_path, sandbox, url, clock)
        use_database(tmp_path, proxy.url(url) + IMPATIENT)
        proxy.swallow()
        with running(program, tmp_path, clock) as started:
            wait_until(lambda: "storage.unreachable" in started.problems, "it says so")
            assert not sandbox.world.posts
            proxy.mend()
            use_database(tmp_path, url)
            wait_until_out(tmp_path, publication, clock, sandbox)
    finally:
        proxy.close()
