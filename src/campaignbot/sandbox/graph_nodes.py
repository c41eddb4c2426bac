"""Reading, changing and deleting single objects by their ids."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.audience import followers, totals
from campaignbot.sandbox.graph import (
    BASE,
    answered,
    chosen,
    gone,
    graph_error,
    lacking,
    params_of,
    signed,
)
from campaignbot.sandbox.graph_instagram import container_row, media_row
from campaignbot.sandbox.graph_pages import (
    MAX_MESSAGE,
    page_post,
    photo_of,
    photo_row,
    with_names,
    wrong_message,
)
from campaignbot.sandbox.graph_videos import problem_of, publish_video, video_row
from campaignbot.sandbox.http import kind, world_of
from campaignbot.sandbox.posts import SandboxPost
from campaignbot.sandbox.world import World


def routes() -> list[web.RouteDef]:
    return [
        web.get(BASE + "/{id}", read_node),
        web.post(BASE + "/{id}", update_node),
        web.delete(BASE + "/{id}", delete_node),
    ]


@signed
async def read_node(request: web.Request, account: SandboxAccount) -> web.Response:
    world, node = world_of(request), request.match_info["id"]
    if node in world.hidden:
        return gone("get", node)
    found = (
        _post(world, account, node)
        or _upload(request, world, account, node)
        or _account(world, account, node)
    )
    return chosen(request, *found) if found else gone("get", node)


def _post(world: World, account: SandboxAccount, node: str) -> tuple[str, dict[str, Any]] | None:
    if post := world.find("facebook", node):
        return ("Comment" if post.reply_to else "Post"), page_post(world, post)
    if post := world.find("instagram", node):
        return "InstagramMedia", media_row(post, totals(world, post))
    return None


def _upload(
    request: web.Request, world: World, account: SandboxAccount, node: str
) -> tuple[str, dict[str, Any]] | None:
    """Return what was sent by the caller and is no post by itself."""
    upload = world.pending.get(node, {})
    if upload.get("owner") != account.external_id:
        return None
    if "container" in upload:
        return "IGMediaBuilder", container_row(world, node)
    if "video" in upload:
        return "Video", video_row(world, node, upload)
    photo = photo_of(world, account, node)
    return ("Photo", photo_row(request, node, photo)) if photo else None


def _account(world: World, account: SandboxAccount, node: str) -> tuple[str, dict[str, Any]] | None:
    if page := world.account("facebook", node):
        row: dict[str, Any] = {
            "id": node,
            "name": page.name,
            "followers_count": followers(world, "facebook", node),
            "link": f"https://www.facebook.com/{node}",
            "tasks": ["ANALYZE", "CREATE_CONTENT", "MODERATE"],
        }
        return "Page", row
    if account.platform == "instagram" and account.external_id != node:
        # The token of one Instagram account sees no other through the Graph.
        return None
    if profile := world.account("instagram", node):
        row = {
            "id": node,
            "username": profile.username or profile.name,
            "name": profile.name,
            "followers_count": followers(world, "instagram", node),
            "media_count": len(world.live("instagram", node)),
        }
        return "InstagramUser", row
    return None


@kind("create")
@signed
async def update_node(request: web.Request, account: SandboxAccount) -> web.Response:
    world, node = world_of(request), request.match_info["id"]
    values = await params_of(request)
    if refused := lacking(account, "pages_manage_posts"):
        return refused
    video = world.pending.get(node, {})
    if "video" in video and video["owner"] == account.external_id:
        return _update_video(world, account, node, values)
    post = world.find("facebook", node)
    if post is None or post.account != account.external_id:
        return gone("post", node)
    return _edit(world, post, str(values.get("message", "")))


def _update_video(
    world: World, account: SandboxAccount, node: str, values: dict[str, Any]
) -> web.Response:
    video = world.pending[node]
    if "description" in values:
        video["description"] = str(values["description"])
    if str(values.get("published", "")).lower() not in {"true", "1"} or video["post"]:
        return answered({"success": True})
    ready = video["finished_at"] and world.processed("facebook", video["finished_at"])
    if not ready or problem_of(world, video):
        return graph_error(
            6000, "The video is not ready to be published", subcode=1363008, is_transient=not ready
        )
    if refused := wrong_message(world, account, video["description"]):
        return refused
    publish_video(world, account, node)
    return answered({"success": True})


def _edit(world: World, post: SandboxPost, message: str) -> web.Response:
    if not message and not post.media:
        return graph_error(100, "(#100) The parameter message is required")
    if len(message) > MAX_MESSAGE:
        return graph_error(100, "(#100) Param message is too long")
    world.edit(post, with_names(world, message), message)
    return answered({"success": True})


@signed
async def delete_node(request: web.Request, account: SandboxAccount) -> web.Response:
    world, node = world_of(request), request.match_info["id"]
    if node in world.hidden:
        return gone("delete", node)
    if photo_of(world, account, node):
        del world.pending[node]
        return answered({"success": True})
    scope = {"facebook": "pages_manage_posts", "instagram": "instagram_manage_contents"}
    # A video and the post that shows it go together.
    upload = world.pending.get(node, {})
    shown_in = upload["post"] if "video" in upload else None
    post = world.find(account.platform, shown_in or node)
    if post is None or post.account != account.external_id:
        return gone("delete", node)
    if post.reply_to is None and (refused := lacking(account, scope[account.platform])):
        return refused
    world.delete(post)
    return answered({"success": True})
