"""What stands in a post beside its text, said in words: for every surface, and for every reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from campaignbot.domain.content import Content, LinkPreview, MediaItem, MediaKind
from campaignbot.domain.facts import Fact, FactSource
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import Placement
from campaignbot.i18n import Translator
from campaignbot.reviewing.items import Background
from campaignbot.storage.waits import Wait

Size = Callable[[MediaItem], int]
"""Returns how many bytes a medium has; 0 where that is not known."""


def wait_in_words(t: Translator, wait: Wait) -> str:
    """Return why a post does not go out at its time, and until when that lasts."""
    why = t.text(wait.reason)
    if wait.until_utc is None:
        return why
    return t("wait.until", why=why.rstrip("."), until=wait.until_utc)


def placement_in_words(placement: Placement) -> Message:
    """Return what was noted of the place of a post: a remark, the name of its photo, or both."""
    if placement.photo is None:
        return Message("post.placement_note", {"note": placement.note})
    # Files of the media store are named by their hash.
    photo = {"photo": placement.photo.sha256[:12]}
    if not placement.note:
        return Message("post.placement_photo", photo)
    return Message("post.placement_both", photo | {"note": placement.note})


def content_in_words(t: Translator, content: Content, size: Size) -> Iterator[str]:
    """Yield a sentence for each medium, for the card of the link where it shows, for mentions."""
    for number, item in enumerate(content.media, start=1):
        alone = len(content.media) == 1
        yield medium_in_words(t, item, size(item), None if alone else number)
    if content.preview is not None and not content.media:
        yield card_in_words(t, content.preview)
    if content.mentions:
        names = ", ".join(f"@{name}" for name in sorted(content.mentions))
        yield t("media.mentions", names=names)


def background_in_words(t: Translator, background: Background) -> Iterator[str]:
    """Yield whom a post is for and what they look for, and each fact with where it comes from."""
    if (persona := background.persona) is not None:
        yield t("background.persona", name=persona.name)
        if persona.drivers:
            yield t("background.drivers", words="; ".join(persona.drivers))
        if persona.expectations:
            yield t("background.expectations", words="; ".join(persona.expectations))
    for source in FactSource:
        told = [_fact_in_words(t, fact) for fact in background.facts if fact.source is source]
        if told:
            yield t(f"background.{source}", facts=", ".join(told))


def _fact_in_words(t: Translator, fact: Fact) -> str:
    name = fact.key.partition(".")[2]
    if fact.source in (FactSource.VACANCY, FactSource.ORGANISATION):
        # Where on a page it was read is for the import, which shows it.
        return t(f"fact.{fact.key}")
    by = fact.consent and t("background.consent", by=fact.consent.by, day=fact.consent.on)
    day = fact.said_on and t.day(fact.said_on)
    about = ", ".join(part for part in (fact.origin, day, by) if part)
    return f"{name} ({about})" if about else name


def medium_in_words(t: Translator, item: MediaItem, size: int, number: int | None = None) -> str:
    """Return what a medium is; `number` is its place where there are several."""
    shape = f"{item.width_px}×{item.height_px}"
    match item.kind:
        case MediaKind.IMAGE:
            told = t("tui.picture", size=shape, alt=item.alt_text or t("media.no_alt"))
        case MediaKind.VIDEO:
            told = t(
                "media.video",
                title=item.title or t("media.no_title"),
                length=_length(item.duration_ms or 0),
                size=shape,
                bytes=_bytes(t, size),
                alt=item.alt_text or t("media.no_alt"),
            )
        case MediaKind.DOCUMENT:
            told = t(
                "media.document",
                title=item.title or t("media.no_title"),
                n=item.pages or 0,
                bytes=_bytes(t, size),
            )
    return told if number is None else f"{number}. {told}"


def card_in_words(t: Translator, card: LinkPreview) -> str:
    """Return what followers see of a link that has a card."""
    told = [t("media.card", title=card.title), card.description]
    if card.picture is not None:
        told.append(t("media.card_picture", alt=card.picture.alt_text or t("media.no_alt")))
    return ". ".join(part.rstrip(".") for part in told if part) + "."


def _length(duration_ms: int) -> str:
    minutes, seconds = divmod(round(duration_ms / 1000), 60)
    return f"{minutes}:{seconds:02}"


def _bytes(t: Translator, size: int) -> str:
    if not size:
        return t("media.size_unknown")
    return t("media.size", mb=max(Decimal("0.1"), round(Decimal(size) / 1_000_000, 1)))
