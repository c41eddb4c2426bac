"""One draft: the words for one channel, and what its picture shall be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from campaignbot.domain.content import LinkPreview, MediaItem
from campaignbot.domain.facts import FactBook
from campaignbot.drafting.angles import Angle, Wording
from campaignbot.drafting.choice import Choice
from campaignbot.drafting.words import Vocabulary, fill
from campaignbot.platforms.protocol import Platform
from campaignbot.platforms.style import DraftStyle


@dataclass(frozen=True, slots=True)
class VisualRequest:
    """The picture that a draft wants; `photos` are keys or tags, best first."""

    template: str
    size: str
    fields: Mapping[str, str]
    photos: tuple[str, ...]
    qr: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """The words of a post on one channel; `variant` is its length: long, medium or short.

    `facts` are those that its message tells in any length, in the picture and by its link, key to
    hash.
    """

    text: str
    destination: str | None
    visual: VisualRequest
    facts: Mapping[str, str]
    variant: str


def make_draft(choice: Choice, platform: Platform, known: Vocabulary) -> Draft:
    """Return the draft of a choice for a platform."""
    angle, wording = choice.angle, choice.wording
    link = _link_fact(angle, known.book)
    used = known.facts_in([*wording.patterns, *angle.visual.patterns])
    return Draft(
        text=text_of(angle, wording, platform.style, known.words),
        destination=str(known.book.value(link)) if link else None,
        visual=_visual(angle, platform, known.words),
        facts=known.book.hashes({*used, link} if link else used),
        variant=platform.style.wording,
    )


def text_of(angle: Angle, wording: Wording, style: DraftStyle, words: Mapping[str, Any]) -> str:
    """Return the words of an angle in a platform's style, with its hashtags."""
    text = fill(getattr(wording, style.wording), words, angle.key)
    tags = " ".join(f"#{tag}" for tag in angle.hashtags[: style.hashtags])
    if not tags:
        return text
    return f"{text} {tags}" if style.hashtags_inline else f"{text}\n\n{tags}"


def tracked_link(
    destination: str,
    code: str,
    platform: Platform,
    campaign: str,
    content: str,
    *,
    channel: str = "",
) -> str:
    """Return an address that tells where its visitors came from.

    The query that it had is kept, but for parameters that track for somebody else. `utm_id` is
    the publication's own code. `channel` is the key of the channel that carries it.
    """
    parts = urlsplit(destination)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not re.match(r"utm_|source$|src$", name)
    ]
    by_hand = platform.hands_over
    medium = "offline" if by_hand else "social"
    ours = {
        # Newsletters, posters and notice boards have no platform that would tell them apart.
        "utm_source": channel if by_hand and channel else platform.name,
        "utm_medium": medium,
        "utm_campaign": campaign,
        "utm_content": content,
        "utm_id": code,
    }
    return parts._replace(query=urlencode([*kept, *ours.items()])).geturl()


def alt_text(description: str, visual: VisualRequest, words: Callable[[str, str], str]) -> str:
    """Return what somebody who does not see the picture should know: the scene, and its words."""
    shown = [visual.fields[name] for name in sorted(visual.fields) if name.startswith("fact_")]
    headline = visual.fields.get("headline", "")
    text = ". ".join(part.rstrip(".") for part in [headline, *shown] if part)
    return words(description.rstrip("."), text)[:1000]


def link_preview(visual: VisualRequest, picture: MediaItem, employer: str) -> LinkPreview:
    """Return the card of a draft's link: what its picture says, in words, and the picture.

    Only what the picture says as well is told, so that a fact that changes is noticed once.
    """
    fields = visual.fields
    facts = [fields[name] for name in sorted(fields) if name.startswith("fact_")]
    title = fields.get("headline") or fields.get("kicker") or employer
    description = " · ".join(facts) or employer
    return LinkPreview(title, description, picture)


def _visual(angle: Angle, platform: Platform, words: Mapping[str, Any]) -> VisualRequest:
    fields = {
        "kicker": fill(angle.visual.kicker, words, angle.key),
        "headline": fill(angle.visual.headline, words, angle.key),
        "cta": fill(angle.visual.cta, words, angle.key),
    }
    for number, pattern in enumerate(angle.visual.facts, start=1):
        fields[f"fact_{number}"] = fill(pattern, words, angle.key)
    return VisualRequest(
        template=angle.visual.template,
        size=platform.style.picture_size,
        fields={name: text for name, text in fields.items() if text},
        photos=angle.visual.photos,
        qr=platform.hands_over,
    )


# Where the link of an angle leads: the first of these that is known.
_LINKS = {
    "vacancy": ("vacancy.url", "organisation.careers_url"),
    "apply": ("vacancy.apply_url", "vacancy.url", "organisation.careers_url"),
    "careers": ("organisation.careers_url", "vacancy.url"),
}


def _link_fact(angle: Angle, book: FactBook) -> str | None:
    """Return the key of the fact that is the address an angle links to, if there is one."""
    return next((key for key in _LINKS[angle.link] if key in book), None)
