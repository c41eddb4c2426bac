"""The names of X's query parameters and fields, which its OpenAPI document changed.

The document (2.167, 2026-08-07) says post where the documentation still says tweet (read
2026-12-01). `World.x_names` says by which of the two this X goes; it refuses the other.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from campaignbot.sandbox.http import world_of
from campaignbot.sandbox.x_answers import invalid

_PAGING = {"max_results", "pagination_token", "start_time", "end_time", "since_id", "until_id"}
_SHARED = {"expansions", "media.fields", "user.fields", "poll.fields", "place.fields"}


def fields_asked(request: web.Request) -> set[str]:
    """Return the fields of posts that a request asks for, by the names of the documentation."""
    name = world_of(request).x_names
    asked = request.query.get(f"{name}.fields", "").split(",")
    by_old = {f"referenced_{name}s": "referenced_tweets"}
    return {by_old.get(field, field) for field in asked if field}


def refused_name(request: web.Request, *known: str) -> web.Response | None:
    """Refuse a query parameter that this X does not know, as it does."""
    name = world_of(request).x_names
    allowed = {*known, *_SHARED, f"{name}.fields"} | (_PAGING if "exclude" in known else set())
    for asked, value in request.query.items():
        if asked not in allowed:
            listed = ",".join(sorted(allowed))
            said = f"The query parameter [{asked}] is not one of [{listed}]"
            return invalid(asked, said, value)
    return None


def named(request: web.Request, data: dict[str, Any]) -> dict[str, Any]:
    """Return a post by the names of this X."""
    if world_of(request).x_names == "tweet":
        return data
    new = {
        "edit_history_tweet_ids": "edit_history_post_ids",
        "referenced_tweets": "referenced_posts",
    }
    return {new.get(name, name): value for name, value in data.items()}
