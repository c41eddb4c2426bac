"""Golden pictures: small PNGs that a drawing is compared with.

After a wanted change run ``pytest tests/rendering --accept-goldens`` and look at the pictures in
``tests/rendering/golden`` before they are committed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from campaignbot.rendering import (
    Brand,
    PhotoCard,
    Template,
    load_brand,
    load_photos,
    load_templates,
)

ROOT = Path(__file__).parents[2]
CREATIVES = ROOT / "creatives"
GOLDEN = Path(__file__).parent / "golden"
WIDTH_PX = 300
# Fonts are pinned, but another build of Pillow's font library may smooth edges differently.
MEAN_TOLERANCE, WORST_TOLERANCE = 1.5, 90


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept-goldens", action="store_true", help="write the golden pictures anew")


@pytest.fixture(scope="session")
def brand() -> Brand:
    return load_brand(CREATIVES / "brands" / "waterrijk")


@pytest.fixture(scope="session")
def photos() -> Mapping[str, PhotoCard]:
    return load_photos(CREATIVES / "photos")


@pytest.fixture(scope="session")
def templates(brand: Brand, photos: Mapping[str, PhotoCard]) -> Mapping[str, Template]:
    tags = frozenset(photos) | {tag for photo in photos.values() for tag in photo.tags}
    return load_templates(CREATIVES / "templates", brand.palette, tags)


@pytest.fixture
def compare(request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """Return a function that compares a picture with the golden one of its name."""
    accept = bool(request.config.getoption("--accept-goldens", default=False))

    def compared(name: str, data: bytes) -> None:
        path = GOLDEN / f"{name}.png"
        drawn = _small(data)
        if accept:
            path.parent.mkdir(exist_ok=True)
            drawn.quantize(128).save(path, optimize=True)
            return
        assert path.exists(), f"{path.name} is missing: accept it with --accept-goldens"
        golden = Image.open(path).convert("RGB")
        assert drawn.size == golden.size
        # Both are reduced to the same colours, else the palette would count as a difference.
        reduced = drawn.quantize(128).convert("RGB")
        statistics = ImageStat.Stat(ImageChops.difference(reduced, golden))
        mean, worst = max(statistics.mean), max(high for _, high in statistics.extrema)
        assert mean <= MEAN_TOLERANCE and worst <= WORST_TOLERANCE, (
            f"{name} differs: on average {mean:.2f}, at most {worst} of 255"
        )

    return compared


def _small(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data)).convert("RGB")
    height = round(image.height * WIDTH_PX / image.width)
    return image.resize((WIDTH_PX, height), Image.Resampling.BOX)
