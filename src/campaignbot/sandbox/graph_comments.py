"""Comments below posts of Facebook pages and Instagram accounts, as Meta documents them.

No refusal of a comment said twice is documented, so none is imitated.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.graph import (
    answered,
    first_url,
    gone,
    graph_error,
    lacking,
    listed,
    params_of,
    signed,
)
from campaignbot.sandbox.http import kind, world_of
from campaignbot.sandbox.posts import SandboxPost
from campaignbot.sandbox.world import World

MAX_COMMENT = {"facebook": 8000, "instagram": 2200}
_WRITING = {"facebook": "pages_manage_engagement", "instagram": "instagram_manage_comments"}
_READING = {"facebook": "pages_read_engagement", "instagram": "instagram_manage_comments"}


def routes() -> list[web.RouteDef]:
    base = "/facebook/{version}/{id}/comments"
    return [web.post(base, create_comment), web.get(base, list_comments)]


def _post(world: World, account: SandboxAccount, node: str) -> SandboxPost | None:
    post = world.find(account.platform, node)
    # A page token sees no posts of other pages without a permission for all public content.
    return post if post is not None and post.account == account.external_id else None


@kind("create")
@signed
async def create_comment(request: web.Request, account: SandboxAccount) -> web.Response:
    platform, node = account.platform, request.match_info["id"]
    if refused := lacking(account, _WRITING[platform]):
        return refused
    world, values = world_of(request), await params_of(request)
    post = _post(world, account, node)
    if post is None:
        return gone("post", node)
    message = str(values.get("message", ""))
    if not message.strip():
        return graph_error(100, "(#100) The parameter message is required")
    if len(message) > MAX_COMMENT[platform]:
        return graph_error(100, "(#100) Param message is too long")
    number = world.next_id()
    comment_id = f"{node.rpartition('_')[2]}_{number}" if platform == "facebook" else number
    world.add_post(
        SandboxPost(
            comment_id,
            platform,
            account.external_id,
            message,
            world.now(),
            # Addresses in comments on Instagram cannot be followed.
            first_url(message) if platform == "facebook" else None,
            reply_to=node,
        )
    )
    return answered({"id": comment_id})


@signed
async def list_comments(request: web.Request, account: SandboxAccount) -> web.Response:
    platform, node = account.platform, request.match_info["id"]
    if refused := lacking(account, _READING[platform]):
        return refused
    world = world_of(request)
    if _post(world, account, node) is None:
        return gone("get", node)
    comments = world.visible_replies(platform, node)
    return listed(request, [_row(world, comment) for comment in comments])


def _row(world: World, comment: SandboxPost) -> dict[str, Any]:
    written = comment.created_at.strftime("%Y-%m-%dT%H:%M:%S+0000")
    if comment.platform == "instagram":
        return {"id": comment.id, "text": comment.text, "timestamp": written}
    page = world.account("facebook", comment.account)
    writer = {"id": comment.account, "name": page.name if page else "Iemand"}
    return {"id": comment.id, "message": comment.text, "created_time": written, "from": writer}
