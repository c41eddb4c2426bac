"""What stands on an account, in words and as data."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from campaignbot.cli.costs import money_data
from campaignbot.cli.texts import say, tell, width
from campaignbot.cli.texts import translator as t
from campaignbot.domain.messages import cut
from campaignbot.platforms.registry import load_platform

if TYPE_CHECKING:
    from campaignbot.reviewing.recent import Recent, Standing


def show(recent: Recent, days: int) -> None:
    """Print a line for each post; then, on standard error, what is not as it should be."""
    words, account = t(), recent.account
    platform = words(load_platform(account.platform).label)
    say("recent.heading", key=account.key, platform=platform, days=days)
    for one in recent.posts:
        tell(_line(one))
    if not recent.posts:
        say("recent.none")
    for reference in recent.doubled:
        say("recent.doubled", ref=reference)
    for publication in recent.absent:
        at, link = publication.published_at_utc, publication.permalink or "-"
        assert at is not None
        say("recent.absent", ref=publication.reference, at=at, platform=platform, link=link)
    if recent.cost is not None:
        say("recent.cost", sum=recent.cost)


def plain(recent: Recent, since: datetime) -> dict[str, Any]:
    """Return what stands there; times are ISO 8601 in UTC."""
    return {
        "account": recent.account.key,
        "platform": recent.account.platform,
        "since": since.isoformat(),
        "posts": [_plain(one) for one in recent.posts],
        "doubled": list(recent.doubled),
        "absent": [p.reference for p in recent.absent],
        "cost": money_data(recent.cost),
    }


def _plain(one: Standing) -> dict[str, Any]:
    post, ours = one.post, one.ours
    return {
        "external_id": post.external_id,
        "link": post.permalink,
        "created_at": post.created_at_utc.isoformat() if post.created_at_utc else None,
        "text": post.text,
        "reference": ours.reference if ours else None,
        "state": ours.state if ours else None,
    }


def _line(one: Standing) -> str:
    """Return a post on one line: whose it is, time, first words, as wide as the window."""
    words, post = t(), one.post
    whose = one.ours.reference if one.ours else words("recent.not_ours")
    at = words.instant(post.created_at_utc) if post.created_at_utc else "-"
    begins = f"{whose:<10}  {at:<16}  "
    if one.ours and one.ours.state != "published":
        begins += f"({words(f'state.{one.ours.state}')}) "
    text = " ".join(post.text.split())
    return begins + (cut(text, max(20, width() - len(begins) - 1)) or "–")
