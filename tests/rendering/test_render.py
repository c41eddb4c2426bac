"""Pictures: what is drawn, measured, kept and refused."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from campaignbot.domain.errors import Problem, UserError
from campaignbot.rendering import (
    Brand,
    PhotoCard,
    Renderer,
    RenderRequest,
    Template,
    load_brand,
    load_photos,
    load_templates,
    thumbnail,
)
from campaignbot.rendering.templates import SIZES
from campaignbot.rendering.text import contrast, fit, font, luminance, measured_contrast

CREATIVES = Path(__file__).parents[2] / "creatives"
BOLD = CREATIVES / "fonts" / "manrope" / "Manrope-Bold.ttf"
TEMPLATES = sorted(path.stem for path in (CREATIVES / "templates").glob("*.yaml"))
FIELDS = {
    "kicker": "Vacature",
    "headline": "Adviseur omgevingsrecht",
    "fact_1": "28 tot 36 uur per week",
    "fact_2": "€ 4.241 tot € 6.166 bruto per maand bij 36 uur (schaal 11)",
    "fact_3": "Contract van een jaar, daarna vast als het bevalt",
    "cta": "Reageer t/m 20 december",
}


@pytest.fixture
def renderer(
    brand: Brand, templates: Mapping[str, Template], photos: Mapping[str, PhotoCard]
) -> Renderer:
    return Renderer(brand, templates, photos)


def request(template: str = "scene", size: str = "square", **fields: str) -> RenderRequest:
    return RenderRequest(template, size, {**FIELDS, **fields}, "brug-over-de-rivier")


def problem_of(act: Callable[[], object]) -> Problem:
    with pytest.raises(UserError) as caught:
        act()
    return caught.value.problems[0]


@pytest.mark.parametrize("size", sorted(SIZES))
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_looks_as_it_did(
    renderer: Renderer, compare: Callable[[str, bytes], None], template: str, size: str
) -> None:
    wanted = request(template, size)
    if size == "wide":
        wanted = replace(wanted, qr="https://werkenbij.waterrijk.example/?utm_id=ab12cd34")
    picture = renderer.render(wanted)
    assert (picture.width_px, picture.height_px) == SIZES[size]
    assert picture.unfit == ()
    weak = [c for c in picture.contrasts if not c.enough]
    assert not weak
    compare(f"{template}-{size}", picture.data)


def test_the_same_request_gives_the_same_bytes(
    brand: Brand, templates: Mapping[str, Template], photos: Mapping[str, PhotoCard]
) -> None:
    one, other = (Renderer(brand, templates, photos).render(request()) for _ in range(2))
    assert one == other


def test_a_picture_in_the_cache_is_the_one_that_was_drawn(
    brand: Brand, templates: Mapping[str, Template], photos: Mapping[str, PhotoCard], tmp_path: Path
) -> None:
    renderer = Renderer(brand, templates, photos, tmp_path)
    drawn = renderer.render(request())
    kept = tmp_path / f"{renderer.input_hash(request())}.jpg"
    os.utime(kept, (1, 1))
    assert renderer.render(request()) == drawn
    assert kept.stat().st_mtime == 1, "it was not drawn again"


def test_a_damaged_picture_in_the_cache_is_drawn_again(
    brand: Brand, templates: Mapping[str, Template], photos: Mapping[str, PhotoCard], tmp_path: Path
) -> None:
    renderer = Renderer(brand, templates, photos, tmp_path)
    drawn = renderer.render(request())
    (tmp_path / f"{renderer.input_hash(request())}.jpg").write_bytes(b"half")
    assert renderer.render(request()) == drawn


def test_everything_that_is_seen_is_part_of_the_hash(
    brand: Brand, templates: Mapping[str, Template], photos: Mapping[str, PhotoCard]
) -> None:
    first = Renderer(brand, templates, photos)
    other_brand = replace(brand, palette={**brand.palette, "primary": "#102030"})
    moved = {k: replace(card, focus=(100, 900)) for k, card in photos.items()}
    hashes = {
        first.input_hash(request()),
        first.input_hash(request(headline="Anders")),
        first.input_hash(request(size="wide")),
        first.input_hash(replace(request(), photo="polder-met-molen")),
        first.input_hash(replace(request(), qr="https://a.example/")),
        Renderer(other_brand, templates, photos).input_hash(request()),
        Renderer(brand, templates, moved).input_hash(request()),
    }
    assert len(hashes) == 7


def test_text_that_does_not_fit_is_named_and_left_out(renderer: Renderer) -> None:
    picture = renderer.render(request(headline="Onverkortbaarheidsverklaring " * 40))
    (message,) = picture.unfit
    assert message.key == "render.unfit" and message.params["field"] == "headline"


words = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=18)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(words, min_size=1, max_size=25).map(" ".join),
    st.integers(120, 900),
    st.integers(40, 500),
    st.integers(1, 5),
)
def test_a_text_fits_its_box_completely_or_not_at_all(
    text: str, width: int, height: int, lines: int
) -> None:
    fitted = fit(text, BOLD, width, height, 60, 20, lines)
    if fitted is None:
        return
    face = font(BOLD, fitted.size_px)
    assert 20 <= fitted.size_px <= 60 and len(fitted.lines) <= lines
    assert fitted.height_px <= height
    assert all(face.getlength(line) <= width for line in fitted.lines)
    assert " ".join(fitted.lines).split() == text.split()


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(headline=st.lists(words, min_size=1, max_size=40).map(" ".join))
def test_every_headline_is_drawn_or_named(renderer: Renderer, headline: str) -> None:
    picture = renderer.render(RenderRequest("quote", "square", {"headline": headline}))
    drawn = {c.field for c in picture.contrasts}
    named = {str(m.params["field"]) for m in picture.unfit}
    assert drawn ^ named == {"headline"}


def test_a_required_field_that_is_missing_is_refused(renderer: Renderer) -> None:
    problem = problem_of(lambda: renderer.render(request(headline=" ")))
    assert problem.what.key == "render.missing_field"
    assert problem.what.params["name"] == "headline"


@pytest.mark.parametrize(
    ("wanted", "key"),
    [
        (request("bestaat-niet"), "render.unknown"),
        (request(size="reusachtig"), "render.unknown"),
        (replace(request(), photo="weg"), "template.missing_photo"),
    ],
)
def test_what_does_not_exist_is_named_with_what_does(
    renderer: Renderer, wanted: RenderRequest, key: str
) -> None:
    problem = problem_of(lambda: renderer.render(wanted))
    assert problem.what.key == key and problem.what.params["known"]


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
    assert contrast((9, 9, 9), (9, 9, 9)) == 1
    assert luminance((255, 255, 255)) == pytest.approx(1)


def test_contrast_is_measured_on_what_lies_behind_the_text() -> None:
    image = Image.new("RGB", (200, 100), (0, 0, 0))
    assert measured_contrast(image, (0, 0, 200, 100), (255, 255, 255)) == pytest.approx(21)
    image.paste((255, 255, 255), (0, 0, 100, 100))
    assert measured_contrast(image, (0, 0, 200, 100), (255, 255, 255)) == pytest.approx(1)
    assert measured_contrast(image, (100, 0, 200, 100), (255, 255, 255)) == pytest.approx(21)


def test_weak_contrast_is_reported(
    brand: Brand, templates: Mapping[str, Template], photos: Mapping[str, PhotoCard]
) -> None:
    pale = replace(brand, palette={**brand.palette, "on_surface": brand.palette["surface"]})
    picture = Renderer(pale, templates, photos).render(request("quote"))
    weak = {c.field for c in picture.contrasts if not c.enough}
    assert "headline" in weak


def test_a_qr_code_changes_only_the_print_layout(renderer: Renderer) -> None:
    plain, coded = request("call", "wide"), replace(request("call", "wide"), qr="https://a.example")
    assert renderer.render(plain).sha256 != renderer.render(coded).sha256


def test_a_thumbnail_keeps_the_shape(renderer: Renderer) -> None:
    small = Image.open(io.BytesIO(thumbnail(renderer.render(request(size="wide")).data, 320)))
    assert small.size == (320, 180)


def test_the_grid_has_the_size_of_the_picture(renderer: Renderer) -> None:
    assert Image.open(io.BytesIO(renderer.grid(request()))).size == SIZES["square"]


def test_a_photo_that_is_missing_is_named_with_its_file(tmp_path: Path) -> None:
    for path in (CREATIVES / "photos").glob("polder-met-molen.*"):
        shutil.copy(path, tmp_path)
    (tmp_path / "polder-met-molen.jpg").unlink()
    problem = problem_of(lambda: load_photos(tmp_path))
    assert problem.what.key == "photo.missing_file"
    assert problem.place is not None and problem.place.file == tmp_path / "polder-met-molen.yaml"


@pytest.mark.parametrize(
    ("old", "new", "key", "name"),
    [
        ("photos: [landscape, town, water]", "photos: [maan]", "template.missing_photo", "maan"),
        ("colour: on_primary", "colour: roze", "template.missing_colour", "roze"),
    ],
)
def test_a_template_that_names_what_is_not_there_says_file_and_line(
    brand: Brand, tmp_path: Path, old: str, new: str, key: str, name: str
) -> None:
    text = (CREATIVES / "templates" / "scene.yaml").read_text()
    assert old in text
    path = tmp_path / "scene.yaml"
    path.write_text(text.replace(old, new))
    tags = frozenset({"landscape", "town", "water"})
    problem = problem_of(lambda: load_templates(tmp_path, brand.palette, tags))
    assert problem.what.key == key and problem.what.params["name"] == name
    lines = path.read_text().splitlines()
    line = next(n for n, text in enumerate(lines, 1) if name in text)
    assert problem.place is not None
    assert (problem.place.file, problem.place.line) == (path, line)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [('"#', '"rood #', "brand.bad_colour"), ("logo.png", "weg.png", "brand.missing_file")],
)
def test_a_brand_that_is_not_right_is_refused(tmp_path: Path, old: str, new: str, key: str) -> None:
    folder = tmp_path / "brands" / "waterrijk"
    shutil.copytree(CREATIVES / "brands" / "waterrijk", folder)
    shutil.copytree(CREATIVES / "fonts", tmp_path / "fonts")
    path = folder / "brand.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    problem = problem_of(lambda: load_brand(folder))
    assert problem.what.key == key
    assert problem.place is not None and problem.place.file == path
