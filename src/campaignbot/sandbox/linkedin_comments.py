"""LinkedIn's comments below posts (socialActions), as its documentation tells.

A comment names its post by the URN of an activity, whose number is not that of the share. No
refusal of a comment said twice is documented, so none is imitated.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.http import kind, world_of
from campaignbot.sandbox.linkedin import (
    lacking,
    may_not_post,
    missing,
    problem,
    signed,
    too_long,
    unpermitted,
)
from campaignbot.sandbox.linkedin_text import first_url, length
from campaignbot.sandbox.posts import SandboxPost
from campaignbot.sandbox.world import World

MAX_COMMENT = 1250
_POST = re.compile(r"urn:li:(?P<kind>activity|share|ugcPost):(?P<number>\d+)")


def routes() -> list[web.RouteDef]:
    base = "/linkedin/rest/socialActions/{urn}/comments"
    return [
        web.post(base, create_comment),
        web.get(base, list_comments),
        web.post(base + "/{id}", update_comment),
        web.delete(base + "/{id}", delete_comment),
    ]


def _post(world: World, urn: str) -> SandboxPost | None:
    found = _POST.fullmatch(urn)
    if found is None:
        return None
    if found["kind"] == "activity":
        return world.find("linkedin", f"urn:li:share:{int(found['number']) - 1}")
    return world.find("linkedin", urn)


def _activity(post_id: str) -> str:
    return f"urn:li:activity:{int(post_id.rpartition(':')[2]) + 1}"


def _gone(urn: str) -> web.Response:
    return problem(404, "NOT_FOUND", f"Social action {urn} does not exist")


@kind("create")
@signed
async def create_comment(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(account, "w_organization_social_feed", "partnerApiSocialActions.CREATE"):
        return refused
    world, body = world_of(request), await request.json()
    text = body.get("message", {}).get("text", "")
    for name in ("actor", "object", "message"):
        if name not in body:
            return missing(f"/{name}")
    if refused := may_not_post(account, body["actor"]) or _unfit(text):
        return refused
    post = _post(world, unquote(request.match_info["urn"]))
    if post is None:
        return _gone(body["object"])
    comment = world.add_post(
        SandboxPost(
            world.next_id(),
            "linkedin",
            account.external_id,
            text,
            world.now(),
            first_url(text),
            reply_to=post.id,
        )
    )
    return web.json_response(_element(comment), status=201, headers={"x-restli-id": comment.id})


def _unfit(text: str) -> web.Response | None:
    if not text.strip():
        return problem(400, "INVALID_VALUE_BLANK_FIELD", "/message/text :: field is blank")
    return too_long("/message/text", MAX_COMMENT) if length(text) > MAX_COMMENT else None


def _element(comment: SandboxPost) -> dict[str, Any]:
    activity = _activity(str(comment.reply_to))
    stamp = {"actor": comment.account, "time": int(comment.created_at.timestamp() * 1000)}
    return {
        "actor": comment.account,
        "commentUrn": f"urn:li:comment:({activity},{comment.id})",
        "created": stamp,
        "id": comment.id,
        "lastModified": stamp,
        "message": {"attributes": [], "text": comment.text},
        "object": activity,
    }


@signed
async def list_comments(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(account, "r_organization_social_feed", "partnerApiSocialActions.GET_ALL"):
        return refused
    world, urn = world_of(request), unquote(request.match_info["urn"])
    post = _post(world, urn)
    if post is None:
        return _gone(urn)
    count, start = int(request.query.get("count", 10)), int(request.query.get("start", 0))
    comments = world.visible_replies("linkedin", post.id)
    page = comments[start : start + count]
    return web.json_response(
        {
            "elements": [_element(comment) for comment in page],
            "paging": {"start": start, "count": count, "links": [], "total": len(comments)},
        }
    )


@signed
async def delete_comment(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(account, "w_organization_social_feed", "partnerApiSocialActions.DELETE"):
        return refused
    comment = _own_comment(request, account)
    if isinstance(comment, web.Response):
        return comment
    world_of(request).delete(comment)
    return web.Response(status=204)


@kind("edit")
@signed
async def update_comment(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(
        account, "w_organization_social_feed", "partnerApiSocialActions.PARTIAL_UPDATE"
    ):
        return refused
    comment = _own_comment(request, account)
    if isinstance(comment, web.Response):
        return comment
    fields = (await request.json()).get("patch", {}).get("message", {}).get("$set", {})
    if set(fields) != {"text"}:
        return unpermitted("/patch/message") if fields else missing("/patch/message/$set/text")
    text = str(fields["text"])
    if refused := _unfit(text):
        return refused
    world_of(request).edit(comment, text)
    comment.link = first_url(text)
    return web.json_response(_element(comment))


def _own_comment(request: web.Request, account: SandboxAccount) -> SandboxPost | web.Response:
    """Return the comment that a request is about, if the page that asks may change it."""
    if refused := may_not_post(account, request.query.get("actor")):
        return refused
    world, urn = world_of(request), unquote(request.match_info["urn"])
    post, comment = _post(world, urn), world.find("linkedin", request.match_info["id"])
    if post is None or comment is None or comment.reply_to != post.id:
        return _gone(urn)
    return comment
