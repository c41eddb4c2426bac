"""How X hands a text back: escaped, every address as a t.co link, and what those links stand for.

https://docs.x.com/x-api/fundamentals/data-dictionary (read 2026-11-24).
"""

from __future__ import annotations

from html import escape
from typing import Any

from campaignbot.sandbox.posts import SandboxPost
from campaignbot.sandbox.world import World
from campaignbot.sandbox.x_text import URL


def handed_back(post: SandboxPost) -> str:
    """Every address comes back as a t.co link, and pictures add one at the end."""
    text = escape(post.raw, quote=False)
    for index, url in enumerate(URL.findall(post.raw)):
        text = text.replace(escape(url, quote=False), _short(post, index), 1)
    return f"{text} {_picture(post)}".strip() if post.media else text


def entities(world: World, post: SandboxPost, username: str) -> dict[str, Any]:
    """Tell what each link stands for; that of pictures is told once for each of them."""
    links = [_link(world, post, *one) for one in enumerate(URL.findall(post.raw))]
    pictures = [
        {
            "url": _picture(post),
            "expanded_url": f"https://x.com/{username}/status/{post.id}/photo/1",
            "display_url": f"pic.x.com/{_picture(post).rpartition('/')[2]}",
            "media_key": f"3_{number}{post.id}",
        }
        for number, _ in enumerate(post.media)
    ]
    return {"urls": [*links, *pictures]}


def _link(world: World, post: SandboxPost, index: int, url: str) -> dict[str, Any]:
    whole = url if url.lower().startswith(("http://", "https://")) else f"http://{url}"
    told: dict[str, Any] = {
        "url": _short(post, index),
        "expanded_url": whole,
        "display_url": whole.partition("://")[2][:24],
    }
    if target := world.redirects.get(whole):
        told |= {"status": 200, "unwound_url": target}
    return told


def _picture(post: SandboxPost) -> str:
    return _short(post, 9)


def _short(post: SandboxPost, index: int) -> str:
    return f"https://t.co/{int(post.id) % 10**9:09}{index}"
