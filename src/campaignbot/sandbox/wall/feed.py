"""What the wall's pages show: accounts, posts and comments in the words of a reader."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from babel.numbers import format_compact_decimal, format_decimal

from campaignbot.sandbox.audience import followers, totals
from campaignbot.sandbox.posts import Medium, SandboxPost
from campaignbot.sandbox.wall.files import page_count
from campaignbot.sandbox.wall.texts import cut, host, linked, told_ago, told_exactly
from campaignbot.sandbox.wall.words import WORDS
from campaignbot.sandbox.world import World

NAMES = {"linkedin": "LinkedIn", "facebook": "Facebook", "instagram": "Instagram", "x": "X"}
PER_PAGE = 10
_GRID = {"linkedin": 4, "facebook": 5, "x": 4}
_AVATAR_TONES = 8
_COMMENTS_IN_FEED = 2
_COUNTED = {
    "views": "impressions",
    "likes": "reactions",
    "comments": "comments",
    "shares": "shares",
    "video_views": "video_views",
}


@dataclass(frozen=True)
class Reader:
    """Who looks: in which language, and at what time of the sandbox's clock."""

    language: str
    now: datetime
    # An account's followers take a look at all its posts: once for a page.
    profiles: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    @property
    def words(self) -> Mapping[str, str]:
        return WORDS[self.language]

    def number(self, value: int) -> str:
        if value < 10_000:
            return format_decimal(value, locale=self.language)
        return format_compact_decimal(value, locale=self.language, fraction_digits=1)

    def counted(self, name: str, value: int) -> str:
        """Return a number with what it counts: 1 comment, 2 comments."""
        one = self.words.get(f"{name}_one") if value == 1 else None
        return one or self.words[name].format(count=self.number(value))


def posts_of(world: World, platform: str, account: str | None = None) -> list[SandboxPost]:
    """Return what followers find of a platform or of one account, newest first."""
    accounts = [a for p, a in world.accounts if p == platform] if account is None else [account]
    found = [post for external_id in accounts for post in world.live(platform, external_id)]
    return sorted(found, key=lambda post: post.created_at, reverse=True)


def address(platform: str, account: str | None = None, post: str | None = None) -> str:
    parts = [platform, *(quote(part, safe="") for part in (account, post) if part is not None)]
    return "/wall/" + "/".join(parts)


def profile(world: World, platform: str, external_id: str, reader: Reader) -> dict[str, Any]:
    """Return an account as its page shows it."""
    known = reader.profiles.get((platform, external_id))
    if known is None:
        known = reader.profiles[platform, external_id] = _profile(
            world, platform, external_id, reader
        )
    return known


def _profile(world: World, platform: str, external_id: str, reader: Reader) -> dict[str, Any]:
    account = world.account(platform, external_id)
    name = account.name if account else external_id
    username = account.username if account else None
    return {
        "name": name,
        "handle": username or "".join(c for c in name.lower() if c.isalnum()),
        "initial": name.removeprefix("Gemeente ")[:1].upper(),
        "tone": hashlib.sha256(name.encode()).digest()[0] % _AVATAR_TONES,
        "followers": reader.counted("followers", followers(world, platform, external_id)),
        "posts": reader.counted("posts", len(world.live(platform, external_id))),
        "address": address(platform, external_id),
    }


def card(world: World, post: SandboxPost, reader: Reader, *, whole: bool = False) -> dict[str, Any]:
    """Return a post as a follower sees it in the feed, or whole on a page of its own."""
    shown, hidden = (post.text, "") if whole else cut(post.text, post.platform)
    replies = world.replies(post.platform, post.id)
    numbers = totals(world, post)
    return {
        "id": hashlib.sha256(f"{post.platform} {post.id}".encode()).hexdigest()[:10],
        "by": profile(world, post.platform, post.account, reader),
        "address": address(post.platform, post.account, post.id),
        "language": post.language,
        "ago": told_ago(post.created_at, reader.now, reader.language, reader.words["just_now"]),
        "at": post.created_at.isoformat(),
        "when": told_exactly(post.created_at, reader.language),
        "edited": told_exactly(post.edited_at, reader.language) if post.edited_at else None,
        "text": linked(shown, post.platform),
        "hidden": linked(hidden, post.platform),
        "media": _media(world, post, reader, whole=whole),
        "card": _link_card(post),
        "replies": [
            _reply(world, reply, reader)
            for reply in (replies if whole else replies[:_COMMENTS_IN_FEED])
        ],
        "more_replies": 0 if whole else max(0, len(replies) - _COMMENTS_IN_FEED),
        "totals": {name: reader.number(numbers[of]) for name, of in _COUNTED.items()},
        "counted": {name: reader.counted(name, numbers[of]) for name, of in _COUNTED.items()},
        "counts": numbers,
    }


def _reply(world: World, reply: SandboxPost, reader: Reader) -> dict[str, Any]:
    return {
        "by": profile(world, reply.platform, reply.account, reader),
        "ago": told_ago(reply.created_at, reader.now, reader.language, reader.words["just_now"]),
        "at": reply.created_at.isoformat(),
        "when": told_exactly(reply.created_at, reader.language),
        "edited": reply.edited_at is not None,
        "language": reply.language,
        "text": linked(reply.text, reply.platform),
        "media": _media(world, reply, reader, whole=True),
        "own": reply.account,
    }


def _media(world: World, post: SandboxPost, reader: Reader, *, whole: bool) -> dict[str, Any]:
    """Return the pictures laid out as the platform does, the videos and the documents."""
    pictures = [m for m in post.media if m.kind == "image"]
    instagram = post.platform == "instagram"
    layout = "carousel" if instagram and len(post.media) > 1 else "stack" if whole else "grid"
    slides = post.media if layout == "carousel" else pictures
    most = _GRID.get(post.platform, len(slides)) if layout == "grid" else len(slides)
    others = [] if layout == "carousel" else [m for m in post.media if m.kind != "image"]
    return {
        "layout": layout,
        "pictures": [_shown(m, world, reader) for m in slides[:most]],
        "count": len(slides),
        "more": max(0, len(slides) - most),
        "others": [_shown(m, world, reader) for m in others],
    }


def _shown(medium: Medium, world: World, reader: Reader) -> dict[str, Any]:
    pages = page_count(world.blobs.get(medium.sha256, b"")) if medium.kind == "document" else None
    return {
        "kind": medium.kind,
        "source": f"/wall/media/{medium.sha256}",
        "alt": medium.alt_text,
        "title": medium.title,
        "poster": f"/wall/media/{medium.poster}" if medium.poster else None,
        "captions": f"/wall/media/{medium.captions}" if medium.captions else None,
        "pages": reader.counted("page_count", pages) if pages else None,
    }


def _link_card(post: SandboxPost) -> dict[str, Any] | None:
    # A link in a caption leads nowhere on Instagram, and media take the place of a card.
    if post.link is None or post.media or post.platform == "instagram":
        return None
    preview = post.preview
    return {
        "host": host(post.link),
        "title": preview.title if preview else post.link.partition("?")[0],
        "description": preview.description if preview else "",
        "image": f"/wall/media/{preview.image}" if preview and preview.image else None,
        "alt": preview.image_alt if preview else "",
    }
