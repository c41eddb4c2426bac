"""The page that shows what was published, as a follower would see it."""

from __future__ import annotations

from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from babel.dates import format_datetime
from babel.numbers import format_decimal
from jinja2 import Environment, select_autoescape
from markupsafe import Markup, escape

from campaignbot.sandbox.audience import followers, totals
from campaignbot.sandbox.http import world_of
from campaignbot.sandbox.world import SandboxPost, World

_ZONE = ZoneInfo("Europe/Amsterdam")
_NAMES = {"linkedin": "LinkedIn", "facebook": "Facebook", "instagram": "Instagram", "x": "X"}
_WORDS = {
    "nl": {
        "title": "Oefenmuur",
        "banner": "Dit is een simulatie. Niets hiervan staat op internet en alle cijfers zijn "
        "bedacht door de computer.",
        "empty": "Er is hier nog niets geplaatst.",
        "followers": "volgers",
        "reactions": "reacties",
        "comments": "opmerkingen",
        "shares": "keer gedeeld",
        "views": "weergaven",
        "alt": "Tekst bij het beeld",
        "removed": "Verwijderd",
        "replies": "Opmerkingen bij dit bericht",
    },
    "en": {
        "title": "Practice wall",
        "banner": "This is a simulation. None of this is on the internet, and the computer made "
        "up all numbers.",
        "empty": "Nothing has been posted here yet.",
        "followers": "followers",
        "reactions": "reactions",
        "comments": "comments",
        "shares": "shares",
        "views": "views",
        "alt": "Text alternative",
        "removed": "Removed",
        "replies": "Comments on this post",
    },
}


def routes() -> list[web.RouteDef]:
    return [web.get("/", wall), web.get("/wall/media/{sha}", picture)]


async def picture(request: web.Request) -> web.Response:
    data = world_of(request).blobs.get(request.match_info["sha"])
    if data is None:
        raise web.HTTPNotFound
    mime = "image/png" if data[:4] == b"\x89PNG" else "image/jpeg"
    return web.Response(body=data, content_type=mime)


async def wall(request: web.Request) -> web.Response:
    language = "en" if request.query.get("lang") == "en" else "nl"
    world = world_of(request)
    environment = Environment(autoescape=select_autoescape(default=True))
    source = (files("campaignbot.sandbox") / "wall.html.j2").read_text()
    page = environment.from_string(source).render(
        language=language,
        t=_WORDS[language],
        columns=[_column(world, platform, language) for platform in _NAMES],
    )
    return web.Response(text=page, content_type="text/html")


def _column(world: World, platform: str, language: str) -> dict[str, Any]:
    accounts = [a for (p, _), a in world.accounts.items() if p == platform]
    posts = [p for p in reversed(world.posts) if p.platform == platform and p.reply_to is None]
    return {
        "platform": platform,
        "label": _NAMES[platform],
        "accounts": [
            {
                "name": a.name,
                "followers": format_decimal(
                    followers(world, platform, a.external_id), locale=language
                ),
            }
            for a in accounts
        ],
        "posts": [_card(world, post, language) for post in posts],
    }


def _card(world: World, post: SandboxPost, language: str) -> dict[str, Any]:
    account = world.account(post.platform, post.account)
    name = account.name if account else post.account
    return {
        "name": name,
        "initial": name.removeprefix("Gemeente ")[:1],
        "when": format_datetime(
            post.created_at, "EEE d MMM y HH:mm", tzinfo=_ZONE, locale=language
        ),
        "replies": [
            _card(world, reply, language) for reply in world.replies(post.platform, post.id)
        ],
        "text": _linked(post.text),
        "media": [(medium.sha256, medium.alt_text) for medium in post.media],
        "deleted": post.deleted,
        "totals": {
            key: format_decimal(value, locale=language)
            for key, value in totals(world, post).items()
        },
    }


def _linked(text: str) -> Markup:
    """Return the text as HTML in which addresses and hashtags look like links, and go nowhere."""
    words = []
    for line in text.split("\n"):
        shown = [
            Markup('<span class="link">{}</span>').format(
                word if word[0] == "#" else word.partition("?")[0]
            )
            if word.startswith(("#", "http"))
            else escape(word)
            for word in line.split(" ")
        ]
        words.append(Markup(" ").join(shown))
    return Markup("<br>").join(words)
