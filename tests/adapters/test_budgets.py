"""What adapters read from the headers of X and of Meta; every header is our own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.adapters.stand import NOW, SandboxStand

from campaignbot.domain.accounts import BudgetOwner, RateBudget
from campaignbot.platforms import outcomes
from campaignbot.sandbox import Sandbox
from campaignbot.sandbox.limits import CallLimit
from campaignbot_meta import usage
from campaignbot_x import budgets

QUARTER, DAY = 900, 86_400


def after_publishing(sandbox: Sandbox, folder: Path, platform: str) -> list[RateBudget]:
    stand = SandboxStand(platform, sandbox, folder)
    adapter = stand.adapter()
    outcome = adapter.publish(
        stand.content("Eén bericht."), resume=None, before_create=lambda _receipt: None
    )
    assert isinstance(outcome, outcomes.Published), outcome
    told = list(adapter.budgets())
    adapter.close()
    stand.close()
    return told


def test_x_tells_the_three_limits_on_posting(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.world.meter.set(CallLimit("x", "create", "account", 17, DAY))
    assert after_publishing(sandbox, tmp_path, "x") == [
        RateBudget(BudgetOwner.ACCOUNT, "create", 99, NOW + timedelta(minutes=15)),
        RateBudget(BudgetOwner.ACCOUNT, "create-24h", 16, NOW + timedelta(days=1)),
        RateBudget(BudgetOwner.APP, "create-24h", 9_999, NOW + timedelta(days=1)),
    ]


@pytest.mark.parametrize(
    ("platform", "bucket"), [("facebook", "pages"), ("instagram", "instagram")]
)
def test_meta_tells_percents_of_the_account_and_of_the_app(
    sandbox: Sandbox, tmp_path: Path, platform: str, bucket: str
) -> None:
    sandbox.world.meter.set(CallLimit(platform, "any", "account", 10, DAY, "rolling"))
    told = {(b.owner, b.bucket): b for b in after_publishing(sandbox, tmp_path, platform)}
    assert told[BudgetOwner.APP, "calls"].remaining == 100
    assert 0 < told[BudgetOwner.ACCOUNT, bucket].remaining < 100


def test_an_account_that_used_up_its_share_waits_until_meta_lets_it_in_again(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox.world.meter.set(CallLimit("facebook", "any", "account", 0, DAY, "rolling"))
    stand = SandboxStand("facebook", sandbox, tmp_path)
    adapter = stand.adapter()
    outcome = adapter.publish(
        stand.content("Op.", pictures=0), resume=None, before_create=lambda _receipt: None
    )
    stand.close()
    assert isinstance(outcome, outcomes.RateLimited) and "80001" in outcome.said
    assert outcome.until_utc == NOW + timedelta(days=1)
    used = RateBudget(BudgetOwner.ACCOUNT, "pages", 0, NOW + timedelta(days=1))
    assert used in adapter.budgets()
    adapter.close()


def test_the_limit_of_24_hours_counts_where_that_of_the_quarter_does_not() -> None:
    reset = int(NOW.timestamp())
    headers = {
        "x-rate-limit-remaining": "40",
        "x-rate-limit-reset": str(reset + QUARTER),
        "x-app-limit-24hour-remaining": "0",
        "x-app-limit-24hour-reset": str(reset + DAY),
    }
    assert budgets.used_up_until(headers) == NOW + timedelta(days=1)


def test_the_scarcest_share_of_the_posting_use_cases_counts() -> None:
    rows = [
        {"type": "pages", "call_count": 12, "total_cputime": 20, "total_time": 4},
        {"type": "pages", "call_count": 99.2, "estimated_time_to_regain_access": 5},
        {"type": "ads_management", "call_count": 100, "estimated_time_to_regain_access": 60},
    ]
    headers = {"X-Business-Use-Case-Usage": json.dumps({"2001": rows})}
    assert list(usage.told(headers, NOW)) == [
        RateBudget(BudgetOwner.ACCOUNT, "pages", 0, NOW + timedelta(minutes=5))
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "call_count", "total_time", "estimated_time_to_regain_access"]
            ),
            inner | st.just("pages"),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(json_values | st.dictionaries(st.text(max_size=3), st.lists(json_values), max_size=2))
def test_no_header_of_meta_is_an_error(value: object) -> None:
    raw = json.dumps(value)
    headers = {"X-App-Usage": raw, "X-Business-Use-Case-Usage": raw}
    for budget in usage.told(headers, NOW):
        assert 0 <= budget.remaining and NOW < budget.resets_at_utc <= NOW + timedelta(days=1)


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_header_of_x_is_an_error(remaining: str, reset: str) -> None:
    names = ("x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour")
    headers = {f"{name}-remaining": remaining for name in names}
    headers |= {f"{name}-reset": reset for name in names}
    for budget in budgets.told(headers):
        assert budget.remaining >= 0
    budgets.used_up_until(headers)


def test_a_reset_is_read_in_seconds() -> None:
    assert budgets.reset_at("1930000000") == datetime.fromtimestamp(1_930_000_000, UTC)
