"""LinkedIn's OAuth 2.0: a code once, an access of 60 days, a refresh token whose end stays put.

https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow and
…/programmatic-refresh-tokens (read 2026-11-24).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from campaignbot.sandbox import oauth_pages
from campaignbot.sandbox.http import kind, world_of
from campaignbot.sandbox.oauth_grants import PracticeApp, Token
from campaignbot.sandbox.oauth_pages import Asked, Dialog, Look, oauth_error

CODE_LASTS = timedelta(minutes=30)
ACCESS_LASTS = timedelta(days=60)
REFRESH_LASTS = timedelta(days=365)
SCOPES = frozenset(
    {
        "w_organization_social",
        "r_organization_social",
        "rw_organization_admin",
        "w_organization_social_feed",
        "r_organization_social_feed",
    }
)


def routes() -> list[web.RouteDef]:
    return [
        *_DIALOG.routes("/linkedin/oauth/v2/authorization"),
        web.post("/linkedin/oauth/v2/accessToken", token),
        web.post("/linkedin/oauth/v2/introspectToken", introspect),
    ]


@kind("oauth")
async def token(request: web.Request) -> web.Response:
    form, world = await request.post(), world_of(request)
    app = world.grants.app("linkedin", str(form.get("client_id", "")))
    if app is None or form.get("client_secret") != app.client_secret:
        return oauth_error("invalid_client", "Client authentication failed", 401)
    world.dirty = True
    match form.get("grant_type"):
        case "authorization_code":
            return _for_code(request, app, str(form.get("code")), str(form.get("redirect_uri")))
        case "refresh_token":
            return _for_refresh(request, app, str(form.get("refresh_token")))
        case _:
            return oauth_error("unsupported_grant_type", "The grant type is not supported")


@kind("oauth")
async def introspect(request: web.Request) -> web.Response:
    """Tell an app of a token of its own; those of seeded accounts are every app's.

    https://learn.microsoft.com/en-us/linkedin/shared/authentication/token-introspection
    """
    form, world = await request.post(), world_of(request)
    app = world.grants.app("linkedin", str(form.get("client_id", "")))
    if app is None or form.get("client_secret") != app.client_secret:
        return oauth_error("invalid_client", "Client authentication failed", 401)
    value = str(form.get("token", ""))
    found = world.grants.find("linkedin", ("access",), value)
    seeded = world.by_token("linkedin", value)
    if found is not None and found.client_id == app.client_id:
        ends, scopes = found.expires_at, found.scopes
    elif found is None and seeded is not None:
        ends, scopes = seeded.token_expires_at, seeded.scopes or tuple(sorted(SCOPES))
    else:
        return web.json_response({"active": False})
    if ends is not None and ends <= world.now():
        return web.json_response({"active": False, "status": "expired"})
    body = {
        "active": True,
        "status": "active",
        "client_id": app.client_id,
        "auth_type": "3L",
        "scope": ",".join(scopes),
    }
    return web.json_response(body | ({"expires_at": int(ends.timestamp())} if ends else {}))


def _asked(request: web.Request) -> Asked | web.Response:
    asked = oauth_pages.asked_by(request, "linkedin", " ")
    if isinstance(asked, Asked) and (unknown := set(asked.scopes) - SCOPES):
        return oauth_pages.back_to(
            asked.redirect,
            error="unauthorized_scope_error",
            error_description=f'Scope "{min(unknown)}" is not authorized for your application',
            state=asked.state,
        )
    return asked


def _for_code(request: web.Request, app: PracticeApp, value: str, redirect: str) -> web.Response:
    world = world_of(request)
    code, now = world.grants.codes.get(value), world.now()
    wrong = world.grants.wrong_with(code, app, redirect, now=now, lasts=CODE_LASTS)
    if wrong == "redirect":
        return oauth_error(
            "invalid_redirect_uri",
            "Unable to retrieve access token: appid/redirect uri/code verifier does not match "
            "authorization code. Or authorization code expired.",
        )
    if wrong or code is None:
        return oauth_error(
            "invalid_request",
            "Unable to retrieve access token: authorization code not found",
        )
    code.used = True
    refresh = None
    if app.refreshes:
        ends = now + REFRESH_LASTS
        refresh = world.grants.issue("refresh", app, code, expires_at=ends)
    access = world.grants.issue("access", app, code, expires_at=now + ACCESS_LASTS)
    return web.json_response(_answer(access, refresh, now))


def _for_refresh(request: web.Request, app: PracticeApp, value: str) -> web.Response:
    world = world_of(request)
    now = world.now()
    refresh = world.grants.refreshing("linkedin", app, value, now)
    if refresh is None:
        return oauth_error(
            "invalid_request",
            "The provided authorization grant or refresh token is invalid, expired or revoked.",
        )
    access = world.grants.issue("access", app, refresh, expires_at=now + ACCESS_LASTS)
    return web.json_response(_answer(access, refresh, now))


def _answer(access: Token, refresh: Token | None, now: datetime) -> dict[str, Any]:
    body: dict[str, Any] = {
        "access_token": access.value,
        "expires_in": int(ACCESS_LASTS.total_seconds()),
        "scope": ",".join(access.scopes),
        "token_type": "Bearer",
    }
    if refresh is not None and refresh.expires_at is not None:
        body["refresh_token"] = refresh.value
        body["refresh_token_expires_in"] = int((refresh.expires_at - now).total_seconds())
    return body


_DIALOG = Dialog(
    Look("LinkedIn", "#0a66c2"),
    "linkedin",
    _asked,
    {
        "error": "user_cancelled_authorize",
        "error_description": "The user cancelled the authorization",
    },
)
