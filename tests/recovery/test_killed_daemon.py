"""A daemon killed between any two steps of publishing neither doubles nor loses a post."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tests.workdirs import approve_one, opened, sandboxed, stored

from campaignbot.domain.clock import SimulatedClock, SystemClock
from campaignbot.domain.publication import State
from campaignbot.publishing.steps import Step

VICTIM = Path(__file__).with_name("victim.py")
SENDING = (
    Step.CLAIMED,
    Step.BEFORE_CREATE,
    Step.REQUEST_MARKED,
    Step.ANSWERED,
    Step.RECORDED,
)
PLATFORMS = ("facebook", "instagram", "linkedin", "x")


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("step", SENDING)
def test_killed_at_any_point_the_post_exists_exactly_once(
    tmp_path: Path, platform: str, step: Step
) -> None:
    with sandboxed(tmp_path) as sandbox:
        with opened(tmp_path) as application:
            publication = approve_one(application, platform, "Eén keer, en niet vaker.")
        killed = subprocess.run(
            [sys.executable, str(VICTIM), str(tmp_path), step], capture_output=True, timeout=60
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()[-500:]

        # The next daemon comes after the dead one's lease is over.
        clock = SimulatedClock(SystemClock().now())
        with opened(tmp_path, clock) as application:
            for _ in range(6):
                clock.advance(timedelta(minutes=11))
                application.publisher("next").tick()
            after = stored(application, publication)

        live = [p for p in sandbox.world.posts if p.platform == platform and not p.deleted]
        assert len(live) == 1, "doubled" if live else "lost"
        assert after.state is State.PUBLISHED
        assert after.external_id == live[0].id


def test_the_database_says_uncertain_before_anyone_looked(tmp_path: Path) -> None:
    """Killed between create and record, nobody may claim that it went out, or that it did not."""
    with sandboxed(tmp_path):
        with opened(tmp_path) as application:
            publication = approve_one(application, "x", "Antwoord kwijt.")
        subprocess.run(
            [sys.executable, str(VICTIM), str(tmp_path), Step.ANSWERED],
            capture_output=True,
            timeout=60,
        )
        clock = SimulatedClock(SystemClock().now() + timedelta(minutes=11))
        with opened(tmp_path, clock) as application:
            assert stored(application, publication).state is State.PUBLISHING
            application.publisher("next").tick()
            history = stored(application, publication)
            assert history.state is State.PUBLISHED
            assert history.external_id is not None
