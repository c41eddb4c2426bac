"""Pictures of one's own: upright, small enough, and silent about where they were taken."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader
from tests import media_files

from campaignbot.domain.errors import UserError
from campaignbot.rendering.pictures import make_slides, read_picture

JPEG, BOTH = ("image/jpeg",), ("image/jpeg", "image/png")


def image_of(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_what_a_camera_noted_is_gone(tmp_path: Path, name: str) -> None:
    file = media_files.picture(tmp_path / name)
    assert media_files.PLACE.encode() in file.read_bytes()
    taken = read_picture(file, BOTH)
    assert media_files.PLACE.encode() not in taken.data
    assert not image_of(taken.data).getexif()
    assert (taken.width_px, taken.height_px) == (1200, 900)
    assert taken.mime == ("image/png" if name == "a.png" else "image/jpeg")


def test_a_picture_that_lies_on_its_side_is_put_upright(tmp_path: Path) -> None:
    taken = read_picture(media_files.turned(tmp_path / "a.jpg", (400, 300)), JPEG)
    assert (taken.width_px, taken.height_px) == image_of(taken.data).size == (300, 400)


def test_a_jpeg_is_made_where_nothing_else_is_taken_and_glass_becomes_white(
    tmp_path: Path,
) -> None:
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(tmp_path / "glas.png")
    taken = read_picture(tmp_path / "glas.png", JPEG)
    image = image_of(taken.data)
    assert (taken.mime, image.format) == ("image/jpeg", "JPEG")
    assert image.convert("RGB").getpixel((20, 20)) == (255, 255, 255)


def test_a_huge_picture_is_made_as_small_as_anybody_shows_it(tmp_path: Path) -> None:
    taken = read_picture(media_files.picture(tmp_path / "a.jpg", (5000, 2500)), JPEG)
    assert (taken.width_px, taken.height_px) == (2560, 1280)


def test_a_moving_picture_stays_as_it_is_or_is_refused(tmp_path: Path) -> None:
    file = media_files.moving(tmp_path / "a.gif")
    taken = read_picture(file, (*BOTH, "image/gif"))
    assert (taken.mime, taken.data) == ("image/gif", file.read_bytes())
    with pytest.raises(UserError) as caught:
        read_picture(file, BOTH)
    assert caught.value.problems[0].what.key == "media.moving"


@pytest.mark.parametrize(
    ("data", "key"),
    [(b"", "media.no_picture"), (b"Geachte lezer", "media.no_picture"), (None, "media.no_file")],
)
def test_what_is_no_picture_gives_one_clear_error(
    tmp_path: Path, data: bytes | None, key: str
) -> None:
    file = tmp_path / "a.jpg"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(UserError) as caught:
        read_picture(file, JPEG)
    assert caught.value.problems[0].what.key == key


def test_half_a_picture_gives_one_clear_error(tmp_path: Path) -> None:
    file = media_files.picture(tmp_path / "a.jpg")
    file.write_bytes(file.read_bytes()[:-400])
    with pytest.raises(UserError) as caught:
        read_picture(file, JPEG)
    assert caught.value.problems[0].what.key == "media.no_picture"


def test_slides_become_pages_of_one_brand_size_and_the_same_bytes_again(tmp_path: Path) -> None:
    files = [
        media_files.picture(tmp_path / "a.png", (800, 1000), "navy"),
        media_files.picture(tmp_path / "b.jpg", (1000, 400), "red"),
    ]
    first, again = tmp_path / "1.pdf", tmp_path / "2.pdf"
    assert make_slides(files, first, "Vijf vragen") == (1080, 1350)
    make_slides(files, again, "Vijf vragen")
    assert first.read_bytes() == again.read_bytes()
    reader = PdfReader(first)
    assert [(p.mediabox.width, p.mediabox.height) for p in reader.pages] == [(1080, 1350)] * 2
    assert reader.metadata is not None and reader.metadata.title == "Vijf vragen"
    shown = image_of(reader.pages[1].images[0].data).convert("RGB")
    assert shown.getpixel((540, 20)) == (255, 255, 255), "another shape gets margins"
    red, green, _ = shown.getpixel((540, 675))  # type: ignore[misc]
    assert red > 200 and green < 60
