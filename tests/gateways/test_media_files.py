"""Videos and documents tell how large and how long they are, or one clear error."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import media_files

from campaignbot.domain.content import MediaItem
from campaignbot.domain.errors import UserError
from campaignbot.gateways.documents import read_document
from campaignbot.gateways.media import MediaStore
from campaignbot.gateways.videos import VideoFacts, read_video


def refused(act: object) -> str:
    with pytest.raises(UserError) as caught:
        act()  # type: ignore[operator]
    return caught.value.problems[0].what.key


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("in_pieces", [False, True])
def test_a_video_tells_its_size_and_length(tmp_path: Path, wide: bool, in_pieces: bool) -> None:
    file = media_files.video(tmp_path / "film.mp4", wide=wide, in_pieces=in_pieces)
    assert read_video(file) == VideoFacts(1280, 720, 12_500)


def test_a_video_filmed_upright_is_higher_than_wide(tmp_path: Path) -> None:
    file = media_files.video(tmp_path / "film.mp4", turned=True)
    assert read_video(file) == VideoFacts(720, 1280, 12_500)


def test_a_video_without_a_picture_is_none(tmp_path: Path) -> None:
    file = media_files.video(tmp_path / "film.mp4", size=(0, 0))
    assert refused(lambda: read_video(file)) == "media.no_mp4"


@given(cut=st.integers(0, 700), flipped=st.integers(0, 700), value=st.integers(0, 255))
def test_a_damaged_video_gives_one_clear_error(
    tmp_path_factory: pytest.TempPathFactory, cut: int, flipped: int, value: int
) -> None:
    file = media_files.video(tmp_path_factory.mktemp("film") / "film.mp4")
    data = bytearray(file.read_bytes())
    data[min(flipped, len(data) - 1)] = value
    file.write_bytes(data[: len(data) - cut])
    try:
        facts = read_video(file)
    except UserError as error:
        assert error.problems[0].what.key == "media.no_mp4"
    else:
        assert min(facts.width_px, facts.height_px, facts.duration_ms) >= 0


def test_a_document_tells_its_pages_and_title(tmp_path: Path) -> None:
    facts = read_document(media_files.document(tmp_path / "a.pdf", 4, "Vijf vragen"))
    assert (facts.pages, facts.width_pt, facts.height_pt) == (4, 595, 842)
    assert facts.title == "Vijf vragen"


def test_oddities_of_a_readable_document_are_not_narrated(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = media_files.document(tmp_path / "a.pdf", 1, "Vijf vragen")
    file.write_bytes(file.read_bytes().replace(b"/Title", b"/Title (Eerst) /Title"))
    assert read_document(file).pages == 1
    assert not caplog.records


def test_a_document_with_a_password_says_so(tmp_path: Path) -> None:
    file = media_files.locked(tmp_path / "a.pdf")
    assert refused(lambda: read_document(file)) == "media.locked"


@pytest.mark.parametrize("keep", [0, 10, 200, 400])
def test_half_a_document_gives_one_clear_error(tmp_path: Path, keep: int) -> None:
    file = media_files.document(tmp_path / "a.pdf")
    file.write_bytes(file.read_bytes()[:keep])
    assert refused(lambda: read_document(file)) == "media.no_pdf"


def test_a_large_file_is_copied_into_the_store_and_found_there_again(tmp_path: Path) -> None:
    file = media_files.video(tmp_path / "film.mp4", payload=3_000_000)
    store = MediaStore(tmp_path / "media")
    digest = store.put_file(file, "video/mp4")
    item = MediaItem(digest, "video/mp4", 1, 1, "")
    assert store.path(item).suffix == ".mp4" and store.read(item) == file.read_bytes()
    assert store.put_file(file, "video/mp4") == digest == store.put(file.read_bytes(), "video/mp4")
    assert [p.name for p in store.path(item).parent.iterdir()] == [f"{digest}.mp4"]
