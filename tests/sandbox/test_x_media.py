"""What the imitated X refuses of uploads and posts, asked without our adapter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from tests.adapters.films import film

from campaignbot.sandbox import Sandbox, SandboxAccount

NOW = datetime(2031, 3, 4, 9, 30, tzinfo=UTC)
MP4 = film(8000, 300)
JPEG = b"\xff\xd8\xff" + bytes(97)


class Caller:
    def __init__(self, sandbox: Sandbox, token: str = "t-x") -> None:
        self.world, self.url = sandbox.world, f"{sandbox.base_urls['x']}/2"
        self.headers = {"Authorization": f"Bearer {token}"}

    def post(self, path: str, **asked: Any) -> requests.Response:
        return requests.post(f"{self.url}{path}", headers=self.headers, timeout=5, **asked)

    def status(self, media_id: str) -> requests.Response:
        return requests.get(
            f"{self.url}/media/upload",
            params={"command": "STATUS", "media_id": media_id},
            headers=self.headers,
            timeout=5,
        )

    def initialize(self, **changed: Any) -> requests.Response:
        size = len(MP4)
        body = {"media_type": "video/mp4", "total_bytes": size, "media_category": "tweet_video"}
        return self.post("/media/upload/initialize", json={**body, **changed})

    def begun(self, **changed: Any) -> str:
        return str(self.initialize(**changed).json()["data"]["id"])

    def append(self, media_id: str, index: object, segment: bytes) -> requests.Response:
        return self.post(
            f"/media/upload/{media_id}/append",
            data={"segment_index": str(index)},
            files={"media": ("s", segment)},
        )

    def finalize(self, media_id: str) -> requests.Response:
        return self.post(f"/media/upload/{media_id}/finalize")

    def video(self, data: bytes = MP4) -> str:
        media_id = self.begun(total_bytes=len(data))
        assert self.append(media_id, 0, data).ok and self.finalize(media_id).ok
        return media_id

    def picture(self) -> str:
        form = {"media_category": "tweet_image"}
        answer = self.post("/media/upload", data=form, files={"media": ("p", JPEG)})
        return str(answer.json()["data"]["id"])

    def tweet(self, text: str, *ids: str) -> requests.Response:
        return self.post("/tweets", json={"text": text, "media": {"media_ids": list(ids)}})


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    running = Sandbox()
    running.seed_accounts(
        [
            SandboxAccount("x", "4001", "Gemeente Voorbeeld", "t-x"),
            SandboxAccount("x", "4002", "Gemeente Elders", "t-elders"),
        ]
    )
    running.world.set_clock(NOW)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def x(sandbox: Sandbox) -> Caller:
    return Caller(sandbox)


@pytest.mark.parametrize(
    "changed",
    [
        {"media_category": "film"},
        {"media_type": "image/gif"},
        {"total_bytes": 0},
        {"total_bytes": "100"},
        {"total_bytes": 512 * 1024 * 1024 + 1},
        {"colour": "blue"},
    ],
)
def test_an_upload_that_cannot_be_is_refused_when_it_is_announced(
    x: Caller, changed: dict[str, Any]
) -> None:
    assert x.initialize(**changed).status_code == 400


@pytest.mark.parametrize("index", [-1, 1000, "een", ""])
def test_segments_have_a_number_below_a_thousand(x: Caller, index: object) -> None:
    assert x.append(x.begun(), index, MP4).status_code == 400


def test_a_segment_is_neither_empty_nor_larger_than_five_megabytes(x: Caller) -> None:
    media_id = x.begun(total_bytes=6 * 1024 * 1024)
    assert x.append(media_id, 0, b"").status_code == 400
    assert x.append(media_id, 0, bytes(5 * 1024 * 1024 + 1)).status_code == 400
    assert x.append(media_id, 0, bytes(5 * 1024 * 1024)).status_code == 200


@pytest.mark.parametrize("segments", [{}, {0: 60}, {0: 50, 2: 50}, {1: 100}, {0: 60, 1: 41}])
def test_segments_must_add_up(x: Caller, segments: dict[int, int]) -> None:
    media_id = x.begun(total_bytes=100)
    for index, size in segments.items():
        x.append(media_id, index, bytes(size))
    assert x.finalize(media_id).status_code == 400


def test_segments_may_come_in_any_order_and_again(x: Caller) -> None:
    media_id = x.begun()
    for index, segment in ((1, MP4[60:]), (0, bytes(60)), (0, MP4[:60])):
        assert x.append(media_id, index, segment).ok
    assert x.finalize(media_id).json()["data"]["processing_info"]["state"] == "succeeded"
    assert x.tweet("Kijk.", media_id).status_code == 201


def test_what_is_still_processed_cannot_be_posted(x: Caller) -> None:
    x.world.processing_s["x"] = 30.0
    media_id = x.video()
    told = x.status(media_id).json()["data"]["processing_info"]
    assert told["state"] == "in_progress" and told["check_after_secs"] == 30
    assert x.tweet("Kijk.", media_id).status_code == 400
    x.world.set_clock(NOW + timedelta(seconds=30))
    assert x.status(media_id).json()["data"]["processing_info"]["state"] == "succeeded"
    assert x.tweet("Kijk.", media_id).status_code == 201


def test_a_file_that_is_no_video_fails_in_processing(x: Caller) -> None:
    media_id = x.begun(total_bytes=100)
    x.append(media_id, 0, bytes(100))
    assert x.finalize(media_id).json()["data"]["processing_info"]["state"] == "failed"
    assert x.tweet("Kijk.", media_id).status_code == 400


@pytest.mark.parametrize(
    ("length_ms", "said"),
    [
        (499, "Duration too short, minimum:500, actual:499"),
        (
            149_350,
            "Duration 2.minutes+29.seconds+350.milliseconds exceeds max duration of "
            "2.minutes+20.seconds",
        ),
    ],
)
def test_a_video_of_another_length_than_x_takes_fails_in_processing(
    x: Caller, length_ms: int, said: str
) -> None:
    x.world.processing_s["x"] = 30.0
    media_id = x.video(film(length_ms, 300))
    assert x.status(media_id).json()["data"]["processing_info"]["state"] == "in_progress"
    x.world.set_clock(NOW + timedelta(seconds=30))
    assert x.status(media_id).json()["data"]["processing_info"] == {
        "state": "failed",
        "progress_percent": 100,
        "error": {"code": 3, "name": "UnsupportedMedia", "message": said},
    }
    assert x.tweet("Kijk.", media_id).status_code == 400


@pytest.mark.parametrize("length_ms", [500, 140_000])
def test_the_shortest_and_the_longest_video_can_be_posted(x: Caller, length_ms: int) -> None:
    assert x.tweet("Kijk.", x.video(film(length_ms, 300))).status_code == 201


def test_media_that_is_unknown_expired_or_of_somebody_else_is_refused(
    x: Caller, sandbox: Sandbox
) -> None:
    mine, elsewhere = x.picture(), Caller(sandbox, "t-elders").picture()
    assert x.tweet("Kijk.", "123").status_code == 400
    assert x.tweet("Kijk.", elsewhere).status_code == 400
    x.world.set_clock(NOW + timedelta(hours=24))
    assert x.tweet("Kijk.", mine).status_code == 400
    assert x.status(mine).status_code == 400


def test_a_post_has_four_photos_or_one_video(x: Caller) -> None:
    photos = [x.picture() for _ in range(5)]
    assert x.tweet("Vijf.", *photos).status_code == 400
    assert x.tweet("Samen.", photos[0], x.video()).status_code == 400
    assert x.tweet("Vier.", *photos[:4]).status_code == 201


def test_a_video_has_no_alt_text(x: Caller) -> None:
    body = {"id": x.video(), "metadata": {"alt_text": {"text": "Een brug."}}}
    assert x.post("/media/metadata", json=body).status_code == 400


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("a" * 280, 201),
        ("a" * 281, 403),
        ("水" * 140, 201),
        ("水" * 141, 403),
        ("a" * 256 + " waterrijk.nl/" + "b" * 90, 201),
        ("a" * 257 + " waterrijk.nl/" + "b" * 90, 403),
        ("Koers van $AAA", 201),
        ("Koersen van $AAA en $BBB", 403),
        ("Fout \ufffe teken", 400),
        ("  ", 400),
    ],
)
def test_texts_that_x_takes_and_does_not(x: Caller, text: str, status: int) -> None:
    assert x.tweet(text).status_code == status


def test_without_credits_nothing_is_posted(x: Caller) -> None:
    asked = requests.post(
        f"{x.url.removesuffix('/x/2')}/control/credits",
        json={"external_id": "4001", "micros": 199_999},
        timeout=5,
    )
    assert asked.ok
    assert x.tweet("Met https://waterrijk.nl").status_code == 402
    assert x.tweet("Zonder").status_code == 201


def test_an_apps_own_token_reads_and_does_not_write(sandbox: Sandbox) -> None:
    app = Caller(sandbox, "A" * 30)
    answer = app.tweet("Goedemorgen")
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/unsupported-authentication")


def test_every_answer_tells_what_is_left(x: Caller) -> None:
    headers = x.tweet("Goedemorgen").headers
    assert headers["x-rate-limit-remaining"] == "99"
    assert headers["x-app-limit-24hour-remaining"] == "9999"
