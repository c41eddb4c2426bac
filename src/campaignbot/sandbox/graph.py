"""Meta's Graph API: what its parts share – versions, tokens, permissions, errors, lists, fields.

Pages, videos, Instagram, insights and comments have modules of their own.
"""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.http import about, bearer, called_by, expired, platform_of, world_of

VERSIONS = {f"v{n}.0" for n in range(22, 27)}
BASE = "/facebook/{version}"
_STAMP = "%Y-%m-%dT%H:%M:%S+0000"


def routes() -> list[web.RouteDef]:
    return [web.get(BASE + "/me", me)]


def graph_error(
    code: int, message: str, *, subcode: int | None = None, status: int = 400, **more: Any
) -> web.Response:
    body: dict[str, Any] = {
        "message": message,
        "type": "OAuthException",
        "code": code,
        "fbtrace_id": "sandbox",
        **more,
    }
    if subcode is not None:
        body["error_subcode"] = subcode
    return web.json_response({"error": body}, status=status)


def gone(method: str, node: str) -> web.Response:
    """Answer about an object that is not there, or not the caller's to see."""
    return graph_error(
        100,
        f"Unsupported {method} request. Object with ID '{node}' does not exist, cannot be loaded "
        "due to missing permissions, or does not support this operation.",
        subcode=33,
    )


async def params_of(request: web.Request) -> dict[str, Any]:
    values: dict[str, Any] = dict(request.query)
    if request.body_exists:
        values |= dict(await request.post())
    return values


def _caller(request: web.Request) -> SandboxAccount | web.Response:
    if request.match_info["version"] not in VERSIONS:
        return graph_error(2635, "(#2635) You are calling a deprecated version of the API.")
    token = bearer(request)
    if token is None:
        return graph_error(
            2500,
            "An active access token must be used to query information about the current user.",
        )
    world = world_of(request)
    # The token of a page is good for its Instagram account too: what the request is about decides.
    platforms = sorted(("facebook", "instagram"), key=lambda name: name != platform_of(request))
    found = (world.by_token(name, token, about(request)) for name in platforms)
    account = next((one for one in found if one is not None), None)
    if account is None:
        return graph_error(190, "Invalid OAuth access token - Cannot parse access token")
    if expired(account, world.now()):
        when = account.token_expires_at
        return graph_error(
            190,
            f"Error validating access token: Session has expired on {when:%A, %d-%b-%y %H:%M:%S} "
            f"PDT. The current time is {world.now():%A, %d-%b-%y %H:%M:%S} PDT.",
            subcode=463,
        )
    return account


def unreadable() -> web.Response:
    return graph_error(100, "(#100) Invalid parameter")


signed = called_by(_caller, unreadable)


def lacking(account: SandboxAccount, scope: str) -> web.Response | None:
    if account.scopes and scope not in account.scopes:
        return graph_error(200, f"(#200) Requires {scope} permission", status=403)
    return None


def may_write(request: web.Request, account: SandboxAccount, scope: str) -> web.Response | None:
    """Refuse what the token may not do, and whatever is done in another account's name."""
    if refused := lacking(account, scope):
        return refused
    if request.match_info["id"] not in {account.external_id, "me"}:
        return graph_error(
            200, "(#200) The token does not belong to the object that is written to", status=403
        )
    return None


def may_read(request: web.Request, account: SandboxAccount, scope: str) -> web.Response | None:
    """Refuse lists of another page, which need a feature that few apps are given."""
    if refused := lacking(account, scope):
        return refused
    if request.match_info["id"] not in {account.external_id, "me"}:
        return graph_error(
            10,
            f"(#10) This endpoint requires the '{scope}' permission or the 'Page Public Content "
            "Access' feature.",
            status=403,
        )
    return None


def answered(body: dict[str, Any]) -> web.Response:
    return web.json_response(body)


@signed
async def me(request: web.Request, account: SandboxAccount) -> web.Response:
    return answered({"id": account.external_id, "name": account.name})


def listed(request: web.Request, rows: list[dict[str, Any]]) -> web.Response:
    """Answer with one page of a list."""
    after, limit = int(request.query.get("after", 0)), int(request.query.get("limit", 25))
    page = rows[after : after + limit]
    paging: dict[str, Any] = {"cursors": {"before": str(after), "after": str(after + len(page))}}
    if after + limit < len(rows):
        paging["next"] = f"{request.scheme}://{request.host}{request.path}?after={after + limit}"
    return answered({"data": page, "paging": paging})


def chosen(request: web.Request, node_type: str, row: dict[str, Any]) -> web.Response:
    """Answer with the fields that were asked for; a field that there is not is an error."""
    asked = [f for f in re.sub(r"\{[^}]*\}", "", request.query.get("fields", "")).split(",") if f]
    if unknown := [name for name in asked if name not in row]:
        return graph_error(
            100,
            f"(#100) Tried accessing nonexisting field ({unknown[0]}) on node type ({node_type})",
        )
    named = {name: row[name] for name in dict.fromkeys((*asked, "id"))} if asked else row
    return answered(told(named))


def told(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without the fields that have no value."""
    return {name: value for name, value in row.items() if value is not None}


def stamp(instant: Any) -> str:
    return str(instant.strftime(_STAMP))


def first_url(text: str) -> str | None:
    found = re.search(r"https?://\S+", text)
    return found.group() if found else None
