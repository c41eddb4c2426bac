"""What is particular to X: replies in the timeline, and more posts than one page holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.adapters.stand import IDS, NOW, SandboxStand

from campaignbot.platforms import outcomes
from campaignbot.sandbox import Sandbox, SandboxPost


@pytest.fixture
def x(sandbox: Sandbox, tmp_path: Path) -> Iterator[SandboxStand]:
    stand = SandboxStand("x", sandbox, tmp_path)
    yield stand
    stand.close()


def test_a_post_is_found_behind_a_hundred_newer_ones(sandbox: Sandbox, x: SandboxStand) -> None:
    content, adapter = x.content("Het gezochte bericht.", pictures=0), x.adapter()
    outcome = adapter.publish(content, resume=None, before_create=lambda _receipt: None)
    assert isinstance(outcome, outcomes.Published)
    for number in range(120):
        text = f"Later {number}"
        post = SandboxPost(f"8{number:017}", "x", IDS["x"], text, NOW, raw=text)
        sandbox.world.add_post(post)
    found = adapter.find_published(content, NOW - timedelta(hours=1), None)
    assert found is not None and found.external_id == outcome.external_id
    adapter.close()


def test_a_hundred_posts_are_measured_in_one_call(sandbox: Sandbox, x: SandboxStand) -> None:
    made_at_ms = int((NOW - timedelta(days=2)).timestamp() * 1000) - 1_288_834_974_657
    ids = [str((made_at_ms << 22) + number) for number in range(x.platform.metrics_batch)]
    for post_id in ids:
        sandbox.world.add_post(SandboxPost(post_id, "x", IDS["x"], f"Bericht {post_id}", NOW))
    adapter = x.adapter()
    assert adapter.fetch_metrics(ids).keys() == set(ids) and len(ids) == 100
    assert sandbox.world.requests["x metrics"] == 1
    adapter.close()


def test_a_reply_carries_pictures_with_their_alt_text(sandbox: Sandbox, x: SandboxStand) -> None:
    adapter = x.adapter()
    parent = adapter.publish(x.content("Boven."), resume=None, before_create=lambda _receipt: None)
    assert isinstance(parent, outcomes.Published)
    content = x.content("Onder.", pictures=2)
    reply = adapter.publish(
        content, resume=None, before_create=lambda _r: None, reply_to=parent.external_id
    )
    assert isinstance(reply, outcomes.Published)
    below = sandbox.world.replies("x", parent.external_id)
    assert [m.alt_text for m in below[0].media] == [item.alt_text for item in content.media]
    adapter.close()


def test_recent_posts_reach_behind_a_page_and_leave_out_what_is_not_the_accounts(
    sandbox: Sandbox, x: SandboxStand
) -> None:
    own = [f"8{number:017}" for number in range(120)]
    posts = [SandboxPost(post_id, "x", IDS["x"], f"Bericht {post_id}", NOW) for post_id in own]
    posts.append(SandboxPost("81", "x", IDS["x"], "Van een ander.", NOW, passes_on="77"))
    posts.append(SandboxPost("82", "x", IDS["x"], "Een antwoord.", NOW, reply_to=own[0]))
    for post in posts:
        sandbox.world.add_post(post)
    adapter = x.adapter()
    listed = [post.external_id for post in adapter.recent_posts(NOW - timedelta(hours=1))]
    assert sorted(listed) == own
    adapter.close()
