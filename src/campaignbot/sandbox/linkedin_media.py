"""LinkedIn's uploads: images and documents in one piece, videos in parts, all processed after.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/ images-api,
videos-api and documents-api (read 2026-11-24).
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.http import Handler, bearer, called_by, kind, struck_by, world_of
from campaignbot.sandbox.linkedin import (
    CONTENT_ADMINISTRATORS,
    POSTERS,
    invalid,
    lacking,
    missing,
    problem,
    signed,
    unpermitted,
    unreadable,
)
from campaignbot.sandbox.linkedin_files import MAX_DOCUMENT_BYTES, VIDEO_BYTES, is_usable
from campaignbot.sandbox.world import World

PART_BYTES = 4 * 1024 * 1024
_EXPIRES = timedelta(days=1)
_FIELDS = {
    "image": {"owner"},
    "document": {"owner"},
    "video": {"owner", "fileSizeBytes", "uploadCaptions", "uploadThumbnail"},
}
# Content administrators of a page may post, yet upload pictures alone.
_UPLOADERS = {
    "image": POSTERS,
    "document": POSTERS - CONTENT_ADMINISTRATORS,
    "video": POSTERS - CONTENT_ADMINISTRATORS,
}


def routes() -> list[web.RouteDef]:
    found = [
        web.put("/linkedin/dms-uploads/{upload}", receive),
        web.put("/linkedin/dms-uploads/{upload}/{part}", receive_part),
    ]
    for sort in _FIELDS:
        found.append(web.post(f"/linkedin/rest/{sort}s", _action(sort)))
        found.append(web.get(f"/linkedin/rest/{sort}s/{{urn}}", state))
    return found


def asset(world: World, urn: str) -> dict[str, Any] | None:
    """Return what was uploaded, or begun, under a URN; `status` is its status by now."""
    upload = world.pending.get(urn)
    if upload is None or "owner" not in upload:
        return None
    return upload | {"status": _status(world, upload)}


def _status(world: World, upload: dict[str, Any]) -> str:
    if "sha" not in upload:
        return "WAITING_UPLOAD"
    if world.now() < upload["ready_at"]:
        return "PROCESSING"
    return "AVAILABLE" if upload["usable"] else "PROCESSING_FAILED"


def _action(sort: str) -> Handler:
    @kind("upload")
    @signed
    async def act(request: web.Request, account: SandboxAccount) -> web.Response:
        if refused := lacking(account, "w_organization_social", f"{sort}s.ACTION.NO_VERSION"):
            return refused
        match request.query.get("action"):
            case "initializeUpload":
                return await _initialize(request, account, sort)
            case "finalizeUpload" if sort == "video":
                return await _finalize(request)
            case _:
                return problem(400, "INVALID_VALUE_FOR_FIELD", "Unknown action")

    return act


async def _initialize(request: web.Request, account: SandboxAccount, sort: str) -> web.Response:
    body = await request.json()
    if refused := _refused_begin(account, sort, body):
        return refused
    world, asked = world_of(request), body["initializeUploadRequest"]
    number = world.next_id()
    urn = f"urn:li:{sort}:{number}"
    expires = world.now() if struck_by(request) == "expired_upload" else world.now() + _EXPIRES
    world.pending[urn] = {"owner": asked["owner"], "sort": sort, "expires": expires, "parts": {}}
    world.pending[f"dms-uploads {number}"] = {"urn": urn}
    address = f"{request.scheme}://{request.host}/linkedin/dms-uploads/{number}"
    until = int(expires.timestamp() * 1000)
    if sort != "video":
        value = {"uploadUrlExpiresAt": until, "uploadUrl": address, sort: urn}
        return web.json_response({"value": value})
    size = asked["fileSizeBytes"]
    world.pending[urn]["size"] = size
    parts = [
        {
            "uploadUrl": f"{address}/{number}",
            "firstByte": first,
            "lastByte": min(first + PART_BYTES, size) - 1,
        }
        for number, first in enumerate(range(0, size, PART_BYTES))
    ]
    value = {"uploadUrlsExpireAt": until, "video": urn, "uploadInstructions": parts}
    return web.json_response({"value": value | {"uploadToken": ""}})


def _refused_begin(account: SandboxAccount, sort: str, body: Any) -> web.Response | None:
    asked = body.get("initializeUploadRequest") if isinstance(body, dict) else None
    if not isinstance(asked, dict):
        return missing("/initializeUploadRequest")
    for name in asked:
        if name not in _FIELDS[sort]:
            return unpermitted(f"/initializeUploadRequest/{name}")
    if "owner" not in asked:
        return missing("/initializeUploadRequest/owner")
    may_upload = _UPLOADERS[sort] & set(account.roles)
    if asked["owner"] != account.external_id or not may_upload:
        return web.json_response(
            {
                "message": f"Accessing this {sort} resource is forbidden. Please check your "
                "permissions for this resource",
                "status": 403,
            },
            status=403,
        )
    if sort == "video":
        size, (least, most) = asked.get("fileSizeBytes"), VIDEO_BYTES
        if size is None:
            return missing("/initializeUploadRequest/fileSizeBytes")
        if not isinstance(size, int) or not least <= size <= most:
            why = f"must be between {least} and {most}"
            return invalid("/initializeUploadRequest/fileSizeBytes", why)
    return None


def _uploader(request: web.Request) -> SandboxAccount | web.Response:
    token = bearer(request)
    account = world_of(request).by_token("linkedin", token) if token else None
    return account or problem(401, "INVALID_ACCESS_TOKEN", "Invalid access token")


def _addressed(request: web.Request) -> dict[str, Any] | web.Response:
    """Return what an upload address was given out for, while it lasts."""
    world = world_of(request)
    known = world.pending.get(f"dms-uploads {request.match_info['upload']}")
    upload = world.pending[known["urn"]] if known else None
    if upload is None or world.now() >= upload["expires"]:
        return problem(400, "EXPIRED_UPLOAD_URL", "The upload URL has expired")
    return upload


@kind("upload")
@called_by(_uploader, unreadable)
async def receive(request: web.Request, account: SandboxAccount) -> web.Response:
    upload = _addressed(request)
    if isinstance(upload, web.Response):
        return upload
    data = await request.read()
    # Of a file that is empty or too large LinkedIn says nothing more than that it does not want it.
    if not data or (upload["sort"] == "document" and len(data) > MAX_DOCUMENT_BYTES):
        return web.Response(status=400)
    _arrived(world_of(request), upload, data)
    return web.Response(status=201)


@kind("upload")
@called_by(_uploader, unreadable)
async def receive_part(request: web.Request, account: SandboxAccount) -> web.Response:
    upload = _addressed(request)
    if isinstance(upload, web.Response):
        return upload
    data = await request.read()
    etag = f"/sandbox-video/{hashlib.sha256(data).hexdigest()[:24]}"
    upload["parts"][request.match_info["part"]] = (etag, data)
    return web.Response(status=200, headers={"ETag": etag})


async def _finalize(request: web.Request) -> web.Response:
    asked = (await request.json()).get("finalizeUploadRequest", {})
    for name in ("video", "uploadToken", "uploadedPartIds"):
        if name not in asked:
            return missing(f"/finalizeUploadRequest/{name}")
    world = world_of(request)
    upload = world.pending.get(asked["video"])
    if upload is None:
        return problem(404, "NOT_FOUND", "Entity not found")
    parts = [upload["parts"][name] for name in sorted(upload["parts"], key=int)]
    data = b"".join(data for _, data in parts)
    if asked["uploadedPartIds"] != [etag for etag, _ in parts] or len(data) != upload["size"]:
        return problem(400, "UPDATING_ASSET_FAILED", "Not all parts of the video were uploaded")
    upload["parts"] = {}
    _arrived(world, upload, data)
    return web.Response(status=200)


def _arrived(world: World, upload: dict[str, Any], data: bytes) -> None:
    takes = timedelta(seconds=world.processing_s.get("linkedin", 0.0))
    upload["sha"] = world.store_blob(data)
    upload["usable"] = is_usable(upload["sort"], data)
    upload["ready_at"] = world.now() + takes


@signed
async def state(request: web.Request, account: SandboxAccount) -> web.Response:
    urn = unquote(request.match_info["urn"])
    found = asset(world_of(request), urn)
    if found is None:
        return problem(404, "NOT_FOUND", "Entity not found")
    return web.json_response({"id": urn, "owner": found["owner"], "status": found["status"]})
