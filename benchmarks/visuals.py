"""Drawing pictures, and finding them drawn."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks.figures import Figure, middle_ms, timed
from campaignbot.rendering import Renderer, RenderRequest, load_brand, load_photos, load_templates
from campaignbot.rendering.templates import SIZES

CREATIVES = Path(__file__).resolve().parent.parent / "creatives"
FIELDS = {
    "kicker": "Werken in Waterrijk",
    "headline": "Drie vragen en je cv, meer niet",
    "fact_1": "28 tot 36 uur per week",
    "cta": "Reageer t/m 20 december",
}


def rendering(folder: Path) -> list[Figure]:
    """Every template in every size, drawn and then taken from the cache."""
    brand, photos = (
        load_brand(CREATIVES / "brands" / "waterrijk"),
        load_photos(CREATIVES / "photos"),
    )
    tags = frozenset(photos) | {tag for photo in photos.values() for tag in photo.tags}
    templates = load_templates(CREATIVES / "templates", brand.palette, tags)
    renderer = Renderer(brand, templates, photos, folder)
    requests = [
        RenderRequest(name, size, FIELDS, "polder-met-molen")
        for name in templates
        for size in SIZES
    ]
    cold = [spent for request in requests for spent in timed(partial(renderer.render, request), 1)]
    warm = [spent for request in requests for spent in timed(partial(renderer.render, request), 3)]
    return [
        Figure("draw a picture, median", middle_ms(cold), "ms", most=400),
        Figure("drawn / from the cache", middle_ms(cold) / middle_ms(warm), "x", least=5),
    ]
