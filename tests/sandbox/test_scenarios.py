"""Scenarios: what is written down goes wrong, when and as often as it says, and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.sandbox import Sandbox, SandboxAccount, SandboxPost, Scenario
from campaignbot.sandbox.fault import Fault
from campaignbot.sandbox.scenario import Step, complaints, read, troubles
from campaignbot.yamlfiles import read_yaml

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "config" / "scenarios").glob("*.yaml"))
ORGANISATION = "urn:li:organization:1"


class Room:
    """The practice platforms with accounts, and somebody who asks."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.world = sandbox, sandbox.world

    def begin(self, *steps: Step, seed: int = 0) -> None:
        self.sandbox.play(Scenario("Oefening", steps, seed=seed))

    def wait(self, **passed: float) -> None:
        self.world.set_clock(self.world.now() + timedelta(**passed))

    def ask(self, method: str, url: str, token: str, **more: Any) -> requests.Response:
        headers = {
            "Authorization": f"Bearer {token}",
            "Linkedin-Version": "202610",
            "X-Restli-Protocol-Version": "2.0.0",
        }
        return requests.request(method, url, headers=headers, timeout=10, **more)

    def x(self, path: str = "users/me", token: str = "t-x") -> requests.Response:
        return self.ask("GET", f"{self.sandbox.url}/x/2/{path}", token)

    def graph(self, method: str, path: str, token: str, **data: str) -> requests.Response:
        url = f"{self.sandbox.url}/facebook/v26.0/{path}"
        return self.ask(method, url, token, data=data or None)

    def linkedin(self, path: str) -> requests.Response:
        return self.ask("GET", f"{self.sandbox.url}/linkedin/rest/{path}", "t-linkedin")

    def post(self, platform: str, account: str, number: str) -> SandboxPost:
        return self.world.add_post(SandboxPost(number, platform, account, "Bericht", NOW))


@pytest.fixture
def room() -> Iterator[Room]:
    sandbox = Sandbox(now=NOW)
    sandbox.seed_accounts(
        [
            SandboxAccount("x", "41", "Gemeente Voorbeeld", "t-x", 50_000),
            SandboxAccount("x", "42", "Gemeente Elders", "t-x2"),
            SandboxAccount("facebook", "21", "Gemeente Voorbeeld", "t-facebook", 50_000),
            SandboxAccount("instagram", "31", "Gemeente Voorbeeld", "t-instagram"),
            SandboxAccount("linkedin", ORGANISATION, "Gemeente Voorbeeld", "t-linkedin", 50_000),
        ]
    )
    sandbox.start()
    yield Room(sandbox)
    sandbox.stop()


def test_a_step_begins_and_ends_by_the_sandboxes_own_clock(room: Room) -> None:
    room.begin(Step("http_503", "x", after_minutes=30, lasts_minutes=10))
    seen = []
    for minutes in (0, 29, 1, 9, 1):
        room.wait(minutes=minutes)
        seen.append(room.x().status_code)
    assert seen == [200, 200, 503, 503, 200]


def test_a_step_can_begin_at_a_time_on_the_wall_in_dutch_time(room: Room) -> None:
    room.begin(Step("http_503", "x", at=datetime(2026, 11, 23, 9, 30)))
    room.wait(minutes=29)
    assert room.x().status_code == 200
    room.wait(minutes=1)
    assert [room.x().status_code for _ in range(2)] == [503, 200]


def test_a_step_begins_after_a_number_of_requests(room: Room) -> None:
    room.begin(Step("http_500", "x", after_requests=2, times=2))
    assert [room.x().status_code for _ in range(5)] == [200, 200, 500, 500, 200]


def test_a_step_strikes_one_account_or_all_of_a_platform_or_all(room: Room) -> None:
    room.begin(Step("http_500", "x", account="42", lasts_minutes=5))
    assert [room.x(token=t).status_code for t in ("t-x", "t-x2")] == [200, 500]
    room.begin(Step("http_500", "x", lasts_minutes=5))
    assert [room.x(token=t).status_code for t in ("t-x", "t-x2")] == [500, 500]
    assert room.graph("GET", "21", "t-facebook").status_code == 200
    room.begin(Step("http_500", lasts_minutes=5))
    assert room.graph("GET", "21", "t-facebook").status_code == 500


def test_a_share_of_the_calls_is_the_same_share_each_time(room: Room) -> None:
    def struck(seed: int) -> list[int]:
        room.begin(Step("http_500", "x", share=0.5, lasts_minutes=60), seed=seed)
        return [room.x().status_code for _ in range(30)]

    first = struck(1)
    assert first == struck(1) != struck(2)
    assert 5 < first.count(500) < 25


def test_access_that_expired_stays_so_until_there_is_a_new_token(room: Room) -> None:
    room.begin(Step("token_expired", "x", account="41", after_minutes=5))
    assert room.x().status_code == 200
    room.wait(minutes=5)
    assert [room.x().status_code for _ in range(2)] == [401, 401]
    assert room.x(token="t-x2").status_code == 200
    renewed = {"platform": "x", "external_id": "41", "token": "t-nieuw", "expires_at": None}
    requests.post(f"{room.sandbox.url}/control/tokens", json=renewed, timeout=5)
    assert room.x(token="t-nieuw").status_code == 200


def test_meta_refuses_a_call_for_a_retired_metric_and_no_other(room: Room) -> None:
    room.post("facebook", "21", "21_7")
    room.begin(Step("retired_metric", "facebook", metric="post_clicks"))
    for _ in range(3):
        refused = room.graph(
            "GET", "21_7/insights?metric=post_media_view,post_clicks", "t-facebook"
        )
        assert refused.status_code == 400 and refused.json()["error"]["code"] == 100
    other = room.graph("GET", "21_7/insights?metric=post_media_view", "t-facebook")
    assert other.json()["data"][0]["name"] == "post_media_view"


def test_x_and_linkedin_leave_a_retired_metric_out(room: Room) -> None:
    room.post("x", "41", "7")
    room.post("linkedin", ORGANISATION, "urn:li:share:7")
    room.begin(
        Step("retired_metric", "x", metric="like_count"),
        Step("retired_metric", "linkedin", metric="likeCount"),
    )
    room.wait(days=2)
    told = room.x("tweets?ids=7&tweet.fields=public_metrics").json()["data"][0]["public_metrics"]
    assert "like_count" not in told and told["impression_count"] > 0
    page = f"organizationalEntity={quote(ORGANISATION)}"
    path = f"organizationalEntityShareStatistics?q=organizationalEntity&{page}&shares="
    answer = room.linkedin(path + quote("List(urn:li:share:7)"))
    numbers = answer.json()["elements"][0]["totalShareStatistics"]
    assert "likeCount" not in numbers and numbers["impressionCount"] > 0


def test_media_stay_in_the_works_and_then_fail(room: Room) -> None:
    begun = room.ask(
        "POST",
        f"{room.sandbox.url}/linkedin/rest/images?action=initializeUpload",
        "t-linkedin",
        json={"initializeUploadRequest": {"owner": ORGANISATION}},
    ).json()["value"]
    room.ask("PUT", begun["uploadUrl"], "t-linkedin", data=JPEG)
    room.begin(
        Step("processing_slow", "linkedin", times=2),
        Step("processing_fails", "linkedin"),
    )
    assert room.linkedin("organizations/1").status_code == 200, "another call uses none of it up"
    status = [room.linkedin(f"images/{quote(begun['image'])}").json()["status"] for _ in range(4)]
    assert status == ["PROCESSING", "PROCESSING", "PROCESSING_FAILED", "AVAILABLE"]


def test_a_container_is_in_the_works_and_then_fails(room: Room) -> None:
    room.world.pending["55"] = {
        "container": True, "owner": "31", "caption": "", "created_at": NOW, "published": None,
        "media": [], "kind": "IMAGE", "item": False, "finished_at": NOW, "data": b"",
    }  # fmt: skip
    room.begin(Step("processing_slow", "instagram", times=1), Step("processing_fails", "instagram"))
    asked = [room.graph("GET", "55?fields=status_code", "t-instagram").json() for _ in range(3)]
    assert [a["status_code"] for a in asked] == ["IN_PROGRESS", "ERROR", "FINISHED"]


def test_a_picture_that_is_there_cannot_be_fetched(room: Room) -> None:
    class Pictures(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(JPEG)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Pictures) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/a.jpg"
        room.begin(Step("media_not_fetchable", "instagram"))
        refused = room.graph("POST", "31/media", "t-instagram", image_url=url)
        assert refused.json()["error"]["error_subcode"] == 2207052
        assert room.graph("POST", "31/media", "t-instagram", image_url=url).status_code == 200
        server.shutdown()


def test_a_scenario_takes_the_place_of_another_and_of_nothing_else(room: Room) -> None:
    room.world.faults.append(Fault("linkedin", "any", "http_500"))
    room.begin(Step("http_500", "x", lasts_minutes=9))
    room.begin(Step("http_500", "facebook", lasts_minutes=9))
    assert room.x().status_code == 200
    assert room.linkedin("organizations/1").status_code == 500
    requests.delete(f"{room.sandbox.url}/control/scenario", timeout=5)
    assert room.graph("GET", "21", "t-facebook").status_code == 200


def test_a_running_sandbox_is_told_a_scenario_and_tells_how_far_it_is(room: Room) -> None:
    url = f"{room.sandbox.url}/control/scenario"
    assert requests.get(url, timeout=5).json()["title"] is None
    steps = [
        {"trouble": "http_500", "platform": "x", "note": "Even stuk."},
        {"trouble": "http_500", "platform": "x", "after_minutes": 5, "lasts_minutes": 5},
    ]
    begun = requests.post(url, json={"title": "Test", "steps": steps}, timeout=5)
    assert [step["state"] for step in begun.json()["steps"]] == ["striking", "waiting"]
    room.x()
    room.wait(minutes=6)
    room.x()
    told = requests.get(url, timeout=5).json()
    assert told["title"] == "Test" and told["simulation"] is True
    assert [(s["state"], s["struck"]) for s in told["steps"]] == [("over", 1), ("striking", 1)]


@pytest.mark.parametrize(
    ("step", "field"),
    [
        ({"trouble": "explode"}, "steps.0.trouble"),
        ({"trouble": "slow"}, "steps.0.seconds"),
        ({"trouble": "empty", "seconds": 3}, "steps.0.seconds"),
        ({"trouble": "retired_metric"}, "steps.0.metric"),
        ({"trouble": "empty", "metric": "reach"}, "steps.0.metric"),
        ({"trouble": "processing_slow", "operation": "create"}, "steps.0.operation"),
        (
            {"trouble": "empty", "at": "2026-11-23T09:00", "after_minutes": 1},
            "steps.0.after_minutes",
        ),
        ({"trouble": "empty", "times": 2, "share": 0.5}, "steps.0.share"),
        ({"trouble": "empty", "share": 1.5}, "steps.0.share"),
        ({"trouble": "empty", "times": 0}, "steps.0.times"),
        ({"trouble": "token_expired", "lasts_minutes": 5}, "steps.0.lasts_minutes"),
        ({"trouble": "empty", "minutes": 5}, "steps.0.minutes"),
    ],
)
def test_a_scenario_that_does_not_fit_is_refused_whole(
    room: Room, step: dict[str, Any], field: str
) -> None:
    steps = [{"trouble": "http_500", "platform": "x", "lasts_minutes": 9}, step]
    url = f"{room.sandbox.url}/control/scenario"
    refused = requests.post(url, json={"title": "T", "steps": steps}, timeout=5)
    assert refused.status_code == 400
    assert [p["field"] for p in refused.json()["problems"]] == [field.replace(".0.", ".1.")]
    assert room.x().status_code == 200, "nothing of it began"
    others: list[Any] = [{"title": "T", "steps": []}, {"steps": steps[:1]}, [], "x"]
    for nonsense in others:
        assert requests.post(url, json=nonsense, timeout=5).status_code == 400
    assert requests.post(url, data="{", timeout=5).status_code == 400


@given(
    st.dictionaries(
        st.sampled_from(["trouble", "platform", "times", "share", "at", "metric", "seconds"]),
        st.one_of(st.none(), st.integers(-2, 3), st.text(max_size=9), st.sampled_from(troubles())),
    )
)
def test_whatever_is_written_down_is_read_or_refused_with_the_place(step: dict[str, Any]) -> None:
    found = read({"title": "T", "steps": [step]})
    assert isinstance(found, Scenario) or all(p["field"] and p["problem"] for p in found)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_shipped_scenarios_are_whole_and_say_what_they_teach(path: Path) -> None:
    scenario = read_yaml(path, Scenario)
    assert not list(complaints(scenario))
    assert scenario.about and all(step.note for step in scenario.steps)


def test_the_shipped_scenarios_and_the_page_about_them_show_what_there_is() -> None:
    page = (ROOT / "docs" / "practice-platforms.md").read_text(encoding="utf-8")
    assert all(f"`{trouble}`" in page for trouble in troubles())
    assert all(f"`{path.stem}`" in page for path in SHIPPED)
    shown = {step.trouble for path in SHIPPED for step in read_yaml(path, Scenario).steps}
    assert len(shown) >= 12


JPEG = b"\xff\xd8\xff\xc0\x00\x0b\x08" + (800).to_bytes(2, "big") * 2 + b"\x01\x01\x11\x00\xff\xd9"
