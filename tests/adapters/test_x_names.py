"""X under the two names of its things: whichever a server takes, it is understood."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.adapters.stand import IDS, NOW
from tests.adapters.xs import OnX

from campaignbot.domain.content import Content
from campaignbot.domain.metrics import Metric
from campaignbot.platforms import outcomes
from campaignbot.platforms.errors import ContentRefused
from campaignbot.sandbox import Sandbox, SandboxPost


@pytest.fixture
def x(sandbox: Sandbox, tmp_path: Path) -> OnX:
    return OnX(sandbox, tmp_path)


def fields_sent(x: OnX) -> list[str]:
    """Return under which name each request so far asked for the fields of posts."""
    queries = (parse_qs(urlsplit(line.split()[1]).query) for line in x.sandbox.world.addresses)
    return [name for query in queries for name in query if name in {"tweet.fields", "post.fields"}]


@pytest.mark.parametrize("names", ["tweet", "post"])
def test_replies_and_numbers_are_read_under_either_name(x: OnX, names: str) -> None:
    x.sandbox.world.x_names = names
    adapter = x.adapter()
    made = adapter.publish(Content("Een bericht."), resume=None, before_create=lambda _r: None)
    assert isinstance(made, outcomes.Published)
    reply = SandboxPost("9" * 18, "x", IDS["x"], "Een antwoord.", NOW, raw="Een antwoord.")
    reply.reply_to = made.external_id
    x.sandbox.world.add_post(reply)
    seen = list(adapter.recent_posts(NOW - timedelta(days=1)))
    assert [post.external_id for post in seen] == [made.external_id], "a reply is no post"
    found = adapter.find_published(Content("Een antwoord."), NOW, None, made.external_id)
    assert found is not None and found.external_id == reply.id
    metrics = adapter.fetch_metrics([made.external_id])[made.external_id]
    assert Metric.IMPRESSIONS in metrics.values and Metric.CLICKS in metrics.values
    adapter.close()


def test_the_name_that_a_server_takes_is_tried_out_once(x: OnX) -> None:
    x.sandbox.world.x_names = "post"
    adapter = x.adapter()
    for _ in range(3):
        list(adapter.recent_posts(NOW))
    assert fields_sent(x) == ["tweet.fields", "post.fields", "post.fields", "post.fields"]
    adapter.close()


def test_a_server_that_changes_its_mind_is_followed(x: OnX) -> None:
    x.sandbox.world.x_names = "post"
    adapter = x.adapter()
    list(adapter.recent_posts(NOW))
    x.sandbox.world.x_names = "tweet"
    list(adapter.recent_posts(NOW))
    assert fields_sent(x) == ["tweet.fields", "post.fields", "post.fields", "tweet.fields"]
    adapter.close()


def test_what_is_refused_for_another_reason_is_asked_once(x: OnX) -> None:
    adapter = x.adapter()
    with pytest.raises(ContentRefused, match="size must be between"):
        adapter.fetch_metrics([str((i << 40) + 1) for i in range(1, 102)])
    assert fields_sent(x) == ["tweet.fields"]
    adapter.close()
