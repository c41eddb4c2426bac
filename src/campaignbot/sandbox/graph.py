"""Meta's Graph API: Facebook pages and Instagram professional accounts, as documented."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from campaignbot.sandbox.audience import followers, totals
from campaignbot.sandbox.http import about, bearer, called_by, expired, kind, platform_of, world_of
from campaignbot.sandbox.pictures import jpeg_size
from campaignbot.sandbox.world import Medium, SandboxAccount, SandboxPost, World

VERSIONS = {f"v{n}.0" for n in range(22, 27)}
MAX_MESSAGE = 63_206
MAX_CAPTION = 2200
MAX_HASHTAGS = 30
MAX_IMAGE_BYTES = 8 * 1024 * 1024
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


def routes() -> list[web.RouteDef]:
    base = "/facebook/{version}"
    return [
        web.get(base + "/me", me),
        web.post(base + "/{id}/feed", create_feed),
        web.post(base + "/{id}/photos", upload_photo),
        web.get(base + "/{id}/published_posts", published_posts),
        web.get(base + "/{id}/insights", insights),
        web.post(base + "/{id}/media", create_container),
        web.post(base + "/{id}/media_publish", publish_container),
        web.get(base + "/{id}/media", list_media),
        web.get(base + "/{id}/content_publishing_limit", publishing_limit),
        web.get(base + "/{id}", read_node),
        web.delete(base + "/{id}", delete_node),
    ]


def graph_error(
    code: int, message: str, *, subcode: int | None = None, status: int = 400, **more: Any
) -> web.Response:
    body: dict[str, Any] = {
        "message": message,
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "sandbox",
        **more,
    }
    if subcode is not None:
        body["error_subcode"] = subcode
    return web.json_response({"error": body}, status=status)


async def params_of(request: web.Request) -> dict[str, Any]:
    values: dict[str, Any] = dict(request.query)
    if request.body_exists:
        values |= dict(await request.post())
    return values


def _caller(request: web.Request) -> SandboxAccount | web.Response:
    if request.match_info["version"] not in VERSIONS:
        return graph_error(2635, "(#2635) You are calling a deprecated version of the API.")
    token = bearer(request)
    if token is None:
        return graph_error(
            2500,
            "An active access token must be used to query information about the current user.",
        )
    world = world_of(request)
    # The token of a page is good for its Instagram account too: what the request is about decides.
    platforms = sorted(("facebook", "instagram"), key=lambda name: name != platform_of(request))
    found = (world.by_token(name, token, about(request)) for name in platforms)
    account = next((one for one in found if one is not None), None)
    if account is None:
        return graph_error(190, "Invalid OAuth access token - Cannot parse access token")
    if expired(account, world.now()):
        when = account.token_expires_at
        return graph_error(
            190,
            f"Error validating access token: Session has expired on {when:%A, %d-%b-%y %H:%M:%S} "
            f"PDT. The current time is {world.now():%A, %d-%b-%y %H:%M:%S} PDT.",
            subcode=463,
        )
    return account


signed = called_by(_caller)


def lacking(account: SandboxAccount, scope: str) -> web.Response | None:
    if account.scopes and scope not in account.scopes:
        return graph_error(200, f"(#200) Requires {scope} permission", status=403)
    return None


def answered(body: dict[str, Any]) -> web.Response:
    return web.json_response(body)


@signed
async def me(request: web.Request, account: SandboxAccount) -> web.Response:
    return answered({"id": account.external_id, "name": account.name})


@kind("create")
@signed
async def create_feed(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(account, "pages_manage_posts"):
        return refused
    world, values = world_of(request), await params_of(request)
    message, link = values.get("message", ""), values.get("link")
    photos = _attached(values)
    if not message and not link and not photos:
        return graph_error(100, "(#100) The parameter message is required")
    if len(message) > MAX_MESSAGE:
        return graph_error(100, "(#100) Param message is too long")
    newest = world.newest("facebook", account.external_id)
    if newest is not None and newest.text == message:
        return graph_error(506, "(#506) Duplicate status message")
    media = []
    for photo in photos:
        upload = world.pending.get(photo)
        if upload is None:
            return graph_error(100, "Invalid parameter", subcode=33)
        media.append(Medium(upload["sha"], upload["alt"]))
    post_id = f"{account.external_id}_{world.next_id()}"
    shown_link = link or first_url(message)
    world.add_post(
        SandboxPost(
            post_id, "facebook", account.external_id, message, world.now(), shown_link, media
        )
    )
    return answered({"id": post_id})


def _attached(values: dict[str, Any]) -> list[str]:
    if "attached_media" in values:
        return [str(item["media_fbid"]) for item in json.loads(values["attached_media"])]
    found = sorted(k for k in values if re.fullmatch(r"attached_media\[\d+\]", k))
    return [str(json.loads(values[name])["media_fbid"]) for name in found]


@kind("upload")
@signed
async def upload_photo(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(account, "pages_manage_posts"):
        return refused
    world, values = world_of(request), await params_of(request)
    source = values.get("source")
    if source is None:
        return graph_error(324, "(#324) Requires upload file")
    data = source.file.read() if hasattr(source, "file") else str(source).encode()
    if len(data) > 10 * 1024 * 1024:
        return graph_error(
            100, "Photos should be smaller than 4 MB and saved as JPG, PNG", subcode=1366046
        )
    photo = world.next_id()
    world.pending[photo] = {
        "sha": world.store_blob(data),
        "alt": str(values.get("alt_text_custom", "")),
    }
    if str(values.get("published", "true")).lower() != "false":
        return graph_error(100, "This sandbox takes photos with published=false only")
    return answered({"id": photo})


@signed
async def published_posts(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(account, "pages_read_engagement"):
        return refused
    since = request.query.get("since")
    posts = world_of(request).visible("facebook", request.match_info["id"])
    if since:
        start = int(datetime.fromisoformat(since).timestamp()) if "-" in since else int(since)
        posts = [post for post in posts if post.created_at.timestamp() >= start]
    return listed(request, [_page_post(post) for post in posts])


def listed(request: web.Request, rows: list[dict[str, Any]]) -> web.Response:
    """Answer with one page of a list."""
    after, limit = int(request.query.get("after", 0)), int(request.query.get("limit", 25))
    page = rows[after : after + limit]
    paging: dict[str, Any] = {"cursors": {"before": str(after), "after": str(after + len(page))}}
    if after + limit < len(rows):
        paging["next"] = f"{request.scheme}://{request.host}{request.path}?after={after + limit}"
    return answered({"data": page, "paging": paging})


def _page_post(post: SandboxPost) -> dict[str, Any]:
    return {
        "id": post.id,
        "message": post.text,
        "created_time": post.created_at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "permalink_url": f"https://www.facebook.com/{post.id.replace('_', '/posts/')}",
    }


def _media(post: SandboxPost) -> dict[str, Any]:
    return {
        "id": post.id,
        "caption": post.text,
        "media_type": "CAROUSEL_ALBUM" if len(post.media) > 1 else "IMAGE",
        "timestamp": post.created_at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "permalink": f"https://www.instagram.com/p/{post.id}/",
    }


@signed
async def read_node(request: web.Request, account: SandboxAccount) -> web.Response:
    world, node = world_of(request), request.match_info["id"]
    if post := world.find("facebook", node):
        return answered(_page_post(post))
    if post := world.find("instagram", node):
        return answered(_media(post))
    if "container" in world.pending.get(node, {}):
        return answered({"id": node, **_container_status(world, node)})
    if page := world.account("facebook", node):
        return answered(
            {
                "id": node,
                "name": page.name,
                "followers_count": followers(world, "facebook", node),
                "tasks": ["ANALYZE", "CREATE_CONTENT", "MODERATE"],
            }
        )
    if profile := world.account("instagram", node):
        return answered(
            {
                "id": node,
                "username": profile.username or profile.name,
                "name": profile.name,
                "followers_count": followers(world, "instagram", node),
            }
        )
    return graph_error(
        100,
        f"Unsupported get request. Object with ID '{node}' does not exist, cannot be loaded due "
        "to missing permissions, or does not support this operation.",
        subcode=33,
    )


@signed
async def delete_node(request: web.Request, account: SandboxAccount) -> web.Response:
    world, node = world_of(request), request.match_info["id"]
    post = world.find("facebook", node) or world.find("instagram", node)
    if post is None:
        return graph_error(
            100, f"Unsupported delete request. Object with ID '{node}' does not exist", subcode=33
        )
    world.delete(post)
    return answered({"success": True})


@kind("metrics")
@signed
async def insights(request: web.Request, account: SandboxAccount) -> web.Response:
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
    if post is not None and post.reply_to is not None:
        which = "Comment" if post.platform == "facebook" else "IGComment"
        return graph_error(
            100, f"(#100) Tried accessing nonexisting field (insights) on node type ({which})"
        )
    if post is None and world.account("facebook", node) is None:
        return graph_error(100, f"Object with ID '{node}' does not exist", subcode=33)
    known = PAGE_METRICS
    if post is not None:
        known = POST_METRICS if post.platform == "facebook" else MEDIA_METRICS
    for index, name in enumerate(asked):
        if name not in known:
            if post is not None and post.platform == "instagram":
                return graph_error(
                    100,
                    f"(#100) metric[{index}] must be one of the following values: "
                    + ", ".join(sorted(known)),
                )
            return graph_error(100, "(#100) The value must be a valid insights metric")
    numbers = totals(world, post) if post is not None else {}
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


def _insight(name: str, n: dict[str, int]) -> Any:
    interactions = sum(n.get(k, 0) for k in ("reactions", "comments", "shares", "saves"))
    simple = {
        "post_media_view": n.get("impressions", 0),
        "post_total_media_view_unique": n.get("reach", 0),
        "post_clicks": n.get("clicks", 0),
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


@kind("upload")
@signed
async def create_container(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(account, "instagram_content_publish"):
        return refused
    world, values = world_of(request), await params_of(request)
    caption = str(values.get("caption", ""))
    if len(caption) > MAX_CAPTION:
        return graph_error(
            36004,
            f"The submitted image's caption was {len(caption)} characters long. The maximum "
            f"number of characters permitted for a caption is {MAX_CAPTION}.",
            subcode=2207010,
        )
    if len(re.findall(r"#\w+", caption)) > MAX_HASHTAGS:
        return graph_error(100, "Too many hashtags in the caption", subcode=2207040)
    container: dict[str, Any] = {
        "container": True,
        "owner": account.external_id,
        "caption": caption,
        "created_at": world.now(),
        "published": None,
    }
    if values.get("media_type") == "CAROUSEL":
        children = [
            c for c in str(values.get("children", "")).strip('[]"').replace('"', "").split(",") if c
        ]
        if not 2 <= len(children) <= 10 or any(c.strip() not in world.pending for c in children):
            return graph_error(100, "The carousel needs 2 to 10 items", subcode=2207028)
        container["media"] = [m for c in children for m in world.pending[c.strip()]["media"]]
    else:
        fetched = await _fetch(str(values.get("image_url", "")))
        if isinstance(fetched, web.Response):
            return fetched
        alt = str(values.get("alt_text", ""))
        container["media"] = [Medium(world.store_blob(fetched), alt)]
    number = world.next_id()
    world.pending[number] = container
    return answered({"id": number})


async def _fetch(url: str) -> bytes | web.Response:
    cannot = graph_error(
        9004,
        "Only photo or video can be accepted as media type.",
        subcode=2207052,
        error_user_title="Media download has failed. The media URI doesn't meet our requirements.",
    )
    # This imitation runs on people's own machines: it fetches from nowhere but this machine.
    if urlsplit(url).hostname not in {"127.0.0.1", "localhost"}:
        return cannot
    try:
        async with ClientSession(timeout=ClientTimeout(total=10)) as session:
            async with session.get(url) as answer:
                data = await answer.read()
                if answer.status != 200:
                    return cannot
    except (ClientError, TimeoutError, ValueError):
        return cannot
    if len(data) > MAX_IMAGE_BYTES:
        return graph_error(36000, "The image size is too large.", subcode=2207004)
    size = jpeg_size(data)
    if size is None:
        return graph_error(
            36001,
            "The image format is not supported. Supported formats are: JPEG.",
            subcode=2207005,
        )
    ratio = size[0] / size[1]
    if not 0.8 <= round(ratio, 3) <= 1.91:
        return graph_error(
            36003,
            f"The submitted image with aspect ratio {ratio:.2f} cannot be published.",
            subcode=2207009,
        )
    return data


def _container_status(world: World, node: str) -> dict[str, str]:
    container = world.pending[node]
    if container["published"]:
        return {"status_code": "PUBLISHED", "status": "Published"}
    if world.now() - container["created_at"] > timedelta(hours=24):
        return {"status_code": "EXPIRED", "status": "Expired"}
    return {"status_code": "FINISHED", "status": "Finished: Media has been uploaded"}


@kind("create")
@signed
async def publish_container(request: web.Request, account: SandboxAccount) -> web.Response:
    world, values = world_of(request), await params_of(request)
    node = str(values.get("creation_id", ""))
    container = world.pending.get(node)
    if container is None or "container" not in container:
        return graph_error(24, "The requested resource does not exist", subcode=2207006)
    if _container_status(world, node)["status_code"] != "FINISHED":
        return graph_error(24, "The media builder is missing or expired", subcode=2207008)
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
    posts = world_of(request).visible("instagram", request.match_info["id"])
    return listed(request, [_media(post) for post in posts])


@signed
async def publishing_limit(request: web.Request, account: SandboxAccount) -> web.Response:
    world = world_of(request)
    start = world.now() - timedelta(hours=24)
    used = [p for p in world.live("instagram", account.external_id) if p.created_at > start]
    config = {"quota_total": 100, "quota_duration": 86400}
    return answered({"data": [{"quota_usage": len(used), "config": config}]})


def first_url(text: str) -> str | None:
    found = re.search(r"https?://\S+", text)
    return found.group() if found else None
