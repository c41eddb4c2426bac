"""Posts on X: written and deleted, as its documentation tells."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.http import kind, struck_by, world_of
from campaignbot.sandbox.posts import SandboxPost
from campaignbot.sandbox.world import World
from campaignbot.sandbox.x_answers import (
    LINK_POST_MICROS,
    POST_MICROS,
    answered,
    charge,
    invalid,
    problem,
    signed,
)
from campaignbot.sandbox.x_links import handed_back
from campaignbot.sandbox.x_media import media_of
from campaignbot.sandbox.x_names import named
from campaignbot.sandbox.x_text import LONGEST, URL, cashtags, is_valid, weight

_FIELDS = {"text", "media", "reply", "quote_tweet_id", "reply_settings", "poll", "geo",
           "community_id", "share_with_followers", "for_super_followers_only", "nullcast",
           "card_uri", "direct_message_deep_link", "edit_options", "made_with_ai",
           "paid_partnership"}  # fmt: skip


def routes() -> list[web.RouteDef]:
    return [
        web.post("/x/2/tweets", create),
        web.delete("/x/2/tweets/{id}", delete),
    ]


@kind("create")
@signed("tweet.write")
async def create(request: web.Request, account: SandboxAccount) -> web.Response:
    world, body = world_of(request), await request.json()
    if unknown := set(body) - _FIELDS:
        return invalid(min(unknown), f"Unknown field {min(unknown)}")
    text, ids = body.get("text", ""), body.get("media", {}).get("media_ids", [])
    refused = (
        _not_a_text(text, has_media=bool(ids))
        or _not_to_be_answered(world, account, body)
        or _said_already(world, account, text)
    )
    if refused:
        return refused
    media = media_of(world, account, ids)
    if isinstance(media, web.Response):
        return media
    if refused := charge(account, LINK_POST_MICROS if URL.search(text) else POST_MICROS):
        return refused
    number = world.next_id()
    link = found.group() if (found := URL.search(text)) else None
    parent = body.get("reply", {}).get("in_reply_to_tweet_id")
    post = world.add_post(
        SandboxPost(
            number,
            "x",
            account.external_id,
            text,
            world.now(),
            link,
            media,
            raw=text,
            reply_to=parent,
        )
    )
    data = {"id": number, "text": handed_back(post), "edit_history_tweet_ids": [number]}
    return answered({"data": named(request, data)}, 201)


def _not_a_text(text: str, *, has_media: bool) -> web.Response | None:
    if not text.strip() and not has_media:
        return invalid("text", "text is required")
    if not is_valid(text):
        return invalid("text", "The text holds invalid characters.")
    if weight(text) > LONGEST:
        return problem(403, "Forbidden", "You are not permitted to perform this action.")
    if len(cashtags(text)) > 1:
        return problem(403, "Forbidden", "You can only include a maximum of one cashtag in a post.")
    return None


def _said_already(world: World, account: SandboxAccount, text: str) -> web.Response | None:
    if not text or not world.same_text("x", account.external_id, text, with_replies=True):
        return None
    said = "You are not allowed to create a Tweet with duplicate content."
    return problem(403, "Forbidden", said)


def _not_to_be_answered(
    world: World, account: SandboxAccount, body: dict[str, Any]
) -> web.Response | None:
    """Refuse a reply to what is not there, or to a post whose author did not ask for it."""
    if "reply" not in body:
        return None
    parent_id = body["reply"].get("in_reply_to_tweet_id")
    if parent_id is None:
        return invalid("reply", "$.reply.in_reply_to_tweet_id: is missing but it is required")
    parent = world.find("x", str(parent_id))
    if parent is None:
        return problem(
            403,
            "Forbidden",
            "You attempted to reply to a Tweet that is deleted or not visible to you.",
        )
    if parent.account != account.external_id and f"@{account.username}" not in parent.text:
        return problem(403, "Forbidden", "You are not permitted to perform this action.")
    return None


@signed("tweet.write")
async def delete(request: web.Request, account: SandboxAccount) -> web.Response:
    world = world_of(request)
    post = world.find("x", request.match_info["id"])
    if post is not None and post.account != account.external_id:
        return problem(403, "Forbidden", "You are not authorized to delete this Tweet.")
    if post is None or struck_by(request) == "left_alone":
        return answered({"data": {"deleted": False}})
    world.delete(post)
    return answered({"data": {"deleted": True}})
