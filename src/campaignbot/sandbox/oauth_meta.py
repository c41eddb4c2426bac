"""Meta's login: a code, a token of the person for 60 days, and tokens of pages without an end.

https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow and
…/facebook-login/guides/access-tokens/get-long-lived (read 2026-11-24). How long a code lasts is
documented nowhere; here ten minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aiohttp import web

from campaignbot.sandbox import oauth_pages
from campaignbot.sandbox.graph import graph_error, params_of
from campaignbot.sandbox.http import bearer, kind, world_of
from campaignbot.sandbox.oauth_grants import PracticeApp, Token, page_of
from campaignbot.sandbox.oauth_pages import Asked, Dialog, Look
from campaignbot.sandbox.world import World

CODE_LASTS = timedelta(minutes=10)
SHORT_LASTS = timedelta(hours=2)
LONG_LASTS = timedelta(days=60)
DATA_ACCESS = timedelta(days=90)
SCOPES = frozenset(
    {
        "pages_manage_posts",
        "pages_read_engagement",
        "pages_show_list",
        "read_insights",
        "pages_manage_engagement",
        "pages_read_user_content",
        "business_management",
        "instagram_basic",
        "instagram_content_publish",
        "instagram_manage_insights",
        "instagram_manage_comments",
        "instagram_manage_contents",
    }
)


def routes() -> list[web.RouteDef]:
    base = "/facebook/{version}"
    return [
        *_DIALOG.routes(base + "/dialog/oauth"),
        web.get(base + "/oauth/access_token", token),
        web.post(base + "/oauth/access_token", token),
        web.get(base + "/debug_token", debug_token),
        web.get(base + "/me/permissions", permissions),
        web.get(base + "/me/accounts", pages),
    ]


@kind("oauth")
async def token(request: web.Request) -> web.Response:
    values, world = await params_of(request), world_of(request)
    app = world.grants.app("meta", values.get("client_id", ""))
    if app is None:
        return graph_error(
            101,
            "Error validating application. Cannot get application info due to a system error.",
        )
    if values.get("client_secret") != app.client_secret:
        return graph_error(1, "Error validating client secret.")
    world.dirty = True
    if values.get("grant_type") == "fb_exchange_token":
        return _long_lived(world, app, values)
    return _for_code(world, app, values)


@kind("oauth")
async def debug_token(request: web.Request) -> web.Response:
    return _inspected(
        world_of(request), request.query.get("input_token", ""), bearer(request) or ""
    )


@kind("oauth")
async def permissions(request: web.Request) -> web.Response:
    if _is_of_a_page(request):
        return graph_error(
            100, "(#100) Tried accessing nonexisting field (permissions) on node type (Page)"
        )
    person = _person(request)
    if isinstance(person, web.Response):
        return person
    rows = [{"permission": scope, "status": "granted"} for scope in person.scopes]
    return web.json_response(
        {"data": [{"permission": "public_profile", "status": "granted"}, *rows]}
    )


@kind("oauth")
async def pages(request: web.Request) -> web.Response:
    """List the person's pages, each with a token of its own that has no end."""
    person, world = _person(request), world_of(request)
    if isinstance(person, web.Response):
        return person
    if "pages_show_list" not in person.scopes:
        return web.json_response({"data": []})
    accounts = list(world.accounts.values())
    rows = []
    for page in (a for a in accounts if a.platform == "facebook"):
        if page.external_id not in person.pages:
            continue
        row: dict[str, Any] = {
            "id": page.external_id,
            "name": page.name,
            "access_token": _page_token(world, person, page.external_id).value,
            "tasks": ["ANALYZE", "CREATE_CONTENT", "MODERATE"],
        }
        for linked in accounts:
            if linked.platform == "instagram" and page_of(linked, accounts) == page.external_id:
                name = linked.username or linked.name
                row["instagram_business_account"] = {"id": linked.external_id, "username": name}
        rows.append(row)
    return web.json_response({"data": rows})


def _asked(request: web.Request) -> Asked | web.Response:
    asked = oauth_pages.asked_by(request, "meta", " ,")
    if isinstance(asked, Asked) and (unknown := set(asked.scopes) - SCOPES):
        return oauth_pages.refusal(f"Invalid Scopes: {', '.join(sorted(unknown))}")
    return asked


def _for_code(world: World, app: PracticeApp, values: Mapping[str, Any]) -> web.Response:
    code, now = world.grants.codes.get(values.get("code", "")), world.now()
    redirect = values.get("redirect_uri", "")
    match world.grants.wrong_with(code, app, redirect, now=now, lasts=CODE_LASTS):
        case "unknown":
            return graph_error(100, "Invalid verification code format.", subcode=36007)
        case "used":
            return graph_error(100, "This authorization code has been used.", subcode=36009)
        case "expired":
            return graph_error(100, "This authorization code has expired.", subcode=36007)
        case "redirect":
            return graph_error(
                100,
                "Error validating verification code. Please make sure your redirect_uri is "
                "identical to the one you used in the OAuth dialog request",
                subcode=36008,
            )
    assert code is not None
    code.used = True
    return _token(world.grants.issue("user", app, code, expires_at=now + SHORT_LASTS), SHORT_LASTS)


def _long_lived(world: World, app: PracticeApp, values: Mapping[str, Any]) -> web.Response:
    now = world.now()
    known = world.grants.find("meta", ("user",), values.get("fb_exchange_token", ""))
    if known is None or known.client_id != app.client_id:
        return graph_error(190, "Invalid OAuth access token - Cannot parse access token")
    if known.expires_at is not None and known.expires_at <= now:
        return graph_error(190, "Error validating access token: Session has expired", subcode=463)
    return _token(world.grants.issue("user", app, known, expires_at=now + LONG_LASTS), LONG_LASTS)


def _token(issued: Token, lasts: timedelta) -> web.Response:
    return web.json_response(
        {
            "access_token": issued.value,
            "token_type": "bearer",
            "expires_in": int(lasts.total_seconds()),
        }
    )


def _is_of_a_page(request: web.Request) -> bool:
    """Tell whether the caller's token is that of a page; those of seeded accounts are."""
    world, token = world_of(request), bearer(request) or ""
    if world.grants.find("meta", ("page",), token) is not None:
        return True
    seeded = (a for a in world.accounts.values() if a.platform in {"facebook", "instagram"})
    return any(account.token == token for account in seeded)


def _person(request: web.Request) -> Token | web.Response:
    world = world_of(request)
    person = world.grants.find("meta", ("user",), bearer(request) or "")
    if person is None:
        return graph_error(190, "Invalid OAuth access token - Cannot parse access token")
    if person.expires_at is not None and person.expires_at <= world.now():
        return graph_error(190, "Error validating access token: Session has expired", subcode=463)
    return person


def _page_token(world: World, person: Token, page_id: str) -> Token:
    """Return the token of a page: the same one at every look within one consent."""
    for known in world.grants.tokens.values():
        if known.kind == "page" and known.consent == person.consent and known.pages == (page_id,):
            return known
    app = world.grants.app("meta", person.client_id)
    assert app is not None
    world.dirty = True
    return world.grants.issue("page", app, person, pages=(page_id,))


def _inspected(world: World, asked: str, by: str) -> web.Response:
    client_id, _, secret = by.partition("|")
    app = world.grants.app("meta", client_id)
    if app is None or app.client_secret != secret:
        return graph_error(190, "Invalid OAuth access token signature.")
    found = world.grants.find("meta", ("user", "page"), asked)
    seeded = world.by_token("facebook", asked) or world.by_token("instagram", asked)
    if found is None and seeded is not None:
        # Every app's, as no consent tells whose it is.
        ends = int(seeded.token_expires_at.timestamp()) if seeded.token_expires_at else 0
        data: dict[str, Any] = {
            "app_id": client_id,
            "type": "PAGE",
            "is_valid": not ends or ends > world.now().timestamp(),
            "expires_at": ends,
            "data_access_expires_at": int((world.now() + DATA_ACCESS).timestamp()),
            "scopes": list(seeded.scopes or sorted(SCOPES)),
        }
    elif found is None or found.client_id != client_id:
        data = {"is_valid": False, "scopes": []}
    else:
        ends = int(found.expires_at.timestamp()) if found.expires_at else 0
        data = {
            "app_id": found.client_id,
            "type": found.kind.upper(),
            "is_valid": not ends or ends > world.now().timestamp(),
            "expires_at": ends,
            "data_access_expires_at": int((found.consented_at + DATA_ACCESS).timestamp()),
            "scopes": list(found.scopes),
        }
    return web.json_response({"data": data})


_DIALOG = Dialog(
    Look("Facebook", "#0866ff"),
    "facebook",
    _asked,
    {
        "error": "access_denied",
        "error_code": "200",
        "error_description": "Permissions error",
        "error_reason": "user_denied",
    },
)
