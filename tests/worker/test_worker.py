"""Workers share one PostgreSQL database: every post goes out once, whoever takes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest
from tests.postgres import free_port
from tests.programs import PROGRAMS, at_first, running, use_database
from tests.waiting import wait_until
from tests.workdirs import account_of, approve_one, connect_all, opened, sandboxed, stored

from campaignbot.bootstrap import Application
from campaignbot.domain.clock import SimulatedClock, SystemClock
from campaignbot.domain.errors import UserError
from campaignbot.domain.publication import Publication, State
from campaignbot.publishing.steps import Step
from campaignbot.sandbox import Sandbox
from campaignbot.storage import attempts
from campaignbot.storage.overview import SILENT_AFTER
from campaignbot.storage.workers import list_workers
from campaignbot.worker import queue
from campaignbot.worker.readiness import require_ready

PLATFORMS = ("facebook", "linkedin", "x")


@pytest.fixture
def sandbox(tmp_path: Path, postgres_url: str) -> Iterator[Sandbox]:
    """A working folder on PostgreSQL, connected to a sandbox."""
    with sandboxed(tmp_path) as started:
        use_database(tmp_path, postgres_url)
        with opened(tmp_path) as application:
            connect_all(application, started)
        yield started


def are_out(application: Application, posts: list[Publication]) -> bool:
    return all(stored(application, post).state is State.PUBLISHED for post in posts)


def count(sandbox: Sandbox) -> int:
    return sum(not post.deleted for post in sandbox.world.posts)


def jobs(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SET search_path TO {queue.SCHEMA}")
        connection.execute(statement.encode())


def test_workers_and_a_daemon_side_by_side_publish_each_post_once(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    with opened(tmp_path) as application:
        with (
            running("worker", tmp_path),
            running("worker", tmp_path),
            running("daemon", tmp_path),
        ):
            posts = [
                approve_one(application, platform, f"Samen, bericht {number}.")
                for number in range(3)
                for platform in PLATFORMS
            ]
            wait_until(lambda: are_out(application, posts), "all are out")
    assert count(sandbox) == len(posts)


def test_what_is_planned_goes_out_when_its_time_has_come(tmp_path: Path, sandbox: Sandbox) -> None:
    with opened(tmp_path) as application, running("worker", tmp_path):
        post = approve_one(application, "linkedin", "Straks.", due_in=timedelta(seconds=3))
        wait_until(lambda: are_out(application, [post]), "it is out")
        after = stored(application, post)
    assert after.published_at_utc is not None and after.published_at_utc >= post.due_at_utc


def test_jobs_that_get_lost_cost_nothing(
    tmp_path: Path, sandbox: Sandbox, postgres_url: str
) -> None:
    with opened(tmp_path) as application, running("worker", tmp_path):
        wait_until(lambda: bool(_alive(application)), "the worker runs")
        posts = [approve_one(application, platform, "Kwijt?") for platform in PLATFORMS]
        jobs(postgres_url, "DELETE FROM procrastinate_jobs")
        wait_until(lambda: are_out(application, posts), "all are out")
    assert count(sandbox) == len(posts)


def test_a_job_that_a_dead_worker_left_running_holds_up_nothing(
    tmp_path: Path, sandbox: Sandbox, postgres_url: str
) -> None:
    queue.prepare(postgres_url)
    with opened(tmp_path) as application:
        account = account_of(application, "linkedin").id
        for lock in (f"look_at {account}", "find_due", "tidy", "measure"):
            jobs(
                postgres_url,
                "INSERT INTO procrastinate_jobs"
                " (queue_name, task_name, queueing_lock, args, status)"
                f" VALUES ('publishing', 'look_at', '{lock}', '{{}}', 'doing')",
            )
        post = approve_one(application, "linkedin", "Na een dode.")
        with running("worker", tmp_path):
            wait_until(lambda: are_out(application, [post]), "it is out")
    assert count(sandbox) == 1


def test_the_same_job_ten_times_at_once_publishes_once(tmp_path: Path, sandbox: Sandbox) -> None:
    with opened(tmp_path) as application:
        post = approve_one(application, "linkedin", "Tien keer gevraagd.")
        publishers = [application.publisher(f"w{number}") for number in range(10)]
        threads = [
            Thread(target=publisher.look_at, args=(post.account_id,)) for publisher in publishers
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert are_out(application, [post])
    assert count(sandbox) == 1


def test_a_worker_that_is_asked_to_end_finishes_what_it_has_in_hand(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    reached, go_on = Event(), Event()

    def hold() -> None:
        reached.set()
        assert go_on.wait(60)

    with opened(tmp_path) as application:
        post = approve_one(application, "linkedin", "Nog net.")
        with running("worker", tmp_path, None, at_first(Step.BEFORE_CREATE, hold)) as program:
            assert reached.wait(60)
            ending = Thread(target=program.stop)
            ending.start()
            go_on.set()
            ending.join()
        assert are_out(application, [post])
        with application.database.read() as tx:
            made = attempts.attempts_of(tx, post.id)
        assert [attempt.outcome for attempt in made] == ["Published"]
        assert _alive(application) == []


def test_sigterm_ends_the_command_with_exit_code_zero(tmp_path: Path, sandbox: Sandbox) -> None:
    with opened(tmp_path) as application:
        post = approve_one(application, "linkedin", "Via de opdracht.")
        worker = subprocess.Popen(
            [sys.executable, "-m", "campaignbot", "--workdir", str(tmp_path), "worker"],
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "CAMPAIGNBOT_LANG": "en"},
        )
        assert worker.stderr is not None
        wait_until(lambda: are_out(application, [post]), "it is out")
        worker.send_signal(signal.SIGTERM)
        _, said = worker.communicate(timeout=60)
        assert worker.returncode == 0, said
        assert "nothing is half done" in said
        assert _alive(application) == []


def test_a_worker_killed_inside_a_transaction_does_not_stop_the_others(
    tmp_path: Path, sandbox: Sandbox, postgres_url: str
) -> None:
    holder = Path(__file__).with_name("lock_holder.py")
    with opened(tmp_path) as application, running("worker", tmp_path):
        wait_until(lambda: bool(_alive(application)), "the worker runs")
        held = account_of(application, PLATFORMS[0])
        victim = subprocess.Popen(
            [sys.executable, str(holder), postgres_url, str(held.id)], stdout=subprocess.PIPE
        )
        assert victim.stdout is not None and victim.stdout.readline() == b"locked\n"
        posts = [approve_one(application, platform, "Ga door.") for platform in PLATFORMS]
        wait_until(lambda: are_out(application, posts[1:]), "the others are out")
        assert not are_out(application, posts[:1])
        victim.kill()
        victim.communicate()
        wait_until(lambda: are_out(application, posts), "all are out")
    assert count(sandbox) == len(posts)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_platform_that_is_down_at_the_start_gives_a_reason_and_its_post_goes_out_later(
    program: str, tmp_path: Path, sandbox: Sandbox
) -> None:
    late = Sandbox(port=free_port())
    late.world = sandbox.world
    file = tmp_path / "config" / "accounts.yaml"
    file.write_text(file.read_text().replace(f":{sandbox.port}/", f":{late.port}/"))
    clock = SimulatedClock(SystemClock().now())
    with opened(tmp_path, clock) as application, running(program, tmp_path, clock):
        post = approve_one(application, "linkedin", "Als het platform er weer is.")

        def waits() -> bool:
            return stored(application, post).state is State.RETRY_WAITING

        def is_out() -> bool:
            if waits():
                clock.advance(timedelta(seconds=20))
            return are_out(application, [post])

        wait_until(waits, "it waits to try again")
        reason = stored(application, post).reason
        assert reason is not None and reason.key == "publishing.unavailable"
        late.start()
        try:
            wait_until(is_out, "it is out")
        finally:
            late.stop()
        after = stored(application, post)
    assert after.published_at_utc is not None and after.published_at_utc < post.window_end_utc
    assert count(sandbox) == 1


def test_a_machine_without_the_key_refuses_to_take_part(tmp_path: Path, sandbox: Sandbox) -> None:
    (tmp_path / "data" / "vault.key").unlink()
    with opened(tmp_path) as application, pytest.raises(UserError) as refused:
        require_ready(application)
    assert refused.value.problems[0].what.key == "vault.no_key"


def test_a_machine_with_another_key_refuses_to_take_part(tmp_path: Path, sandbox: Sandbox) -> None:
    from campaignbot.gateways.credentials import new_key

    (tmp_path / "data" / "vault.key").write_text(new_key().reveal())
    with opened(tmp_path) as application, pytest.raises(UserError) as refused:
        require_ready(application)
    assert refused.value.problems[0].what.key == "vault.other_key"


def test_a_machine_without_an_approved_picture_refuses_to_take_part(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    with opened(tmp_path) as application:
        post = approve_one(application, "linkedin", "Met beeld.")
        application.media.path(post.content.media[0]).unlink()
        with pytest.raises(UserError) as refused:
            require_ready(application)
    assert refused.value.problems[0].what.key == "worker.no_media"


def _alive(application: Application) -> list[str]:
    now = application.clock.now()
    with application.database.read() as tx:
        return [
            worker.name
            for worker in list_workers(tx)
            if worker.stopped_at_utc is None and now - worker.heartbeat_at_utc < SILENT_AFTER
        ]
