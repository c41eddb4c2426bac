"""The practice platforms: they remember, they grow, and they say that they are practice."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.sandbox import LinkPreview, Medium, Sandbox, SandboxAccount, SandboxPost, World
from campaignbot.sandbox.audience import applications, growth, totals
from campaignbot.sandbox.behaviour import BEHAVIOUR
from campaignbot.sandbox.fault import Fault
from campaignbot.sandbox.saving import load, save

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ACCOUNT = SandboxAccount("x", "4001", "Gemeente Voorbeeld", "geheim", 5000, username="voorbeeld")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    running = Sandbox()
    running.seed_accounts([ACCOUNT])
    running.start()
    yield running
    running.stop()


def post(number: int, link: str | None = None) -> SandboxPost:
    return SandboxPost(str(number), "x", "4001", f"Bericht {number}", NOW, link, raw="r")


def test_what_was_published_outlives_the_process(tmp_path: Path) -> None:
    first = Sandbox(tmp_path)
    first.seed_accounts([ACCOUNT])
    first.start()
    digest = first.world.store_blob(b"beeld")
    first.world.add_post(
        SandboxPost("1", "x", "4001", "Blijft staan", NOW, None, [Medium(digest, "alt")])
    )
    first.stop()
    second = Sandbox(tmp_path)
    assert second.world.posts == first.world.posts
    assert second.world.blobs[digest] == b"beeld"
    assert second.world.next_id() == first.world.next_id()


def test_media_previews_and_edits_outlive_the_process(tmp_path: Path) -> None:
    world = World(NOW)
    names = ("film", "poster", "captions", "slides", "card")
    film, poster, captions, slides, card = (world.store_blob(n.encode()) for n in names)
    media = [
        Medium(film, "Een brug", "video", "De brug", poster, captions),
        Medium(slides, "", "document", "Werken bij ons"),
    ]
    published = world.add_post(
        SandboxPost("1", "x", "4001", "Tekst", NOW, "https://a.example/", media, language="nl")
    )
    published.preview = LinkPreview("Vacature", "Kom erbij", card, "Een plein")
    world.edit(published, "Andere tekst")
    save(world, tmp_path)
    again = load(tmp_path)
    assert again.posts == world.posts and again.blobs == world.blobs
    assert again.posts[0].edited_at == NOW


def test_a_state_of_before_there_were_other_media_than_pictures_is_read(tmp_path: Path) -> None:
    world = World(NOW)
    digest = world.store_blob(b"beeld")
    world.add_post(SandboxPost("1", "x", "4001", "Tekst", NOW, media=[Medium(digest, "alt")]))
    save(world, tmp_path)
    state = json.loads((tmp_path / "state.json").read_text())
    post_ = {k: v for k, v in state["posts"][0].items() if k not in {"preview", "edited_at"}}
    state["posts"] = [post_ | {"media": [[digest, "alt"]]}]
    (tmp_path / "state.json").write_text(json.dumps(state))
    assert load(tmp_path).posts == world.posts


def test_an_edited_post_is_found_by_its_new_text_only() -> None:
    world = World(NOW)
    published = world.add_post(post(1))
    world.edit(published, "Nieuw")
    assert world.same_text("x", "4001", "Nieuw") is published
    assert world.same_text("x", "4001", "Bericht 1") is None


def test_a_port_in_use_is_an_error_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            Sandbox(port=taken.getsockname()[1]).start()


def test_a_port_that_cannot_be_is_an_error_at_once() -> None:
    with pytest.raises(OverflowError):
        Sandbox(port=99_999).start()


def test_a_folder_that_cannot_be_written_is_an_error_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError):
        Sandbox(tmp_path / "file").start()


def test_what_ends_a_running_sandbox_is_told_to_whoever_waits(tmp_path: Path) -> None:
    running = Sandbox(tmp_path / "state")
    running.start()
    shutil.rmtree(tmp_path / "state")
    (tmp_path / "state").write_text("in the way")
    running.seed_accounts([ACCOUNT])
    running.world.dirty = True
    with pytest.raises(OSError):
        running.wait()
    running.stop()


def test_the_clock_stands_where_it_is_put(sandbox: Sandbox) -> None:
    requests.post(f"{sandbox.url}/control/clock", json={"now": NOW.isoformat()}, timeout=5)
    told = requests.get(f"{sandbox.url}/control/clock", timeout=5).json()
    assert told == {"now": NOW.isoformat(), "real": False}
    requests.post(f"{sandbox.url}/control/clock", json={"real": True}, timeout=5)
    assert requests.get(f"{sandbox.url}/control/clock", timeout=5).json()["real"] is True


def test_the_wall_shows_what_was_posted_and_says_that_it_is_practice(sandbox: Sandbox) -> None:
    sandbox.world.add_post(
        SandboxPost("1", "x", "4001", "Kijk <script>alert(1)</script> #Werk", NOW)
    )
    page = requests.get(sandbox.url, timeout=5).text
    assert "Dit is een simulatie" in page and "#Werk" in page
    assert "<script>" not in page
    english = requests.get(f"{sandbox.url}/?lang=en", timeout=5).text
    assert "This is a simulation" in english


def test_every_answer_of_the_control_api_is_called_a_simulation(sandbox: Sandbox) -> None:
    for path in ("health", "posts", "applications"):
        told = requests.get(f"{sandbox.url}/control/{path}", timeout=5).json()
        assert told["simulation"] is True
    assert "geheim" not in requests.get(f"{sandbox.url}/control/posts", timeout=5).text


def test_a_fault_strikes_as_often_as_was_asked(sandbox: Sandbox) -> None:
    requests.post(
        f"{sandbox.url}/control/faults",
        json={"platform": "x", "on": "read", "kind": "http_503", "times": 1},
        timeout=5,
    )
    headers = {"Authorization": "Bearer geheim"}
    codes = [
        requests.get(f"{sandbox.url}/x/2/users/me", headers=headers, timeout=5).status_code
        for _ in range(2)
    ]
    assert codes == [503, 200]


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ({"kind": "bogus"}, ["kind"]),
        ({"nonsense": 1}, ["kind", "nonsense"]),
        ({"kind": "http_503", "platform": "tiktok"}, ["platform"]),
        ({"kind": "http_503", "on": "reed"}, ["on"]),
        ({"kind": "http_503", "rate": 1.5, "times": "veel"}, ["rate", "times"]),
        ([], [""]),
    ],
)
def test_a_fault_that_does_not_exist_is_refused_with_what_is_wrong(
    sandbox: Sandbox, asked: Any, fields: list[str]
) -> None:
    answer = requests.post(f"{sandbox.url}/control/faults", json=asked, timeout=5)
    assert answer.status_code == 400 and not sandbox.world.faults
    told = answer.json()["problems"]
    assert sorted(problem["field"] for problem in told) == fields
    assert all(problem["problem"] for problem in told)
    if asked == {"kind": "bogus"}:
        assert "http_503" in told[0]["problem"], "what there is"


def test_a_fault_that_is_no_json_is_refused(sandbox: Sandbox) -> None:
    answer = requests.post(f"{sandbox.url}/control/faults", data="{", timeout=5)
    assert answer.status_code == 400 and answer.json()["ok"] is False


@given(st.sampled_from(sorted(BEHAVIOUR)), st.integers(0, 10**7), st.integers(0, 10**6))
def test_what_has_grown_never_shrinks(platform: str, seconds: int, later: int) -> None:
    half_life = BEHAVIOUR[platform].half_life_h
    early = growth(timedelta(seconds=seconds), half_life)
    late = growth(timedelta(seconds=seconds + later), half_life)
    assert 0 <= early <= late <= 1


def test_half_is_reached_at_the_half_life() -> None:
    for behaviour in BEHAVIOUR.values():
        reached = growth(timedelta(hours=behaviour.half_life_h), behaviour.half_life_h)
        assert reached == pytest.approx(0.5)


def test_the_same_seed_gives_the_same_numbers() -> None:
    def told(seed: int) -> dict[str, int]:
        world = World(NOW + timedelta(days=3), seed)
        world.seed_accounts([ACCOUNT])
        return totals(world, world.add_post(post(1, "https://a.example/?utm_id=abc")))

    assert told(1) == told(1) != told(2)


def test_applications_come_through_tracked_links_only() -> None:
    world = World(NOW + timedelta(days=30))
    world.seed_accounts([SandboxAccount("linkedin", "1", "V", "t", 90_000)])
    for number, link in enumerate((None, "https://a.example/", "https://a.example/?utm_id=code1")):
        world.add_post(SandboxPost(str(number), "linkedin", "1", "t", NOW, link))
    rows = applications(world)
    assert rows and {row["tracking_code"] for row in rows} == {"code1"}
    assert set(rows[0]) == {"reference", "tracking_code", "received_on", "stage"}


@pytest.mark.parametrize(("kind", "posts_meanwhile"), [("hold_before", 0), ("hold_after", 1)])
def test_a_held_request_waits_until_it_is_let_go(
    sandbox: Sandbox, kind: str, posts_meanwhile: int
) -> None:
    fault = Fault("x", "create", kind)
    sandbox.world.faults.append(fault)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(tweet, sandbox, "Even wachten.")
        assert fault.gate.reached.wait(10)
        assert len(sandbox.world.posts) == posts_meanwhile
        fault.gate.let_go()
        assert answer.result().status_code == 201
    assert fault.gate.done.wait(10)
    assert [p.text for p in sandbox.world.posts] == ["Even wachten."]


def test_a_held_request_that_is_dropped_is_never_answered(sandbox: Sandbox) -> None:
    fault = Fault("x", "create", "hold_before", skip=1)
    sandbox.world.faults.append(fault)
    assert tweet(sandbox, "Deze mag door.").status_code == 201
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(tweet, sandbox, "Deze niet.")
        assert fault.gate.reached.wait(10)
        fault.gate.drop()
        with pytest.raises(requests.ConnectionError):
            answer.result()
    assert [p.text for p in sandbox.world.posts] == ["Deze mag door."]


def tweet(sandbox: Sandbox, text: str) -> requests.Response:
    headers = {"Authorization": f"Bearer {ACCOUNT.token}"}
    url = f"{sandbox.base_urls['x']}/2/tweets"
    return requests.post(url, json={"text": text}, headers=headers, timeout=10)
