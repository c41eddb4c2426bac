"""What X tells of accounts and posts, as its documentation has it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.audience import followers, totals
from campaignbot.sandbox.http import kind, world_of
from campaignbot.sandbox.posts import SandboxPost
from campaignbot.sandbox.x_answers import PROBLEMS, answered, invalid, problem, signed
from campaignbot.sandbox.x_links import entities, handed_back
from campaignbot.sandbox.x_names import fields_asked, named, refused_name


def routes() -> list[web.RouteDef]:
    return [
        web.get("/x/2/users/me", me),
        web.get("/x/2/tweets", lookup),
        web.get("/x/2/tweets/{id}", lookup_one),
        web.get("/x/2/users/{id}/tweets", timeline),
        web.get("/x/2/users/{id}", user),
    ]


@signed("users.read")
async def me(request: web.Request, account: SandboxAccount) -> web.Response:
    return refused_name(request) or answered({"data": _user(request, account)})


@signed("users.read")
async def user(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := refused_name(request):
        return refused
    number = request.match_info["id"]
    if not number.isdecimal():
        return invalid("id", f"The `id` query parameter value [{number}] is not valid", number)
    found = world_of(request).account("x", number)
    if found is None:
        return answered({"errors": [_not_found("user", "id", number)]})
    return answered({"data": _user(request, found)})


def _user(request: web.Request, account: SandboxAccount) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": account.external_id,
        "name": account.name,
        "username": account.username or "sandbox",
    }
    if "public_metrics" in request.query.get("user.fields", ""):
        world = world_of(request)
        written = world.live("x", account.external_id, with_replies=True)
        number = followers(world, "x", account.external_id)
        data["public_metrics"] = {"followers_count": number, "tweet_count": len(written)}
    return data


@kind("metrics")
@signed("tweet.read")
async def lookup(request: web.Request, account: SandboxAccount) -> web.Response:
    world = world_of(request)
    if refused := refused_name(request, "ids"):
        return refused
    ids = request.query.get("ids", "").split(",")
    if len(ids) > 100:
        return invalid("ids", "size must be between 1 and 100")
    posts = {i: world.find("x", i) for i in ids}
    if refused := _too_old(request, posts.values()):
        return refused
    body: dict[str, Any] = {"data": [_tweet(request, p) for p in posts.values() if p]}
    if missing := [i for i, post in posts.items() if post is None]:
        body["errors"] = [_not_found("tweet", "ids", i) for i in missing]
    return answered(body)


@kind("metrics")
@signed("tweet.read")
async def lookup_one(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := refused_name(request):
        return refused
    number = request.match_info["id"]
    if not number.isdecimal():
        return invalid("id", f"The `id` query parameter value [{number}] is not valid", number)
    post = world_of(request).find("x", number)
    if post is None:
        return answered({"errors": [_not_found("tweet", "id", number)]})
    return _too_old(request, [post]) or answered({"data": _tweet(request, post)})


def _too_old(request: web.Request, posts: Iterable[SandboxPost | None]) -> web.Response | None:
    """Refuse numbers of its owner's own about a post of more than 30 days ago."""
    if "non_public_metrics" not in fields_asked(request):
        return None
    oldest = world_of(request).now() - timedelta(days=30)
    for post in posts:
        if post is not None and post.created_at < oldest:
            return problem(
                403,
                "Field Authorization Error",
                f"Sorry, you are not authorized to access 'non_public_metrics' on the Tweet "
                f"with ids : [{post.id}].",
                f"{PROBLEMS}not-authorized-for-field",
            )
    return None


def _not_found(what: str, parameter: str, value: str) -> dict[str, str]:
    return {
        "value": value,
        "resource_id": value,
        "resource_type": what,
        "parameter": parameter,
        "title": "Not Found Error",
        "detail": f"Could not find {what} with {parameter}: [{value}].",
        "type": f"{PROBLEMS}resource-not-found",
    }


@signed("tweet.read")
async def timeline(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := refused_name(request, "exclude"):
        return refused
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


def _tweet(request: web.Request, post: SandboxPost) -> dict[str, Any]:
    asked = fields_asked(request)
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
    if "public_metrics" in asked:
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
    return named(request, data)
