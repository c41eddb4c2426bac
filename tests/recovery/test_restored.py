"""After a backup was put back nothing goes out twice, and nothing before a person has looked."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.workdirs import approve_one, opened, sandboxed, stored

from campaignbot.backups.making import make_backup
from campaignbot.backups.restoring import restore
from campaignbot.domain.clock import SimulatedClock, SystemClock
from campaignbot.domain.publication import State
from campaignbot.publishing import stopping
from campaignbot.publishing.steps import Step

PLATFORMS = ("facebook", "instagram", "linkedin", "x")


def quietly(_what: str, _done: int, _of: int) -> None:
    pass


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_the_original_published_after_the_backup_is_found_and_not_sent_again(
    tmp_path: Path, platform: str
) -> None:
    clock = SimulatedClock(SystemClock().now())
    with sandboxed(tmp_path) as sandbox:
        with opened(tmp_path, clock) as application:
            out = approve_one(application, platform, "Na de back-up geplaatst.")
            backup = make_backup(tmp_path, clock, quietly).path
            application.publisher("original").tick()
            assert stored(application, out).state is State.PUBLISHED
        clock.advance(timedelta(minutes=30))
        restored = restore(backup, tmp_path, clock, quietly, environment={}, replace=True)
        assert restored.settled.unsure == (out.reference,)

        with opened(tmp_path, clock) as application:
            assert stored(application, out).state is State.UNCERTAIN
            application.publisher("new").tick()
            found = stored(application, out)
            stopping.resume(application.database, clock, by="test")
            for _ in range(3):
                clock.advance(timedelta(minutes=11))
                application.publisher("new").tick()
            after = stored(application, out)
    live = [post for post in sandbox.world.posts if not post.deleted]
    assert len(live) == 1
    assert found.state is State.PUBLISHED and found.external_id == live[0].id
    assert after == found


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_never_went_out_is_published_once_after_a_person_said_resume(
    tmp_path: Path, platform: str
) -> None:
    clock = SimulatedClock(SystemClock().now())
    with sandboxed(tmp_path) as sandbox:
        with opened(tmp_path, clock) as application:
            waiting = approve_one(application, platform, "Nog niet geplaatst.")
            backup = make_backup(tmp_path, clock, quietly).path
        restore(backup, tmp_path, clock, quietly, environment={}, replace=True)
        with opened(tmp_path, clock) as application:
            publisher = application.publisher("new")
            # Where nothing refuses a duplicate, the third look comes after half an hour.
            for _ in range(5):
                clock.advance(timedelta(minutes=11))
                publisher.tick()
            assert stored(application, waiting).state is State.APPROVED
            assert sandbox.world.posts == []
            stopping.resume(application.database, clock, by="test")
            for _ in range(2):
                clock.advance(timedelta(minutes=11))
                publisher.tick()
            assert stored(application, waiting).state is State.PUBLISHED
    assert len(sandbox.world.posts) == 1


@pytest.mark.parametrize("step", [Step.CLAIMED, Step.REQUEST_MARKED, Step.ANSWERED])
def test_a_backup_made_in_the_middle_of_publishing_doubles_nothing(
    tmp_path: Path, step: Step
) -> None:
    clock = SimulatedClock(SystemClock().now())
    made: list[Path] = []
    with sandboxed(tmp_path) as sandbox:
        with opened(tmp_path, clock) as application:
            publication = approve_one(application, "x", "Midden in het plaatsen.")

            def back_up(passed: Step) -> None:
                if passed is step:
                    made.append(make_backup(tmp_path, clock, quietly).path)

            application.publisher("original", back_up).tick()
        clock.advance(timedelta(minutes=1))
        restored = restore(made[0], tmp_path, clock, quietly, environment={}, replace=True)
        assert restored.settled.unsure == (publication.reference,)
        with opened(tmp_path, clock) as application:
            stopping.resume(application.database, clock, by="test")
            for _ in range(4):
                clock.advance(timedelta(minutes=11))
                application.publisher("new").tick()
            after = stored(application, publication)
    live = [post for post in sandbox.world.posts if not post.deleted]
    assert len(live) == 1
    assert (after.state, after.external_id) == (State.PUBLISHED, live[0].id)
