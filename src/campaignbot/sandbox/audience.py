"""A simulated audience: numbers that grow over simulated time, the same for the same seed.

What they are made of, and how good the sources are, is told in `behaviour`: they train people and
test programs, and say nothing about reality.
"""

from __future__ import annotations

import hashlib
import math
import random
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from campaignbot.sandbox.behaviour import (
    APPLICATION_DELAY_H,
    BEHAVIOUR,
    COMMENT_LAG,
    COMMENT_VIEWS,
    FOLLOWERS_PER_REACTION,
    RATE_SIGMA,
    REPEAT_LOSS,
    SECOND_WAVE_AFTER_H,
    SECOND_WAVE_CHANCE,
    SECOND_WAVE_SIZE,
    SHAPE,
    SIGMA,
    SIZE_EXPONENT,
    TIMING_EXPONENT,
    UNIQUE_SHARE,
    USUAL_SIZE,
    VIEW_TO_APPLICATION,
    attention_by_hour,
)
from campaignbot.sandbox.posts import SandboxPost
from campaignbot.sandbox.world import World

_ZONE = ZoneInfo("Europe/Amsterdam")
_MONDAY = datetime(2001, 1, 1, tzinfo=UTC)
_WEEK_H = 168
# When a post's numbers are taken to be final.
_GROWN_UP = timedelta(days=60)


def growth(age: timedelta, half_life_h: float) -> float:
    """Return the share of the final total at an age: F(t) = 1 − 2^(−(t/h)^k)."""
    hours = age.total_seconds() / 3600
    if hours <= 0:
        return 0.0
    return float(1 - 2 ** (-((hours / half_life_h) ** SHAPE)))


def attention(platform: str, start: datetime, end: datetime) -> timedelta:
    """Return how long an average audience would have looked, from start to end.

    An hour of a busy morning counts more than one of the night; over a week it comes out even.
    """
    # The clock of the start goes on: when the clocks are set, no attention is taken back.
    shift = start.astimezone(_ZONE).utcoffset() or timedelta()
    passed = [_passed(platform, instant + shift) for instant in (start, end)]
    return timedelta(hours=max(0.0, passed[1] - passed[0]))


def _passed(platform: str, instant: datetime) -> float:
    weeks, hours = divmod((instant - _MONDAY).total_seconds() / 3600, _WEEK_H)
    by_hour, whole = attention_by_hour(platform), min(int(hours), _WEEK_H - 1)
    part = (hours - whole) * (by_hour[whole + 1] - by_hour[whole])
    return weeks * _WEEK_H + by_hour[whole] + part


def format_of(post: SandboxPost) -> str:
    """Return what a post is to its audience: video, document, images, image, link or text."""
    kinds = {medium.kind for medium in post.media}
    for kind in ("video", "document"):
        if kind in kinds:
            return kind
    if post.media:
        return "images" if len(post.media) > 1 else "image"
    return "link" if post.link else "text"


def totals(world: World, post: SandboxPost, at: datetime | None = None) -> dict[str, int]:
    """Return a post's simulated totals by an instant (now when None); they never fall."""
    at = at or world.now()
    behaviour, effect = BEHAVIOUR[post.platform], BEHAVIOUR[post.platform].effect(format_of(post))
    dice = _dice(world, post.id)
    final = _final_impressions(world, post, dice)
    seen, talked = (final * share for share in _grown(post, at, _second_wave(dice)))
    impressions = int(seen)
    reach = int(seen * UNIQUE_SHARE)

    def part(rate: float, of: float = seen, most: int = reach) -> int:
        return min(most, int(of * rate * math.exp(dice.gauss(0, RATE_SIGMA))))

    reactions = part(behaviour.reaction_rate * effect.engagement)
    comments = part(behaviour.comment_rate * effect.engagement, talked)
    shares = part(behaviour.share_rate * effect.engagement)
    saves = part(behaviour.save_rate * effect.engagement)
    clicks = part(behaviour.click_rate * effect.clicks)
    views = part(behaviour.video_view_rate, most=impressions)
    return {
        "impressions": impressions,
        "reach": reach,
        "reactions": reactions,
        "comments": comments + len(world.replies(post.platform, post.id)),
        "shares": shares,
        "saves": saves,
        "clicks": clicks if post.link else 0,
        "video_views": views if format_of(post) == "video" else 0,
    }


def _final_impressions(world: World, post: SandboxPost, dice: random.Random) -> float:
    behaviour = BEHAVIOUR[post.platform]
    account = world.account(post.platform, post.account)
    followers = max(1, account.followers) if account else 1000
    impressions = followers * behaviour.reach_share * (followers / USUAL_SIZE) ** SIZE_EXPONENT
    impressions *= behaviour.effect(format_of(post)).reach * math.exp(dice.gauss(0, SIGMA))
    impressions *= _timing(post, behaviour.half_life_h)
    impressions *= 1 - REPEAT_LOSS * (post.repeats or 0.0)
    return float(impressions * (COMMENT_VIEWS if post.reply_to is not None else 1))


def _timing(post: SandboxPost, half_life_h: float) -> float:
    """Return what the moment does to the total: who looks while the post is new."""
    first = timedelta(hours=max(2.0, half_life_h))
    seen = attention(post.platform, post.created_at, post.created_at + first)
    return float((seen / first) ** TIMING_EXPONENT)


def _second_wave(dice: random.Random) -> tuple[float, timedelta]:
    """Return how large a second wave is, and how long after the post it begins."""
    comes, after = dice.random() < SECOND_WAVE_CHANCE, dice.expovariate(1 / SECOND_WAVE_AFTER_H)
    return (SECOND_WAVE_SIZE if comes else 0.0), timedelta(hours=3 + after)


def _grown(post: SandboxPost, at: datetime, wave: tuple[float, timedelta]) -> tuple[float, float]:
    """Return the share of the first wave's total, of views and of comments, at an instant.

    With a second wave it can be above 1.
    """
    half_life_h = BEHAVIOUR[post.platform].half_life_h
    size, after = wave
    age = attention(post.platform, post.created_at, at)
    again = attention(post.platform, post.created_at + after, at) if size else timedelta()
    seen, talked = (
        growth(age, half_life_h * lag) + size * growth(again, half_life_h * lag)
        for lag in (1.0, COMMENT_LAG)
    )
    return seen, talked


def followers(world: World, platform: str, external_id: str) -> int:
    """Return an account's followers by now: those it had, and a trickle for every post."""
    account = world.account(platform, external_id)
    if account is None:
        return 0
    reactions = sum(totals(world, post)["reactions"] for post in world.live(platform, external_id))
    return account.followers + int(reactions * FOLLOWERS_PER_REACTION)


def applications(world: World) -> list[dict[str, str]]:
    """Return the applications that simulated candidates sent through tracked links, oldest first.

    What an ATS would count: a number, the tracking code, the day, and the stage; no person.
    """
    found: list[tuple[date, str, dict[str, str]]] = []
    for post in world.posts:
        code = tracking_code(post.link)
        if code is None or post.deleted:
            continue
        final = totals(world, post, post.created_at + _GROWN_UP)["clicks"]
        dice = _dice(world, f"{post.id}:applications")
        for number in range(final):
            applies = dice.random() < VIEW_TO_APPLICATION
            delay = timedelta(hours=dice.expovariate(1 / APPLICATION_DELAY_H))
            received = post.created_at + delay
            if applies and received <= world.now():
                reference = f"SIM-{code}-{number}"
                row = {
                    "reference": reference,
                    "tracking_code": code,
                    "received_on": received.date().isoformat(),
                    "stage": "received",
                }
                found.append((received.date(), reference, row))
    return [row for _, _, row in sorted(found, key=lambda item: item[:2])]


def tracking_code(link: str | None) -> str | None:
    """Return what a link carries to tell posts apart (utm_id, else utm_content)."""
    if not link:
        return None
    query = parse_qs(urlsplit(link).query)
    values = query.get("utm_id") or query.get("utm_content")
    return values[0] if values else None


def _dice(world: World, key: str) -> random.Random:
    digest = hashlib.sha256(f"{world.seed}:{key}".encode()).digest()
    return random.Random(int.from_bytes(digest[:8], "big"))
