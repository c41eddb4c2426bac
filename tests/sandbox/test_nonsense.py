"""Whatever the practice platforms are sent, they answer: nonsense is refused, never an accident."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaignbot.sandbox import Sandbox, SandboxAccount, control, control_settings

ACCOUNTS = [
    SandboxAccount("linkedin", "urn:li:organization:1", "Voorbeeld", "t-linkedin"),
    SandboxAccount("facebook", "2001", "Voorbeeld", "t-facebook"),
    SandboxAccount("x", "4001", "Voorbeeld", "t-x"),
]
CONTROLS = sorted(
    route.path
    for part in (control, control_settings)
    for route in part.routes()
    if route.method == "POST"
)
# What each takes, so that nonsense comes close to it.
SOUND: dict[str, dict[str, Any]] = {
    "/control/clock": {"now": "2026-11-30T08:00:00+00:00"},
    "/control/faults": {"platform": "x", "on": "create", "kind": "http_503", "times": 1},
    "/control/scenario": {"title": "T", "steps": [{"trouble": "http_503", "platform": "x"}]},
    "/control/limits": {"platform": "x", "on": "create", "allowed": 5, "window_s": 900},
    "/control/accounts": {
        "accounts": [{"platform": "x", "external_id": "7", "name": "V", "token": "t"}]
    },
    "/control/tokens": {"platform": "x", "external_id": "4001", "token": "nieuw"},
    "/control/apps": {"family": "x", "client_id": "app", "redirects": ["http://localhost/"]},
    "/control/visibility": {"platform": "x", "delay_s": 5},
    "/control/processing": {"platform": "x", "takes_s": 5},
    "/control/ghosts": {"platform": "linkedin", "on": True},
    "/control/redirects": {"from": "https://a.example/", "to": "https://b.example/"},
    "/control/names": {"x": "post"},
    "/control/credits": {"external_id": "4001", "micros": 5},
}
WORSE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
    st.just(["x"]),
    st.just("9999-12-31T23:59:59+00:00"),
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    running = Sandbox()
    running.seed_accounts(ACCOUNTS)
    running.start()
    yield running
    running.stop()


@pytest.mark.parametrize("path", CONTROLS)
def test_every_control_takes_what_it_is_for(path: str) -> None:
    with_own = Sandbox()
    with_own.seed_accounts(ACCOUNTS)
    with_own.start()
    answer = requests.post(f"{with_own.url}{path}", json=SOUND[path], timeout=5)
    with_own.stop()
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("path", CONTROLS)
@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b'"x"', b"null", b"[" * 50_000])
def test_every_control_refuses_what_it_cannot_read(
    sandbox: Sandbox, path: str, body: bytes
) -> None:
    answer = requests.post(f"{sandbox.url}{path}", data=body, timeout=5)
    assert answer.status_code == 400
    told = answer.json()
    assert told["ok"] is False and all(problem["problem"] for problem in told["problems"])


@pytest.mark.parametrize("path", CONTROLS)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_nonsense_is_an_accident(sandbox: Sandbox, path: str, data: st.DataObject) -> None:
    body = dict(SOUND[path])
    name = data.draw(st.sampled_from([*body, "onzin"]))
    body[name] = data.draw(WORSE)
    answer = requests.post(
        f"{sandbox.url}{path}", data=json.dumps(body, ensure_ascii=True), timeout=5
    )
    assert answer.status_code in {200, 400, 404}, answer.text
    # Whatever it took, it goes on answering.
    for look in ("clock", "posts", "scenario", "limits", "applications"):
        assert requests.get(f"{sandbox.url}/control/{look}", timeout=5).status_code == 200
    requests.delete(f"{sandbox.url}/control/faults", timeout=5)


LINKEDIN = {"Linkedin-Version": "202611", "X-Restli-Protocol-Version": "2.0.0"}
WRITING = [
    ("linkedin", "/rest/posts"),
    ("linkedin", "/rest/images?action=initializeUpload"),
    ("linkedin", "/rest/videos?action=finalizeUpload"),
    ("linkedin", "/rest/socialActions/urn%3Ali%3Ashare%3A1/comments"),
    ("x", "/2/tweets"),
    ("x", "/2/media/upload"),
    ("x", "/2/media/upload/initialize"),
    ("x", "/2/media/metadata"),
]
BODIES = [
    b"{",
    b"\xff\xfe{}",
    b"[]",
    b"null",
    b"7",
    b'{"text": 7, "commentary": 7}',
    b'{"text": "a", "media": [], "reply": 3}',
    b'{"text": "a", "media": {"media_ids": 5}}',
    b'{"metadata": "x", "id": {}}',
    b'{"initializeUploadRequest": "x", "finalizeUploadRequest": 1}',
]


@pytest.mark.parametrize(("platform", "path"), WRITING)
@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_no_platform_can_read_is_the_senders_fault(
    sandbox: Sandbox, platform: str, path: str, body: bytes
) -> None:
    headers = {
        "Authorization": f"Bearer t-{platform}",
        "Content-Type": "application/json",
        **LINKEDIN,
    }
    sandbox.world.set_clock(None)
    sandbox.world.versions_end = False
    url = sandbox.base_urls[platform] + path
    answer = requests.post(url, data=body, headers=headers, timeout=5)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["status"] == answer.status_code


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("2001/feed", {"message": "a", "attached_media": "[{"}),
        ("2001/feed", {"message": "a", "attached_media": "[3]"}),
        ("2001/feed", {"message": "a", "attached_media[0]": "x"}),
    ],
)
def test_meta_calls_what_it_cannot_read_an_invalid_parameter(
    sandbox: Sandbox, path: str, data: dict[str, str]
) -> None:
    url = f"{sandbox.base_urls['facebook']}/v26.0/{path}"
    answer = requests.post(
        url, data=data, headers={"Authorization": "Bearer t-facebook"}, timeout=5
    )
    assert answer.status_code == 400 and answer.json()["error"]["code"] == 100


def test_meta_calls_a_page_of_a_list_that_is_no_number_invalid(sandbox: Sandbox) -> None:
    url = f"{sandbox.base_urls['facebook']}/v26.0/2001/published_posts?limit=veel"
    answer = requests.get(url, headers={"Authorization": "Bearer t-facebook"}, timeout=5)
    assert answer.status_code == 400 and answer.json()["error"]["code"] == 100
