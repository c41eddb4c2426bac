"""The brand kit and the photos: whose picture it is, how it looks, who agreed to be in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import ClassVar

from PIL import Image

from campaignbot.domain.errors import Place, user_error
from campaignbot.yamlfiles import read_yaml

_STRICT: dict[str, object] = {"extra": "forbid"}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Brand:
    """One employer's look.

    `palette` gives each role that templates name a colour (#rrggbb); `fonts` gives each role a
    file below `creatives/fonts`. `logo` is a picture beside the brand file, transparent.
    `folder` is where the brand was read from.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    key: str
    name: str
    palette: Mapping[str, str]
    fonts: Mapping[str, str]
    logo: str
    folder: Path = Path()

    def font_file(self, role: str) -> Path:
        return self.folder.parent.parent / "fonts" / self.fonts[role]

    @property
    def logo_file(self) -> Path:
        return self.folder / self.logo


@dataclass(frozen=True, slots=True)
class PhotoCard:
    """A photo with what must be known before it is used.

    `description` words it for people who do not see it, by language. `focus` is the point that
    must stay in sight, in permille from the top left. `people` is "none" when nobody can be
    recognised; otherwise consent says who agreed and until when.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    key: str
    credit: str
    licence: str
    description: Mapping[str, str]
    focus: tuple[int, int] = (500, 500)
    tags: tuple[str, ...] = ()
    people: str = "none"
    consent_until: date | None = None
    file: Path = Path()


def load_brand(folder: Path) -> Brand:
    """Read `brand.yaml` of a folder; UserError when it, its logo or a font is not right."""
    path = folder / "brand.yaml"
    brand = replace(read_yaml(path, Brand), folder=folder)
    for role, colour in brand.palette.items():
        if not _COLOUR.fullmatch(colour):
            raise user_error(
                "brand.bad_colour",
                remedy="brand.bad_colour.remedy",
                place=Place(path, field=f"palette.{role}"),
                value=colour,
            )
    for field, file in [
        ("logo", brand.logo_file),
        *((f"fonts.{role}", brand.font_file(role)) for role in brand.fonts),
    ]:
        if not file.is_file():
            raise user_error(
                "brand.missing_file",
                remedy="brand.missing_file.remedy",
                place=Place(path, field=field),
                file=str(file),
            )
    _require_picture(brand.logo_file, Place(path, field="logo"))
    return brand


def load_photos(folder: Path) -> Mapping[str, PhotoCard]:
    """Read every photo card of a folder, by key; UserError when a picture is missing or damaged."""
    photos = {}
    for path in sorted(folder.glob("*.yaml")):
        card = read_yaml(path, PhotoCard)
        file = path.with_suffix(".jpg")
        if not file.is_file():
            raise user_error(
                "photo.missing_file",
                remedy="photo.missing_file.remedy",
                place=Place(path),
                file=str(file),
            )
        _require_picture(file, Place(path))
        photos[card.key] = replace(card, file=file)
    return photos


def _require_picture(file: Path, place: Place) -> None:
    """Raise UserError when a file cannot be read to its end as a picture."""
    try:
        with Image.open(file) as picture:
            # A JPEG is read at the smallest scale that shows damage: an eighth, in a few ms.
            picture.draft("RGB", (1, 1))
            picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise user_error(
            "photo.damaged", remedy="photo.damaged.remedy", place=place, file=str(file)
        ) from error
