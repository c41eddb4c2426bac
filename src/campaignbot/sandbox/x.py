"""X's API v2, as its documentation tells."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from aiohttp import web

from campaignbot.sandbox.audience import followers, totals
from campaignbot.sandbox.http import (
    AccountHandler,
    Handler,
    bearer,
    called_by,
    expired,
    kind,
    world_of,
)
from campaignbot.sandbox.world import Medium, SandboxAccount, SandboxPost, World

MAX_WEIGHT = 280
_URL = re.compile(r"https?://\S+")
_EMOJI = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}|[#*0-9]\ufe0f?\u20e3"
    "|[\u203c-\u3299\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]?"
    "(?:\u200d[\u2600-\u27bf\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]?)*)"
)
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_FIELDS = {"text", "media", "reply", "quote_tweet_id", "reply_settings", "poll", "geo",
           "community_id", "share_with_followers", "for_super_followers_only", "nullcast",
           "card_uri", "direct_message_deep_link", "edit_options", "made_with_ai",
           "paid_partnership"}  # fmt: skip
_PROBLEMS = "https://api.x.com/2/problems/"


def routes() -> list[web.RouteDef]:
    return [
        web.get("/x/2/users/me", me),
        web.post("/x/2/tweets", create),
        web.get("/x/2/tweets", lookup),
        web.delete("/x/2/tweets/{id}", delete),
        web.get("/x/2/users/{id}/tweets", timeline),
        web.post("/x/2/media/upload", upload),
        web.post("/x/2/media/metadata", metadata),
    ]


def weight(text: str) -> int:
    """Return the weighted length: twitter-text's configuration v3 in hundredths, rounded up."""
    text = unicodedata.normalize("NFC", text)
    total = 23 * len(_URL.findall(text))
    text = _URL.sub("", text)
    emoji = [m for m in _EMOJI.findall(text) if not m.isascii()]
    total += 2 * len(emoji)
    for found in emoji:
        text = text.replace(found, "", 1)
    return total + sum(1 if any(a <= ord(c) <= b for a, b in _LIGHT) else 2 for c in text)


def _problem(status: int, title: str, detail: str, kind: str = "about:blank") -> web.Response:
    return web.json_response(
        {"title": title, "detail": detail, "type": kind, "status": status}, status=status
    )


def _invalid(name: str, message: str) -> web.Response:
    return web.json_response(
        {
            "errors": [{"parameters": {name: [""]}, "message": message}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": f"{_PROBLEMS}invalid-request",
            "status": 400,
        },
        status=400,
    )


def _caller(request: web.Request, scope: str) -> SandboxAccount | web.Response:
    token = bearer(request)
    world = world_of(request)
    account = world.by_token("x", token) if token else None
    if account is None or expired(account, world.now()):
        return _problem(401, "Unauthorized", "Unauthorized")
    if account.scopes and scope not in account.scopes:
        return _problem(403, "Forbidden", f"Missing scope {scope}", f"{_PROBLEMS}client-forbidden")
    return account


def signed(scope: str) -> Callable[[AccountHandler], Handler]:
    """Let a handler answer callers whose token has this scope."""
    return called_by(partial(_caller, scope=scope))


def _answer(request: web.Request, body: dict[str, Any], status: int = 200) -> web.Response:
    return web.json_response(body, status=status)


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
    return _answer(request, {"data": data})


@kind("create")
@signed("tweet.write")
async def create(request: web.Request, account: SandboxAccount) -> web.Response:
    world, body = world_of(request), await request.json()
    if unknown := set(body) - _FIELDS:
        return _invalid(min(unknown), f"Unknown field {min(unknown)}")
    text, ids = body.get("text", ""), body.get("media", {}).get("media_ids", [])
    if not text.strip() and not ids:
        return _invalid("text", "text is required")
    if weight(text) > MAX_WEIGHT:
        return _problem(403, "Forbidden", "You are not permitted to perform this action.")
    if refused := _not_to_be_answered(world, account, body):
        return refused
    if world.same_text("x", account.external_id, text, with_replies=True):
        return _problem(
            403, "Forbidden", "You are not allowed to create a Tweet with duplicate content."
        )
    if len(ids) > 4 or any(i not in world.pending for i in ids):
        return _invalid("media.media_ids", "Your media IDs are invalid.")
    media = [Medium(world.pending[i]["sha"], world.pending[i].get("alt", "")) for i in ids]
    number = world.next_id()
    link = found.group() if (found := _URL.search(text)) else None
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
    data = {"id": number, "text": _shortened(post), "edit_history_tweet_ids": [number]}
    return _answer(request, {"data": data}, 201)


def _not_to_be_answered(
    world: World, account: SandboxAccount, body: dict[str, Any]
) -> web.Response | None:
    """Refuse a reply to what is not there, or to a post whose author did not ask for it."""
    if "reply" not in body:
        return None
    parent_id = body["reply"].get("in_reply_to_tweet_id")
    if parent_id is None:
        return _invalid("reply", "$.reply.in_reply_to_tweet_id: is missing but it is required")
    parent = world.find("x", str(parent_id))
    if parent is None:
        return _problem(
            403,
            "Forbidden",
            "You attempted to reply to a Tweet that is deleted or not visible to you.",
        )
    if parent.account != account.external_id and f"@{account.username}" not in parent.text:
        return _problem(403, "Forbidden", "You are not permitted to perform this action.")
    return None


def _short(post: SandboxPost, index: int) -> str:
    return f"https://t.co/{int(post.id) % 10**9:09}{index}"


def _shortened(post: SandboxPost) -> str:
    """Every address comes back as a t.co link, and pictures add one at the end."""
    text = post.raw
    for index, url in enumerate(_URL.findall(post.raw)):
        text = text.replace(url, _short(post, index), 1)
    return f"{text} {_short(post, 9)}" if post.media else text


def _tweet(request: web.Request, post: SandboxPost) -> dict[str, Any]:
    asked = request.query.get("tweet.fields", "")
    data: dict[str, Any] = {
        "id": post.id,
        "text": _shortened(post),
        "edit_history_tweet_ids": [post.id],
    }
    if "created_at" in asked:
        data["created_at"] = post.created_at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if "entities" in asked:
        data["entities"] = {
            "urls": [
                {"url": _short(post, index), "expanded_url": url, "display_url": url[:24]}
                for index, url in enumerate(_URL.findall(post.raw))
            ]
        }
    if "referenced_tweets" in asked and post.reply_to is not None:
        data["referenced_tweets"] = [{"type": "replied_to", "id": post.reply_to}]
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
        return _invalid("ids", "size must be between 1 and 100")
    posts = {i: world.find("x", i) for i in ids}
    too_old = world.now() - timedelta(days=30)
    if "non_public_metrics" in request.query.get("tweet.fields", ""):
        for post in posts.values():
            if post is not None and post.created_at < too_old:
                return _problem(
                    403,
                    "Field Authorization Error",
                    f"Sorry, you are not authorized to access 'non_public_metrics' on the Tweet "
                    f"with ids : [{post.id}].",
                    f"{_PROBLEMS}not-authorized-for-field",
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
                "type": f"{_PROBLEMS}resource-not-found",
            }
            for i in missing
        ]
    return _answer(request, body)


@signed("tweet.write")
async def delete(request: web.Request, account: SandboxAccount) -> web.Response:
    world = world_of(request)
    post = world.find("x", request.match_info["id"])
    if post is not None:
        world.delete(post)
    return _answer(request, {"data": {"deleted": post is not None}})


@signed("tweet.read")
async def timeline(request: web.Request, account: SandboxAccount) -> web.Response:
    replies = "replies" not in request.query.get("exclude", "")
    posts = world_of(request).visible("x", request.match_info["id"], with_replies=replies)
    if start := request.query.get("start_time"):
        since = datetime.fromisoformat(start.replace("Z", "+00:00"))
        posts = [post for post in posts if post.created_at >= since]
    limit = int(request.query.get("max_results", 10))
    if not 5 <= limit <= 100:
        return _invalid("max_results", "max_results must be between 5 and 100")
    start_at = int(request.query.get("pagination_token", 0))
    page = posts[start_at : start_at + limit]
    body: dict[str, Any] = {"meta": {"result_count": len(page)}}
    if start_at + limit < len(posts):
        body["meta"]["next_token"] = str(start_at + limit)
    if page:
        body["data"] = [_tweet(request, post) for post in page]
        body["meta"] |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
    return _answer(request, body)


@kind("upload")
@signed("media.write")
async def upload(request: web.Request, account: SandboxAccount) -> web.Response:
    if request.content_type == "application/json":
        body = await request.json()
        data, category = base64.b64decode(body.get("media", "")), body.get("media_category")
    else:
        form = await request.post()
        part: Any = form.get("media")
        data = part.file.read() if hasattr(part, "file") else b""
        category = form.get("media_category")
    if not data or category is None:
        return _invalid("media_category", "media and media_category are required")
    if category == "tweet_image" and len(data) > 5 * 1024 * 1024:
        return _invalid("media", "File size exceeds 5242880 bytes.")
    world = world_of(request)
    number = world.next_id()
    world.pending[number] = {"sha": world.store_blob(data)}
    body = {"id": number, "media_key": f"3_{number}", "expires_after_secs": 86400,
            "size": len(data)}  # fmt: skip
    return _answer(request, {"data": body})


@kind("upload")
@signed("media.write")
async def metadata(request: web.Request, account: SandboxAccount) -> web.Response:
    body = await request.json()
    known = world_of(request).pending.get(str(body.get("id")))
    alt = body.get("metadata", {}).get("alt_text", {}).get("text", "")
    if known is None:
        return _invalid("id", "Media ID is unknown")
    if len(alt) > 1000:
        return _invalid("metadata.alt_text.text", "Alt text is longer than 1000 characters")
    known["alt"] = alt
    data = {"id": body["id"], "associated_metadata": {"alt_text": {"text": alt}}}
    return _answer(request, {"data": data})
