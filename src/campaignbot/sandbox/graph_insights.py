"""Numbers of posts and accounts; one metric that is not known spoils the whole question.

https://developers.facebook.com/docs/graph-api/reference/insights/ and
https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/insights/
(read 2026-11-24).
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.audience import totals
from campaignbot.sandbox.graph import BASE, answered, gone, graph_error, lacking, signed
from campaignbot.sandbox.http import kind, world_of
from campaignbot.sandbox.posts import SandboxPost

PAGE_METRICS = {"page_follows", "page_media_view", "page_post_engagements", "page_views_total"}
POST_METRICS = {
    "post_media_view",
    "post_total_media_view_unique",
    "post_clicks",
    "post_reactions_by_type_total",
    "post_activity_by_action_type",
    "post_video_views",
}
MEDIA_METRICS = {"views", "reach", "likes", "comments", "shares", "saved", "total_interactions"}
_NEEDED = {"facebook": "read_insights", "instagram": "instagram_manage_insights"}


def routes() -> list[web.RouteDef]:
    return [web.get(BASE + "/{id}/insights", insights)]


@kind("metrics")
@signed
async def insights(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(account, _NEEDED[account.platform]):
        return refused
    world, node = world_of(request), request.match_info["id"]
    asked = request.query.get("metric", "").strip('[]"').replace('"', "").split(",")
    asked = [name.strip() for name in asked if name.strip()]
    if not asked:
        return graph_error(
            3001,
            "No metric was specified to be fetched. Please specify one or more metrics to be "
            "fetched and try again.",
            subcode=1504028,
        )
    post = world.find("facebook", node) or world.find("instagram", node)
    if node in world.hidden or (post is not None and _of_another(post, account)):
        return gone("get", node)
    if nothing := _without_numbers(request, node, post):
        return nothing
    if refused := _unknown(post, asked):
        return refused
    numbers = totals(world, post) if post is not None else {}
    if post is not None and post.media and post.media[0].kind == "video":
        numbers["video_views"] = numbers["impressions"] // 2
    rows = [
        {
            "name": name,
            "period": "lifetime",
            "values": [{"value": _insight(name, numbers)}],
            "title": name,
            "description": "",
            "id": f"{node}/insights/{name}/lifetime",
        }
        for name in asked
    ]
    return answered({"data": rows, "paging": {}})


def _of_another(post: SandboxPost, account: SandboxAccount) -> bool:
    return post.platform == account.platform and post.account != account.external_id


def _without_numbers(
    request: web.Request, node: str, post: SandboxPost | None
) -> web.Response | None:
    world = world_of(request)
    types = {"facebook": "Comment", "instagram": "IGComment"}
    which = types[post.platform] if post is not None and post.reply_to is not None else None
    if "video" in world.pending.get(node, {}):
        which = "Video"
    if which:
        return graph_error(
            100, f"(#100) Tried accessing nonexisting field (insights) on node type ({which})"
        )
    return gone("get", node) if post is None and world.account("facebook", node) is None else None


def _unknown(post: SandboxPost | None, asked: list[str]) -> web.Response | None:
    known = PAGE_METRICS
    if post is not None:
        known = POST_METRICS if post.platform == "facebook" else MEDIA_METRICS
    unknown = next((index for index, name in enumerate(asked) if name not in known), None)
    if unknown is None:
        return None
    if post is not None and post.platform == "instagram":
        return graph_error(
            100,
            f"(#100) metric[{unknown}] must be one of the following values: "
            + ", ".join(sorted(known)),
        )
    return graph_error(100, "(#100) The value must be a valid insights metric")


def _insight(name: str, n: dict[str, int]) -> Any:
    interactions = sum(n.get(k, 0) for k in ("reactions", "comments", "shares", "saves"))
    simple = {
        "post_media_view": n.get("impressions", 0),
        "post_total_media_view_unique": n.get("reach", 0),
        "post_clicks": n.get("clicks", 0),
        "post_video_views": n.get("video_views", 0),
        "views": n.get("impressions", 0),
        "reach": n.get("reach", 0),
        "likes": n.get("reactions", 0),
        "comments": n.get("comments", 0),
        "shares": n.get("shares", 0),
        "saved": n.get("saves", 0),
        "total_interactions": interactions,
    }
    if name in simple:
        return simple[name]
    if name == "post_reactions_by_type_total":
        return {"like": n.get("reactions", 0)}
    if name == "post_activity_by_action_type":
        return {"comment": n.get("comments", 0), "share": n.get("shares", 0)}
    return 0
