"""The wall shows what followers would see, and only that, to everybody and in two languages."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from tests.media_files import picture

from campaignbot.rendering.pictures import make_slides
from campaignbot.sandbox import LinkPreview, Medium, Sandbox, SandboxAccount, SandboxPost
from campaignbot.sandbox.wall.files import content_type, page_count
from campaignbot.sandbox.wall.texts import cut
from campaignbot.sandbox.wall.words import WORDS, language_of

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n"
PLATFORMS = ("linkedin", "facebook", "instagram", "x")
LINK = "https://werkenbij.voorbeeld.example/vacature?utm_id=abc"
_VOID = {"meta", "link", "img", "br", "track", "use", "path", "circle"}


class Page(HTMLParser):
    """A page as a browser takes it apart; refuses one whose elements do not close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html, self.elements = html, list[tuple[str, dict[str, str]]]()
        self._open = list[str]()
        self.feed(html)
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self._open.pop() == tag

    def all(self, tag: str, class_: str = "") -> list[dict[str, str]]:
        return [
            attributes
            for found, attributes in self.elements
            if found == tag and (not class_ or class_ in attributes.get("class", "").split())
        ]


class Wall:
    """The wall with an account on each platform, and a visitor."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.world, self._number = sandbox, sandbox.world, 0
        for platform in PLATFORMS:
            self.world.seed_accounts(
                [SandboxAccount(platform, "1", "Gemeente Voorbeeld", f"t-{platform}")]
            )

    def post(self, platform: str, text: str = "Bericht", **more: object) -> SandboxPost:
        self._number += 1
        at = NOW - timedelta(hours=1) + timedelta(seconds=self._number)
        post = SandboxPost(str(self._number), platform, "1", text, at)
        for name, value in more.items():
            setattr(post, name, value)
        return self.world.add_post(post)

    def pictures(self, count: int, alt: str = "Een brug") -> list[Medium]:
        return [Medium(self.world.store_blob(PNG + bytes([i])), alt) for i in range(count)]

    def read(self, path: str = "/", **headers: str) -> Page:
        answer = requests.get(self.sandbox.url + path, headers=headers, timeout=5)
        assert answer.status_code == 200
        return Page(answer.text)


@pytest.fixture
def wall() -> Iterator[Wall]:
    sandbox = Sandbox(now=NOW)
    sandbox.start()
    yield Wall(sandbox)
    sandbox.stop()


def test_posts_are_listed_newest_first_ten_to_a_page(wall: Wall) -> None:
    for number in range(23):
        wall.post("x", f"Nummer-{number:02}.")
    found = [
        re.findall(r"Nummer-(\d\d)", wall.read(f"/wall/x/1?page={page}").html)
        for page in (1, 2, 3, 99)
    ]
    numbers = [f"{n:02}" for n in range(22, -1, -1)]
    assert found[:3] == [numbers[:10], numbers[10:20], numbers[20:]]
    assert found[3] == found[2], "past the end is the last page"


def test_an_account_and_a_post_have_pages_of_their_own(wall: Wall) -> None:
    other = SandboxAccount("linkedin", "urn:li:organization:2", "Waterschap Elders", "t")
    wall.world.seed_accounts([other])
    wall.post("linkedin", "Van de gemeente.")
    theirs = wall.post("linkedin", "Van het waterschap.", account=other.external_id)
    page = wall.read("/wall/linkedin/urn:li:organization:2")
    assert "Van het waterschap." in page.html and "Van de gemeente." not in page.html
    links = [a["href"] for a in wall.read("/wall/linkedin").all("a", "when")]
    assert len(links) == 2
    assert theirs.text in wall.read(links[0]).html
    for missing in ("/wall/linkedin/3", "/wall/tiktok", "/wall/linkedin/1/99"):
        assert requests.get(wall.sandbox.url + missing, timeout=5).status_code == 404


def test_what_was_deleted_is_gone_with_its_comments(wall: Wall) -> None:
    for platform in PLATFORMS:
        kept = wall.post(platform, "Blijft staan.")
        wall.world.delete(wall.post(platform, "Weg ermee.", reply_to=kept.id))
        wall.world.delete(wall.post(platform, "Ook dit niet."))
        page = wall.read(f"/wall/{platform}").html
        assert "Blijft staan." in page
        assert "Weg ermee." not in page and "Ook dit niet." not in page


def test_every_page_and_every_post_says_that_it_is_practice(wall: Wall) -> None:
    for platform in PLATFORMS:
        post = wall.post(platform)
        for path in (
            "/",
            f"/wall/{platform}",
            f"/wall/{platform}/1",
            f"/wall/{platform}/1/{post.id}",
        ):
            page = wall.read(path)
            assert WORDS["nl"]["banner"] in page.html
            assert page.all("div", "banner")[0]["role"] == "note"
            articles = page.html.split("<article")[1:]
            assert articles and all(WORDS["nl"]["simulated"] in article for article in articles)


def test_a_visitor_reads_their_own_language_or_the_one_they_choose(wall: Wall) -> None:
    english = {"Accept-Language": "de, en-GB;q=0.8, nl;q=0.5"}
    assert wall.read("/", **english).all("html")[0]["lang"] == "en"
    chosen = wall.read("/?lang=nl", **english)
    assert chosen.all("html")[0]["lang"] == "nl"
    inside = [a["href"] for a in chosen.all("a") if a["href"].startswith("/wall/")]
    assert inside and all(href.endswith("?lang=nl") for href in inside)
    assert WORDS["nl"].keys() - {"shares_one", "video_views_one"} <= WORDS["en"].keys()


@given(st.text(max_size=40))
def test_any_accept_language_header_is_read(header: str) -> None:
    assert language_of(None, header) in {"nl", "en"}


def test_no_page_loads_anything_from_elsewhere_or_runs_anything(wall: Wall) -> None:
    evil = '"><script>alert(1)</script><img src=https://evil.example/a.png onerror=alert(1)>'
    wall.world.seed_accounts([SandboxAccount("x", "2", evil, "t", username=evil)])
    for platform in PLATFORMS:
        media = [Medium(m.sha256, evil, "image", evil) for m in wall.pictures(2)]
        media.append(Medium(media[0].sha256, evil, "document", evil))
        kept = wall.post(platform, evil, media=media, language=evil)
        wall.post(platform, evil, reply_to=kept.id)
        wall.post(platform, "Met kaart", link="https://a.example/", preview=LinkPreview(evil, evil))
    wall.post("x", evil, account="2")
    for path in ("/", *(f"/wall/{p}" for p in PLATFORMS), "/wall/x/2"):
        page = wall.read(path)
        assert not page.all("script") and not page.all("iframe")
        for tag, attributes in page.elements:
            assert not [name for name in attributes if name.startswith("on") or name == "style"]
            for name in ("src", "href", "poster"):
                target = attributes.get(name, "/")
                assert target[0] in "/#" or target == "data:,", (tag, target)
    policy = requests.get(wall.sandbox.url, timeout=5).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    sheet = requests.get(f"{wall.sandbox.url}/wall/style.css", timeout=5).text
    assert "url(" not in sheet and "@import" not in sheet


def test_pages_have_headings_in_order_and_ids_once(wall: Wall) -> None:
    for platform in PLATFORMS:
        wall.post(platform, media=wall.pictures(3))
        wall.post(platform, media=wall.pictures(2))
    for path in ("/", *(f"/wall/{p}" for p in PLATFORMS), "/wall/x/1"):
        page = wall.read(path)
        levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(b - a <= 1 for a, b in pairwise(levels)), (path, levels)
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids))


def test_alt_texts_can_be_read_and_a_missing_one_is_seen(wall: Wall) -> None:
    wall.post("facebook", media=[*wall.pictures(1, "Een brug over de Vaart"), *wall.pictures(2)])
    wall.post("facebook", media=wall.pictures(1, ""))
    page = wall.read("/wall/facebook")
    assert [img["alt"] for img in page.all("img")] == [
        "", "Een brug over de Vaart", "Een brug", "Een brug",
    ]  # fmt: skip
    assert page.html.count("<summary>ALT</summary>") == 3
    assert len(page.all("details", "none")) == 1


@pytest.mark.parametrize(
    ("platform", "count", "shown", "more"),
    [("linkedin", 4, 4, 0), ("linkedin", 6, 4, 2), ("facebook", 7, 5, 2), ("x", 3, 3, 0)],
)
def test_pictures_are_laid_out_as_the_platform_does(
    wall: Wall, platform: str, count: int, shown: int, more: int
) -> None:
    post = wall.post(platform, media=wall.pictures(count))
    page = wall.read(f"/wall/{platform}")
    assert len(page.all("img")) == shown
    assert len(page.all("div", f"of-{shown}")) == 1
    assert [f">+{more}</a>" in page.html] == [more > 0]
    alone = wall.read(f"/wall/{platform}/1/{post.id}")
    assert len(alone.all("img")) == count, "on a page of its own nothing is left out"


def test_several_pictures_on_instagram_are_a_carousel_with_dots(wall: Wall) -> None:
    film = Medium(wall.world.store_blob(b"\0\0\0\x18ftypisom"), "Film", "video")
    wall.post("instagram", media=[*wall.pictures(2), film])
    page = wall.read("/wall/instagram")
    slides = [slide["id"] for slide in page.all("div", "slide")]
    dots = re.findall(r'<a href="#([^"]+)" aria-label', page.html)
    assert len(slides) == 3 and dots == slides
    assert len(page.all("video")) == 1


def test_a_feed_hides_the_end_of_a_long_text_and_a_page_of_its_own_does_not(wall: Wall) -> None:
    text = "Woorden " * 80 + "einde."
    for platform in ("linkedin", "facebook", "instagram"):
        post = wall.post(platform, text)
        shown, _, hidden = wall.read(f"/wall/{platform}").html.partition('<details class="rest">')
        assert "Woorden" in shown and "einde." not in shown and "einde." in hidden
        assert not wall.read(f"/wall/{platform}/1/{post.id}").all("details", "rest")


@given(st.text(alphabet="ab \n#🚲", max_size=900), st.sampled_from(PLATFORMS))
def test_cutting_a_text_loses_nothing_of_it(text: str, platform: str) -> None:
    shown, hidden = cut(text, platform)
    assert shown + hidden == text
    most = {"linkedin": 210, "facebook": 480, "instagram": 125}.get(platform, len(text))
    assert len(shown) <= most + 3


def test_a_link_has_a_card_unless_media_take_its_place(wall: Wall) -> None:
    image = wall.world.store_blob(PNG)
    preview = LinkPreview("Beheerder bruggen", "Kom erbij", image, "Een brug")
    for platform in PLATFORMS:
        wall.post(platform, "Met kaart", link=LINK, preview=preview)
        wall.post(platform, "Kaal", link=LINK)
        wall.post(platform, "Met beeld", link=LINK, preview=preview, media=wall.pictures(1))
        page = wall.read(f"/wall/{platform}")
        cards = page.all("div", "card")
        assert len(cards) == (0 if platform == "instagram" else 2)
        assert all("werkenbij.voorbeeld.example" in card["aria-label"] for card in cards)
        assert "utm_id" not in page.html


def test_an_edited_post_says_so(wall: Wall) -> None:
    post = wall.post("linkedin", "Eerst")
    assert WORDS["nl"]["edited"] not in wall.read("/wall/linkedin").html
    wall.world.edit(post, "Daarna")
    page = wall.read("/wall/linkedin").html
    assert "Daarna" in page and "Eerst" not in page and WORDS["nl"]["edited"] in page


def test_a_text_keeps_the_language_it_came_with(wall: Wall) -> None:
    wall.post("x", "Come and work with us.", language="en")
    assert wall.read("/wall/x").all("div", "text")[0]["lang"] == "en"


def test_a_player_gets_the_part_of_a_video_that_it_asks_for(wall: Wall) -> None:
    data = b"\0\0\0\x18ftypisom" + bytes(range(200))
    captions = b"1\n00:00:01,500 --> 00:00:02,000\nGoedemorgen\n"
    film = Medium(
        wall.world.store_blob(data), "Een film", "video", captions=wall.world.store_blob(captions)
    )
    wall.post("facebook", media=[film])
    page = wall.read("/wall/facebook")
    url = wall.sandbox.url + page.all("video")[0]["src"]
    part = requests.get(url, headers={"Range": "bytes=10-19"}, timeout=5)
    assert part.status_code == 206 and part.content == data[10:20]
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(data)}"
    assert part.headers["Content-Type"] == "video/mp4"
    assert requests.get(url, timeout=5).content == data
    for asked in ("bytes=900-", "bytes=x"):
        assert requests.get(url, headers={"Range": asked}, timeout=5).status_code == 416
    track = requests.get(wall.sandbox.url + page.all("track")[0]["src"], timeout=5)
    assert track.headers["Content-Type"].startswith("text/vtt")
    assert track.text.startswith("WEBVTT") and "00:00:01.500 --> 00:00:02.000" in track.text


def test_a_document_is_a_card_with_its_title_and_pages(wall: Wall) -> None:
    pages = b"".join(b"%d 0 obj << /Type /Page >> endobj\n" % number for number in range(1, 5))
    pdf = b"%PDF-1.7\n" + pages + b"5 0 obj << /Type /Pages /Count 4 >> endobj"
    wall.post("linkedin", media=[Medium(wall.world.store_blob(pdf), "", "document", "Jouw jaar")])
    page = wall.read("/wall/linkedin")
    assert "Jouw jaar" in page.html and "4 pagina&#39;s" in page.html
    source = next(a["href"] for a in page.all("a") if a.get("type") == "application/pdf")
    served = requests.get(wall.sandbox.url + source, timeout=5)
    assert served.headers["Content-Type"] == "application/pdf" and served.content == pdf


def test_pages_of_a_compressed_document_are_counted() -> None:
    objects = zlib.compress(b"<< /Type /Page >> << /Type/Page/Parent 1 0 R >> << /Type /Pages >>")
    stream = b"3 0 obj << /Type /ObjStm /Filter /FlateDecode >> stream\r\n" + objects
    assert page_count(b"%PDF-1.7\n" + stream + b"\nendstream endobj") == 2
    assert page_count(b"%PDF-1.7 nothing to be seen") is None


def test_a_document_of_slides_has_each_of_them_once(tmp_path: Path) -> None:
    pictures = [picture(tmp_path / f"{number}.jpg") for number in range(4)]
    make_slides(pictures, tmp_path / "slides.pdf", "Vier vragen")
    assert page_count((tmp_path / "slides.pdf").read_bytes()) == 4


def test_bytes_of_an_unknown_kind_are_never_shown_as_a_page(wall: Wall) -> None:
    digest = wall.world.store_blob(b"<html><script>alert(1)</script>")
    served = requests.get(f"{wall.sandbox.url}/wall/media/{digest}", timeout=5)
    assert served.headers["Content-Type"] == "application/octet-stream"
    assert served.headers["Content-Disposition"] == "attachment"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert content_type(b"RIFF\0\0\0\0WEBPVP8 ") == "image/webp"
