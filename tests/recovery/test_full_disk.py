"""A disk that is full when the answer of a platform comes: the post is out once, and known."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.storage.disk import fill, make_room
from tests.workdirs import approve_one, opened, sandboxed, stored

from campaignbot.domain.clock import SimulatedClock, SystemClock
from campaignbot.domain.errors import UserError
from campaignbot.domain.publication import State
from campaignbot.publishing.steps import Step


@pytest.mark.parametrize("platform", ["facebook", "instagram", "linkedin", "x"])
def test_a_post_whose_outcome_did_not_fit_is_found_and_not_sent_again(
    tmp_path: Path, platform: str
) -> None:
    clock = SimulatedClock(SystemClock().now())
    with sandboxed(tmp_path) as sandbox, opened(tmp_path, clock) as application:
        publication = approve_one(application, platform, "Geplaatst, maar niet genoteerd.")

        def fill_up(step: Step) -> None:
            if step is Step.ANSWERED:
                fill(application.database, clock)

        with pytest.raises(UserError, match=r"storage\.disk_full"):
            application.publisher("first", fill_up).tick()
        assert stored(application, publication).state is State.PUBLISHING
        assert len(sandbox.world.posts) == 1

        # While there is no room nothing changes, and nothing is sent again.
        clock.advance(timedelta(minutes=11))
        with pytest.raises(UserError, match=r"storage\.disk_full"):
            application.publisher("second").tick()

        make_room(application.database)
        for _ in range(3):
            clock.advance(timedelta(minutes=11))
            application.publisher("third").tick()
        after = stored(application, publication)
        live = [post for post in sandbox.world.posts if not post.deleted]
    assert len(live) == 1
    assert (after.state, after.external_id) == (State.PUBLISHED, live[0].id)
