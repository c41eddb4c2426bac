"""What is particular to Meta: retired metrics, containers, and a token that stays out of sight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.stand import ACCOUNTS, NOW, SandboxStand

from campaignbot.domain.metrics import Metric, Missing
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import outcomes
from campaignbot.platforms.errors import PlatformUnavailable
from campaignbot.sandbox import Sandbox, SandboxPost, graph_insights
from campaignbot_meta.containers import CONTAINER


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    running = Sandbox()
    running.seed_accounts(replace(account) for account in ACCOUNTS)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def instagram(sandbox: Sandbox, tmp_path: Path) -> Iterator[SandboxStand]:
    stand = SandboxStand("instagram", sandbox, tmp_path)
    yield stand
    stand.close()


def published(stand: SandboxStand, text: str = "Een bericht.") -> str:
    outcome = stand.adapter().publish(
        stand.content(text), resume=None, before_create=lambda _receipt: None
    )
    assert isinstance(outcome, outcomes.Published), outcome
    return outcome.external_id


def test_one_retired_metric_does_not_empty_the_others(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the platform knows is data of the sandbox; Meta retires some of it every year.
    monkeypatch.setattr(
        graph_insights, "POST_METRICS", graph_insights.POST_METRICS - {"post_clicks"}
    )
    stand = SandboxStand("facebook", sandbox, tmp_path)
    post, adapter = published(stand), stand.adapter()
    for _ in range(2):
        metrics = adapter.fetch_metrics([post])[post]
        assert metrics.missing[Metric.CLICKS] is Missing.RETIRED
        assert {Metric.IMPRESSIONS, Metric.REACH, Metric.REACTIONS} <= set(metrics.values)
    asked = sandbox.world.requests["facebook metrics"]
    adapter.fetch_metrics([post])
    assert sandbox.world.requests["facebook metrics"] == asked + 1, "it is remembered as retired"
    stand.close()


def test_an_interrupted_instagram_post_goes_on_from_its_container(
    instagram: SandboxStand,
) -> None:
    receipts: list[Receipt | None] = []

    class Stopped(Exception):
        pass

    def stop(receipt: Receipt | None) -> None:
        receipts.append(receipt)
        raise Stopped

    content = instagram.content("Halverwege gestopt.")
    with pytest.raises(Stopped):
        instagram.adapter().publish(content, resume=None, before_create=stop)
    assert receipts[0] is not None and receipts[0].kind == CONTAINER
    again: list[Receipt | None] = []
    outcome = instagram.adapter().publish(content, resume=receipts[0], before_create=again.append)
    assert isinstance(outcome, outcomes.Published)
    assert again == receipts, "the same container, not a second one"


def test_a_container_that_expired_is_made_again(sandbox: Sandbox, instagram: SandboxStand) -> None:
    container = sandbox.world.next_id()
    sandbox.world.pending[container] = {
        "container": True,
        "owner": "3001",
        "caption": "oud",
        "created_at": sandbox.world.now() - timedelta(days=2),
        "published": None,
        "kind": "IMAGE",
        "finished_at": sandbox.world.now() - timedelta(days=2),
        "data": b"",
        "media": [],
    }
    seen: list[Receipt | None] = []
    outcome = instagram.adapter().publish(
        instagram.content("Nieuw."),
        resume=Receipt(CONTAINER, {"id": container}),
        before_create=seen.append,
    )
    assert isinstance(outcome, outcomes.Published)
    assert seen[0] is not None and seen[0].data["id"] != container


def test_a_container_says_whether_it_was_published(instagram: SandboxStand) -> None:
    receipts: list[Receipt | None] = []
    content = instagram.content("Antwoord kwijt.")
    instagram.fail("create", "drop_after")
    outcome = instagram.adapter().publish(content, resume=None, before_create=receipts.append)
    assert isinstance(outcome, outcomes.Unknown)
    since = instagram.clock.now() - timedelta(minutes=10)
    assert instagram.adapter().find_published(content, since, receipts[0]) is not None


def test_a_comment_is_not_proved_absent_by_a_part_of_the_list(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    stand = SandboxStand("facebook", sandbox, tmp_path)
    parent = published(stand)
    for number in range(1001):
        sandbox.world.add_post(
            SandboxPost(f"9_{number}", "facebook", "0", "Leuk!", NOW, reply_to=parent)
        )
    sought = stand.content("Onze eigen opmerking.", pictures=0)
    with pytest.raises(PlatformUnavailable, match="more than 1000"):
        stand.adapter().find_published(sought, NOW - timedelta(hours=1), None, parent)
    stand.close()


def test_the_token_is_in_no_address(sandbox: Sandbox, tmp_path: Path) -> None:
    from facebook_business.session import FacebookSession

    stand = SandboxStand("facebook", sandbox, tmp_path)
    adapter: Any = stand.adapter()
    session: FacebookSession = adapter._graph._session
    assert "access_token" not in session.requests.params
    assert session.requests.headers["Authorization"].startswith("Bearer ")
    stand.close()
