"""Fitting text into boxes, and measuring whether it can be read there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

LEADING = 1.18
LARGE_PX = 32
"""From this size on, WCAG 2.2 (1.4.3) asks a contrast of 3 instead of 4.5; bold from 24 px."""


@cache
def font(path: Path, size_px: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size_px)


@dataclass(frozen=True, slots=True)
class Fitted:
    """Lines of text that fit, at a size in pixels. `height_px` is of all lines."""

    lines: tuple[str, ...]
    size_px: int
    height_px: int


def fit(
    text: str,
    font_file: Path,
    width_px: int,
    height_px: int,
    size_max_px: int,
    size_min_px: int,
    most_lines: int,
) -> Fitted | None:
    """Return the text at the largest size at which all of it fits, or None when none does.

    Words are never broken: a long word makes the text smaller. Lines are balanced, so that no
    word is left alone where that can be helped.
    """
    for size in range(size_max_px, size_min_px - 1, -1):
        face = font(font_file, size)
        lines = _wrapped(text, face.getlength, width_px)
        height = round(len(lines) * size * LEADING)
        widest = max((face.getlength(line) for line in lines), default=0)
        if len(lines) <= most_lines and height <= height_px and widest <= width_px:
            return Fitted(_balanced(text, face.getlength, width_px, len(lines)), size, height)
    return None


def _wrapped(text: str, length: Callable[[str], float], width: float) -> tuple[str, ...]:
    lines = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}".strip()
            if line and length(longer) > width:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return tuple(lines)


def _balanced(text: str, length: Callable[[str], float], width: int, count: int) -> tuple[str, ...]:
    """Return the narrowest wrapping that needs no more lines: its lines are about as long."""
    low, high = width // 2, width
    while high - low > 4:
        middle = (low + high) // 2
        lines = _wrapped(text, length, middle)
        fits = len(lines) <= count and max(map(length, lines), default=0) <= middle
        low, high = (low, middle) if fits else (middle, high)
    return _wrapped(text, length, high)


def luminance(colour: tuple[int, int, int]) -> float:
    """Return the relative luminance of an sRGB colour (WCAG 2.2)."""

    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(c) for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def measured_contrast(
    background: Image.Image, box: tuple[int, int, int, int], colour: tuple[int, int, int]
) -> float:
    """Return the contrast of text with what lies behind it, measured on the pixels.

    `box` is left, top, right, bottom. The worst twentieth of the pixels decides, so that a few
    specks do not. The area is looked at in a coarse grid: single pixels are smaller than letters.
    """
    area = background.crop(box).convert("RGB")
    area = area.resize((max(1, area.width // 6), max(1, area.height // 6)), Image.Resampling.BOX)
    colours = area.getcolors(area.width * area.height) or []
    ratios = sorted(
        (contrast((c[0], c[1], c[2]), colour), n) for n, c in colours if isinstance(c, tuple)
    )
    left = area.width * area.height // 20
    for ratio, number in ratios:
        left -= number
        if left <= 0:
            return ratio
    return 1.0


def draw_lines(
    image: Image.Image,
    fitted: Fitted,
    font_file: Path,
    origin: tuple[int, int],
    width_px: int,
    colour: tuple[int, int, int],
    align: str,
) -> None:
    """Draw fitted lines from their top left corner on."""
    face = font(font_file, fitted.size_px)
    draw = ImageDraw.Draw(image)
    x, y = origin
    for line in fitted.lines:
        shift = (width_px - face.getlength(line)) / 2 if align == "center" else 0
        draw.text((round(x + shift), y), line, font=face, fill=colour)
        y += round(fitted.size_px * LEADING)
