"""The imitated Graph refuses what Meta documents that it refuses: asked by plain HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image
from tests.adapters.films import film

from campaignbot.gateways.media import MediaHost
from campaignbot.sandbox import Sandbox, SandboxAccount, SandboxPost
from campaignbot.sandbox.films import mp4_duration_ms
from campaignbot.sandbox.graph_videos import CHUNK

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ACCOUNTS = (
    SandboxAccount("facebook", "2001", "Gemeente Voorbeeld", "t-facebook"),
    SandboxAccount("facebook", "2002", "Buurgemeente", "t-buren"),
    SandboxAccount("instagram", "3001", "gemeentevoorbeeld", "t-instagram"),
)


@dataclass
class Graph:
    """The API as a client sees it, and a folder whose files it can fetch."""

    sandbox: Sandbox
    folder: Path
    files: str
    version: str = "v26.0"

    def ask(
        self, method: str, path: str, token: str | None = "t-facebook", **more: Any
    ) -> requests.Response:
        url = f"{self.sandbox.base_urls['facebook']}/{self.version}/{path}"
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.request(method, url, headers=headers, timeout=10, **more)

    def post(self, path: str, token: str = "t-facebook", **data: Any) -> Any:
        return self.ask("POST", path, token, data=data).json()

    def get(self, path: str, token: str = "t-facebook", **query: Any) -> Any:
        return self.ask("GET", path, token, params=query).json()

    def instagram(self, path: str, **data: Any) -> Any:
        return self.post(path, "t-instagram", **data)

    def photo(self, data: bytes | None = None, token: str = "t-facebook", **values: str) -> Any:
        files = {"source": ("a.jpg", data or picture(), "image/jpeg")}
        page = "2001" if token == "t-facebook" else "2002"
        values = {"published": "false", **values}
        return self.ask("POST", f"{page}/photos", token, data=values, files=files).json()

    def file(self, name: str, data: bytes) -> str:
        (self.folder / name).write_bytes(data)
        return f"{self.files}/{name}"

    def pass_time(self, time: timedelta) -> None:
        self.sandbox.world.set_clock(self.sandbox.world.now() + time)


@pytest.fixture
def graph(tmp_path: Path) -> Iterator[Graph]:
    sandbox, host = Sandbox(now=NOW), MediaHost(tmp_path)
    sandbox.seed_accounts(replace(account) for account in ACCOUNTS)
    sandbox.start()
    host.start()
    yield Graph(sandbox, tmp_path, host.url)
    host.stop()
    sandbox.stop()


def picture(size: tuple[int, int] = (320, 320), kind: str = "JPEG") -> bytes:
    buffer = BytesIO()
    Image.new("RGB", size, (20, 90, 120)).save(buffer, kind)
    return buffer.getvalue()


def code(answer: Any) -> tuple[int, int | None]:
    return answer["error"]["code"], answer["error"].get("error_subcode")


# Tokens, versions, fields


def test_a_version_that_meta_dropped_is_refused(graph: Graph) -> None:
    graph.version = "v21.0"
    assert code(graph.get("me"))[0] == 2635


def test_no_token_a_wrong_one_and_one_that_ended(graph: Graph) -> None:
    assert code(graph.ask("GET", "me", None).json())[0] == 2500
    assert code(graph.get("me", "fout"))[0] == 190
    graph.sandbox.world.accounts["facebook", "2001"].token_expires_at = NOW
    assert code(graph.get("me")) == (190, 463)


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        ("2001/feed", "pages_manage_posts"),
        ("2001/photos", "pages_manage_posts"),
        ("2001/videos", "pages_manage_posts"),
        ("3001/media", "instagram_content_publish"),
        ("3001/media_publish", "instagram_content_publish"),
    ],
)
def test_every_way_of_posting_needs_its_permission(graph: Graph, path: str, needed: str) -> None:
    token = "t-instagram" if path.startswith("3001") else "t-facebook"
    for account in graph.sandbox.world.accounts.values():
        account.scopes = ("public_profile",)
    answer = graph.ask("POST", path, token, data={"message": "Nee"})
    assert answer.status_code == 403 and needed in answer.json()["error"]["message"]


def test_nobody_posts_in_anothers_name(graph: Graph) -> None:
    assert code(graph.post("2002/feed", message="Namens de buren"))[0] == 200
    assert code(graph.instagram("2001/media", image_url="x"))[0] == 200
    photo = graph.photo(token="t-buren")["id"]
    media = json.dumps([{"media_fbid": photo}])
    assert code(graph.post("2001/feed", message="Geleend", attached_media=media)) == (100, 33)
    assert code(graph.get(photo)) == (100, 33)


def test_a_field_that_there_is_not_is_an_error_and_others_are_chosen(graph: Graph) -> None:
    assert graph.get("2001", fields="id,name") == {"id": "2001", "name": "Gemeente Voorbeeld"}
    refused = graph.get("2001", fields="name,fan_count")
    assert code(refused) == (100, None) and "(fan_count)" in refused["error"]["message"]


# Pages


def test_photos_that_are_too_big_or_no_pictures_are_refused(graph: Graph) -> None:
    assert code(graph.photo(picture() + bytes(10 * 1024 * 1024))) == (100, 1366046)
    assert code(graph.photo(b"%PDF-1.7")) == (100, 1366046)
    assert code(graph.post("2001/photos", published="false"))[0] == 324


def test_a_photo_is_posted_once(graph: Graph) -> None:
    media = json.dumps([{"media_fbid": graph.photo()["id"]}])
    assert graph.post("2001/feed", message="Eerste", attached_media=media)["id"]
    assert code(graph.post("2001/feed", message="Tweede", attached_media=media)) == (100, 1366051)


def test_a_photo_that_is_published_is_a_post_by_itself(graph: Graph) -> None:
    told = graph.photo(published="true", caption="Kijk", alt_text_custom="Een vlak")
    post = graph.sandbox.world.find("facebook", told["post_id"])
    assert post is not None and post.text == "Kijk" and post.media[0].alt_text == "Een vlak"


def test_a_temporary_photo_is_gone_after_a_day(graph: Graph) -> None:
    photo = graph.photo(temporary="true")["id"]
    image = graph.get(photo, fields="images")["images"][0]
    assert requests.get(image["source"], timeout=5).content == picture()
    graph.pass_time(timedelta(hours=24))
    assert code(graph.get(photo, fields="images")) == (100, 33)


def test_eleven_photos_are_one_too_many(graph: Graph) -> None:
    media = json.dumps([{"media_fbid": graph.photo()["id"]} for _ in range(11)])
    assert code(graph.post("2001/feed", message="Elf", attached_media=media))[0] == 100


def test_the_same_words_twice_in_a_row_are_refused_but_not_later(graph: Graph) -> None:
    assert graph.post("2001/feed", message="Elke week")["id"]
    assert code(graph.post("2001/feed", message="Elke week"))[0] == 506
    assert graph.post("2001/feed", message="Iets anders")["id"]
    assert graph.post("2001/feed", message="Elke week")["id"]


def test_a_page_that_is_mentioned_is_shown_by_its_name(graph: Graph) -> None:
    post = graph.post("2001/feed", message="Met @[2002] en @[999]")["id"]
    assert graph.get(post, fields="message")["message"] == "Met Buurgemeente en @[999]"


def test_only_the_own_posts_are_changed_and_deleted(graph: Graph) -> None:
    post = graph.post("2001/feed", message="Van ons")["id"]
    assert code(graph.post(post, "t-buren", message="Van de buren")) == (100, 33)
    assert code(graph.ask("DELETE", post, "t-buren").json()) == (100, 33)
    assert code(graph.post(post, message=""))[0] == 100
    assert code(graph.post(post, message="n" * 63_207))[0] == 100
    assert graph.post(post, message="Beter") == {"success": True}
    assert graph.get(post, fields="message")["message"] == "Beter"


# Videos of pages


def begun(graph: Graph, data: bytes) -> tuple[str, str]:
    told = graph.post("2001/videos", upload_phase="start", file_size=len(data))
    assert told["start_offset"] == "0" and int(told["end_offset"]) == min(CHUNK, len(data))
    return told["upload_session_id"], told["video_id"]


def send(graph: Graph, session: str, start: int, part: bytes) -> Any:
    values = {"upload_phase": "transfer", "upload_session_id": session, "start_offset": start}
    files = {"video_file_chunk": ("p.mp4", part, "video/mp4")}
    return graph.ask("POST", "2001/videos", data=values, files=files).json()


def finish(graph: Graph, session: str, **values: str) -> Any:
    return graph.post("2001/videos", upload_phase="finish", upload_session_id=session, **values)


@pytest.mark.parametrize(("size", "subcode"), [(1023, 1363022), (2_000_000_001, 1363023)])
def test_a_video_has_a_least_and_a_most_size(graph: Graph, size: int, subcode: int) -> None:
    assert code(graph.post("2001/videos", upload_phase="start", file_size=size)) == (6000, subcode)


def test_a_part_in_the_wrong_place_is_told_where_to_go_on(graph: Graph) -> None:
    data = film(size=3000)
    session, _ = begun(graph, data)
    assert send(graph, session, 0, data[:1000]) == {"start_offset": "1000", "end_offset": "3000"}
    refused = send(graph, session, 0, data[:1000])
    assert code(refused) == (6000, 1363037)
    assert refused["error"]["error_data"] == {"start_offset": 1000, "end_offset": 3000}
    assert code(finish(graph, session)) == (6000, 1363033), "not whole yet"
    assert code(send(graph, session, 1000, bytes(9000))) == (6000, 1363033), "more than was said"
    assert code(send(graph, "404", 0, data)) == (6000, 1363019)
    assert code(graph.post("2001/videos", upload_phase="rewind"))[0] == 100


def test_a_video_is_published_once_meta_is_done_with_it(graph: Graph) -> None:
    told = requests.post(
        f"{graph.sandbox.url}/control/processing",
        json={"platform": "facebook", "takes_s": 60},
        timeout=5,
    )
    assert told.ok
    data = film(size=3000)
    session, video = begun(graph, data)
    send(graph, session, 0, data)
    assert graph.get(video, fields="status")["status"]["video_status"] == "uploading"
    assert finish(graph, session, published="false", description="Kijk") == {"success": True}
    assert graph.get(video, fields="status")["status"]["video_status"] == "processing"
    assert code(graph.post(video, published="true")) == (6000, 1363008)
    graph.pass_time(timedelta(minutes=1))
    assert graph.get(video, fields="status")["status"]["video_status"] == "ready"
    assert not graph.sandbox.world.posts
    for _ in range(2):
        assert graph.post(video, published="true") == {"success": True}
    (post,) = graph.sandbox.world.posts
    row = graph.get(video, fields="published,post_id,length")
    assert row == {"published": True, "post_id": post.id[5:], "length": 12.0, "id": video}
    assert post.text == "Kijk" and post.media[0].kind == "video"


def test_what_is_no_video_shows_in_its_state(graph: Graph) -> None:
    session, video = begun(graph, b"tekst " * 500)
    send(graph, session, 0, b"tekst " * 500)
    assert finish(graph, session, published="false") == {"success": True}
    status = graph.get(video, fields="status")["status"]
    assert status["video_status"] == "error" and status["processing_phase"]["errors"]
    assert code(graph.post(video, published="true")) == (6000, 1363008)


@pytest.mark.parametrize("duration", [1, 12_345, 4_000_000])
def test_the_length_of_an_mp4_is_read_from_its_boxes(duration: int) -> None:
    assert mp4_duration_ms(film(duration)) == duration


@pytest.mark.parametrize(
    "data",
    [b"", b"tekst", film()[:30], film()[24:], bytes(100)],
    ids=["nothing", "text", "its beginning", "without its brand", "zeros"],
)
def test_what_is_cut_or_no_mp4_has_no_length(data: bytes) -> None:
    assert mp4_duration_ms(data) is None


# Instagram


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:9/a.jpg", "https://elders.example/a.jpg"])
def test_an_address_that_cannot_be_fetched_is_refused(graph: Graph, url: str) -> None:
    assert code(graph.instagram("3001/media", image_url=url)) == (9004, 2207052)


def test_a_page_of_text_or_nothing_at_the_address_is_refused(graph: Graph) -> None:
    page = graph.file("pagina.jpg", b"<html>Log in</html>")
    assert code(graph.instagram("3001/media", image_url=page)) == (9004, 2207052)
    missing = f"{graph.files}/weg.jpg"
    assert code(graph.instagram("3001/media", image_url=missing)) == (9004, 2207052)
    assert code(graph.instagram("3001/media", caption="Geen beeld"))[0] == 100


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (picture(kind="PNG"), (36001, 2207005)),
        (picture((319, 400)), (36003, 2207009)),
        (picture((192, 100)), (36003, 2207009)),
        (picture() + bytes(8 * 1024 * 1024), (36000, 2207004)),
    ],
    ids=["PNG", "too tall", "too wide", "too big"],
)
def test_a_picture_of_the_wrong_sort_is_refused(
    graph: Graph, data: bytes, expected: tuple[int, int]
) -> None:
    assert code(graph.instagram("3001/media", image_url=graph.file("a.jpg", data))) == expected


@pytest.mark.parametrize("size", [(320, 400), (191, 100)])
def test_a_picture_at_the_limits_of_shape_is_taken(graph: Graph, size: tuple[int, int]) -> None:
    assert graph.instagram("3001/media", image_url=graph.file("a.jpg", picture(size)))["id"]


def test_captions_and_alt_texts_have_their_limits(graph: Graph) -> None:
    url = graph.file("a.jpg", picture())
    for caption, expected in (
        ("n" * 2201, (36004, 2207010)),
        ("@naam " * 21, (100, 2207040)),
        ("#tag " * 31, (100, None)),
    ):
        assert code(graph.instagram("3001/media", image_url=url, caption=caption)) == expected
    assert code(graph.instagram("3001/media", image_url=url, alt_text="n" * 1001))[0] == 100
    reel = {"media_type": "REELS", "upload_type": "resumable"}
    assert code(graph.instagram("3001/media", alt_text="Een film", **reel))[0] == 100


def items(graph: Graph, number: int) -> list[str]:
    url = graph.file("a.jpg", picture())
    made = [
        graph.instagram("3001/media", image_url=url, is_carousel_item="true") for _ in range(number)
    ]
    return [one["id"] for one in made]


@pytest.mark.parametrize("number", [1, 11])
def test_a_carousel_of_one_or_eleven_is_refused(graph: Graph, number: int) -> None:
    children = ",".join(items(graph, number))
    refused = graph.instagram("3001/media", media_type="CAROUSEL", children=children)
    assert code(refused) == (100, 2207028)


def test_a_carousel_takes_items_that_were_made_for_one(graph: Graph) -> None:
    single = graph.instagram("3001/media", image_url=graph.file("a.jpg", picture()))["id"]
    children = f"{items(graph, 1)[0]},{single}"
    refused = graph.instagram("3001/media", media_type="CAROUSEL", children=children)
    assert code(refused) == (24, 2207006)


def test_sorts_of_media_that_there_are_not_are_refused(graph: Graph) -> None:
    assert code(graph.instagram("3001/media", media_type="GIF")) == (100, 2207023)
    assert code(graph.instagram("3001/media", media_type="VIDEO")) == (100, 2207023)


def test_containers_are_published_while_they_last(graph: Graph) -> None:
    made = graph.instagram("3001/media", image_url=graph.file("a.jpg", picture()))["id"]
    graph.pass_time(timedelta(hours=24))
    status = graph.get(made, "t-instagram", fields="status_code")["status_code"]
    assert status == "EXPIRED"
    assert code(graph.instagram("3001/media_publish", creation_id=made)) == (24, 2207008)
    assert code(graph.instagram("3001/media_publish", creation_id="404")) == (24, 2207006)


def test_a_container_is_published_once(graph: Graph) -> None:
    made = graph.instagram("3001/media", image_url=graph.file("a.jpg", picture()))["id"]
    assert graph.instagram("3001/media_publish", creation_id=made)["id"]
    status = graph.get(made, "t-instagram", fields="status_code")["status_code"]
    assert status == "PUBLISHED"
    assert "error" in graph.instagram("3001/media_publish", creation_id=made)
    assert len(graph.sandbox.world.posts) == 1


def test_a_hundred_posts_a_day_are_the_most(graph: Graph) -> None:
    for number in range(100):
        at = NOW - timedelta(hours=1)
        graph.sandbox.world.add_post(SandboxPost(f"8{number}", "instagram", "3001", "x", at))
    limit = graph.get("3001/content_publishing_limit", "t-instagram")["data"][0]
    assert limit == {
        "quota_usage": 100,
        "config": {"quota_total": 100, "quota_duration": 86400},
    }
    made = graph.instagram("3001/media", image_url=graph.file("a.jpg", picture()))["id"]
    assert code(graph.instagram("3001/media_publish", creation_id=made)) == (9, 2207042)
    graph.pass_time(timedelta(hours=23, minutes=1))
    assert graph.instagram("3001/media_publish", creation_id=made)["id"]


def upload(graph: Graph, uri: str, data: bytes, offset: int, size: int) -> requests.Response:
    headers = {
        "Authorization": "OAuth t-instagram",
        "offset": str(offset),
        "file_size": str(size),
    }
    return requests.post(uri, data=data, headers=headers, timeout=10)


def test_a_reel_is_sent_in_one_go_or_from_where_it_broke_off(graph: Graph) -> None:
    data = film(size=200_000)
    made = graph.instagram("3001/media", media_type="REELS", upload_type="resumable")
    assert graph.get(made["id"], "t-instagram")["status_code"] == "IN_PROGRESS"
    assert code(graph.instagram("3001/media_publish", creation_id=made["id"])) == (9007, 2207027)
    half = upload(graph, made["uri"], data[:1000], 0, len(data))
    assert half.status_code == 400 and half.json()["debug_info"]["type"] == "PartialRequestError"
    phase = graph.get(made["id"], "t-instagram", fields="video_status")["video_status"]
    assert phase["uploading_phase"]["bytes_transferred"] == 1000
    again = upload(graph, made["uri"], data, 0, len(data))
    assert again.json()["debug_info"]["type"] == "OffsetInvalidError"
    rest = upload(graph, made["uri"], data[1000:], 1000, len(data))
    assert rest.json()["success"] is True
    assert graph.instagram("3001/media_publish", creation_id=made["id"])["id"]
    assert graph.sandbox.world.posts[0].media[0].kind == "video"


def test_a_reel_that_is_too_large_is_refused_by_what_its_header_says(graph: Graph) -> None:
    made = graph.instagram("3001/media", media_type="REELS", upload_type="resumable")
    refused = upload(graph, made["uri"], b"begin", 0, 300_000_001)
    assert refused.status_code == 400 and "too large" in refused.text
    partial = upload(graph, made["uri"], b"begin", 0, 300_000_000)
    assert partial.json()["debug_info"]["type"] == "PartialRequestError"


@pytest.mark.parametrize(
    "data",
    [b"tekst " * 500, film(2_999), film(15 * 60_000 + 1)],
    ids=["no film", "too short", "too long"],
)
def test_a_reel_that_cannot_be_played_shows_in_its_state(graph: Graph, data: bytes) -> None:
    url = graph.file("a.mp4", data)
    made = graph.instagram("3001/media", media_type="REELS", video_url=url)["id"]
    told = graph.get(made, "t-instagram", fields="status_code,status")
    assert told["status_code"] == "ERROR" and "2207026" in told["status"]
    assert "error" in graph.instagram("3001/media_publish", creation_id=made)


def test_numbers_need_a_metric_that_there_is(graph: Graph) -> None:
    post = graph.post("2001/feed", message="Meet mij")["id"]
    assert code(graph.get(f"{post}/insights")) == (3001, 1504028)
    refused = graph.get(f"{post}/insights", metric="post_clicks,post_impressions")
    assert code(refused) == (100, None) and "valid insights metric" in refused["error"]["message"]
    graph.sandbox.world.accounts["facebook", "2001"].scopes = ("pages_manage_posts",)
    assert code(graph.get(f"{post}/insights", metric="post_clicks"))[0] == 200
