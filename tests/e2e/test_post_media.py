"""Media of one's own and corrections, from the command line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests import media_files
from tests.e2e.commands import campaignbot
from tests.e2e.test_posts import Room, refused
from tests.workdirs import opened, sandboxed, stored

from campaignbot.domain.clock import SystemClock
from campaignbot.domain.content import Content
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.storage import attempts, publications


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with sandboxed(tmp_path) as sandbox:
        yield Room(tmp_path, sandbox)


@pytest.fixture
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


def content(room: Room, publication: Publication) -> Content:
    with opened(room.folder, SystemClock()) as application:
        return stored(application, publication).content


def test_pictures_are_added_and_arranged_and_the_approval_is_void(room: Room, files: Path) -> None:
    post = room.approved("instagram")
    before = content(room, post)
    png = media_files.picture(files / "brug.png", (1000, 1000))
    add = ("post", "media", "add", post.reference, str(png), "--alt", "Een brug.")
    would = room.run(*add, "--people", "none", "--dry-run", "--json")
    assert would.code == 0 and not would.data["stored"] and len(would.data["media"]) == 2
    assert content(room, post) == before and room.state(post) is State.APPROVED
    done = room.run(*add, "--people", "none", "--json")
    assert done.code == 0, done.err
    assert done.data["media"] == would.data["media"] and done.data["state"] == "in_review"
    assert done.data["media"][1]["mime"] == "image/jpeg", "Instagram takes nothing else"
    assert not [f for f in done.data["findings"] if f["code"].startswith("photo.")]
    assert room.run("post", "media", "order", post.reference, "2", "1").code == 0
    assert content(room, post).media[0].alt_text == "Een brug."
    words = room.run("post", "media", "words", post.reference, "1", "--alt", "De brug.")
    assert words.code == 0 and "De brug." in words.out
    gone = room.run("post", "media", "remove", post.reference, "2", "--json")
    assert [item["alt_text"] for item in gone.data["media"]] == ["De brug."]
    refused(room.run("post", "media", "remove", post.reference, "2"), "number 2")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("number", ["9" * 30, f"-{'9' * 30}"])
def test_a_medium_with_a_number_of_thirty_digits_does_not_exist(
    room: Room, number: str, language: str
) -> None:
    post = room.approved("instagram")
    before = content(room, post)
    for name, *options in (("remove",), ("order",), ("words", "--alt", "Een brug.")):
        command = ("post", "media", name, *options, post.reference, "--", number)
        ran = campaignbot(room.folder, *command, language=language)
        refused(ran, "campaignbot post show" if name != "order" else "3 1 2")
    huge = ("post", "media", "remove", post.reference, "9" * 5000)
    word = {"nl": "geef een kleiner getal", "en": "give a smaller number"}[language]
    refused(campaignbot(room.folder, *huge, language=language), word)
    assert content(room, post) == before and room.state(post) is State.APPROVED


def test_a_document_is_made_of_slides_for_a_channel_that_takes_one(room: Room, files: Path) -> None:
    post = room.approved("manual")
    slides = [str(media_files.picture(files / f"{n}.png", (1080, 1350))) for n in range(3)]
    would = room.run("post", "media", "slides", post.reference, *slides, "--dry-run", "--json")
    assert would.data["media"][0]["pages"] == 3 and not would.data["stored"]
    assert "limit.no_document_title" in {f["code"] for f in would.data["findings"]}
    made = room.run(
        "post", "media", "slides", post.reference, *slides, "--title", "Vijf vragen",
        "--people", "none", "--json",
    )  # fmt: skip
    assert made.code == 0, made.err
    (document,) = made.data["media"]
    assert (document["mime"], document["pages"], document["title"]) == (
        "application/pdf", 3, "Vijf vragen",
    )  # fmt: skip
    shown = room.run("post", "show", post.reference)
    assert "Document “Vijf vragen”: 3 pages" in shown.out


def test_a_video_alone_is_told_in_words_and_checked(room: Room, files: Path) -> None:
    post = room.approved("manual")
    film = media_files.video(files / "film.mp4", duration_ms=72_000)
    add = ("post", "media", "add", post.reference, str(film), "--title", "Een dag")
    beside = room.run(*add, "--json")
    assert "limit.media_mixed" in {f["code"] for f in beside.data["findings"]}
    alone = room.run(*add, "--instead", "--alt", "Iemand loopt.", "--people", "none")
    assert "Video “Een dag”: 1:12 min, 1280×720" in alone.out
    assert "Iemand loopt." in alone.out and "cannot be approved" not in alone.out


@pytest.mark.parametrize(
    ("language", "word"), [("nl", "zo niet goed te keuren: "), ("en", "cannot be approved so: ")]
)
def test_what_was_added_but_keeps_the_post_from_being_approved_says_so(
    room: Room, files: Path, language: str, word: str
) -> None:
    post = room.approved("linkedin")
    add = ("post", "media", "add", post.reference, str(media_files.picture(files / "a.jpg")))
    would = campaignbot(room.folder, *add, "--people", "none", "--dry-run", language=language)
    assert would.code == 1 and word in would.out and "\n  → " in would.out, would.out
    done = campaignbot(room.folder, *add, "--people", "none", language=language)
    assert done.code == 1 and word in done.out and room.state(post) is State.IN_REVIEW
    assert len(content(room, post).media) == 2
    shown = campaignbot(room.folder, "post", "show", post.reference, language=language).out
    assert word in shown
    number = ("post", "media", "words", post.reference, "2", "--alt", "Een brug.")
    assert campaignbot(room.folder, *number, language=language).code == 0


def test_wrong_files_get_one_clear_error_and_change_nothing(room: Room, files: Path) -> None:
    post = room.approved("linkedin")
    before = content(room, post)
    good = str(media_files.picture(files / "a.jpg"))
    (files / "brief.docx").write_bytes(b"PK geen beeld")
    stored_before = sorted((room.folder / "media").rglob("*.*"))
    add = ("post", "media", "add", post.reference)
    refused(room.run(*add, good, str(files / "brief.docx")), "brief.docx", "JPEG")
    refused(room.run(*add, str(files / "weg.jpg")), "weg.jpg")
    refused(room.run(*add, good, "--alt", "een", "--alt", "twee"), "alt")
    assert content(room, post) == before and room.state(post) is State.APPROVED
    assert sorted((room.folder / "media").rglob("*.*")) == stored_before


def test_what_is_out_keeps_its_pictures(room: Room, files: Path) -> None:
    live = room.published("linkedin")
    file = str(media_files.picture(files / "a.jpg"))
    stored_before = sorted((room.folder / "media").rglob("*.*"))
    refused(room.run("post", "media", "add", live.reference, file), "published")
    assert sorted((room.folder / "media").rglob("*.*")) == stored_before


def test_a_link_alone_shows_its_card(room: Room) -> None:
    post = room.approved("linkedin")
    link = ("post", "media", "link", post.reference)
    done = room.run(*link, "--title", "Kom werken", "--text", "Bij ons", "--json")
    assert done.data["media"] == [] and done.data["preview"]["title"] == "Kom werken"
    shown = room.run("post", "show", post.reference).out
    assert "Card of the link: “Kom werken”. Bij ons." in shown


def test_names_of_the_accounts_file_become_mentions(room: Room) -> None:
    post = room.approved("linkedin", "Samen met @Provincie Voorbeeld.")
    path = room.folder / "config" / "accounts.yaml"
    text = path.read_text()
    marked = re.sub(
        r"^( *)- key: linkedin\n",
        r"\g<0>\1  mentions:\n\1    Provincie Voorbeeld: urn:li:organization:1\n",
        text,
        flags=re.MULTILINE,
    )
    assert marked != text
    path.write_text(marked)
    edited = room.run("post", "media", "words", post.reference, "1", "--alt", "Een molen.")
    assert edited.code == 0, edited.err
    assert content(room, post).mentions == {"Provincie Voorbeeld": "urn:li:organization:1"}
    assert (
        "Becomes a mention: @Provincie Voorbeeld" in edited.out
        or "@Provincie" in room.run("post", "show", post.reference).out
    )
    path.write_text(marked.replace("Provincie Voorbeeld:", '"@Provincie":'))
    refused(room.run("status"), "accounts.yaml", "mentions", "@Provincie")


def test_a_post_of_a_channel_without_an_api_is_corrected_by_hand(room: Room, files: Path) -> None:
    laid = room.published("manual")
    address = "https://waterrijk.example/nieuws/1"
    assert room.run("post", "placed", laid.reference, address).code == 0
    (files / "tekst.txt").write_text("Kom kijken op 12 december.\n", encoding="utf-8")
    correct = ("post", "correct", laid.reference, "--file", str(files / "tekst.txt"))
    refused(room.run("post", "correct", laid.reference, "--reason", "x"), "--text", "--file")
    refused(room.run(*correct), "reason")
    would = room.run(*correct, "--dry-run", "--json")
    assert would.data["dry_run"] and content(room, laid).text == "Kom kijken."
    done = room.run(*correct, "--reason", "Wrong day.")
    assert done.code == 0 and address in done.err
    assert content(room, laid).text == "Kom kijken op 12 december."
    told = room.run("post", "show", laid.reference, "--json").data
    assert told["decisions"][-1]["reason"] == "Wrong day." and told["state"] == "published"
    again = room.run(*correct, "--reason", "Wrong day.", "--json")
    assert again.code == 0 and not again.data["changed"]


def test_a_live_post_is_corrected_on_its_platform(room: Room) -> None:
    live = room.published("linkedin")
    correct = ("post", "correct", live.reference, "--text", "Kom kijken (op 12 december).")
    assert room.run(*correct, "--dry-run").code == 0
    long = room.run("post", "correct", live.reference, "--text", "lang " * 700, "--dry-run")
    assert long.code == 1 and "cannot be corrected" in long.err and "Would" not in long.err
    (post,) = room.sandbox.world.posts
    assert post.text.startswith("Kom kijken.")
    done = room.run(*correct, "--reason", "Wrong day.")
    assert done.code == 0, done.err
    assert post.text.startswith("Kom kijken (op 12 december).")
    assert room.state(live) is State.PUBLISHED


def test_where_a_live_post_cannot_be_changed_the_other_way_is_named(room: Room) -> None:
    live = room.published("x")
    ran = room.run("post", "correct", live.reference, "--text", "Beter.", "--reason", "fout")
    refused(ran, "X", f"take-down {live.reference}")


def test_an_upload_on_its_way_is_told(room: Room) -> None:
    waiting = room.approved("linkedin")
    with opened(room.folder, SystemClock()) as application:
        claimed = application.clock.now()
        with application.database.write() as tx:
            sending = publications.move(
                tx, stored(application, waiting), Event.CLAIM, now=claimed, actor="test"
            )
            until = claimed + timedelta(minutes=10)
            (held,) = attempts.begin_attempts(tx, [sending.id], "test", claimed, until).values()
            attempts.renew_lease(tx, held, now=claimed, lease_end_utc=until, upload_percent=43)
    assert "uploading: 43 %" in room.run("status").out
    assert room.run("status", "--json").data["uploading"] == {waiting.reference: 43}
    shown = room.run("post", "show", waiting.reference)
    assert "uploading: 43 %" in shown.out
    told = room.run("post", "show", waiting.reference, "--json").data["attempts"]
    assert told[-1]["uploading_percent"] == 43
