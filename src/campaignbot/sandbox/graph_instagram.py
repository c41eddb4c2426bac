"""Instagram professional accounts: containers are made, filled, and published.

https://developers.facebook.com/documentation/instagram-platform/content-publishing and
https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/error-codes
(read 2026-11-24).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.films import mp4_duration_ms
from campaignbot.sandbox.graph import (
    BASE,
    answered,
    gone,
    graph_error,
    lacking,
    listed,
    may_write,
    params_of,
    signed,
    stamp,
)
from campaignbot.sandbox.graph_fetching import fetch_picture, fetch_video
from campaignbot.sandbox.http import kind, world_of
from campaignbot.sandbox.posts import Medium, SandboxPost
from campaignbot.sandbox.world import World

MAX_CAPTION = 2200
MAX_HASHTAGS = 30
MAX_TAGS = 20
MAX_ALT_TEXT = 1000
MIN_REEL_MS, MAX_REEL_MS = 3_000, 15 * 60_000
QUOTA = 100
"""Posts in 24 hours."""
CONTAINERS = 400
"""Containers in 24 hours."""
_DAY = timedelta(hours=24)
_COMMENTS_TOO = re.compile(r"\bcomments(?:\.limit\((\d+)\))?\{")
_KINDS = {"IMAGE", "VIDEO", "REELS", "CAROUSEL"}


def routes() -> list[web.RouteDef]:
    return [
        web.post(BASE + "/{id}/media", create_container),
        web.post(BASE + "/{id}/media_publish", publish_container),
        web.get(BASE + "/{id}/media", list_media),
        web.get(BASE + "/{id}/content_publishing_limit", publishing_limit),
    ]


@kind("upload")
@signed
async def create_container(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := may_write(request, account, "instagram_content_publish"):
        return refused
    world, values = world_of(request), await params_of(request)
    sort = str(values.get("media_type") or "IMAGE")
    item = str(values.get("is_carousel_item", "false")).lower() == "true"
    if sort not in _KINDS or (sort == "VIDEO" and not item):
        return graph_error(100, f"Unknown media type {sort}", subcode=2207023)
    caption = str(values.get("caption", ""))
    if refused := wrong_caption(caption) or _too_many(world, account):
        return refused
    container: dict[str, Any] = {
        "container": True,
        "owner": account.external_id,
        "kind": sort,
        "item": item,
        "caption": caption,
        "created_at": world.now(),
        "published": None,
        "finished_at": world.now(),
        "data": bytearray(),
        "media": [],
    }
    filled = await _fill(world, account, container, values)
    if filled is not None:
        return filled
    number = world.next_id()
    world.pending[number] = container
    answer = {"id": number}
    if container["finished_at"] is None:
        version = request.match_info["version"]
        host = f"{request.scheme}://{request.host}/facebook/rupload"
        answer["uri"] = f"{host}/ig-api-upload/{version}/{number}"
    return answered(answer)


async def _fill(
    world: World, account: SandboxAccount, container: dict[str, Any], values: dict[str, Any]
) -> web.Response | None:
    """Put into a container what it is made of; return why that cannot be done."""
    if container["kind"] == "CAROUSEL":
        return _fill_carousel(world, account, container, str(values.get("children", "")))
    alt = str(values.get("alt_text", ""))
    if len(alt) > MAX_ALT_TEXT:
        return graph_error(100, f"(#100) alt_text takes at most {MAX_ALT_TEXT} characters")
    if container["kind"] == "IMAGE":
        picture = await fetch_picture(values.get("image_url"))
        if isinstance(picture, web.Response):
            return picture
        container["media"] = [Medium(world.store_blob(picture), alt)]
        return None
    if alt:
        return graph_error(100, "(#100) alt_text is only supported for images")
    if values.get("upload_type") == "resumable":
        container["finished_at"] = None
        return None
    film = await fetch_video(values.get("video_url"))
    if isinstance(film, web.Response):
        return film
    container["data"] = film
    container["media"] = [Medium(world.store_blob(film), kind="video")]
    return None


def _fill_carousel(
    world: World, account: SandboxAccount, container: dict[str, Any], children: str
) -> web.Response | None:
    ids = [c.strip() for c in children.strip("[]").replace('"', "").split(",") if c.strip()]
    if not 2 <= len(ids) <= 10:
        return graph_error(100, "The carousel needs 2 to 10 items", subcode=2207028)
    items = [world.pending.get(number, {}) for number in ids]
    for number, item in zip(ids, items, strict=True):
        if item.get("owner") != account.external_id or not item.get("item"):
            return graph_error(24, "The requested resource does not exist", subcode=2207006)
        if refused := _not_finished(world, number):
            return refused
    container["media"] = [medium for item in items for medium in item["media"]]
    return None


def wrong_caption(caption: str) -> web.Response | None:
    if len(caption) > MAX_CAPTION:
        return graph_error(
            36004,
            f"The submitted image's caption was {len(caption)} characters long. The maximum "
            f"number of characters permitted for a caption is {MAX_CAPTION}.",
            subcode=2207010,
        )
    if len(re.findall(r"(?<!\w)@\w", caption)) > MAX_TAGS:
        return graph_error(100, "You cannot tag more than 20 users in a post", subcode=2207040)
    if len(re.findall(r"#\w+", caption)) > MAX_HASHTAGS:
        return graph_error(100, f"(#100) A caption holds at most {MAX_HASHTAGS} hashtags")
    return None


def _too_many(world: World, account: SandboxAccount) -> web.Response | None:
    start = world.now() - _DAY
    made = [
        upload
        for upload in world.pending.values()
        if upload.get("container") and upload["owner"] == account.external_id
    ]
    if sum(upload["created_at"] > start for upload in made) >= CONTAINERS:
        return graph_error(
            9,
            "You reached maximum number of posts that is allowed to be published by Content "
            "Publishing API.",
            subcode=2207042,
        )
    return None


def container_row(world: World, node: str) -> dict[str, Any]:
    status, said = container_status(world, node)
    container = world.pending[node]
    sent = container["finished_at"] is not None
    uploading = {"status": "complete" if sent else "in_progress"}
    return {
        "id": node,
        "status_code": status,
        "status": said,
        "video_status": {
            "uploading_phase": {**uploading, "bytes_transferred": len(container["data"])},
            "processing_phase": {"status": "complete" if status == "FINISHED" else "not_started"},
        },
    }


def container_status(world: World, node: str) -> tuple[str, str]:
    container = world.pending[node]
    if container["published"]:
        return "PUBLISHED", "Published: Media has been successfully published."
    if world.now() - container["created_at"] >= _DAY:
        return "EXPIRED", "Expired: The container was not published within 24 hours."
    whole_at = container["finished_at"]
    if container["kind"] not in {"VIDEO", "REELS"}:
        return "FINISHED", "Finished: Media has been uploaded and it is ready to be published."
    if whole_at is None or not world.processed("instagram", whole_at):
        return "IN_PROGRESS", "In Progress: Media is still being processed."
    duration = mp4_duration_ms(bytes(container["data"]))
    if duration is None or not MIN_REEL_MS <= duration <= MAX_REEL_MS:
        return "ERROR", "Error: Media upload has failed with error code 2207026"
    return "FINISHED", "Finished: Media has been uploaded and it is ready to be published."


def _not_finished(world: World, node: str) -> web.Response | None:
    match container_status(world, node)[0]:
        case "FINISHED":
            return None
        case "IN_PROGRESS":
            return graph_error(
                9007,
                "Media ID is not available",
                subcode=2207027,
                error_user_title="The media is not ready for publishing, please wait",
            )
        case "ERROR":
            return graph_error(
                -1, "Create media fail, please try to re-create media", subcode=2207032
            )
        case _:
            return graph_error(24, "The media builder is missing or expired", subcode=2207008)


@kind("create")
@signed
async def publish_container(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := may_write(request, account, "instagram_content_publish"):
        return refused
    world, values = world_of(request), await params_of(request)
    node = str(values.get("creation_id", ""))
    container = world.pending.get(node, {})
    if "container" not in container or container["owner"] != account.external_id:
        return graph_error(24, "The requested resource does not exist", subcode=2207006)
    if refused := _not_finished(world, node):
        return refused
    if _used(world, account.external_id) >= QUOTA:
        return graph_error(
            9,
            "You reached maximum number of posts that is allowed to be published by Content "
            "Publishing API.",
            subcode=2207042,
        )
    post = world.add_post(
        SandboxPost(
            world.next_id(),
            "instagram",
            account.external_id,
            container["caption"],
            world.now(),
            None,
            list(container["media"]),
        )
    )
    container["published"] = post.id
    return answered({"id": post.id})


@signed
async def list_media(request: web.Request, account: SandboxAccount) -> web.Response:
    node = request.match_info["id"]
    if account.platform != "instagram" or node not in {account.external_id, "me"}:
        return gone("get", node)
    world = world_of(request)
    rows = [media_row(post, {}) for post in world.visible("instagram", node)]
    if asked := _COMMENTS_TOO.search(request.query.get("fields", "")):
        if refused := lacking(account, "instagram_manage_comments"):
            return refused
        for row in rows:
            row |= _with_comments(world, str(row["id"]), int(asked[1] or 25))
    return listed(request, rows)


def _with_comments(world: World, media: str, most: int) -> dict[str, Any]:
    """Return the first comments of a post beside it; none where it has none."""
    ids = [comment.id for comment in world.visible_replies("instagram", media)]
    told: dict[str, Any] = {"data": [{"id": one} for one in ids[:most]]}
    if ids[most:]:
        told["paging"] = {"next": f"/{media}/comments?after={most}"}
    return {"comments": told} if ids else {}


@signed
async def publishing_limit(request: web.Request, account: SandboxAccount) -> web.Response:
    used = _used(world_of(request), request.match_info["id"])
    config = {"quota_total": QUOTA, "quota_duration": 86400}
    return answered({"data": [{"quota_usage": used, "config": config}]})


def _used(world: World, account: str) -> int:
    start = world.now() - _DAY
    return sum(post.created_at > start for post in world.live("instagram", account))


def media_row(post: SandboxPost, numbers: dict[str, int]) -> dict[str, Any]:
    sort = "VIDEO" if post.media and post.media[0].kind == "video" else "IMAGE"
    if len(post.media) > 1:
        sort = "CAROUSEL_ALBUM"
    return {
        "id": post.id,
        "caption": post.text,
        "media_type": sort,
        "media_product_type": "REELS" if sort == "VIDEO" else "FEED",
        "timestamp": stamp(post.created_at),
        "permalink": f"https://www.instagram.com/p/{post.id}/",
        "alt_text": post.media[0].alt_text if post.media else "",
        "like_count": numbers.get("reactions", 0),
        "comments_count": numbers.get("comments", 0),
    }
