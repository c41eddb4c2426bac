"""The practice LinkedIn refuses what LinkedIn refuses, in its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import requests
from tests.adapters.media_files import film, picture, slides

from campaignbot.sandbox import Sandbox, SandboxAccount, World
from campaignbot.sandbox.linkedin import is_active
from campaignbot.sandbox.posts import Medium

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
URN, OTHER = "urn:li:organization:1001", "urn:li:organization:2"
VERSION = "202610"


@dataclass
class LinkedIn:
    """LinkedIn as a program of its own calls it."""

    base: str
    world: World
    token: str | None = "geheim"
    version: str | None = VERSION

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        fixed = {"X-Restli-Protocol-Version": "2.0.0"}
        if self.token:
            fixed["Authorization"] = f"Bearer {self.token}"
        if self.version:
            fixed["Linkedin-Version"] = self.version
        address = path if path.startswith("http") else f"{self.base}/rest/{path}"
        data = {"data": body} if isinstance(body, bytes) else {"json": body}
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        return requests.request(method, address, headers=fixed | extra, timeout=10, **data)

    def create(self, **changes: Any) -> requests.Response:
        body = {
            "author": URN,
            "commentary": "Tekst.",
            "visibility": "PUBLIC",
            "distribution": {"feedDistribution": "MAIN_FEED"},
            "lifecycleState": "PUBLISHED",
        }
        kept = {name: value for name, value in (body | changes).items() if value is not ...}
        return self.call("POST", "posts", kept)

    def created(self, **changes: Any) -> str:
        answer = self.create(**changes)
        assert answer.status_code == 201 and not answer.content, answer.text
        return answer.headers["x-restli-id"]

    def begun(self, sort: str, **more: Any) -> dict[str, Any]:
        answer = self.call(
            "POST",
            f"{sort}s?action=initializeUpload",
            {"initializeUploadRequest": {"owner": URN, **more}},
        )
        assert answer.status_code == 200, answer.text
        value: dict[str, Any] = answer.json()["value"]
        return value

    def uploaded(self, sort: str, data: bytes) -> str:
        begun = self.begun(sort)
        assert self.call("PUT", begun["uploadUrl"], data).status_code == 201
        return str(begun[sort])

    def state(self, urn: str) -> str:
        sort = urn.split(":")[2]
        return str(self.call("GET", f"{sort}s/{quote(urn, safe='')}").json()["status"])


@pytest.fixture
def linkedin() -> Iterator[LinkedIn]:
    running = Sandbox(now=NOW)
    running.seed_accounts(
        [
            SandboxAccount("linkedin", URN, "Gemeente Voorbeeld", "geheim", 5000),
            SandboxAccount("linkedin", OTHER, "Een ander", "ander", 10),
        ]
    )
    running.start()
    yield LinkedIn(running.base_urls["linkedin"], running.world)
    running.stop()


def code(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


# Versions


@pytest.mark.parametrize(
    ("version", "today", "active"),
    [
        ("202610", "2026-09-30", False),
        ("202610", "2026-10-01", True),
        ("202610", "2027-10-14", True),
        ("202610", "2027-10-15", False),
        ("202613", "2026-11-24", False),
        ("2026", "2026-11-24", False),
        ("vandaag", "2026-11-24", False),
    ],
)
def test_a_version_lives_for_a_year_and_some(version: str, today: str, active: bool) -> None:
    assert is_active(version, datetime.fromisoformat(today).date()) is active


def test_a_call_names_a_version_that_is_active(linkedin: LinkedIn) -> None:
    linkedin.version = None
    assert code(linkedin.create()) == (400, "VERSION_MISSING")
    linkedin.version = "202410"
    answer = linkedin.create()
    assert code(answer) == (426, "NONEXISTENT_VERSION")
    assert answer.json()["message"] == "Requested version 20241001 is not active"


def test_the_versions_end_by_the_clock_of_the_sandbox(linkedin: LinkedIn) -> None:
    linkedin.world.set_clock(datetime(2027, 10, 15, tzinfo=UTC))
    assert code(linkedin.create()) == (426, "NONEXISTENT_VERSION")


# Fields


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"author": ...}, 400, "MISSING_FIELD"),
        ({"commentary": ...}, 400, "MISSING_FIELD"),
        ({"visibility": ...}, 400, "MISSING_FIELD"),
        ({"distribution": ...}, 400, "MISSING_FIELD"),
        ({"distribution": {}}, 400, "MISSING_FIELD"),
        ({"lifecycleState": ...}, 400, "MISSING_FIELD"),
        ({"visibility": "FRIENDS"}, 400, "INVALID_VALUE_FOR_FIELD"),
        ({"lifecycleState": "LATER"}, 400, "INVALID_VALUE_FOR_FIELD"),
        ({"distribution": {"feedDistribution": "ALL"}}, 400, "INVALID_VALUE_FOR_FIELD"),
        ({"commentary": 7}, 400, "INVALID_VALUE_FOR_FIELD"),
        ({"commentary": ""}, 400, "INVALID_VALUE_BLANK_FIELD"),
        ({"commentary": "a" * 3001}, 400, "FIELD_LENGTH_TOO_LONG"),
        ({"author": "1001"}, 400, "INVALID_URN_ID"),
        ({"author": "urn:li:share:1001"}, 400, "INVALID_URN_TYPE"),
        ({"author": OTHER}, 403, "ACCESS_DENIED"),
        ({"id": "urn:li:share:1"}, 403, "ACCESS_DENIED"),
        ({"text": "Tekst."}, 403, "ACCESS_DENIED"),
        ({"content": None}, 403, "ACCESS_DENIED"),
        ({"content": {"carousel": {}}}, 403, "ACCESS_DENIED"),
        ({"content": {}}, 400, "INVALID_VALUE_FOR_FIELD"),
        ({"content": {"article": {"title": "T"}}}, 400, "MISSING_FIELD"),
        ({"content": {"article": {"source": "https://a.example"}}}, 400, "MISSING_FIELD"),
        ({"content": {"article": {"source": "geen", "title": "T"}}}, 400, "INVALID_URL"),
        (
            {"content": {"article": {"source": "https://a.example", "title": "T" * 401}}},
            400,
            "FIELD_LENGTH_TOO_LONG",
        ),
        (
            {"content": {"article": {"source": "https://a.example", "title": "T", "alt": "x"}}},
            403,
            "ACCESS_DENIED",
        ),
        ({"content": {"media": {}}}, 400, "MISSING_FIELD"),
        ({"content": {"media": {"id": "urn:li:share:1"}}}, 400, "INVALID_URN_TYPE"),
        ({"content": {"media": {"id": "urn:li:image:1"}}}, 400, "INVALID_URN_ID"),
        ({"content": {"multiImage": {"images": []}}}, 400, "INVALID_VALUE_FOR_FIELD"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_post_that_is_not_well_formed_is_refused(
    linkedin: LinkedIn, changes: dict[str, Any], status: int, said: str
) -> None:
    assert code(linkedin.create(**changes)) == (status, said)
    assert not linkedin.world.posts


def test_a_field_that_may_not_be_there_is_named(linkedin: LinkedIn) -> None:
    said = linkedin.create(content=None).json()["message"]
    assert said.startswith("Unpermitted fields present in REQUEST_BODY")
    assert "[/content]" in said


def test_a_text_at_the_limit_is_taken(linkedin: LinkedIn) -> None:
    linkedin.created(commentary="a" * 3000)


def test_a_text_ends_without_a_word_where_a_bracket_stands_bare(linkedin: LinkedIn) -> None:
    urn = linkedin.created(commentary="Adviseur water (32 uur) gezocht")
    post = linkedin.world.find("linkedin", urn)
    assert post is not None and post.text == "Adviseur water "
    read = linkedin.call("GET", f"posts/{quote(urn, safe='')}").json()
    assert read["commentary"] == "Adviseur water ", "read back as it is shown"


# Uploads


def test_files_of_every_sort_hang_below_posts(linkedin: LinkedIn) -> None:
    images = [linkedin.uploaded("image", picture(n)) for n in range(2)]
    document = linkedin.uploaded("document", slides())
    linkedin.created(content={"media": {"id": images[0], "altText": "Vlak"}})
    several = [{"id": urn, "altText": f"Vlak {n}"} for n, urn in enumerate(images)]
    linkedin.created(commentary="Twee.", content={"multiImage": {"images": several}})
    linkedin.created(commentary="Blader.", content={"media": {"id": document, "title": "T"}})
    one, two, three = linkedin.world.posts
    assert [m.alt_text for m in one.media] == ["Vlak"]
    assert [m.alt_text for m in two.media] == ["Vlak 0", "Vlak 1"]
    assert (three.media[0].kind, three.media[0].title) == ("document", "T")


def test_a_video_comes_in_parts_that_are_named_in_their_order(linkedin: LinkedIn) -> None:
    data = film(size=5 * 1024 * 1024)
    begun = linkedin.begun("video", fileSizeBytes=len(data))
    parts = begun["uploadInstructions"]
    assert [(p["firstByte"], p["lastByte"]) for p in parts] == [
        (0, 4 * 1024 * 1024 - 1),
        (4 * 1024 * 1024, len(data) - 1),
    ]
    etags = []
    for part in parts:
        sent = linkedin.call(
            "PUT", part["uploadUrl"], data[part["firstByte"] : part["lastByte"] + 1]
        )
        etags.append(sent.headers["ETag"])
    urn = begun["video"]

    def finalize(ids: list[str]) -> requests.Response:
        return linkedin.call(
            "POST",
            "videos?action=finalizeUpload",
            {"finalizeUploadRequest": {"video": urn, "uploadToken": "", "uploadedPartIds": ids}},
        )

    assert linkedin.state(urn) == "WAITING_UPLOAD"
    for wrong in (etags[::-1], etags[:1], []):
        assert code(finalize(wrong)) == (400, "UPDATING_ASSET_FAILED")
    assert finalize(etags).status_code == 200
    assert linkedin.state(urn) == "AVAILABLE"
    post = linkedin.created(content={"media": {"id": urn, "title": "De brug"}})
    assert post.startswith("urn:li:ugcPost:")
    (medium,) = linkedin.world.posts[0].media
    assert medium == Medium(medium.sha256, "", "video", "De brug")
    assert linkedin.world.blobs[medium.sha256] == data


@pytest.mark.parametrize(
    ("sort", "more", "status"),
    [
        ("image", {"owner": OTHER}, 403),
        ("image", {"fileSizeBytes": 10}, 403),
        ("video", {}, 400),
        ("video", {"fileSizeBytes": 74_999}, 400),
        ("video", {"fileSizeBytes": 500_000_001}, 400),
    ],
)
def test_an_upload_that_may_not_begin_is_refused(
    linkedin: LinkedIn, sort: str, more: dict[str, Any], status: int
) -> None:
    answer = linkedin.call(
        "POST",
        f"{sort}s?action=initializeUpload",
        {"initializeUploadRequest": {"owner": URN, **more}},
    )
    assert answer.status_code == status


@pytest.mark.parametrize("role", ["CONTENT_ADMINISTRATOR", "ANALYST"])
def test_videos_and_documents_need_a_higher_role_than_posts(linkedin: LinkedIn, role: str) -> None:
    linkedin.world.accounts["linkedin", URN].roles = (role,)
    for sort in ("video", "document"):
        answer = linkedin.call(
            "POST",
            f"{sort}s?action=initializeUpload",
            {"initializeUploadRequest": {"owner": URN}},
        )
        assert answer.status_code == 403
        assert f"Accessing this {sort} resource is forbidden" in answer.json()["message"]
    assert linkedin.create().status_code == (201 if role == "CONTENT_ADMINISTRATOR" else 403)


def test_an_upload_address_holds_for_a_day(linkedin: LinkedIn) -> None:
    begun = linkedin.begun("image")
    linkedin.world.set_clock(NOW + timedelta(days=1))
    answer = linkedin.call("PUT", begun["uploadUrl"], picture())
    assert code(answer) == (400, "EXPIRED_UPLOAD_URL")


def test_what_is_not_there_or_not_done_or_not_ours_hangs_below_no_post(linkedin: LinkedIn) -> None:
    waiting = str(linkedin.begun("image")["image"])
    media = {"media": {"id": waiting}}
    assert code(linkedin.create(content=media)) == (400, "MEDIA_ASSET_WAITING_UPLOAD")
    linkedin.world.processing_s["linkedin"] = 30
    processing = linkedin.uploaded("image", picture())
    media = {"media": {"id": processing}}
    assert linkedin.state(processing) == "PROCESSING"
    assert code(linkedin.create(content=media)) == (400, "MEDIA_ASSET_WAITING_UPLOAD")
    linkedin.world.set_clock(NOW + timedelta(seconds=30))
    assert linkedin.state(processing) == "AVAILABLE"
    linkedin.token = "ander"
    answer = linkedin.create(author=OTHER, content=media)
    assert code(answer) == (400, "INVALID_URN_ID") and "not owned" in answer.json()["message"]


@pytest.mark.parametrize(
    ("sort", "data"),
    [
        ("image", b"geen beeld"),
        ("image", picture(kind="GIF", size=(6500, 6500))),
        ("document", b"geen pdf"),
        ("document", slides(301)),
    ],
    ids=["no picture", "too many pixels", "no document", "too many pages"],
)
def test_a_file_that_cannot_be_used_fails_while_it_is_processed(
    linkedin: LinkedIn, sort: str, data: bytes
) -> None:
    urn = linkedin.uploaded(sort, data)
    assert linkedin.state(urn) == "PROCESSING_FAILED"
    content = {"media": {"id": urn, "title": "T"}}
    assert code(linkedin.create(content=content)) == (400, "MEDIA_ASSET_PROCESSING_FAILED")


@pytest.mark.parametrize("kind", ["PNG", "GIF", "JPEG"])
def test_pictures_of_three_kinds_can_be_used(linkedin: LinkedIn, kind: str) -> None:
    assert linkedin.state(linkedin.uploaded("image", picture(kind=kind))) == "AVAILABLE"


def test_an_empty_file_is_refused_without_a_word(linkedin: LinkedIn) -> None:
    answer = linkedin.call("PUT", linkedin.begun("image")["uploadUrl"], b"")
    assert answer.status_code == 400 and not answer.content


def test_alt_texts_are_for_pictures_and_documents_need_titles(linkedin: LinkedIn) -> None:
    document = linkedin.uploaded("document", slides())
    for media, said in (
        ({"id": document}, "MISSING_FIELD"),
        ({"id": document, "title": "T", "altText": "x"}, "INVALID_VALUE_FOR_FIELD"),
        ({"id": linkedin.uploaded("image", picture()), "altText": "x" * 4087},
         "FIELD_LENGTH_TOO_LONG"),
    ):  # fmt: skip
        assert code(linkedin.create(content={"media": media})) == (400, said)


# Duplicates, corrections, reading


def test_a_duplicate_is_refused_with_the_urn_of_the_first(linkedin: LinkedIn) -> None:
    first = linkedin.created()
    answer = linkedin.create()
    assert answer.status_code == 422
    assert answer.json()["message"].endswith(f"Content is a duplicate of {first}")
    assert answer.json()["errorDetails"]["inputErrors"][0]["code"] == "DUPLICATE_POST"


def test_a_deleted_post_can_haunt_its_text(linkedin: LinkedIn) -> None:
    first = linkedin.created()
    address = f"posts/{quote(first, safe='')}"
    assert linkedin.call("DELETE", address).status_code == 204
    assert linkedin.call("DELETE", address).status_code == 204
    linkedin.world.ghosts.add("linkedin")
    answer = linkedin.create()
    assert answer.status_code == 422 and first in answer.json()["message"]
    assert linkedin.call("GET", address).status_code == 404


def test_a_correction_changes_the_text_and_nothing_else(linkedin: LinkedIn) -> None:
    first = linkedin.created()
    address = f"posts/{quote(first, safe='')}"
    patch = {"patch": {"$set": {"commentary": "Beter (2)."}}}
    assert linkedin.call("POST", address, patch).status_code == 405
    partial = {"X_RestLi_Method": "PARTIAL_UPDATE"}
    answer = linkedin.call("POST", address, patch, **partial)
    assert answer.status_code == 204 and not answer.content
    post = linkedin.world.find("linkedin", first)
    assert post is not None and post.text == "Beter " and post.edited_at == NOW
    for field, status in (("author", 403), ("content", 403), ("lifecycleState", 204)):
        body = {"patch": {"$set": {field: "PUBLISHED"}}}
        assert linkedin.call("POST", address, body, **partial).status_code == status
    assert linkedin.call("POST", address, {}, **partial).status_code == 400
    linkedin.token = "ander"
    assert linkedin.call("POST", address, patch, **partial).status_code == 403
    assert linkedin.call("DELETE", address).status_code == 403


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (f"author={quote(URN, safe='')}&q=author", 200),
        (f"author={quote(URN, safe='')}&q=title", 400),
        (f"author={quote(URN, safe='')}&q=author&sortBy=LIKES", 400),
        (f"author={quote(URN, safe='')}&q=author&count=101", 400),
        (f"author={quote(OTHER, safe='')}&q=author", 403),
    ],
)
def test_posts_are_listed_for_their_own_page_alone(
    linkedin: LinkedIn, query: str, status: int
) -> None:
    assert linkedin.call("GET", f"posts?{query}").status_code == status


def test_statistics_are_for_administrators(linkedin: LinkedIn) -> None:
    path = (
        "organizationalEntityShareStatistics?q=organizationalEntity"
        f"&organizationalEntity={quote(URN, safe='')}&shares=List(urn%3Ali%3Ashare%3A1)"
    )
    assert linkedin.call("GET", path).json()["elements"] == []
    mixed = path.replace("urn%3Ali%3Ashare", "urn%3Ali%3AugcPost")
    assert code(linkedin.call("GET", mixed)) == (400, "INVALID_URN_TYPE")
    linkedin.world.accounts["linkedin", URN].roles = ("CONTENT_ADMINISTRATOR",)
    assert linkedin.call("GET", path).status_code == 403


def test_processing_and_ghosts_are_set_over_the_control_api(linkedin: LinkedIn) -> None:
    control = linkedin.base.replace("/linkedin", "/control")
    said = {"platform": "linkedin", "takes_s": 30}
    requests.post(f"{control}/processing", json=said, timeout=10).raise_for_status()
    assert linkedin.state(linkedin.uploaded("image", picture())) == "PROCESSING"
    for on in (True, False):
        said = {"platform": "linkedin", "on": on}
        requests.post(f"{control}/ghosts", json=said, timeout=10).raise_for_status()
        assert ("linkedin" in linkedin.world.ghosts) is on


def test_scenarios_cut_texts_misplace_posts_and_let_uploads_expire(linkedin: LinkedIn) -> None:
    control = linkedin.base.replace("/linkedin", "/control")
    steps = [
        {"trouble": trouble, "platform": "linkedin"}
        for trouble in ("cut_text", "wrong_author", "expired_upload")
    ]
    told = {"title": "LinkedIn doet vreemd", "steps": steps}
    requests.post(f"{control}/scenario", json=told, timeout=10).raise_for_status()
    cut = linkedin.created(commentary=r"Adviseur \(32 uur\)")
    strayed = linkedin.created(commentary="Elders.")
    posts = {post.id: post for post in linkedin.world.posts}
    assert posts[cut].text == "Adviseur " and posts[cut].account == URN
    assert posts[strayed].account == "urn:li:person:sandbox"
    answer = linkedin.call("PUT", linkedin.begun("image")["uploadUrl"], picture())
    assert code(answer) == (400, "EXPIRED_UPLOAD_URL")
    linkedin.uploaded("image", picture())
