"""One draft: the words for one channel, and what its picture shall be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from campaignbot.domain.content import LinkPreview, MediaItem
from campaignbot.domain.vacancy import FACT_FIELDS, Vacancy, fact_hash
from campaignbot.drafting.angles import Angle, Wording
from campaignbot.drafting.choice import Choice
from campaignbot.drafting.words import fill, names_in

_LENGTHS = {"linkedin": "long", "manual": "long", "x": "short"}
_SIZES = {"linkedin": "landscape", "facebook": "landscape", "instagram": "portrait"}
_HASHTAGS = {"linkedin": 3, "instagram": 3, "facebook": 1, "x": 1, "manual": 0}
# Facts that a template shows by their own names stand in the vacancy under these.
_FACTS = {
    "hours": ("hours_min", "hours_max"),
    "place": ("places",),
    "role": ("title",),
    "last_day_short": ("last_day",),
    "organisation": ("employer",),
}


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
    """The words of a post on one channel; `facts` are the vacancy facts it used, hashed."""

    text: str
    destination: str | None
    visual: VisualRequest
    facts: Mapping[str, str]


def make_draft(
    choice: Choice,
    platform: str,
    facts: Mapping[str, Any],
    vacancy: Vacancy | None,
    careers_url: str | None,
) -> Draft:
    """Return the draft of a choice for a platform."""
    angle = choice.angle
    visual = _visual(angle, platform, facts)
    return Draft(
        text=text_of(angle, choice.wording, platform, facts),
        destination=_destination(angle, vacancy, careers_url),
        visual=visual,
        facts=_used(angle, _pattern(choice.wording, platform), vacancy, careers_url),
    )


def text_of(angle: Angle, wording: Wording, platform: str, facts: Mapping[str, Any]) -> str:
    """Return the words of an angle on a platform, with its hashtags."""
    text = fill(_pattern(wording, platform), facts, angle.key)
    tags = " ".join(f"#{tag}" for tag in angle.hashtags[: _HASHTAGS.get(platform, 0)])
    if not tags:
        return text
    return f"{text} {tags}" if platform == "x" else f"{text}\n\n{tags}"


def _pattern(wording: Wording, platform: str) -> str:
    pattern: str = getattr(wording, _LENGTHS.get(platform, "medium"))
    return pattern


def tracked_link(
    destination: str, code: str, platform: str, campaign: str, content: str, *, channel: str = ""
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
    by_hand = platform == "manual"
    medium = "offline" if by_hand else "social"
    ours = {
        # Newsletters, posters and notice boards have no platform that would tell them apart.
        "utm_source": channel if by_hand and channel else platform,
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


def _visual(angle: Angle, platform: str, facts: Mapping[str, Any]) -> VisualRequest:
    fields = {
        "kicker": fill(angle.visual.kicker, facts, angle.key),
        "headline": fill(angle.visual.headline, facts, angle.key),
        "cta": fill(angle.visual.cta, facts, angle.key),
    }
    for number, pattern in enumerate(angle.visual.facts, start=1):
        fields[f"fact_{number}"] = fill(pattern, facts, angle.key)
    return VisualRequest(
        template=angle.visual.template,
        size=_SIZES.get(platform, "wide"),
        fields={name: text for name, text in fields.items() if text},
        photos=angle.visual.photos,
        qr=platform == "manual",
    )


def _destination(angle: Angle, vacancy: Vacancy | None, careers_url: str | None) -> str | None:
    page = vacancy.url if vacancy else None
    if angle.link == "apply" and vacancy:
        return vacancy.apply_url or page or careers_url
    if angle.link == "careers":
        return careers_url or page
    return page or careers_url


def _link_fact(angle: Angle, vacancy: Vacancy, careers_url: str | None) -> str | None:
    """Return the field of the vacancy that the link of an angle leads to, if it is one."""
    if angle.link == "careers" and careers_url:
        return None
    if angle.link == "apply" and vacancy.apply_url:
        return "apply_url"
    return "url" if vacancy.url else None


def _shown(angle: Angle) -> list[str]:
    visual = angle.visual
    return [visual.kicker, visual.headline, visual.cta, *visual.facts]


def _used(
    angle: Angle, pattern: str, vacancy: Vacancy | None, careers_url: str | None
) -> dict[str, str]:
    if vacancy is None:
        return {}
    names = {name for text in (pattern, *_shown(angle)) for name in names_in(text)}
    if link := _link_fact(angle, vacancy, careers_url):
        names.add(link)
    told = {field for name in names for field in _FACTS.get(name, (name,))}
    fields = told & set(FACT_FIELDS)
    return {name: fact_hash(getattr(vacancy, name)) for name in sorted(fields)}
