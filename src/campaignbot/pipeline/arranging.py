"""Which media a post has, in which order, with which words: content in, content out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from campaignbot.domain.content import Content, LinkPreview, MediaItem, MediaKind
from campaignbot.domain.errors import user_error
from campaignbot.platforms.protocol import Platform


def without(content: Content, numbers: Sequence[int]) -> Content:
    """Take media out by their places, which count from 1; UserError where there is none."""
    for number in numbers:
        _require(content, number)
    kept = (item for n, item in enumerate(content.media, start=1) if n not in set(numbers))
    return replace(content, media=tuple(kept))


def ordered(content: Content, order: Sequence[int]) -> Content:
    """Put the media in another order; UserError when one is left out or named twice."""
    if sorted(order) != list(range(1, len(content.media) + 1)):
        raise user_error(
            "media.bad_order", remedy="media.bad_order.remedy", number=len(content.media)
        )
    return replace(content, media=tuple(content.media[number - 1] for number in order))


def described(
    content: Content, number: int, alt_text: str | None = None, title: str | None = None
) -> Content:
    """Give one medium other words; None keeps those that it has."""
    _require(content, number)
    item = content.media[number - 1]
    changed = list(content.media)
    changed[number - 1] = replace(
        item,
        alt_text=item.alt_text if alt_text is None else alt_text.strip(),
        title=item.title if title is None else title.strip(),
    )
    return replace(content, media=tuple(changed))


def link_alone(
    content: Content, platform: Platform, title: str = "", description: str = ""
) -> Content:
    """Leave out the media, so that the link shows its card; UserError when there is no link.

    Where the platform needs to be told it, the card keeps what it had, and its picture is the
    post's first one where it had none. Elsewhere the platform makes it from the page.
    """
    if not content.link:
        raise user_error("media.no_link", remedy="media.no_link.remedy")
    if not platform.needs_preview:
        return replace(content, media=(), preview=None)
    had = content.preview or LinkPreview("")
    card = LinkPreview(
        title.strip() or had.title,
        description.strip() or had.description,
        had.picture or _first_picture(content.media),
    )
    return replace(content, media=(), preview=card if card.title else None)


def _first_picture(items: Sequence[MediaItem]) -> MediaItem | None:
    return next((item for item in items if item.kind is MediaKind.IMAGE), None)


def _require(content: Content, number: int) -> None:
    if not 1 <= number <= len(content.media):
        raise user_error(
            "media.no_such",
            remedy="media.no_such.remedy",
            number=number,
            most=len(content.media),
        )
