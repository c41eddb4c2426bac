"""What the imitated platforms share: who calls, what goes wrong on purpose, reading bodies."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from aiohttp import web

from campaignbot.sandbox.world import Fault, SandboxAccount, World

WORLD: web.AppKey[World] = web.AppKey("world", World)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
AccountHandler = Callable[[web.Request, SandboxAccount], Awaitable[web.StreamResponse]]
H = TypeVar("H", bound=Handler)

_KINDS: dict[Handler, str] = {}


def kind(name: str) -> Callable[[H], H]:
    """Name what a handler does (create, upload, read, metrics), so that faults can aim at it."""

    def mark(handler: H) -> H:
        _KINDS[handler] = name
        return handler

    return mark


def world_of(request: web.Request) -> World:
    return request.config_dict[WORLD]


@web.middleware
async def faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count the request, and let it go wrong if that was asked for."""
    platform = request.path.split("/")[1]
    if platform not in {"linkedin", "facebook", "x"}:
        return await handler(request)
    world = world_of(request)
    on = _KINDS.get(request.match_info.handler, "read")
    world.requests[f"{platform} {on}"] += 1
    fault = world.take_fault(_platform(request), on)
    if fault is None:
        return await handler(request)
    return await _strike(fault, request, handler)


def _platform(request: web.Request) -> str:
    """Facebook and Instagram share a host; an Instagram account's id tells them apart."""
    name = request.path.split("/")[1]
    if name != "facebook":
        return name
    world = world_of(request)
    parts = request.path.split("/")
    if len(parts) > 3 and world.account("instagram", parts[3]) is not None:
        return "instagram"
    if len(parts) > 3 and parts[3] in world.pending and "container" in world.pending[parts[3]]:
        return "instagram"
    if any(p.platform == "instagram" and p.id in parts for p in world.posts):
        return "instagram"
    return "facebook"


async def _strike(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    match fault.kind:
        case "slow":
            await asyncio.sleep(fault.delay_s)
            return await handler(request)
        case "drop_before":
            _hang_up(request)
            raise asyncio.CancelledError
        case "drop_after":
            await handler(request)
            _hang_up(request)
            raise asyncio.CancelledError
        case "hold_before" | "hold_after":
            return await _hold(fault, request, handler)
        case "http_500":
            return web.json_response({"message": "Internal Server Error"}, status=500)
        case "http_503":
            return web.Response(status=503, text="<html>Service Unavailable</html>")
        case "malformed":
            await handler(request)
            return web.Response(text='{"id": "12', content_type="application/json")
        case "empty":
            await handler(request)
            return web.Response(text="")
        case "rate_limit":
            return rate_limited(request)
        case _:
            return await handler(request)


async def _hold(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    """Keep the sender waiting, before or after the request is carried out."""
    is_form = request.content_type.startswith("multipart/")
    try:
        # Held is what has arrived whole: its sender may die now without harm to it.
        await (request.post() if is_form else request.read())
        early = await handler(request) if fault.kind == "hold_after" else None
        if await fault.gate.wait():
            return early or await handler(request)
        if is_form:
            _close_files(await request.post())
        _hang_up(request)
        raise asyncio.CancelledError
    finally:
        fault.gate.done.set()


def _close_files(form: Mapping[str, object]) -> None:
    for value in form.values():
        if isinstance(value, web.FileField):
            value.file.close()


def rate_limited(request: web.Request) -> web.Response:
    """Answer as the platform does when there were too many calls."""
    match request.path.split("/")[1]:
        case "linkedin":
            body: dict[str, Any] = {
                "status": 429,
                "serviceErrorCode": 101,
                "code": "TOO_MANY_REQUESTS",
                "message": "Resource level throttle APPLICATION DAY limit for calls to this "
                "resource is reached.",
            }
            return web.json_response(body, status=429)
        case "facebook":
            body = {
                "error": {
                    "message": "(#32) Page request limit reached",
                    "type": "OAuthException",
                    "code": 32,
                    "fbtrace_id": "sandbox",
                }
            }
            return web.json_response(body, status=400)
        case _:
            reset = str(int(world_of(request).now().timestamp()) + 900)
            return web.json_response(
                {
                    "title": "Too Many Requests",
                    "detail": "Too Many Requests",
                    "type": "about:blank",
                    "status": 429,
                },
                status=429,
                headers={
                    "x-rate-limit-limit": "100",
                    "x-rate-limit-remaining": "0",
                    "x-rate-limit-reset": reset,
                },
            )


def called_by(
    identify: Callable[[web.Request], SandboxAccount | web.Response],
) -> Callable[[AccountHandler], Handler]:
    """Hand a handler the account whose token the request carries, or refuse the request."""

    def wrap(handler: AccountHandler) -> Handler:
        @wraps(handler)
        async def known(request: web.Request) -> web.StreamResponse:
            account = identify(request)
            if isinstance(account, web.Response):
                return account
            return await handler(request, account)

        return known

    return wrap


def _hang_up(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def bearer(request: web.Request) -> str | None:
    """Return the token that a request carries, by whichever way its platform allows."""
    header = request.headers.get("Authorization", "")
    scheme, _, rest = header.partition(" ")
    if scheme in {"Bearer", "OAuth"} and "oauth_token=" not in rest:
        return rest.strip() or None
    if found := re.search(r'oauth_token="([^"]+)"', rest):
        return found.group(1)
    return request.query.get("access_token")


def expired(account: SandboxAccount, now: datetime) -> bool:
    return account.token_expires_at is not None and account.token_expires_at <= now
