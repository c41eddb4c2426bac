"""Rate limits and faults of the practice platforms, on their own clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from campaignbot.sandbox import Sandbox, SandboxAccount, SandboxPost, World
from campaignbot.sandbox.fault import Fault
from campaignbot.sandbox.limits import CallLimit, Meter

NOW = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)
QUARTER, HOUR, DAY = 900, 3600, 86_400


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    running = Sandbox(now=NOW)
    running.seed_accounts(
        [
            SandboxAccount("x", "4001", "Gemeente Voorbeeld", "t-1"),
            SandboxAccount("x", "4002", "Gemeente Elders", "t-2"),
            SandboxAccount("facebook", "2001", "Gemeente Voorbeeld", "t-3"),
            SandboxAccount("linkedin", "urn:li:organization:1001", "Gemeente Voorbeeld", "t-4"),
        ]
    )
    running.start()
    yield running
    running.stop()


def limit(sandbox: Sandbox, **body: Any) -> None:
    answer = requests.post(f"{sandbox.url}/control/limits", json=body, timeout=5)
    assert answer.json() == {"ok": True}


def me(sandbox: Sandbox, token: str = "t-1") -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{sandbox.url}/x/2/users/me", headers=headers, timeout=5)


def test_every_answer_tells_what_is_left_of_the_window(sandbox: Sandbox) -> None:
    told = [me(sandbox).headers["x-rate-limit-remaining"] for _ in range(3)]
    assert told == ["74", "73", "72"]
    assert me(sandbox, "t-2").headers["x-rate-limit-remaining"] == "74", "each account its own"
    sandbox.world.set_clock(NOW + timedelta(minutes=15))
    assert me(sandbox).headers["x-rate-limit-remaining"] == "74"


def test_what_is_used_up_is_refused_until_the_window_ends(sandbox: Sandbox) -> None:
    limit(sandbox, platform="x", on="me", allowed=1, window_s=QUARTER)
    assert me(sandbox).status_code == 200
    refused = me(sandbox)
    assert refused.status_code == 429 and refused.json()["title"] == "Too Many Requests"
    assert refused.headers["x-rate-limit-remaining"] == "0"
    reset = datetime.fromtimestamp(int(refused.headers["x-rate-limit-reset"]), UTC)
    assert reset == NOW + timedelta(minutes=15)
    sandbox.world.set_clock(reset)
    assert me(sandbox).status_code == 200


def test_the_accounts_of_an_app_share_its_limit(sandbox: Sandbox) -> None:
    limit(sandbox, platform="x", on="me", owner="app", allowed=2, window_s=DAY)
    assert [me(sandbox, t).status_code for t in ("t-1", "t-2", "t-1")] == [200, 200, 429]


@pytest.mark.parametrize(
    ("tells", "header"),
    [("retry_after", "120"), ("retry_after_date", "Tue, 24 Nov 2026 09:09:00 GMT")],
)
def test_a_refusal_can_carry_retry_after(sandbox: Sandbox, tells: str, header: str) -> None:
    limit(sandbox, platform="x", on="me", allowed=0, window_s=QUARTER, tells=tells)
    refused = me(sandbox)
    assert refused.status_code == 429 and refused.headers["Retry-After"] == header
    assert "x-rate-limit-reset" not in refused.headers


def test_a_refusal_can_say_nothing_of_time(sandbox: Sandbox) -> None:
    limit(sandbox, platform="x", on="me", allowed=0, window_s=QUARTER, tells="nothing")
    names = {name.lower() for name in me(sandbox).headers}
    assert not {"retry-after", "x-rate-limit-reset"} & names


def test_limits_go_back_to_what_is_documented(sandbox: Sandbox) -> None:
    limit(sandbox, platform="x", on="me", allowed=0, window_s=QUARTER)
    requests.delete(f"{sandbox.url}/control/limits", timeout=5)
    told = requests.get(f"{sandbox.url}/control/limits", timeout=5).json()
    assert told["simulation"] is True
    create = {
        (row["owner"], row["window_s"]): row["allowed"]
        for row in told["limits"]
        if (row["platform"], row["on"]) == ("x", "create")
    }
    assert create == {("account", QUARTER): 100, ("app", DAY): 10_000}
    assert me(sandbox).status_code == 200


def test_meta_and_linkedin_refuse_in_their_own_words(sandbox: Sandbox) -> None:
    limit(sandbox, platform="facebook", on="any", allowed=0, window_s=DAY, kind="rolling")
    limit(sandbox, platform="linkedin", on="acls", owner="app", allowed=0, window_s=DAY, kind="day")
    page = requests.get(
        f"{sandbox.base_urls['facebook']}/v26.0/2001",
        headers={"Authorization": "Bearer t-3"},
        timeout=5,
    )
    assert page.status_code == 400 and page.json()["error"]["code"] == 80001
    assert '"call_count": 100' in page.headers["X-Business-Use-Case-Usage"]
    organisation = requests.get(
        f"{sandbox.base_urls['linkedin']}/rest/organizationAcls",
        headers={
            "Authorization": "Bearer t-4",
            "Linkedin-Version": "202610",
            "X-Restli-Protocol-Version": "2.0.0",
        },
        timeout=5,
    )
    assert organisation.status_code == 429 and "APPLICATION DAY" in organisation.text


def test_a_rolling_window_lets_in_again_what_its_oldest_call_leaves() -> None:
    meter = Meter((CallLimit("x", "me", "account", 2, HOUR, "rolling"),))

    def refused(minutes: int) -> bool:
        now = NOW + timedelta(minutes=minutes)
        return meter.charge("x", "1", "me", now)[0].refused

    assert [refused(m) for m in (0, 30, 40, 60, 70, 90)] == [
        False, False, True, False, True, False,
    ]  # fmt: skip


def test_a_day_ends_at_midnight() -> None:
    meter = Meter((CallLimit("linkedin", "any", "account", 1, DAY, "day"),))
    first = meter.charge("linkedin", "1", "create", NOW)[0]
    assert first.resets_at == datetime(2026, 11, 25, tzinfo=UTC)
    assert meter.charge("linkedin", "1", "create", NOW + timedelta(hours=14))[0].refused
    assert not meter.charge("linkedin", "1", "create", NOW + timedelta(hours=15))[0].refused


def test_a_clock_that_is_set_back_begins_a_new_window() -> None:
    meter = Meter((CallLimit("x", "me", "account", 1, QUARTER),))
    meter.charge("x", "1", "me", NOW)
    assert not meter.charge("x", "1", "me", NOW - timedelta(days=1))[0].refused


def test_a_fault_at_a_rate_strikes_that_share_for_ever_and_the_same_way_each_time() -> None:
    def struck(seed: int) -> list[bool]:
        world = World(NOW)
        world.faults.append(Fault("*", "any", "http_500", rate=0.05, seed=seed))
        return [world.take_fault("x", "create") is not None for _ in range(4000)]

    first = struck(7)
    assert first == struck(7) != struck(8)
    assert 120 < Counter(first)[True] < 290


def test_a_fault_at_a_rate_is_set_by_the_control_api(sandbox: Sandbox) -> None:
    requests.post(
        f"{sandbox.url}/control/faults",
        json={"platform": "x", "kind": "http_503", "rate": 1.0, "seed": 3},
        timeout=5,
    )
    assert [me(sandbox).status_code for _ in range(3)] == [503] * 3
    requests.delete(f"{sandbox.url}/control/faults", timeout=5)
    assert me(sandbox).status_code == 200


class Counting(str):
    """A text that counts how often it is compared."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Counting.compared += 1
        return str.__eq__(self, other)


def test_a_post_is_found_without_looking_at_the_others() -> None:
    world = World(NOW)
    for number in range(2000):
        account = str(number % 50)
        world.add_post(SandboxPost(str(number), "x", account, Counting(f"Tekst {number}"), NOW))
    Counting.compared = 0
    assert world.same_text("x", "7", "Tekst 1957") is not None
    assert world.same_text("x", "8", "Tekst 1957") is None
    assert Counting.compared <= 4
    assert len(world.live("x", "7")) == 40
    found = world.find("x", "1957")
    assert found is not None
    world.delete(found)
    assert world.find("x", "1957") is None and world.knew("x", "1957")
    assert world.same_text("x", "7", "Tekst 1957") is None
