"""LinkedIn's posts: created, read, corrected, listed, deleted.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api (read
2026-11-24).
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.http import kind, struck_by, world_of
from campaignbot.sandbox.linkedin import (
    acting_for,
    invalid,
    lacking,
    may_not_post,
    missing,
    not_the_author,
    problem,
    signed,
    too_long,
    unpermitted,
)
from campaignbot.sandbox.linkedin_content import Attached, Refused, attached
from campaignbot.sandbox.linkedin_text import as_stored, first_url, length
from campaignbot.sandbox.linkedin_text import read as read_text
from campaignbot.sandbox.posts import SandboxPost
from campaignbot.sandbox.world import World

MAX_COMMENTARY = 3000
"""No number is documented; users of the API have been refused longer texts."""
_REQUIRED = ("author", "commentary", "visibility", "distribution", "lifecycleState")
_FIELDS = {
    *_REQUIRED,
    "content",
    "isReshareDisabledByAuthor",
    "contentCallToActionLabel",
    "contentLandingPage",
    "reshareContext",
    "adContext",
    "container",
}
_DISTRIBUTION = {"feedDistribution", "targetEntities", "thirdPartyDistributionChannels"}
_PATCHABLE = {
    "commentary",
    "contentCallToActionLabel",
    "contentLandingPage",
    "lifecycleState",
    "adContext",
}
_VALUES = {
    "visibility": {"PUBLIC", "CONNECTIONS", "LOGGED_IN", "CONTAINER"},
    "lifecycleState": {"PUBLISHED", "DRAFT"},
}
_AUTHOR = re.compile(r"urn:li:(?P<sort>\w+):(?P<id>[\w-]+)")


def routes() -> list[web.RouteDef]:
    return [
        web.post("/linkedin/rest/posts", create),
        web.get("/linkedin/rest/posts", find_by_author),
        web.get("/linkedin/rest/posts/{urn}", read),
        web.post("/linkedin/rest/posts/{urn}", update),
        web.delete("/linkedin/rest/posts/{urn}", delete),
    ]


@kind("create")
@signed
async def create(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(account, "w_organization_social", "posts.CREATE.NO_VERSION"):
        return refused
    world, body = world_of(request), await _object(request)
    try:
        _require_well_formed(body)
        if refused := may_not_post(account, body["author"]):
            return refused
        raw, text = _commentary(body["commentary"], struck_by(request))
        below = attached(world, account, body)
    except Refused as refusal:
        return refusal.answer
    if not text.strip() and not (below.media or below.preview):
        return problem(400, "INVALID_VALUE_BLANK_FIELD", "/commentary :: field is blank")
    author = account.external_id
    if struck_by(request) == "wrong_author":
        author = "urn:li:person:sandbox"
    return _created(world, author, raw, text, below)


def _created(world: World, author: str, raw: str, text: str, below: Attached) -> web.Response:
    # A post that was deleted can be taken for a duplicate for a day or two.
    ghosts = "linkedin" in world.ghosts
    if twin := world.same_text("linkedin", author, text, with_deleted=ghosts):
        return _duplicate(twin.id)
    # Reported: what carries a video is called a ugcPost, other posts a share.
    sort = "ugcPost" if any(m.kind == "video" for m in below.media) else "share"
    urn = f"urn:li:{sort}:{world.next_id()}"
    world.add_post(
        SandboxPost(
            urn,
            "linkedin",
            author,
            text,
            world.now(),
            below.link or first_url(text),
            below.media,
            raw=raw,
            preview=below.preview,
        )
    )
    return web.Response(status=201, headers={"x-restli-id": urn})


async def _object(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except json.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _require_well_formed(body: dict[str, Any]) -> None:
    for name in body:
        if name not in _FIELDS:
            raise Refused(unpermitted(f"/{name}"))
    for name in _REQUIRED:
        if name not in body:
            raise Refused(missing(f"/{name}"))
    for name, values in _VALUES.items():
        if body[name] not in values:
            raise Refused(invalid(f"/{name}"))
    if not isinstance(body["commentary"], str):
        raise Refused(invalid("/commentary"))
    _require_distribution(body["distribution"])
    author = _AUTHOR.fullmatch(str(body["author"]))
    if author is None:
        raise Refused(problem(400, "INVALID_URN_ID", "/author :: is not a URN"))
    if author["sort"] not in {"organization", "person"}:
        raise Refused(problem(400, "INVALID_URN_TYPE", "/author :: URN is of another type"))


def _require_distribution(distribution: Any) -> None:
    if not isinstance(distribution, dict) or "feedDistribution" not in distribution:
        raise Refused(missing("/distribution/feedDistribution"))
    for name in distribution.keys() - _DISTRIBUTION:
        raise Refused(unpermitted(f"/distribution/{name}"))
    if distribution["feedDistribution"] not in {"MAIN_FEED", "NONE"}:
        raise Refused(invalid("/distribution/feedDistribution"))


def _commentary(raw: str, fault: str | None) -> tuple[str, str]:
    """Return what LinkedIn keeps of a commentary, and what followers read of it."""
    text, kept = read_text(raw)
    if fault == "cut_text":
        # As if LinkedIn had come to reserve more than its documentation says.
        raw = raw[: raw.find("\\") if "\\" in raw else len(raw) // 2]
        text, kept = read_text(raw)
    if length(text) > MAX_COMMENTARY:
        raise Refused(too_long("/commentary", MAX_COMMENTARY))
    return raw[:kept], text


def _duplicate(urn: str) -> web.Response:
    return web.json_response(
        {
            "errorDetailType": "com.linkedin.common.error.BadRequest",
            "message": "com.linkedin.content.common.exception.BadRequestResponseException: "
            f"Content is a duplicate of {urn}",
            "errorDetails": {
                "inputErrors": [
                    {
                        "description": "Duplicate post is detected",
                        "input": {},
                        "code": "DUPLICATE_POST",
                    }
                ]
            },
            "status": 422,
        },
        status=422,
    )


def _element(post: SandboxPost) -> dict[str, Any]:
    published = int(post.created_at.timestamp() * 1000)
    changed = int(post.edited_at.timestamp() * 1000) if post.edited_at else published
    element = {
        "id": post.id,
        "author": post.account,
        "commentary": as_stored(post.raw),
        "visibility": "PUBLIC",
        "lifecycleState": "PUBLISHED",
        "publishedAt": published,
        "createdAt": published,
        "lastModifiedAt": changed,
        "lifecycleStateInfo": {"isEditedByAuthor": post.edited_at is not None},
    }
    if post.preview is not None:
        element["content"] = {"article": {"source": post.link, "title": post.preview.title}}
    return element


@signed
async def find_by_author(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(account, "r_organization_social", "posts.FINDER-author.NO_VERSION"):
        return refused
    if request.query.get("q") != "author":
        return invalid("q", "the finder is not supported")
    author = unquote(request.query.get("author", ""))
    if author != account.external_id:
        return not_the_author(author)
    if request.query.get("sortBy", "LAST_MODIFIED") not in {"LAST_MODIFIED", "CREATED"}:
        return invalid("sortBy")
    count, start = int(request.query.get("count", 10)), int(request.query.get("start", 0))
    if not 1 <= count <= 100:
        return invalid("count", "must be between 1 and 100")
    posts = world_of(request).visible("linkedin", author)
    page = posts[start : start + count]
    return web.json_response(
        {
            "elements": [_element(post) for post in page],
            "paging": {"start": start, "count": count, "links": [], "total": len(posts)},
        }
    )


@signed
async def read(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(account, "r_organization_social", "posts.GET.NO_VERSION"):
        return refused
    post = world_of(request).find("linkedin", unquote(request.match_info["urn"]))
    if post is None:
        return problem(404, "NOT_FOUND", "Entity not found")
    return web.json_response(_element(post))


@kind("edit")
@signed
async def update(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(account, "w_organization_social", "posts.PARTIAL_UPDATE.NO_VERSION"):
        return refused
    if request.headers.get("X-RestLi-Method") != "PARTIAL_UPDATE":
        return problem(405, "METHOD_NOT_ALLOWED", "X-RestLi-Method must be PARTIAL_UPDATE")
    world = world_of(request)
    post = world.find("linkedin", unquote(request.match_info["urn"]))
    if post is None:
        return problem(404, "NOT_FOUND", "Entity not found")
    if refused := may_not_post(acting_for(request, account, post.account), post.account):
        return refused
    patch = (await _object(request)).get("patch")
    fields = patch.get("$set") if isinstance(patch, dict) else None
    if not isinstance(fields, dict) or not fields:
        return missing("/patch/$set")
    for name in fields.keys() - _PATCHABLE:
        return unpermitted(f"/patch/$set/{name}")
    if "commentary" in fields:
        try:
            raw, text = _commentary(str(fields["commentary"]), struck_by(request))
        except Refused as refusal:
            return refusal.answer
        world.edit(post, text, raw)
        post.link = post.link if post.preview else first_url(text)
    return web.Response(status=204)


@signed
async def delete(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(account, "w_organization_social", "posts.DELETE.NO_VERSION"):
        return refused
    world = world_of(request)
    post = world.find("linkedin", unquote(request.match_info["urn"]))
    # A post that is gone already counts as deleted.
    if post is not None:
        if refused := may_not_post(acting_for(request, account, post.account), post.account):
            return refused
        world.delete(post)
    return web.Response(status=204)
