"""What drafts are made with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from campaignbot.domain.errors import Place, user_error
from campaignbot.drafting.drafts import Draft
from campaignbot.gateways.folders import require_folder
from campaignbot.gateways.media import MediaStore
from campaignbot.rendering import (
    PhotoCard,
    RenderedImage,
    Renderer,
    RenderRequest,
    load_brand,
    load_photos,
    load_templates,
)


@dataclass
class Studio:
    """Renderer, photos and the store for pictures."""

    renderer: Renderer
    photos: Mapping[str, PhotoCard]
    store: MediaStore
    turns: dict[str, int] = field(default_factory=dict)

    def draw(
        self, draft: Draft, link: str | None, photo_key: str
    ) -> tuple[RenderedImage, PhotoCard | None]:
        """Return the picture of a draft, and the photo in it; an empty key draws it without."""
        photo = self.photos.get(photo_key)
        request = RenderRequest(
            template=draft.visual.template,
            size=draft.visual.size,
            fields=draft.visual.fields,
            photo=photo.key if photo else None,
            qr=link if draft.visual.qr else None,
        )
        return self.renderer.render(request), photo

    def takes_qr(self, draft: Draft) -> bool:
        return self.renderer.takes_qr(draft.visual.template, draft.visual.size)

    def choose_photo(self, wanted: Sequence[str]) -> str:
        """Take turns among the photos of the first key or tag that exists; "" where none does."""
        for name in wanted:
            fitting = [p for p in self.photos.values() if name == p.key or name in p.tags]
            if fitting:
                turn = self.turns.get(name, 0)
                self.turns[name] = turn + 1
                return fitting[turn % len(fitting)].key
        return ""


def open_studio(workdir: Path, brand_key: str, store: MediaStore) -> Studio:
    """Read brand, photos and templates of a working folder.

    UserError when one is not right, or where pictures go cannot be written.
    """
    creatives = workdir / "creatives"
    folder = creatives / "brands" / brand_key
    if not folder.is_dir():
        known = ", ".join(sorted(p.name for p in (creatives / "brands").glob("*"))) or "-"
        raise user_error(
            "brand.unknown",
            remedy="brand.unknown.remedy",
            place=Place(folder),
            name=brand_key,
            known=known,
        )
    brand, photos = load_brand(folder), load_photos(creatives / "photos")
    tags = frozenset(photos) | {tag for photo in photos.values() for tag in photo.tags}
    templates = load_templates(creatives / "templates", brand.palette, tags)
    renders = workdir / "data" / "renders"
    for written in (store.folder, renders):
        require_folder(written)
    renderer = Renderer(brand, templates, photos, renders)
    return Studio(renderer, photos, store)
