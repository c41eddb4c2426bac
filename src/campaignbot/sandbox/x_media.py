"""X's uploads: pictures in one piece, GIFs and videos in segments, and what is said of them.

https://docs.x.com/x-api/media/quickstart/media-upload-chunked and
https://docs.x.com/x-api/media/quickstart/best-practices (read 2026-11-24). What X says of a video
that is too long: https://twittercommunity.com/t/announcement-uploading-long-videos/92845 (read
2026-11-25).
"""

from __future__ import annotations

import base64
import binascii
import math
from datetime import timedelta
from typing import Any, Literal

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.films import mp4_duration_ms
from campaignbot.sandbox.http import kind, world_of
from campaignbot.sandbox.posts import Medium
from campaignbot.sandbox.world import World
from campaignbot.sandbox.x_answers import METADATA_MICROS, answered, charge, invalid, signed

LASTS = timedelta(hours=24)
MOST_BYTES = {
    "tweet_image": 5 * 1024 * 1024,
    "tweet_gif": 15 * 1024 * 1024,
    "tweet_video": 512 * 1024 * 1024,
}
MOST_SEGMENT, MOST_SEGMENTS = 5 * 1024 * 1024, 1000
_TYPES = {
    "tweet_image": {"image/jpeg", "image/png", "image/webp", "image/bmp", "image/tiff"},
    "tweet_gif": {"image/gif"},
    "tweet_video": {"video/mp4", "video/quicktime", "video/webm", "video/mp2t"},
}
_BEGINNINGS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif"}
_MOST_ALT = 1000
LEAST_MS, MOST_MS = 500, 140_000


def routes() -> list[web.RouteDef]:
    return [
        web.post("/x/2/media/upload", upload),
        web.get("/x/2/media/upload", status),
        web.post("/x/2/media/upload/initialize", initialize),
        web.post("/x/2/media/upload/{id}/append", append),
        web.post("/x/2/media/upload/{id}/finalize", finalize),
        web.post("/x/2/media/metadata", metadata),
    ]


@kind("upload")
@signed("media.write")
async def upload(request: web.Request, account: SandboxAccount) -> web.Response:
    data, category = await _whole(request)
    if not data or category is None:
        return invalid("media_category", "media and media_category are required")
    if category not in MOST_BYTES:
        return invalid("media_category", f"{category} is no media category")
    if category == "tweet_video":
        return invalid("media_category", "Videos are uploaded in chunks")
    if len(data) > MOST_BYTES[category]:
        return invalid("media", f"File size exceeds {MOST_BYTES[category]} bytes.")
    if _type_of(data) not in _TYPES[category]:
        return invalid("media", "media type unrecognized.")
    world = world_of(request)
    number = _begun(world, account, category, len(data))
    _finish(world, number, data)
    return answered({"data": _told(world, number)})


async def _whole(request: web.Request) -> tuple[bytes, str | None]:
    """Read a file that came in one piece, as a form or as JSON."""
    if request.content_type != "application/json":
        form = await request.post()
        category = form.get("media_category")
        return _bytes_of(form.get("media")), str(category) if category is not None else None
    body = await request.json()
    try:
        data = base64.b64decode(body.get("media", ""), validate=True)
    except (binascii.Error, TypeError):
        data = b""
    return data, body.get("media_category")


@kind("upload")
@signed("media.write")
async def initialize(request: web.Request, account: SandboxAccount) -> web.Response:
    body = await request.json()
    category, size = body.get("media_category"), body.get("total_bytes")
    if unknown := set(body) - {
        "media_type",
        "total_bytes",
        "media_category",
        "shared",
        "additional_owners",
    }:
        return invalid(min(unknown), f"Unknown field {min(unknown)}")
    if category not in MOST_BYTES:
        return invalid("media_category", f"{category} is no media category")
    if body.get("media_type") not in _TYPES[category]:
        return invalid("media_type", "media type unrecognized.")
    if not isinstance(size, int) or size <= 0:
        return invalid("total_bytes", "total_bytes must be a positive number")
    if size > MOST_BYTES[category]:
        return invalid("total_bytes", f"File size exceeds {MOST_BYTES[category]} bytes.")
    world = world_of(request)
    number = _begun(world, account, category, size)
    return answered({"data": _told(world, number)})


@kind("upload")
@signed("media.write")
async def append(request: web.Request, account: SandboxAccount) -> web.Response:
    form = await request.post()
    segment = _bytes_of(form.get("media"))
    found = _mine(request, account, request.match_info["id"])
    if found is None or "sha" in found:
        return invalid("id", "Media ID is unknown")
    index = str(form.get("segment_index", ""))
    if not index.isdigit() or int(index) >= MOST_SEGMENTS:
        return invalid("segment_index", "segment_index must be between 0 and 999")
    if not 0 < len(segment) <= MOST_SEGMENT:
        return invalid("media", f"Segments do not exceed {MOST_SEGMENT} bytes.")
    found["segments"][int(index)] = segment
    expires = math.ceil((found["expires_at"] - world_of(request).now()).total_seconds())
    return answered({"data": {"expires_at": expires}})


@kind("upload")
@signed("media.write")
async def finalize(request: web.Request, account: SandboxAccount) -> web.Response:
    world, number = world_of(request), request.match_info["id"]
    found = _mine(request, account, number)
    if found is None:
        return invalid("id", "Media ID is unknown")
    if "sha" not in found:
        segments = found["segments"]
        if sorted(segments) != list(range(len(segments))) or not segments:
            return invalid("id", "Segments do not add up to provided total file size.")
        data = b"".join(segments[index] for index in range(len(segments)))
        if len(data) != found["size"]:
            return invalid("id", "Segments do not add up to provided total file size.")
        _finish(world, number, data)
    return answered({"data": _told(world, number)})


@kind("upload")
@signed("media.write")
async def status(request: web.Request, account: SandboxAccount) -> web.Response:
    if request.query.get("command", "STATUS") != "STATUS":
        return invalid("command", "command must be STATUS")
    number = request.query.get("media_id", "")
    if _mine(request, account, number) is None:
        return invalid("media_id", "Media ID is unknown")
    return answered({"data": _told(world_of(request), number)})


@kind("upload")
@signed("media.write")
async def metadata(request: web.Request, account: SandboxAccount) -> web.Response:
    body = await request.json()
    known = _mine(request, account, str(body.get("id")))
    alt = body.get("metadata", {}).get("alt_text", {}).get("text", "")
    if known is None:
        return invalid("id", "Media ID is unknown")
    if known["category"] == "tweet_video":
        return invalid("id", "Alt text is for images and GIFs")
    if len(alt) > _MOST_ALT:
        return invalid("metadata.alt_text.text", "Alt text is longer than 1000 characters")
    if refused := charge(account, METADATA_MICROS):
        return refused
    known["alt"] = alt
    data = {"id": body["id"], "associated_metadata": {"alt_text": {"text": alt}}}
    return answered({"data": data})


def media_of(world: World, account: SandboxAccount, ids: list[str]) -> list[Medium] | web.Response:
    """Return the media of a post that is created now, or why it cannot be."""
    if len(ids) > 4:
        return invalid("media.media_ids", f"{len(ids)} items; maximum of 4 items are allowed.")
    found = [_usable(world, account, number) for number in ids]
    if None in found:
        return invalid("media.media_ids", "Your media IDs are invalid.")
    uploads = [upload for upload in found if upload is not None]
    if len(uploads) > 1 and {upload["category"] for upload in uploads} != {"tweet_image"}:
        return invalid("media.media_ids", "A post has up to 4 photos, or 1 GIF, or 1 video.")
    return [Medium(upload["sha"], upload["alt"], _kind(upload)) for upload in uploads]


def _kind(upload: dict[str, Any]) -> Literal["image", "video"]:
    return "video" if upload["category"] == "tweet_video" else "image"


def _begun(world: World, account: SandboxAccount, category: str, size: int) -> str:
    number = world.next_id()
    world.pending[number] = {
        "owner": account.external_id,
        "category": category,
        "size": size,
        "segments": {},
        "alt": "",
        "expires_at": world.now() + LASTS,
    }
    return number


def _finish(world: World, number: str, data: bytes) -> None:
    upload = world.pending[number]
    takes = 0.0 if upload["category"] == "tweet_image" else world.processing_s.get("x", 0.0)
    upload["segments"] = {}
    upload["sha"] = world.store_blob(data)
    upload["ready_at"] = world.now() + timedelta(seconds=takes)
    upload["unfit"] = _unfit(upload["category"], data)


def _unfit(category: str, data: bytes) -> dict[str, Any] | None:
    """Return X's error on a file that it cannot use; None for one that it can."""
    if _type_of(data) not in _TYPES[category]:
        return {"code": 1, "name": "InvalidMedia", "message": "Unsupported video format"}
    if category != "tweet_video":
        return None
    length_ms = mp4_duration_ms(data)
    if length_ms is None:
        return {"code": 1, "name": "InvalidMedia", "message": "Unsupported video format"}
    if LEAST_MS <= length_ms <= MOST_MS:
        return None
    # Of one that is too short only the older uploads in one piece have words; here these as well.
    said = f"Duration too short, minimum:{LEAST_MS}, actual:{length_ms}"
    if length_ms > MOST_MS:
        said = f"Duration {_spelled(length_ms)} exceeds max duration of {_spelled(MOST_MS)}"
    return {"code": 3, "name": "UnsupportedMedia", "message": said}


def _spelled(length_ms: int) -> str:
    """Return a length as X writes it: 2.minutes+29.seconds+350.milliseconds."""
    seconds, milliseconds = divmod(length_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    parts = {"minutes": minutes, "seconds": seconds, "milliseconds": milliseconds}
    return "+".join(f"{number}.{name}" for name, number in parts.items() if number)


def _usable(world: World, account: SandboxAccount, number: str) -> dict[str, Any] | None:
    upload = world.pending.get(number)
    if upload is None or upload.get("owner") != account.external_id or "sha" not in upload:
        return None
    now = world.now()
    whole = upload["unfit"] is None and upload["ready_at"] <= now < upload["expires_at"]
    return upload if whole else None


def _mine(request: web.Request, account: SandboxAccount, number: str) -> dict[str, Any] | None:
    """Return an upload of this account that X still remembers."""
    world = world_of(request)
    found = world.pending.get(number)
    if found is None or found.get("owner") != account.external_id:
        return None
    return found if world.now() < found["expires_at"] else None


def _told(world: World, number: str) -> dict[str, Any]:
    """Return what X says of an upload: of a GIF or video, how far its processing is."""
    upload = world.pending[number]
    left = (upload["expires_at"] - world.now()).total_seconds()
    prefix = {"tweet_image": 3, "tweet_gif": 16, "tweet_video": 7}[upload["category"]]
    data = {
        "id": number,
        "media_key": f"{prefix}_{number}",
        "expires_after_secs": math.floor(left),
        "size": upload["size"],
    }
    if upload["category"] != "tweet_image" and "sha" in upload:
        data["processing_info"] = _processing(world, upload)
    return data


def _processing(world: World, upload: dict[str, Any]) -> dict[str, Any]:
    left = (upload["ready_at"] - world.now()).total_seconds()
    if left > 0:
        return {"state": "in_progress", "check_after_secs": math.ceil(left), "progress_percent": 50}
    if upload["unfit"] is not None:
        return {"state": "failed", "progress_percent": 100, "error": upload["unfit"]}
    return {"state": "succeeded", "progress_percent": 100}


def _bytes_of(part: Any) -> bytes:
    if not hasattr(part, "file"):
        return b""
    with part.file as file:
        data: bytes = file.read()
    return data


def _type_of(data: bytes) -> str | None:
    """Return the type of a file by its first bytes; None for what X does not take."""
    if data[4:8] == b"ftyp":
        return "video/mp4"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((name for start, name in _BEGINNINGS.items() if data.startswith(start)), None)
