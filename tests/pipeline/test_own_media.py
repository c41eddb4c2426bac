"""Files of one's own become the media of a post, or nothing is stored and a person reads why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader
from tests import media_files
from tests.workdirs import approve_one, opened, stored

from campaignbot.bootstrap import Application
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content, LinkPreview, MediaItem
from campaignbot.domain.errors import UserError
from campaignbot.domain.people import Role
from campaignbot.domain.publication import Publication, State
from campaignbot.pipeline.arranging import described, link_alone, ordered, without
from campaignbot.pipeline.own_media import Said
from campaignbot.platforms.registry import load_platform
from campaignbot.starter import make_workdir
from campaignbot.storage import media

NOBODY = Said("Een molen.", people="none")


@pytest.fixture
def application(tmp_path: Path, clock: SimulatedClock) -> Iterator[Application]:
    make_workdir(tmp_path)
    with opened(tmp_path, clock) as application:
        yield application


@pytest.fixture
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


def take(
    application: Application, path: Path, said: Said = NOBODY, on: str = "linkedin"
) -> MediaItem:
    platform = application.platforms[on]
    return application.own_media.take(path, said, platform, application.actor())


def told(application: Application, item: MediaItem) -> dict[str, str]:
    with application.database.read() as tx:
        return dict(media.media_provenance(tx, item.sha256))


def stored_files(application: Application) -> list[Path]:
    return [p for p in application.media.folder.rglob("*") if p.is_file()]


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(UserError) as caught:
        act()
    return caught.value.problems[0].what.key


def codes(application: Application, publication: Publication) -> set[str]:
    return {finding.code for finding in application.reviews.item(publication.id).findings}


def test_a_picture_is_stored_with_who_brought_it_and_what_was_agreed(
    application: Application, files: Path
) -> None:
    said = Said("Ans op de dijk.", people="Ans", consent_until=date(2027, 6, 30))
    item = take(application, media_files.picture(files / "ans.jpg"), said)
    assert (item.mime, item.alt_text) == ("image/jpeg", "Ans op de dijk.")
    assert application.media.read(item)
    assert told(application, item) == {
        "photo": "ans.jpg",
        "people": "Ans",
        "consent_until": "2027-06-30",
        "given_by": application.actor().name,
    }


def test_what_was_said_last_of_a_file_counts(application: Application, files: Path) -> None:
    file = media_files.picture(files / "ans.jpg")
    item = take(application, file, Said(people="Ans", consent_until=date(2027, 6, 30)))
    again = take(application, file, Said(people="Ans", consent_until=date(2026, 12, 1)))
    assert again.sha256 == item.sha256
    assert told(application, item)["consent_until"] == "2026-12-01"


def test_a_png_becomes_a_jpeg_where_the_platform_takes_nothing_else(
    application: Application, files: Path
) -> None:
    file = media_files.picture(files / "a.png")
    assert take(application, file, on="linkedin").mime == "image/png"
    assert take(application, file, on="instagram").mime == "image/jpeg"


def test_a_video_and_a_document_are_stored_as_they_are(
    application: Application, files: Path
) -> None:
    film = media_files.video(files / "film.bin")
    video = take(application, film, Said("Iemand loopt.", "Een dag"))
    assert (video.mime, video.duration_ms, video.title) == ("video/mp4", 12_500, "Een dag")
    assert application.media.read(video) == film.read_bytes()
    report = media_files.document(files / "a.pdf", 4, "Vijf vragen")
    document = take(application, report, Said())
    assert (document.mime, document.pages, document.title) == ("application/pdf", 4, "Vijf vragen")


def test_a_wrong_file_stores_nothing(application: Application, files: Path) -> None:
    (files / "brief.docx").write_bytes(b"PK\x03\x04 geen beeld")
    (files / "kapot.pdf").write_bytes(b"%PDF-1.7 kapot")
    (files / "kapot.mp4").write_bytes(b"\x00\x00\x00\x18ftypisom kapot")
    for name, key in (
        ("brief.docx", "media.no_picture"),
        ("kapot.pdf", "media.no_pdf"),
        ("kapot.mp4", "media.no_mp4"),
        ("weg.jpg", "media.no_file"),
        (".", "file.is_folder"),
    ):
        assert refused(lambda name=name: take(application, files / name)) == key  # type: ignore[misc]
    assert stored_files(application) == []


def test_a_reader_brings_nothing(application: Application, files: Path) -> None:
    known = application.actor()
    reader = replace(known, person=replace(known.person, role=Role.READER))
    file, platform = media_files.picture(files / "a.jpg"), application.platforms["linkedin"]
    act = lambda: application.own_media.take(file, NOBODY, platform, reader)  # noqa: E731
    assert refused(act) == "policy.role" and stored_files(application) == []


def test_looking_tells_the_same_and_stores_nothing(application: Application, files: Path) -> None:
    file = media_files.picture(files / "a.jpg")
    seen = application.own_media.look(file, NOBODY, application.platforms["linkedin"])
    assert stored_files(application) == []
    assert seen.item == take(application, file)
    assert seen.size_bytes == application.media_size(seen.item)


def test_another_picture_voids_the_approval(application: Application, files: Path) -> None:
    approved = approve_one(application, "linkedin", "Kom kijken.")
    item = take(application, media_files.picture(files / "a.jpg"))
    content = replace(approved.content, media=(item,))
    after = application.reviews.edit(approved, application.actor(), content=content)
    assert after.state is State.IN_REVIEW and after.approved_hash is None


def test_the_check_measures_the_stored_file(application: Application, files: Path) -> None:
    publication = approve_one(application, "linkedin", "Kom kijken.")
    big = media_files.document(files / "a.pdf", 2, "Vijf vragen")
    item = take(application, big, Said(title="Vijf vragen", people="none"), on="manual")
    handed = approve_one(application, "manual", "Kom kijken.")
    for each, wanted in ((publication, {"limit.no_documents"}), (handed, set())):
        content = replace(each.content, media=(item,))
        after = application.reviews.edit(each, application.actor(), content=content)
        if application.platforms["linkedin"].limits.document is not None:
            wanted = set()
        assert {c for c in codes(application, after) if c.startswith("limit.")} == wanted


def test_nobody_said_who_is_in_it_and_the_reviewer_reads_so(
    application: Application, files: Path
) -> None:
    publication = approve_one(application, "linkedin", "Kom kijken.")
    item = take(application, media_files.picture(files / "team.jpg"), Said("Het team."))
    content = replace(publication.content, media=(item,))
    after = application.reviews.edit(publication, application.actor(), content=content)
    assert "photo.people_unknown" in codes(application, after)


def test_who_is_on_the_card_of_a_link_must_have_agreed_too(
    application: Application, files: Path
) -> None:
    publication = approve_one(application, "linkedin", "Kom kijken.")
    past = Said("Ans.", people="Ans", consent_until=date(2026, 1, 1))
    item = take(application, media_files.picture(files / "ans.jpg"), past)
    person = application.actor()
    card = replace(publication.content, media=(), preview=LinkPreview("Kom werken", picture=item))
    after = application.reviews.edit(publication, person, content=card)
    assert "photo.consent_over" in codes(application, after)
    unseen = replace(card, media=publication.content.media)
    after = application.reviews.edit(after, person, content=unseen)
    assert "photo.consent_over" not in codes(application, after)


def test_pictures_become_the_pages_of_a_document(application: Application, files: Path) -> None:
    paths = [media_files.picture(files / f"{n}.png", (1080, 1080)) for n in range(3)]
    said = Said(title="Drie vragen", people="none")
    seen = application.own_media.slides(paths, said, application.actor(), keep=False).item
    assert stored_files(application) == []
    item = application.own_media.slides(paths, said, application.actor()).item
    assert item == seen
    assert (item.mime, item.pages, item.title) == ("application/pdf", 3, "Drie vragen")
    assert len(PdfReader(application.media.path(item)).pages) == 3
    assert refused(lambda: application.own_media.slides([], said, application.actor())) == (
        "media.slides_number"
    )


def test_slides_of_a_posts_pictures_keep_what_was_agreed_about_them(
    application: Application, files: Path
) -> None:
    until, sooner = date(2027, 6, 30), date(2027, 1, 1)
    items = [
        take(application, media_files.picture(files / "1.jpg", colour="navy"), Said(people="none")),
        take(application, media_files.picture(files / "2.jpg", colour="red"),
             Said(people="Ans", consent_until=until)),
        take(application, media_files.picture(files / "3.jpg", colour="green"),
             Said(people="Bert", consent_until=sooner)),
    ]  # fmt: skip
    person = application.actor()
    document = application.own_media.slides_of(items, Said(title="Drie mensen"), person).item
    known = told(application, document)
    assert (known["people"], known["consent_until"]) == ("Ans, Bert", "2027-01-01")
    assert known["photo"] == "1.jpg, 2.jpg, 3.jpg"
    act = lambda: application.own_media.slides_of([document], Said(), person)  # noqa: E731
    assert refused(act) == "media.only_pictures"


ONE, TWO, THREE = (MediaItem(str(n) * 64, "image/jpeg", 12, 9, f"beeld {n}") for n in (1, 2, 3))
NEEDS = replace(load_platform("linkedin"), needs_preview=True)
READS = replace(NEEDS, needs_preview=False)
CONTENT = Content("Kom.", "https://a.example/", (ONE, TWO, THREE))


class TestArranging:
    """Content in, content out; numbers count from 1."""

    def test_media_are_taken_out_by_number(self) -> None:
        assert without(CONTENT, [1, 3]).media == (TWO,)
        assert refused(lambda: without(CONTENT, [4])) == "media.no_such"
        assert refused(lambda: without(CONTENT, [0])) == "media.no_such"

    def test_an_order_names_each_once(self) -> None:
        assert ordered(CONTENT, [3, 1, 2]).media == (THREE, ONE, TWO)
        for wrong in ([1, 2], [1, 1, 2], [1, 2, 4]):
            assert refused(lambda wrong=wrong: ordered(CONTENT, wrong)) == "media.bad_order"  # type: ignore[misc]

    def test_words_change_and_the_rest_stays(self) -> None:
        changed = described(CONTENT, 2, alt_text=" Een dijk. ")
        assert changed.media == (ONE, replace(TWO, alt_text="Een dijk."), THREE)
        assert described(CONTENT, 2, title="T").media[1] == replace(TWO, title="T")

    def test_a_link_alone_keeps_its_card_and_gets_the_picture(self) -> None:
        alone = link_alone(CONTENT, NEEDS, "Kom werken")
        assert alone.media == () and alone.preview == LinkPreview("Kom werken", "", ONE)
        had = replace(CONTENT, preview=LinkPreview("Oud", "Over", TWO))
        assert link_alone(had, NEEDS, "Nieuw").preview == LinkPreview("Nieuw", "Over", TWO)
        assert link_alone(CONTENT, NEEDS).preview is None, "a card without a title is none"
        # A platform that reads the page itself is told nothing that it would not show.
        assert link_alone(had, READS, "Nieuw") == replace(CONTENT, media=())
        assert refused(lambda: link_alone(replace(CONTENT, link=None), NEEDS)) == "media.no_link"


def test_the_picture_of_a_card_is_needed_to_send_it(application: Application) -> None:
    card = LinkPreview("Kom", picture=TWO)
    assert replace(CONTENT, preview=card).files == (ONE, TWO, THREE)
    assert replace(CONTENT, media=(), preview=card).files == (TWO,)
    approved = approve_one(application, "linkedin", "Kom kijken.")
    assert stored(application, approved).content.files == approved.content.media
