"""A simulated audience: numbers that grow over simulated time, the same for the same seed.

The order of magnitude of each parameter has a source; none was measured on Dutch public employers,
so these numbers train people and test programs, and say nothing about reality.
"""

from __future__ import annotations

import hashlib
import math
import random
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

from campaignbot.sandbox.world import SandboxPost, World


@dataclass(frozen=True)
class Behaviour:
    """How a platform's audience behaves.

    `half_life_h`: time to half of all engagement (S. Graffius, editions 2018-2022, read 2026-11:
    averages of mixed secondary sources). `reach_share`: impressions per follower, `click_rate`,
    `reaction_rate` and the others per impression: assumptions in the range of the public
    benchmarks for government pages (Hootsuite 2024; a 2019 study of 55 Dutch pages).
    """

    half_life_h: float
    reach_share: float
    click_rate: float
    reaction_rate: float
    comment_rate: float
    share_rate: float
    save_rate: float


BEHAVIOUR = {
    "linkedin": Behaviour(24.0, 0.62, 0.031, 0.024, 0.0016, 0.0020, 0.0),
    "facebook": Behaviour(1.1, 0.22, 0.015, 0.013, 0.0018, 0.0016, 0.0),
    "instagram": Behaviour(20.0, 0.35, 0.0, 0.021, 0.0010, 0.0012, 0.0022),
    "x": Behaviour(0.6, 0.30, 0.010, 0.006, 0.0008, 0.0012, 0.0006),
}
SHAPE = 0.7
"""k of the growth curve: below 1 is a heavier tail than exponential (assumption)."""
SIGMA = 0.7
"""Spread of the totals between posts (log-normal; assumption)."""
COMMENT_VIEWS = 0.3
"""Share of the readers of a post who see the comments below it (assumption)."""
VIEW_TO_APPLICATION = 0.012
"""Applications per click. Appcast 2025 (US) gives 8.9 % of clicks, Dutch careers sites about 5 %
in 2020 (OnRecruit); for a role that is hard to fill, and with most visitors not looking for work,
a quarter of the lower figure is taken (assumption)."""


def growth(age: timedelta, half_life_h: float) -> float:
    """Return the share of the final total at an age: F(t) = 1 − 2^(−(t/h)^k)."""
    hours = age.total_seconds() / 3600
    if hours <= 0:
        return 0.0
    return float(1 - 2 ** (-((hours / half_life_h) ** SHAPE)))


def totals(world: World, post: SandboxPost) -> dict[str, int]:
    """Return a post's simulated totals by now; they never fall."""
    behaviour = BEHAVIOUR[post.platform]
    account = world.account(post.platform, post.account)
    followers = account.followers if account else 1000
    dice = _dice(world, post.id)
    luck = math.exp(dice.gauss(0, SIGMA))
    grown = growth(world.now() - post.created_at, behaviour.half_life_h)
    impressions = followers * behaviour.reach_share * luck * grown

    def part(rate: float) -> int:
        return int(impressions * rate * math.exp(dice.gauss(0, 0.4)))

    if post.reply_to is not None:
        impressions *= COMMENT_VIEWS
    picture = 1.25 if post.media else 0.8
    return {
        "impressions": int(impressions),
        "reach": int(impressions * 0.78),
        "reactions": part(behaviour.reaction_rate * picture),
        "comments": part(behaviour.comment_rate) + len(world.replies(post.platform, post.id)),
        "shares": part(behaviour.share_rate),
        "saves": part(behaviour.save_rate),
        "clicks": part(behaviour.click_rate) if post.link else 0,
    }


def followers(world: World, platform: str, external_id: str) -> int:
    """Return an account's followers by now: those it had, and a trickle for every post."""
    account = world.account(platform, external_id)
    if account is None:
        return 0
    gained = sum(totals(world, post)["reactions"] for post in world.live(platform, external_id))
    return account.followers + gained // 20


def applications(world: World) -> list[dict[str, str]]:
    """Return the applications that simulated candidates sent through tracked links, oldest first.

    What an ATS would count: a number, the tracking code, the day, and the stage; no person.
    """
    found: list[tuple[date, str, dict[str, str]]] = []
    for post in world.posts:
        code = tracking_code(post.link)
        if code is None or post.deleted:
            continue
        final = _final_clicks(world, post)
        dice = _dice(world, f"{post.id}:applications")
        for number in range(final):
            applies = dice.random() < VIEW_TO_APPLICATION
            delay = timedelta(hours=dice.expovariate(1 / 18))
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


def _final_clicks(world: World, post: SandboxPost) -> int:
    later = World(post.created_at + timedelta(days=60), world.seed)
    later.accounts = world.accounts
    return totals(later, post)["clicks"]


def _dice(world: World, key: str) -> random.Random:
    digest = hashlib.sha256(f"{world.seed}:{key}".encode()).digest()
    return random.Random(int.from_bytes(digest[:8], "big"))
