"""X's OAuth 2.0 with PKCE: a code for 30 seconds, an access for two hours, single-use refreshing.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code (read 2026-11-24).
That an access ends when it is renewed is no documented behaviour: here it does, the harder case.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from campaignbot.sandbox import oauth_pages
from campaignbot.sandbox.http import kind, world_of
from campaignbot.sandbox.oauth_grants import Code, PracticeApp, Token, verifies
from campaignbot.sandbox.oauth_pages import Asked, Dialog, Look, oauth_error

CODE_LASTS = timedelta(seconds=30)
ACCESS_LASTS = timedelta(hours=2)
REFRESH_LASTS = timedelta(days=183)
OFFLINE = "offline.access"
SCOPES = frozenset({"tweet.read", "tweet.write", "users.read", "media.write", OFFLINE})


def routes() -> list[web.RouteDef]:
    return [
        *_DIALOG.routes("/x/i/oauth2/authorize"),
        web.post("/x/2/oauth2/token", token),
    ]


@kind("oauth")
async def token(request: web.Request) -> web.Response:
    form, world = await request.post(), world_of(request)
    app = _client(request, {name: str(value) for name, value in form.items()})
    if isinstance(app, web.Response):
        return app
    world.dirty = True
    match form.get("grant_type"):
        case "authorization_code":
            return _for_code(request, app, form)
        case "refresh_token":
            return _for_refresh(request, app, str(form.get("refresh_token")))
        case _:
            return oauth_error("unsupported_grant_type", "The grant type is not supported.")


def _asked(request: web.Request) -> Asked | web.Response:
    asked = oauth_pages.asked_by(request, "x", " ")
    if isinstance(asked, web.Response):
        return asked
    if not asked.state or not asked.challenge:
        return oauth_pages.refusal("Something went wrong: state and code_challenge are required")
    if request.query.get("code_challenge_method", "plain") != "S256":
        return oauth_pages.refusal("The practice platform takes the method S256 only")
    if set(asked.scopes) - SCOPES:
        return oauth_pages.back_to(asked.redirect, error="invalid_scope", state=asked.state)
    return asked


def _client(request: web.Request, form: Mapping[str, str]) -> PracticeApp | web.Response:
    """Return the app that asks: by a Basic header, or by its id alone where it has no secret."""
    header = request.headers.get("Authorization", "")
    grants = world_of(request).grants
    if header.startswith("Basic "):
        name, _, secret = base64.b64decode(header[6:]).decode().partition(":")
        app = grants.app("x", name)
        if app is not None and app.client_secret == secret:
            return app
    elif (app := grants.app("x", form.get("client_id", ""))) and app.client_secret is None:
        return app
    return oauth_error("unauthorized_client", "Missing valid authorization header", 401)


def _for_code(request: web.Request, app: PracticeApp, form: Mapping[str, Any]) -> web.Response:
    world = world_of(request)
    code, now = world.grants.codes.get(str(form.get("code"))), world.now()
    redirect = str(form.get("redirect_uri"))
    if code is None or world.grants.wrong_with(code, app, redirect, now=now, lasts=CODE_LASTS):
        return oauth_error(
            "invalid_request", "Value passed for the authorization code was invalid."
        )
    if not verifies(code, str(form.get("code_verifier", ""))):
        return oauth_error("invalid_request", "Value passed for the code verifier did not match.")
    code.used = True
    return _answer(request, app, code)


def _for_refresh(request: web.Request, app: PracticeApp, value: str) -> web.Response:
    world = world_of(request)
    now = world.now()
    refresh = world.grants.refreshing("x", app, value, now)
    if refresh is None:
        return oauth_error("invalid_request", "Value passed for the token was invalid.")
    for known in list(world.grants.tokens.values()):
        if known.consent == refresh.consent:
            world.grants.withdraw(known)
    return _answer(request, app, refresh)


def _answer(request: web.Request, app: PracticeApp, like: Code | Token) -> web.Response:
    world = world_of(request)
    now = world.now()
    access = world.grants.issue("access", app, like, expires_at=now + ACCESS_LASTS)
    body: dict[str, Any] = {
        "token_type": "bearer",
        "expires_in": int(ACCESS_LASTS.total_seconds()),
        "access_token": access.value,
        "scope": " ".join(access.scopes),
    }
    if OFFLINE in access.scopes and app.refreshes:
        ends = now + REFRESH_LASTS
        body["refresh_token"] = world.grants.issue("refresh", app, like, expires_at=ends).value
    return web.json_response(body)


_DIALOG = Dialog(Look("X", "#0f1419", one=True), "x", _asked, {"error": "access_denied"})
