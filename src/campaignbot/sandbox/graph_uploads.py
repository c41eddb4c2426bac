"""The host to which videos for Instagram are sent, whole or from where an earlier try ended.

https://developers.facebook.com/documentation/instagram-platform/content-publishing/resumable-uploads
(read 2026-11-24).
"""

from __future__ import annotations

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.graph import VERSIONS, answered, signed
from campaignbot.sandbox.http import kind, world_of
from campaignbot.sandbox.posts import Medium

MAX_VIDEO_BYTES = 300_000_000


def routes() -> list[web.RouteDef]:
    return [web.post("/facebook/rupload/ig-api-upload/{version}/{id}", receive)]


def _failed(sort: str, said: str) -> web.Response:
    body = {"debug_info": {"retriable": False, "type": sort, "message": said}}
    return web.json_response(body, status=400)


@kind("upload")
@signed
async def receive(request: web.Request, account: SandboxAccount) -> web.Response:
    world = world_of(request)
    assert request.match_info["version"] in VERSIONS
    container = world.pending.get(request.match_info["id"], {})
    if container.get("owner") != account.external_id or container["finished_at"] is not None:
        return _failed("NotAuthorizedError", "Not authorized for this upload")
    try:
        offset, size = int(request.headers["offset"]), int(request.headers["file_size"])
    except (KeyError, ValueError):
        return _failed("BadRequestError", "The headers offset and file_size are required")
    if size > MAX_VIDEO_BYTES:
        return _failed("ProcessingFailedError", "The file is too large")
    if offset != len(container["data"]):
        return _failed("OffsetInvalidError", f"The upload goes on from {len(container['data'])}")
    # What came before the connection broke is kept; a request that was held is read already.
    async for part in request.content.iter_any():
        container["data"] += part
    if len(container["data"]) == offset:
        container["data"] += await request.read()
    if len(container["data"]) != size:
        return _failed("PartialRequestError", "Partial request (did not match length of file)")
    container["data"] = bytes(container["data"])
    container["media"] = [Medium(world.store_blob(container["data"]), kind="video")]
    container["finished_at"] = world.now()
    return answered({"success": True, "message": "Upload successful."})
