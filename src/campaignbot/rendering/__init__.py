"""Branded visuals: templates that are data, filled from the brief and the vacancy."""

from campaignbot.rendering.brand import Brand, PhotoCard, load_brand, load_photos
from campaignbot.rendering.render import (
    LayerContrast,
    RenderedImage,
    Renderer,
    RenderRequest,
    thumbnail,
)
from campaignbot.rendering.templates import Template, load_templates

__all__ = [
    "Brand",
    "LayerContrast",
    "PhotoCard",
    "RenderRequest",
    "RenderedImage",
    "Renderer",
    "Template",
    "load_brand",
    "load_photos",
    "load_templates",
    "thumbnail",
]
