"""Pictures that people bring: made fit for the web, and put together as slides."""

from __future__ import annotations

import io
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from campaignbot.domain.errors import UserError, user_error
from campaignbot.rendering.render import JPEG_QUALITY
from campaignbot.rendering.templates import SIZES

_FORMATS = ("JPEG", "PNG", "GIF")
_MOST_PX = 2560
"""Platforms show no picture larger than about 2,000 pixels; what is beyond costs them time."""
_DAMAGED = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
# The same slides make the same bytes, so that making them again finds the file that is there.
_NO_DATE = time.gmtime(0)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is stored: nothing in it tells who took it, where or with what."""

    data: bytes
    mime: str
    width_px: int
    height_px: int


def read_picture(path: Path, mimes: Collection[str]) -> Picture:
    """Return a picture upright, without what a camera noted in it, of one of the MIME types.

    A JPEG, PNG or GIF; made smaller where it is larger than anybody shows it. UserError when it
    is another kind of file, is damaged, or moves where nothing but still pictures is taken.
    """
    try:
        with Image.open(path, formats=_FORMATS) as opened:
            if getattr(opened, "is_animated", False):
                return _moving(path, opened, mimes)
            return _still(opened, mimes)
    except _DAMAGED as error:
        raise _unreadable(path, error) from error


def make_slides(files: Sequence[Path], target: Path, title: str) -> tuple[int, int]:
    """Write pictures as the pages of a PDF, and return the size of a page in pixels.

    Every page has the brand size that comes nearest to the first picture; a picture of another
    shape gets margins of white. UserError as for `read_picture`; `target` is then not whole.
    """
    size: tuple[int, int] | None = None
    for number, path in enumerate(files):
        try:
            with Image.open(path, formats=_FORMATS) as opened:
                image = _flat(_upright(opened))
        except _DAMAGED as error:
            raise _unreadable(path, error) from error
        size = size or _nearest(image.size)
        page = ImageOps.pad(image, size, Image.Resampling.LANCZOS, color="white")
        # One page at a time: a long row of slides would not fit into memory.
        page.save(
            target,
            "PDF",
            append=number > 0,
            quality=JPEG_QUALITY,
            resolution=72,
            title=title,
            producer="",
            creationDate=_NO_DATE,
            modDate=_NO_DATE,
        )
    assert size is not None
    return size


def _still(opened: Image.Image, mimes: Collection[str]) -> Picture:
    wants = "PNG" if opened.format in {"PNG", "GIF"} and "image/png" in mimes else "JPEG"
    profile = opened.info.get("icc_profile")
    image = _upright(opened)
    image.thumbnail((_MOST_PX, _MOST_PX), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    if wants == "PNG":
        image.save(buffer, "PNG", optimize=True, icc_profile=profile)
    else:
        # The colours of a profile for another kind of pixels would be wrong.
        kept = profile if image.mode == "RGB" else None
        _flat(image).save(
            buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0, optimize=True, icc_profile=kept
        )
    return Picture(buffer.getvalue(), f"image/{wants.lower()}", image.width, image.height)


def _moving(path: Path, opened: Image.Image, mimes: Collection[str]) -> Picture:
    if opened.format != "GIF" or "image/gif" not in mimes:
        raise user_error("media.moving", remedy="media.moving.remedy", file=path.name)
    return Picture(path.read_bytes(), "image/gif", opened.width, opened.height)


def _upright(image: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(image)
    # A copy of the pixels alone: PNG keeps texts, and JPEG a comment, in what is saved again.
    palette_shows = upright.convert("RGBA") if upright.mode in {"P", "LA", "PA"} else upright
    bare = Image.new(palette_shows.mode, palette_shows.size)
    bare.paste(palette_shows)
    return bare


def _flat(image: Image.Image) -> Image.Image:
    """Return it on white, without anything that shows through."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _nearest(size: tuple[int, int]) -> tuple[int, int]:
    ratio = size[0] / size[1]
    return min(SIZES.values(), key=lambda brand: abs(brand[0] / brand[1] - ratio))


def _unreadable(path: Path, error: Exception) -> UserError:
    if isinstance(error, FileNotFoundError | IsADirectoryError | PermissionError):
        return user_error(
            "media.no_file",
            remedy="media.no_file.remedy",
            file=str(path),
            said=error.strerror or "",
        )
    return user_error("media.no_picture", remedy="media.no_picture.remedy", file=path.name)
