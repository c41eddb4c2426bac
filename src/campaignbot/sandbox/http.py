"""What the imitated platforms share: who calls, what goes wrong on purpose, reading bodies."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial, wraps
from typing import TypeVar
from urllib.parse import unquote

from aiohttp import web

from campaignbot.sandbox import spoiling, throttling
from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.fault import Fault
from campaignbot.sandbox.world import World

WORLD: web.AppKey[World] = web.AppKey("world", World)
_BODY: web.RequestKey[str] = web.RequestKey("body", str)
PARTS: web.RequestKey[list[web.Request]] = web.RequestKey("requests of a batch", list)

_LOG = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
AccountHandler = Callable[[web.Request, SandboxAccount], Awaitable[web.StreamResponse]]
H = TypeVar("H", bound=Handler)

_KINDS: dict[Handler, str] = {}
_STRUCK: web.RequestKey[str] = web.RequestKey("struck by", str)
_SPOILT_BY: web.RequestKey[Fault] = web.RequestKey("spoilt by", Fault)
# What a refusal says about time, by the kind of fault.
_RATE_LIMITS = {
    "rate_limit": "reset",
    "rate_limit_bare": "nothing",
    "rate_limit_odd": "odd",
    "retry_after": "retry_after",
    "retry_after_date": "retry_after_date",
}
# What comes back, by the kind of fault, of a request that was carried out.
_SPOILT = {
    "malformed": (200, '{"id": "12'),
    "empty": (200, ""),
    "hollow": (200, "{}"),
    "other_shape": (200, "[]"),
    "http_500_after": (500, '{"message": "Internal Server Error"}'),
}


def kind(name: str) -> Callable[[H], H]:
    """Name what a handler does (create, upload, read, metrics), so that faults can aim at it."""

    def mark(handler: H) -> H:
        _KINDS[handler] = name
        return handler

    return mark


def struck_by(request: web.Request) -> str | None:
    """Return the kind of fault that struck a request, for what only its handler can carry out.

    That is "expired_upload" (an upload address that no longer holds), "cut_text" (a text that is
    cut without a word), "wrong_author" (a post that ends up with somebody else), "unfinished" (a
    batch of which a part was not answered) and "left_alone" (what was to be deleted and is not).
    """
    return request.get(_STRUCK)


def world_of(request: web.Request) -> World:
    return request.config_dict[WORLD]


def parts_of(request: web.Request) -> list[web.Request]:
    """Return the requests of a batch; any other request is the only part of itself."""
    return request.get(PARTS) or [request]


@web.middleware
async def hung_up(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Leave alone a request whose sender went away while it was read."""
    try:
        return await handler(request)
    except ConnectionResetError:
        raise asyncio.CancelledError from None


@web.middleware
async def faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count the request, and let it go wrong if that was asked for."""
    platform = request.path.split("/")[1]
    if platform not in {"linkedin", "facebook", "x"}:
        return await handler(request)
    world = world_of(request)
    kinds = [_KINDS.get(part.match_info.handler, "read") for part in parts_of(request)]
    # A batch is one call, for what is asked in it.
    world.requests[f"{platform} {next((k for k in kinds if k != 'read'), 'read')}"] += 1
    platform = platform_of(request)
    operations = {"batch"} if PARTS in request else set[str]()
    for part, on in zip(parts_of(request), kinds, strict=True):
        operations |= await spoiling.operations(part, on, world)
    fault = world.take_fault(platform, *operations, account=_account_of(request, platform))
    world.addresses.append(f"{request.method} {request.path_qs}")
    if fault is None:
        return await handler(request)
    if fault.kind not in spoiling.KINDS:
        return await _strike(fault, request, handler)
    for part in parts_of(request):
        part[_SPOILT_BY] = fault
    return await (handler(request) if PARTS in request else carry_out(request))


async def carry_out(part: web.Request) -> web.StreamResponse:
    """Answer a request, or one of a batch, spoilt by the fault that struck it or the batch."""
    handler, fault = part.match_info.handler, part.get(_SPOILT_BY)
    if fault is None:
        return await handler(part)
    go = partial(handler, part)
    return await spoiling.spoil(fault, platform_of(part), part, go, world_of(part))


def _account_of(request: web.Request, platform: str) -> str | None:
    """Return whose token a request carries, if that is known here."""
    token = bearer(parts_of(request)[0])
    account = world_of(request).by_token(platform, token, about(request)) if token else None
    return account.external_id if account else None


def about(request: web.Request) -> str:
    """Return the text in which a request names the page that it is about."""
    addresses = (unquote(part.path_qs) for part in parts_of(request))
    return " ".join(addresses) + str(request.get(_BODY, ""))


def platform_of(request: web.Request) -> str:
    """Facebook and Instagram share a host; an Instagram account's id tells them apart.

    The first request of a batch stands for all.
    """
    request = parts_of(request)[0]
    name = request.path.split("/")[1]
    if name != "facebook":
        return name
    world = world_of(request)
    node = request.match_info.get("id") or (*request.path.split("/"), "", "", "")[3]
    is_container = "container" in world.pending.get(node, {})
    known = world.account("instagram", node) is not None or world.knew("instagram", node)
    return "instagram" if known or is_container else "facebook"


async def _strike(fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
    for part in (request, *parts_of(request)):
        part[_STRUCK] = fault.kind
    match fault.kind:
        case "slow":
            await asyncio.sleep(fault.delay_s)
            return await handler(request)
        case "drop_before":
            _hang_up(request)
            raise asyncio.CancelledError
        case "drop_after":
            await handler(request)
            await _forget_files(request)
            _hang_up(request)
            raise asyncio.CancelledError
        case "hold_before" | "hold_after":
            return await _hold(fault, request, handler)
        case "http_400_empty" | "http_500" | "http_503" | "http_503_retry_after":
            return _failing(fault.kind)
        case kind if kind in _SPOILT:
            await handler(request)
            status, text = _SPOILT[kind]
            return web.Response(status=status, text=text, content_type="application/json")
        case "odd_headers":
            answer = await handler(request)
            answer.headers.update(throttling.ODD)
            return answer
        case kind if kind in _RATE_LIMITS:
            return _rate_limited(request, _RATE_LIMITS[kind])
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
        await _forget_files(request)
        _hang_up(request)
        raise asyncio.CancelledError
    finally:
        fault.gate.done.set()


async def _forget_files(request: web.Request) -> None:
    """Close what came with a form whose sender gets no answer."""
    if not request.content_type.startswith("multipart/"):
        return
    for value in (await request.post()).values():
        if isinstance(value, web.FileField):
            value.file.close()


def _failing(kind: str) -> web.Response:
    if kind == "http_400_empty":
        return web.Response(status=400)
    if kind == "http_500":
        return web.json_response({"message": "Internal Server Error"}, status=500)
    answer = web.Response(status=503, text="<html>Service Unavailable</html>")
    if kind == "http_503_retry_after":
        answer.headers["Retry-After"] = str(int(throttling.RETRY_AFTER.total_seconds()))
    return answer


def _rate_limited(request: web.Request, tells: str) -> web.Response:
    platform, now = platform_of(request), world_of(request).now()
    answer = throttling.refusal(platform, "account")
    readings = throttling.used_up(platform, now)
    answer.headers.update(throttling.waiting(platform, "0", readings, tells, now))
    return answer


def called_by(
    identify: Callable[[web.Request], SandboxAccount | web.Response],
    unreadable: Callable[[], web.Response],
) -> Callable[[AccountHandler], Handler]:
    """Hand a handler the account whose token the request carries, or refuse the request.

    Every call of a known account counts against its limits, and every answer tells of them. A
    request that holds something else than the handler reads, such as a body that is no JSON, is
    answered by `unreadable`.
    """

    def wrap(handler: AccountHandler) -> Handler:
        @wraps(handler)
        async def known(request: web.Request) -> web.StreamResponse:
            if request.content_type == "application/json":
                request[_BODY] = (await request.read()).decode(errors="replace")
            account = identify(request)
            if isinstance(account, web.Response):
                return account
            world, platform, name = world_of(request), account.platform, account.external_id
            now = world.now()
            readings = world.meter.charge(platform, name, handler.__name__, now)
            if any(reading.refused for reading in readings):
                return throttling.refusal_of(platform, name, readings, now)
            try:
                answer = await handler(request, account)
            except (AttributeError, LookupError, TypeError, ValueError):
                _LOG.debug("unreadable request", exc_info=True)
                answer = unreadable()
            answer.headers.update(throttling.told(platform, name, readings, now))
            return answer

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
        return unquote(found.group(1))
    return request.query.get("access_token")


def expired(account: SandboxAccount, now: datetime) -> bool:
    return account.token_expires_at is not None and account.token_expires_at <= now
