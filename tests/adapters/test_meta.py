"""What Meta's numbers and limits are: retired metrics, permissions, usage as headers tell it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from tests.adapters.meta import Meta
from tests.adapters.stand import NOW

from campaignbot.domain.accounts import BudgetOwner, RateBudget
from campaignbot.domain.content import Content
from campaignbot.domain.metrics import Metric, Missing
from campaignbot.platforms import outcomes
from campaignbot.platforms.errors import PermissionMissing
from campaignbot.sandbox import graph_insights
from campaignbot_meta import usage


def published(meta: Meta, platform: str) -> str:
    adapter = meta.page() if platform == "facebook" else meta.instagram()
    outcome = meta.publish(adapter, Content("Een bericht.", media=(meta.picture(),)))
    assert isinstance(outcome, outcomes.Published), outcome
    meta.pass_time(timedelta(days=2))
    return outcome.external_id


@pytest.mark.parametrize(
    ("platform", "table", "name", "metric"),
    [
        ("facebook", "POST_METRICS", "post_clicks", Metric.CLICKS),
        ("facebook", "POST_METRICS", "post_activity_by_action_type", Metric.SHARES),
        ("instagram", "MEDIA_METRICS", "saved", Metric.SAVES),
    ],
)
def test_one_retired_metric_does_not_empty_the_others(
    meta: Meta,
    monkeypatch: pytest.MonkeyPatch,
    platform: str,
    table: str,
    name: str,
    metric: Metric,
) -> None:
    # What the platform knows is data of the sandbox; Meta retires some of it every year.
    monkeypatch.setattr(graph_insights, table, getattr(graph_insights, table) - {name})
    post = published(meta, platform)
    adapter = meta.page() if platform == "facebook" else meta.instagram()
    told = adapter.fetch_metrics([post])[post]
    assert told.missing[metric] is Missing.RETIRED
    assert {Metric.IMPRESSIONS, Metric.REACH, Metric.REACTIONS} <= set(told.values)
    asked = meta.sandbox.world.requests["facebook metrics"]
    again = adapter.fetch_metrics([post])[post]
    assert again.missing == told.missing
    assert meta.sandbox.world.requests["facebook metrics"] == asked + 1, "remembered as retired"


def test_when_all_metrics_are_retired_nothing_is_asked_any_more(
    meta: Meta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_insights, "MEDIA_METRICS", {"something_new"})
    post, adapter = published(meta, "instagram"), meta.instagram()
    told = adapter.fetch_metrics([post])[post]
    assert not told.values and set(told.missing.values()) == {Missing.RETIRED}
    asked = meta.sandbox.world.requests["facebook metrics"]
    adapter.fetch_metrics([post])
    assert meta.sandbox.world.requests["facebook metrics"] == asked


def test_without_the_permission_for_numbers_it_says_which_one(meta: Meta) -> None:
    post = published(meta, "facebook")
    meta.account("facebook").scopes = ("pages_manage_posts", "pages_read_engagement")
    with pytest.raises(PermissionMissing, match="read_insights"):
        meta.page().fetch_metrics([post])


def told(headers: dict[str, object]) -> list[RateBudget]:
    return list(usage.told({name: json.dumps(value) for name, value in headers.items()}, NOW))


def test_posting_stops_before_the_limit_is_hit() -> None:
    def left(percent: int) -> int:
        row = {"type": "pages", "call_count": percent, "total_cputime": 1, "total_time": 1}
        return told({"X-Business-Use-Case-Usage": {"2001": [row]}})[0].remaining

    assert (left(1), left(60), left(94)) == (99, 40, 6)
    assert (left(95), left(99), left(100), left(140)) == (0, 0, 0, 0)


def test_a_wait_that_is_named_counts_also_when_the_shares_are_low() -> None:
    row = {"type": "instagram", "call_count": 10, "estimated_time_to_regain_access": 9}
    assert told({"X-Business-Use-Case-Usage": {"3001": [row]}}) == [
        RateBudget(BudgetOwner.ACCOUNT, "instagram", 0, NOW + timedelta(minutes=9))
    ]


def test_the_usage_of_app_and_page_are_told_apart() -> None:
    shares = {"call_count": 20, "total_time": 30, "total_cputime": 10}
    assert told({"X-App-Usage": shares, "X-Page-Usage": {**shares, "total_time": 50}}) == [
        RateBudget(BudgetOwner.APP, "calls", 70, NOW + timedelta(hours=1)),
        RateBudget(BudgetOwner.ACCOUNT, "calls", 50, NOW + timedelta(hours=1)),
    ]
