"""Drawing one picture from a template, a brand and the words of a post."""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache, singledispatchmethod
from pathlib import Path

import PIL
import segno
from PIL import Image, ImageDraw, ImageOps

from campaignbot.domain.errors import user_error
from campaignbot.domain.messages import Message
from campaignbot.rendering.brand import Brand, PhotoCard
from campaignbot.rendering.templates import (
    SIZES,
    Box,
    Facts,
    Fill,
    Layer,
    Logo,
    PhotoLayer,
    Qr,
    Scrim,
    Template,
    Text,
    Wave,
)
from campaignbot.rendering.text import LARGE_PX, Fitted, draw_lines, fit, font, measured_contrast

JPEG_QUALITY = 88
Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """What is to be drawn; `size` is a key of `templates.SIZES`, `qr` an address."""

    template: str
    size: str
    fields: Mapping[str, str]
    photo: str | None = None
    qr: str | None = None


@dataclass(frozen=True, slots=True)
class LayerContrast:
    """How well the text of a field stands out, and how well it must (WCAG 2.2 AA)."""

    field: str
    ratio: float
    needed: float

    @property
    def enough(self) -> bool:
        return self.ratio >= self.needed


@dataclass(frozen=True, slots=True)
class RenderedImage:
    """A JPEG with what was noticed while it was drawn.

    `unfit` are fields whose text does not fit their box: they are left out of the picture, and
    named, never cut.
    """

    data: bytes
    sha256: str
    width_px: int
    height_px: int
    contrasts: tuple[LayerContrast, ...] = ()
    unfit: tuple[Message, ...] = ()
    mime: str = "image/jpeg"


class Renderer:
    """Draws pictures of one brand; the same request always gives the same bytes.

    With `cache_dir`, a picture is drawn once for the same template, brand, fonts, photo, words and
    Pillow. Several processes may share the folder.
    """

    def __init__(
        self,
        brand: Brand,
        templates: Mapping[str, Template],
        photos: Mapping[str, PhotoCard],
        cache_dir: Path | None = None,
    ) -> None:
        self._brand, self._templates, self._photos = brand, templates, photos
        self._cache_dir = cache_dir

    def render(self, request: RenderRequest) -> RenderedImage:
        """Return the picture; UserError when the request names what does not exist."""
        template = self._template(request)
        cached = self._cached(request)
        if cached is not None and (known := _read(cached)) is not None:
            return known
        rendered = self._draw(request, template)
        if cached is not None:
            _write(cached, rendered)
        return rendered

    def takes_qr(self, template: str, size: str) -> bool:
        """Tell whether a template has a place for a QR code in this size."""
        known = self._templates.get(template)
        return known is not None and any(
            isinstance(layer, Qr) for layer in _layers(known, SIZES[size])
        )

    def input_hash(self, request: RenderRequest) -> str:
        """Return the hash of everything that the picture is made of."""
        photo = self._photos.get(request.photo or "")
        parts = {
            "request": asdict(request),
            "template": asdict(self._templates[request.template]),
            "palette": dict(self._brand.palette),
            "files": [
                _file_hash(path)
                for path in (
                    self._brand.logo_file,
                    *(self._brand.font_file(role) for role in sorted(self._brand.fonts)),
                    *([photo.file] if photo else []),
                )
            ],
            "focus": photo.focus if photo else None,
            "pillow": PIL.__version__,
            "quality": JPEG_QUALITY,
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def grid(self, request: RenderRequest) -> bytes:
        """Return the picture as PNG with the boxes of its layers drawn over it, for authors."""
        image = Image.open(io.BytesIO(self.render(request).data)).convert("RGB")
        draw = ImageDraw.Draw(image)
        for layer in _layers(self._template(request), image.size):
            draw.rectangle(_pixels(layer.box, image.size), outline=(255, 0, 160), width=2)
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        return buffer.getvalue()

    def _template(self, request: RenderRequest) -> Template:
        if request.template not in self._templates or request.size not in SIZES:
            raise user_error(
                "render.unknown",
                remedy="render.unknown.remedy",
                name=f"{request.template}/{request.size}",
                known=", ".join(sorted(self._templates)),
            )
        if request.photo is not None and request.photo not in self._photos:
            raise user_error(
                "template.missing_photo",
                remedy="template.missing_photo.remedy",
                name=request.photo,
                known=", ".join(sorted(self._photos)),
            )
        return self._templates[request.template]

    def _draw(self, request: RenderRequest, template: Template) -> RenderedImage:
        canvas = _Canvas(self._brand, self._photos.get(request.photo or ""), request)
        for layer in _layers(template, canvas.image.size):
            canvas.draw(layer)
        buffer = io.BytesIO()
        canvas.image.save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0, optimize=True)
        data = buffer.getvalue()
        return RenderedImage(
            data=data,
            sha256=hashlib.sha256(data).hexdigest(),
            width_px=canvas.image.width,
            height_px=canvas.image.height,
            contrasts=tuple(canvas.contrasts),
            unfit=tuple(canvas.unfit),
        )

    def _cached(self, request: RenderRequest) -> Path | None:
        return self._cache_dir / self.input_hash(request) if self._cache_dir else None


def thumbnail(data: bytes, width_px: int) -> bytes:
    """Return a picture scaled down to a width, as a small JPEG."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    height = round(image.height * width_px / image.width)
    buffer = io.BytesIO()
    small = image.resize((width_px, height), Image.Resampling.LANCZOS)
    small.save(buffer, "JPEG", quality=82, optimize=True)
    return buffer.getvalue()


def _layers(template: Template, size: tuple[int, int]) -> tuple[Layer, ...]:
    return template.wide if size[0] > size[1] * 1.2 else template.tall


def _pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    x, y, width, height = box
    left, top = round(x * size[0] / 1000), round(y * size[1] / 1000)
    return (
        left,
        top,
        round((x + width) * size[0] / 1000),
        round((y + height) * size[1] / 1000),
    )


class _Canvas:
    """One picture being drawn, layer over layer."""

    def __init__(self, brand: Brand, photo: PhotoCard | None, request: RenderRequest) -> None:
        self._brand, self._photo, self._request = brand, photo, request
        size = SIZES[request.size]
        self.image = Image.new("RGB", size, self._colour("surface"))
        self._unit = min(size) / 100
        self.contrasts: list[LayerContrast] = []
        self.unfit: list[Message] = []

    @singledispatchmethod
    def draw(self, layer: object) -> None:
        raise TypeError(f"no way to draw a {type(layer).__name__}")

    @draw.register
    def _(self, layer: Fill) -> None:
        self._paste(self._colour(layer.colour), _pixels(layer.box, self.image.size),
                    round(layer.radius * self._unit), layer.opacity)  # fmt: skip

    @draw.register
    def _(self, layer: Wave) -> None:
        left, top, right, bottom = _pixels(layer.box, self.image.size)
        width, height = right - left, bottom - top
        swing = height * layer.height / 2000
        mask = Image.new("L", (width * 2, height * 2))
        edge = [
            (
                x * 2,
                2 * swing * (1 + math.sin(2 * math.pi * (x / width + layer.shift / 1000))),
            )
            for x in range(0, width + 8, 8)
        ]
        ImageDraw.Draw(mask).polygon([*edge, (width * 2, height * 2), (0, height * 2)], fill=255)
        small = mask.resize((width, height), Image.Resampling.LANCZOS)
        self.image.paste(self._colour(layer.colour), (left, top, right, bottom), small)

    @draw.register
    def _(self, layer: PhotoLayer) -> None:
        if self._photo is None:
            return
        left, top, right, bottom = _pixels(layer.box, self.image.size)
        size = (right - left, bottom - top)
        focus = (self._photo.focus[0] / 1000, self._photo.focus[1] / 1000)
        photo = ImageOps.fit(
            Image.open(self._photo.file).convert("RGB"),
            size,
            Image.Resampling.LANCZOS,
            centering=focus,
        )
        mask = _rounded(size, round(layer.radius * self._unit), 255)
        self.image.paste(photo, (left, top), mask)

    @draw.register
    def _(self, layer: Scrim) -> None:
        left, top, right, bottom = _pixels(layer.box, self.image.size)
        strongest = layer.opacity * 255 // 100
        ramp = Image.linear_gradient("L").point(
            # Dense soon and even below: text begins well above the bottom.
            lambda value: min(strongest, round(strongest * min(1.0, value / 255 * 1.7)))
        )
        mask = ramp.resize((right - left, bottom - top))
        self.image.paste(self._colour(layer.colour), (left, top, right, bottom), mask)

    @draw.register
    def _(self, layer: Text) -> None:
        text = self._request.fields.get(layer.field, "").strip()
        if not text:
            if layer.required:
                raise user_error(
                    "render.missing_field",
                    remedy="render.missing_field.remedy",
                    template=self._request.template,
                    name=layer.field,
                )
            return
        left, top, right, bottom = _pixels(layer.box, self.image.size)
        padding = round(1.6 * self._unit) if layer.plate else 0
        fitted = self._fit(layer, text, right - left - 2 * padding, bottom - top - 2 * padding)
        if fitted is None:
            self.unfit.append(Message("render.unfit", {"field": layer.field, "text": text}))
            return
        room = bottom - top - 2 * padding - fitted.height_px
        y = top + padding + {"top": 0, "middle": room // 2, "bottom": room}[layer.anchor]
        face = font(self._brand.font_file(layer.font), fitted.size_px)
        widest = round(max(face.getlength(line) for line in fitted.lines))
        width = right - left - 2 * padding
        if layer.plate:
            x_end = right if layer.align == "center" else left + widest + 2 * padding
            plate = (left, y - padding, x_end, y + fitted.height_px + padding)
            self._paste(self._colour(layer.plate), plate, round(1.2 * self._unit), 100)
        x = left + padding
        self._measure(
            layer.field, fitted.size_px, (x, y, x + widest, y + fitted.height_px), layer.colour
        )
        draw_lines(
            self.image,
            fitted,
            self._brand.font_file(layer.font),
            (x, y),
            width,
            self._colour(layer.colour),
            layer.align,
        )

    @draw.register
    def _(self, layer: Facts) -> None:
        facts = [
            (name, text)
            for name in layer.fields
            if (text := self._request.fields.get(name, "").strip())
        ]
        if not facts:
            return
        left, top, right, bottom = _pixels(layer.box, self.image.size)
        row = min((bottom - top) // len(facts), round(layer.size_max * self._unit * 2.1))
        indent = round(3.4 * self._unit)
        fits = [self._fit(layer, text, right - left - indent, row, lines=2) for _, text in facts]
        sizes = [fitted.size_px for fitted in fits if fitted is not None]
        for index, ((name, text), fitted) in enumerate(zip(facts, fits, strict=True)):
            if fitted is None:
                self.unfit.append(Message("render.unfit", {"field": name, "text": text}))
                continue
            # One size for all of them: a list reads as one.
            same = fit(text, self._brand.font_file(layer.font), right - left - indent, row,
                       min(sizes), 1, 2) or fitted  # fmt: skip
            y = top + index * row + (row - same.height_px) // 2
            x = left + indent
            self._measure(name, same.size_px, (x, y, right, y + same.height_px), layer.colour)
            bar = (left, y + 2, left + max(4, round(0.9 * self._unit)), y + same.height_px - 2)
            self._paste(self._colour(layer.mark), bar, round(0.4 * self._unit), 100)
            draw_lines(
                self.image,
                same,
                self._brand.font_file(layer.font),
                (x, y),
                right - x,
                self._colour(layer.colour),
                "left",
            )

    @draw.register
    def _(self, layer: Logo) -> None:
        left, top, right, bottom = _pixels(layer.box, self.image.size)
        logo = Image.open(self._brand.logo_file).convert("RGBA")
        scale = min((right - left) / logo.width, (bottom - top) / logo.height)
        size = (round(logo.width * scale), round(logo.height * scale))
        small = logo.resize(size, Image.Resampling.LANCZOS)
        self.image.paste(small, (left, top + (bottom - top - size[1]) // 2), small)

    @draw.register
    def _(self, layer: Qr) -> None:
        if not self._request.qr:
            return
        left, top, right, bottom = _pixels(layer.box, self.image.size)
        side = min(right - left, bottom - top)
        plate = (right - side, bottom - side, right, bottom)
        self._paste((255, 255, 255), plate, round(1.2 * self._unit), 100)
        code = segno.make(self._request.qr, error="m", micro=False)
        buffer = io.BytesIO()
        code.save(buffer, kind="png", scale=4, border=4)
        picture = Image.open(buffer).convert("RGB")
        # Whole modules keep their edges; scanners want them sharp.
        inner = side - round(1.2 * self._unit)
        modules = int(code.symbol_size(scale=1, border=4)[0])
        scaled = max(1, inner // modules) * modules
        picture = picture.resize((scaled, scaled), Image.Resampling.NEAREST)
        offset = (side - scaled) // 2
        self.image.paste(picture, (plate[0] + offset, plate[1] + offset))

    def _fit(
        self, layer: Text | Facts, text: str, width: int, height: int, lines: int | None = None
    ) -> Fitted | None:
        most = lines or (layer.lines if isinstance(layer, Text) else 1)
        return fit(
            text,
            self._brand.font_file(layer.font),
            width,
            height,
            round(layer.size_max * self._unit),
            round(layer.size_min * self._unit),
            most,
        )

    def _measure(
        self, name: str, size_px: int, box: tuple[int, int, int, int], colour: str
    ) -> None:
        ratio = measured_contrast(self.image, box, self._colour(colour))
        needed = 3.0 if size_px >= LARGE_PX else 4.5
        self.contrasts.append(LayerContrast(name, round(ratio, 2), needed))

    def _colour(self, role: str) -> Rgb:
        value = self._brand.palette[role]
        return int(value[1:3], 16), int(value[3:5], 16), int(value[5:7], 16)

    def _paste(
        self, colour: Rgb, box: tuple[int, int, int, int], radius: int, opacity: int
    ) -> None:
        size = (max(1, box[2] - box[0]), max(1, box[3] - box[1]))
        mask = _rounded(size, radius, opacity * 255 // 100)
        self.image.paste(colour, (box[0], box[1], box[0] + size[0], box[1] + size[1]), mask)


def _rounded(size: tuple[int, int], radius: int, alpha: int) -> Image.Image:
    if radius <= 0:
        return Image.new("L", size, alpha)
    # Drawn at twice the size: Pillow's rounded corners are not smooth.
    mask = Image.new("L", (size[0] * 2, size[1] * 2))
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, size[0] * 2 - 1, size[1] * 2 - 1), radius * 2, fill=alpha
    )
    return mask.resize(size, Image.Resampling.LANCZOS)


@cache
def _file_hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, rendered: RenderedImage) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    about = {
        "sha256": rendered.sha256,
        "size": [rendered.width_px, rendered.height_px],
        "contrasts": [asdict(c) for c in rendered.contrasts],
        "unfit": [m.to_json() for m in rendered.unfit],
    }
    for ending, data in (("jpg", rendered.data), ("json", json.dumps(about).encode())):
        unfinished = path.with_suffix(f".{os.getpid()}.part")
        unfinished.write_bytes(data)
        os.replace(unfinished, path.with_suffix(f".{ending}"))


def _read(path: Path) -> RenderedImage | None:
    try:
        data = path.with_suffix(".jpg").read_bytes()
        about = json.loads(path.with_suffix(".json").read_bytes())
    except (OSError, ValueError):
        return None
    if hashlib.sha256(data).hexdigest() != about["sha256"]:
        return None
    return RenderedImage(
        data=data,
        sha256=about["sha256"],
        width_px=about["size"][0],
        height_px=about["size"][1],
        contrasts=tuple(LayerContrast(**c) for c in about["contrasts"]),
        unfit=tuple(Message.from_json(m) for m in about["unfit"]),
    )
