"""How X answers: who may call, what a refusal looks like, what a call costs.

https://docs.x.com/x-api/fundamentals/response-codes-and-errors and
https://docs.x.com/x-api/getting-started/pricing (read 2026-11-24).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.http import (
    AccountHandler,
    Handler,
    bearer,
    called_by,
    expired,
    world_of,
)

PROBLEMS = "https://api.x.com/2/problems/"
POST_MICROS, LINK_POST_MICROS, METADATA_MICROS = 15_000, 200_000, 5_000
"""Prices in millionths of a dollar."""

# What X's tokens of an app look like; they may read what is public.
_APP_TOKEN = "AAAAAAAAAAAAAAAAAAAAA"
_OF_A_USER = {"tweet.write", "media.write"}


def problem(status: int, title: str, detail: str, kind: str = "about:blank") -> web.Response:
    return web.json_response(
        {"title": title, "detail": detail, "type": kind, "status": status}, status=status
    )


def invalid(name: str, message: str, value: str = "") -> web.Response:
    return web.json_response(
        {
            "errors": [{"parameters": {name: [value]}, "message": message}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": f"{PROBLEMS}invalid-request",
            "status": 400,
        },
        status=400,
    )


def answered(body: object, status: int = 200) -> web.Response:
    return web.json_response(body, status=status)


def signed(scope: str) -> Callable[[AccountHandler], Handler]:
    """Let a handler answer callers whose token has this scope."""
    return called_by(partial(_caller, scope=scope), _unreadable)


def _unreadable() -> web.Response:
    """Refuse a request that cannot be read; the words are a guess."""
    return invalid("body", "The request body is not valid JSON, or has another shape")


def charge(account: SandboxAccount, micros: int) -> web.Response | None:
    """Take the price of a call from the credits of an account that has bought a number of them."""
    if account.credits_micros is None:
        return None
    if account.credits_micros < micros:
        detail = "Your enrolled account does not have any credits to fulfill this request."
        return problem(402, "CreditsDepleted", detail, f"{PROBLEMS}credits")
    account.credits_micros -= micros
    return None


def _caller(request: web.Request, scope: str) -> SandboxAccount | web.Response:
    token = bearer(request)
    world = world_of(request)
    if token and token.startswith(_APP_TOKEN) and scope in _OF_A_USER:
        return problem(
            403,
            "Unsupported Authentication",
            "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  "
            "Supported authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context].",
            f"{PROBLEMS}unsupported-authentication",
        )
    account = world.by_token("x", token) if token else None
    if account is None or expired(account, world.now()):
        return problem(401, "Unauthorized", "Unauthorized")
    if account.scopes and scope not in account.scopes:
        return problem(403, "Forbidden", f"Missing scope {scope}", f"{PROBLEMS}client-forbidden")
    return account
