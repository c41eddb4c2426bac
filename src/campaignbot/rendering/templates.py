"""Templates: a look as layers, in data; no logic in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from campaignbot.domain.errors import Place, user_error
from campaignbot.yamlfiles import read_yaml

_STRICT: dict[str, object] = {"extra": "forbid"}

Box = tuple[int, int, int, int]
"""x, y, width and height in permille of the picture, from the top left."""


@dataclass(frozen=True, slots=True)
class Fill:
    """A plane of one colour; `radius` in hundredths of the short side, `opacity` in percent."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    kind: Literal["fill"]
    box: Box
    colour: str
    radius: float = 0
    opacity: int = 100


@dataclass(frozen=True, slots=True)
class Wave:
    """A plane whose upper edge is a wave; `height` of the wave in permille of the box."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    kind: Literal["wave"]
    box: Box
    colour: str
    height: int = 200
    shift: int = 0


@dataclass(frozen=True, slots=True)
class PhotoLayer:
    """The photo, cropped around its focus so that it covers the box."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    kind: Literal["photo"]
    box: Box
    radius: float = 0


@dataclass(frozen=True, slots=True)
class Scrim:
    """A colour that grows denser downwards, so that text on a photo can be read."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    kind: Literal["scrim"]
    box: Box
    colour: str
    opacity: int = 85


@dataclass(frozen=True, slots=True)
class Text:
    """Text that fits its box: as large as `size_max` allows, not smaller than `size_min`.

    Sizes in hundredths of the short side; `lines` is the most lines. A plate is drawn behind the
    text in the colour `plate`. A layer whose field is not given is left out, unless `required`.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    kind: Literal["text"]
    box: Box
    field: str
    font: str
    colour: str
    size_max: float
    size_min: float
    lines: int = 1
    align: Literal["left", "center"] = "left"
    anchor: Literal["top", "middle", "bottom"] = "top"
    plate: str | None = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """A list of facts below each other, each with a mark before it."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    kind: Literal["facts"]
    box: Box
    fields: tuple[str, ...]
    font: str
    colour: str
    mark: str
    size_max: float
    size_min: float


@dataclass(frozen=True, slots=True)
class Logo:
    """The brand's logo, as large as fits, at the left of the box."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    kind: Literal["logo"]
    box: Box


@dataclass(frozen=True, slots=True)
class Qr:
    """The tracked link as a QR code on a light plate; left out where there is no link."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    kind: Literal["qr"]
    box: Box


Layer = Annotated[
    Fill | Wave | PhotoLayer | Scrim | Text | Facts | Logo | Qr, Field(discriminator="kind")
]


@dataclass(frozen=True, slots=True)
class Template:
    """One look in two layouts; `wide` for landscape pictures, `tall` for square and upright."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    name: str
    photos: tuple[str, ...]
    wide: tuple[Layer, ...]
    tall: tuple[Layer, ...]


SIZES: Mapping[str, tuple[int, int]] = {
    "landscape": (1200, 627),
    "wide": (1600, 900),
    "square": (1080, 1080),
    "portrait": (1080, 1350),
}
"""Width and height in pixels: LinkedIn and Facebook, X and print, Instagram."""


def load_templates(
    folder: Path, palette: Mapping[str, str], photo_tags: frozenset[str]
) -> Mapping[str, Template]:
    """Read every template of a folder, by name.

    `photos` of a template are keys or tags of photos. Raises UserError when a template names a
    colour that the brand has not, or a photo that does not exist.
    """
    templates = {}
    for path in sorted(folder.glob("*.yaml")):
        template = read_yaml(path, Template)
        for wanted in template.photos:
            if wanted not in photo_tags:
                raise user_error(
                    "template.missing_photo",
                    remedy="template.missing_photo.remedy",
                    place=Place(path, _line_of(path, wanted), "photos"),
                    name=wanted,
                    known=", ".join(sorted(photo_tags)),
                )
        for layer in (*template.wide, *template.tall):
            for role in (getattr(layer, name, None) for name in ("colour", "plate", "mark")):
                if role is not None and role not in palette:
                    raise user_error(
                        "template.missing_colour",
                        remedy="template.missing_colour.remedy",
                        place=Place(path, _line_of(path, role), "colour"),
                        name=role,
                        known=", ".join(sorted(palette)),
                    )
        templates[template.name] = template
    return templates


def _line_of(path: Path, word: str) -> int | None:
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if word in line:
            return number
    return None
