"""Posts and photos of Facebook pages.

https://developers.facebook.com/docs/pages-api/posts/ and
https://developers.facebook.com/docs/graph-api/reference/page/photos/ (read 2026-11-24).
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.audience import totals
from campaignbot.sandbox.graph import (
    BASE,
    answered,
    first_url,
    graph_error,
    listed,
    may_read,
    may_write,
    params_of,
    signed,
    stamp,
    told,
)
from campaignbot.sandbox.http import kind, world_of
from campaignbot.sandbox.pictures import jpeg_size, picture_kind
from campaignbot.sandbox.posts import Medium, SandboxPost
from campaignbot.sandbox.world import World

MAX_MESSAGE = 63_206
MAX_PHOTOS = 10
MAX_PHOTO_BYTES = 10 * 1024 * 1024
_TEMPORARY = timedelta(hours=24)
_MENTION = re.compile(r"@\[(\d+)\]")


def routes() -> list[web.RouteDef]:
    return [
        web.post(BASE + "/{id}/feed", create_feed),
        web.post(BASE + "/{id}/photos", upload_photo),
        web.get(BASE + "/{id}/published_posts", published_posts),
        # Ranked at Meta, and of the page itself alone; here all three lists are the same.
        web.get(BASE + "/{id}/feed", published_posts),
        web.get(BASE + "/{id}/posts", published_posts),
    ]


@kind("create")
@signed
async def create_feed(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := may_write(request, account, "pages_manage_posts"):
        return refused
    world, values = world_of(request), await params_of(request)
    message, link = str(values.get("message", "")), values.get("link")
    photos = _attached(values)
    if not message and not link and not photos:
        return graph_error(100, "(#100) The parameter message is required")
    if refused := wrong_message(world, account, message) or _wrong_link(link):
        return refused
    media = _media(world, account, photos)
    if isinstance(media, web.Response):
        return media
    for photo in photos:
        world.pending[photo]["used"] = True
    post = add_page_post(world, account, message, link or first_url(message), media)
    return answered({"id": post.id})


def add_page_post(
    world: World, account: SandboxAccount, message: str, link: str | None, media: list[Medium]
) -> SandboxPost:
    return world.add_post(
        SandboxPost(
            f"{account.external_id}_{world.next_id()}",
            "facebook",
            account.external_id,
            with_names(world, message),
            world.now(),
            link,
            media,
            raw=message,
        )
    )


def with_names(world: World, message: str) -> str:
    """Return what followers read: a page's name where its number was mentioned."""

    def name(found: re.Match[str]) -> str:
        page = world.account("facebook", found.group(1))
        return page.name if page else found.group()

    return _MENTION.sub(name, message)


def wrong_message(world: World, account: SandboxAccount, message: str) -> web.Response | None:
    if len(message) > MAX_MESSAGE:
        return graph_error(100, "(#100) Param message is too long")
    newest = world.newest("facebook", account.external_id)
    # Only the same words twice in a row are refused; pictures and videos without any are not.
    if message and newest is not None and newest.text == with_names(world, message):
        return graph_error(
            506,
            "(#506) Duplicate status message",
            error_user_title="Duplicate Status Update",
            error_user_msg="This status update is identical to the last one you posted. Try "
            "posting something different, or delete your previous update.",
        )
    return None


def _wrong_link(link: object) -> web.Response | None:
    if link is None:
        return None
    parts = urlsplit(str(link))
    if parts.scheme not in {"http", "https"} or "." not in (parts.hostname or ""):
        return graph_error(1500, "(#1500) The url you supplied is invalid")
    if (parts.hostname or "").removeprefix("www.") == "facebook.com":
        return graph_error(
            100, "Posts with links to facebook.com are not accepted", subcode=1609008
        )
    return None


def _attached(values: dict[str, Any]) -> list[str]:
    if "attached_media" in values:
        return [str(item["media_fbid"]) for item in json.loads(values["attached_media"])]
    found = sorted(
        (k for k in values if re.fullmatch(r"attached_media\[\d+\]", k)),
        key=lambda name: int(name[15:-1]),
    )
    return [str(json.loads(values[name])["media_fbid"]) for name in found]


def _media(world: World, account: SandboxAccount, photos: list[str]) -> list[Medium] | web.Response:
    if len(photos) > MAX_PHOTOS:
        return graph_error(100, f"(#100) attached_media takes at most {MAX_PHOTOS} elements")
    media = []
    for photo in photos:
        upload = photo_of(world, account, photo)
        if upload is None:
            return graph_error(100, "Invalid parameter", subcode=33)
        if upload["used"]:
            return graph_error(
                100, "These photos were already posted", subcode=1366051, is_transient=False
            )
        media.append(Medium(upload["sha"], upload["alt"]))
    return media


def photo_of(world: World, account: SandboxAccount, photo: str) -> dict[str, Any] | None:
    """Return an uploaded photo of a page, unless its day as a temporary one is over."""
    upload = world.pending.get(photo, {})
    if "photo" not in upload or upload["owner"] != account.external_id:
        return None
    over = upload["temporary"] and world.now() - upload["created_at"] >= _TEMPORARY
    return None if over else upload


@kind("upload")
@signed
async def upload_photo(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := may_write(request, account, "pages_manage_posts"):
        return refused
    world, values = world_of(request), await params_of(request)
    source = values.get("source")
    if not isinstance(source, web.FileField):
        return graph_error(324, "(#324) Requires upload file")
    data = source.file.read()
    source.file.close()
    if len(data) > MAX_PHOTO_BYTES or picture_kind(data) is None:
        return graph_error(
            100,
            "Photos should be smaller than 4 MB and saved as JPG, PNG, GIF or TIFF files.",
            subcode=1366046,
        )
    photo, sha = world.next_id(), world.store_blob(data)
    alt = str(values.get("alt_text_custom", ""))
    world.pending[photo] = {
        "photo": True,
        "owner": account.external_id,
        "sha": sha,
        "size": jpeg_size(data),
        "alt": alt,
        "used": False,
        "temporary": _said_yes(values.get("temporary", "false")),
        "created_at": world.now(),
    }
    if not _said_yes(values.get("published", "true")):
        return answered({"id": photo})
    caption = str(values.get("caption") or values.get("message") or "")
    if refused := wrong_message(world, account, caption):
        return refused
    world.pending[photo]["used"] = True
    post = add_page_post(world, account, caption, first_url(caption), [Medium(sha, alt)])
    return answered({"id": photo, "post_id": post.id})


def _said_yes(value: object) -> bool:
    return str(value).lower() not in {"false", "0", ""}


def photo_row(request: web.Request, photo: str, upload: dict[str, Any]) -> dict[str, Any]:
    width, height = upload["size"] or (0, 0)
    address = f"{request.scheme}://{request.host}/wall/media/{upload['sha']}"
    return {
        "id": photo,
        "alt_text_custom": upload["alt"],
        "created_time": stamp(upload["created_at"]),
        "images": [{"width": width, "height": height, "source": address}],
    }


@signed
async def published_posts(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := may_read(request, account, "pages_read_engagement"):
        return refused
    since = request.query.get("since")
    posts = world_of(request).visible("facebook", request.match_info["id"])
    if since:
        start = int(datetime.fromisoformat(since).timestamp()) if "-" in since else int(since)
        posts = [post for post in posts if post.created_at.timestamp() >= start]
    world = world_of(request)
    return listed(request, [told(page_post(world, post)) for post in posts])


def page_post(world: World, post: SandboxPost) -> dict[str, Any]:
    """Return the fields of a post; None for one that Meta leaves out while there is nothing."""
    shares = totals(world, post)["shares"]
    return {
        "id": post.id,
        "message": post.text,
        "created_time": stamp(post.created_at),
        "updated_time": stamp(post.edited_at or post.created_at),
        "permalink_url": f"https://www.facebook.com/{post.id.replace('_', '/posts/')}",
        "from": {"id": post.account},
        "is_published": True,
        "shares": {"count": shares} if shares else None,
    }
