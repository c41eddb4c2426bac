"""Faults that need to know what a platform would say: retired metrics, media, tokens."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.fault import Fault
from campaignbot.sandbox.silence import without_numbers
from campaignbot.sandbox.world import World

Go = Callable[[], Awaitable[web.StreamResponse]]
KINDS = frozenset(
    {
        "token_expired",
        "retired_metric",
        "processing_slow",
        "processing_fails",
        "media_not_fetchable",
        "no_numbers",
    }
)
_BUSY = {"linkedin": "PROCESSING", "container": "IN_PROGRESS", "video": "processing"}
_FAILED = {"linkedin": "PROCESSING_FAILED", "container": "ERROR", "video": "error"}


async def operations(request: web.Request, kind: str, world: World) -> set[str]:
    """Return what a request does, in the words that faults are aimed with."""
    found = {kind}
    parts = request.path.split("/")
    if request.method == "GET" and _asks_how_far(parts, world):
        found.add("processing")
    if kind == "upload" and any(f.on == "fetching" for f in world.faults):
        values = {*request.query, *await request.post()}
        if values & {"image_url", "video_url", "file_url", "url"}:
            found.add("fetching")
    return found


def _asks_how_far(parts: list[str], world: World) -> bool:
    match parts[1:]:
        case ["linkedin", "rest", "images" | "videos" | "documents", *_]:
            return True
        case ["x", "2", "media", "upload", *_]:
            return True
        case ["facebook", _, node, *_]:
            return node in world.pending
        case _:
            return False


async def spoil(
    fault: Fault, platform: str, request: web.Request, go: Go, world: World
) -> web.StreamResponse:
    match fault.kind:
        case "token_expired":
            _expire(world, fault, platform)
            return await go()
        case "retired_metric":
            return await _retired(fault.metric, platform, request, go)
        case "media_not_fetchable":
            return _not_fetchable()
        case "no_numbers":
            return without_numbers(await go())
        case _:
            return _processing(await go(), failed=fault.kind == "processing_fails")


def _expire(world: World, fault: Fault, platform: str) -> None:
    """Let the tokens expire that the fault is meant for; a new one works again."""
    for account in world.accounts.values():
        if account.platform == platform and fault.account in {None, account.external_id}:
            _end(account, world)
    world.dirty = True


def _end(account: SandboxAccount, world: World) -> None:
    account.token_expires_at = world.now()


async def _retired(metric: str, platform: str, request: web.Request, go: Go) -> web.StreamResponse:
    """Meta refuses the whole call; LinkedIn and X leave the number out."""
    if platform in {"facebook", "instagram"}:
        asked = [name.strip('[]" ') for name in request.query.get("metric", "").split(",")]
        return _meta_refusal(platform, asked.index(metric)) if metric in asked else await go()
    answer = await go()
    body = _body(answer)
    return answer if body is None else _with(answer, _without(body, metric))


def _meta_refusal(platform: str, index: int) -> web.Response:
    message = "(#100) The value must be a valid insights metric"
    if platform == "instagram":
        message = f"(#100) metric[{index}] must be one of the following values: reach, views"
    error = {"message": message, "type": "OAuthException", "code": 100, "fbtrace_id": "sandbox"}
    return web.json_response({"error": error}, status=400)


def _without(body: Any, name: str) -> Any:
    if isinstance(body, dict):
        return {key: _without(value, name) for key, value in body.items() if key != name}
    return [_without(item, name) for item in body] if isinstance(body, list) else body


def _not_fetchable() -> web.Response:
    error = {
        "message": "Only photo or video can be accepted as media type.",
        "type": "OAuthException",
        "code": 9004,
        "error_subcode": 2207052,
        "error_user_title": "Media download has failed. The media URI doesn't meet our "
        "requirements.",
        "fbtrace_id": "sandbox",
    }
    return web.json_response({"error": error}, status=400)


def _processing(answer: web.StreamResponse, *, failed: bool) -> web.StreamResponse:
    """Let an answer that tells how far an upload is say something else."""
    body = _body(answer)
    if not isinstance(body, dict) or answer.status >= 400:
        return answer
    words = _FAILED if failed else _BUSY
    if "status_code" in body:
        code = words["container"]
        body = {**body, "status_code": code, "status": code.replace("_", " ").capitalize()}
    elif isinstance(body.get("status"), dict):
        body = {**body, "status": {**body["status"], "video_status": words["video"]}}
    elif "status" in body:
        body = {**body, "status": words["linkedin"]}
    elif isinstance(body.get("data"), dict):
        info = {"state": "failed"} if failed else {"state": "in_progress", "check_after_secs": 1}
        body = {**body, "data": {**body["data"], "processing_info": info}}
    return _with(answer, body)


def _body(answer: web.StreamResponse) -> Any:
    if not isinstance(answer, web.Response) or not answer.text:
        return None
    try:
        return json.loads(answer.text)
    except ValueError:
        return None


def _with(answer: web.StreamResponse, body: Any) -> web.Response:
    """Return an answer with another body; its other headers stay."""
    kept = {
        name: value
        for name, value in answer.headers.items()
        if name.lower() not in {"content-type", "content-length"}
    }
    return web.json_response(body, status=answer.status, headers=kept)
