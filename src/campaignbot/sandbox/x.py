"""X's API v2, as its documentation tells."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.audience import followers, totals
from campaignbot.sandbox.http import kind, struck_by, world_of
from campaignbot.sandbox.posts import SandboxPost
from campaignbot.sandbox.world import World
from campaignbot.sandbox.x_answers import (
    LINK_POST_MICROS,
    POST_MICROS,
    PROBLEMS,
    answered,
    charge,
    invalid,
    problem,
    signed,
)
from campaignbot.sandbox.x_links import entities, handed_back
from campaignbot.sandbox.x_media import media_of
from campaignbot.sandbox.x_text import LONGEST, URL, cashtags, is_valid, weight

_FIELDS = {"text", "media", "reply", "quote_tweet_id", "reply_settings", "poll", "geo",
           "community_id", "share_with_followers", "for_super_followers_only", "nullcast",
           "card_uri", "direct_message_deep_link", "edit_options", "made_with_ai",
           "paid_partnership"}  # fmt: skip


def routes() -> list[web.RouteDef]:
    return [
        web.get("/x/2/users/me", me),
        web.post("/x/2/tweets", create),
        web.get("/x/2/tweets", lookup),
        web.delete("/x/2/tweets/{id}", delete),
        web.get("/x/2/users/{id}/tweets", timeline),
    ]


@signed("users.read")
async def me(request: web.Request, account: SandboxAccount) -> web.Response:
    data: dict[str, Any] = {
        "id": account.external_id,
        "name": account.name,
        "username": account.username or "sandbox",
    }
    if "public_metrics" in request.query.get("user.fields", ""):
        number = followers(world_of(request), "x", account.external_id)
        data["public_metrics"] = {"followers_count": number, "tweet_count": 0}
    return answered({"data": data})


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
    return answered({"data": data}, 201)


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


def _tweet(request: web.Request, post: SandboxPost) -> dict[str, Any]:
    asked = request.query.get("tweet.fields", "")
    data: dict[str, Any] = {
        "id": post.id,
        "text": handed_back(post),
        "edit_history_tweet_ids": [post.id],
    }
    if "created_at" in asked:
        data["created_at"] = post.created_at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if "entities" in asked:
        account = world_of(request).account("x", post.account)
        username = (account.username if account else None) or "sandbox"
        data["entities"] = entities(world_of(request), post, username)
    referred = {"replied_to": post.reply_to, "retweeted": post.passes_on}
    if "referenced_tweets" in asked and any(referred.values()):
        data["referenced_tweets"] = [{"type": t, "id": i} for t, i in referred.items() if i]
    numbers = totals(world_of(request), post)
    if "public_metrics" in asked.replace("non_public_metrics", ""):
        data["public_metrics"] = {
            "retweet_count": numbers["shares"],
            "reply_count": numbers["comments"],
            "like_count": numbers["reactions"],
            "quote_count": 0,
            "bookmark_count": numbers["saves"],
            "impression_count": numbers["impressions"],
        }
    if "non_public_metrics" in asked:
        data["non_public_metrics"] = {
            "impression_count": numbers["impressions"],
            "url_link_clicks": numbers["clicks"],
            "user_profile_clicks": 0,
            "engagements": numbers["reactions"] + numbers["clicks"],
        }
    return data


@kind("metrics")
@signed("tweet.read")
async def lookup(request: web.Request, account: SandboxAccount) -> web.Response:
    world = world_of(request)
    ids = request.query.get("ids", "").split(",")
    if len(ids) > 100:
        return invalid("ids", "size must be between 1 and 100")
    posts = {i: world.find("x", i) for i in ids}
    too_old = world.now() - timedelta(days=30)
    if "non_public_metrics" in request.query.get("tweet.fields", ""):
        for post in posts.values():
            if post is not None and post.created_at < too_old:
                return problem(
                    403,
                    "Field Authorization Error",
                    f"Sorry, you are not authorized to access 'non_public_metrics' on the Tweet "
                    f"with ids : [{post.id}].",
                    f"{PROBLEMS}not-authorized-for-field",
                )
    body: dict[str, Any] = {"data": [_tweet(request, p) for p in posts.values() if p]}
    missing = [i for i, post in posts.items() if post is None]
    if missing:
        body["errors"] = [
            {
                "value": i,
                "resource_id": i,
                "resource_type": "tweet",
                "parameter": "ids",
                "title": "Not Found Error",
                "detail": f"Could not find tweet with ids: [{i}].",
                "type": f"{PROBLEMS}resource-not-found",
            }
            for i in missing
        ]
    return answered(body)


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


@signed("tweet.read")
async def timeline(request: web.Request, account: SandboxAccount) -> web.Response:
    exclude = request.query.get("exclude", "")
    replies = "replies" not in exclude
    posts = world_of(request).visible("x", request.match_info["id"], with_replies=replies)
    if "retweets" in exclude:
        posts = [post for post in posts if post.passes_on is None]
    if start := request.query.get("start_time"):
        since = datetime.fromisoformat(start.replace("Z", "+00:00"))
        posts = [post for post in posts if post.created_at >= since]
    limit = int(request.query.get("max_results", 10))
    if not 5 <= limit <= 100:
        return invalid("max_results", "max_results must be between 5 and 100")
    start_at = int(request.query.get("pagination_token", 0))
    page = posts[start_at : start_at + limit]
    body: dict[str, Any] = {"meta": {"result_count": len(page)}}
    if start_at + limit < len(posts):
        body["meta"]["next_token"] = str(start_at + limit)
    if page:
        body["data"] = [_tweet(request, post) for post in page]
        body["meta"] |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
    return answered(body)
