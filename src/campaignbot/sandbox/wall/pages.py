"""The pages of the wall: everything, one platform, one account, one post."""

from __future__ import annotations

from functools import cache
from importlib.resources import files as package_files
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape

from campaignbot.sandbox.http import world_of
from campaignbot.sandbox.posts import SandboxPost
from campaignbot.sandbox.wall.feed import NAMES, PER_PAGE, Reader, address, card, posts_of, profile
from campaignbot.sandbox.wall.files import medium
from campaignbot.sandbox.wall.texts import told_exactly
from campaignbot.sandbox.wall.words import LANGUAGES, language_of
from campaignbot.sandbox.world import World

_ON_THE_FIRST_PAGE = 3
# Nothing is loaded from elsewhere, and nothing that somebody posted can run.
_POLICY = "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'self'"


def routes() -> list[web.RouteDef]:
    return [
        web.get("/", everything),
        web.get("/wall/style.css", style),
        web.get("/wall/media/{sha}", medium),
        web.get("/wall/{platform}", one_platform),
        web.get("/wall/{platform}/{account}", one_account),
        web.get("/wall/{platform}/{account}/{post}", one_post),
    ]


def _source(name: str) -> str:
    return (package_files("campaignbot.sandbox.wall") / name).read_text(encoding="utf-8")


@cache
def _templates() -> Environment:
    return Environment(
        loader=FunctionLoader(_source),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


async def style(request: web.Request) -> web.Response:
    return web.Response(text=_source("wall.css"), content_type="text/css")


async def everything(request: web.Request) -> web.Response:
    reader, world = _reader(request), world_of(request)
    sections = []
    for platform in NAMES:
        newest = posts_of(world, platform)
        section = _section(world, reader, platform, newest[:_ON_THE_FIRST_PAGE])
        section["more"] = len(newest) > _ON_THE_FIRST_PAGE
        sections.append(section)
    return _page(request, reader, sections=sections, heading=reader.words["newest"])


async def one_platform(request: web.Request) -> web.Response:
    platform = _platform(request)
    found = posts_of(world_of(request), platform)
    return _pages(request, _reader(request), platform, found, heading=NAMES[platform])


async def one_account(request: web.Request) -> web.Response:
    platform, external_id = _platform(request), request.match_info["account"]
    world, reader = world_of(request), _reader(request)
    if world.account(platform, external_id) is None:
        raise web.HTTPNotFound
    shown = profile(world, platform, external_id, reader)
    found = posts_of(world, platform, external_id)
    return _pages(request, reader, platform, found, heading=shown["name"], profile=shown)


async def one_post(request: web.Request) -> web.Response:
    platform, reader, world = _platform(request), _reader(request), world_of(request)
    post = world.find(platform, request.match_info["post"])
    if post is None or post.account != request.match_info["account"]:
        heading = reader.words["missing"]
        return _page(request, reader, status=404, heading=heading, platform=platform, sections=[])
    section = _section(world, reader, platform, [post], whole=True)
    heading = reader.words["post_of"].format(name=section["posts"][0]["by"]["name"])
    return _page(request, reader, heading=heading, platform=platform, sections=[section])


def _pages(
    request: web.Request, reader: Reader, platform: str, found: list[SandboxPost], **more: Any
) -> web.Response:
    pages = max(1, -(-len(found) // PER_PAGE))
    number = _number(request.query.get("page"), pages)
    part = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    return _page(
        request,
        reader,
        platform=platform,
        sections=[_section(world_of(request), reader, platform, part)],
        paging={"page": number, "pages": pages} if pages > 1 else None,
        **more,
    )


def _number(asked: str | None, most: int) -> int:
    return min(most, max(1, int(asked))) if asked and asked.isdecimal() else 1


def _platform(request: web.Request) -> str:
    platform = request.match_info["platform"]
    if platform not in NAMES:
        raise web.HTTPNotFound
    return platform


def _reader(request: web.Request) -> Reader:
    asked, accept = request.query.get("lang"), request.headers.get("Accept-Language", "")
    return Reader(language_of(asked, accept), world_of(request).now())


def _section(
    world: World, reader: Reader, platform: str, posts: list[SandboxPost], *, whole: bool = False
) -> dict[str, Any]:
    return {
        "platform": platform,
        "name": NAMES[platform],
        "accounts": [
            profile(world, platform, external_id, reader)
            for found, external_id in world.accounts
            if found == platform
        ],
        "posts": [card(world, post, reader, whole=whole) for post in posts],
        "more": False,
    }


def _page(
    request: web.Request,
    reader: Reader,
    status: int = 200,
    **shown: Any,
) -> web.Response:
    asked = request.query.get("lang")
    kept = {"lang": asked} if asked in LANGUAGES else {}

    def to(path: str, **query: Any) -> str:
        """Return an address on the wall that keeps the language that was asked for."""
        asked_for = urlencode(kept | query)
        return f"{path}?{asked_for}" if asked_for else path

    defaults: dict[str, Any] = {"platform": None, "profile": None, "paging": None}
    page = (
        _templates()
        .get_template("page.html.j2")
        .render(
            defaults | shown,
            t=reader.words,
            language=reader.language,
            languages=LANGUAGES,
            names=NAMES,
            clock=told_exactly(reader.now, reader.language),
            to=to,
            address=address,
            here=request.path,
            here_is_one=shown.get("platform") is not None,
        )
    )
    headers = {
        "Content-Language": reader.language,
        "Vary": "Accept-Language",
        "Content-Security-Policy": _POLICY,
        "Cache-Control": "no-store",
    }
    return web.Response(text=page, content_type="text/html", status=status, headers=headers)
