"""LinkedIn's versioned /rest API: who calls, in which version, with which rights on which page."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.http import about, bearer, called_by, expired, world_of
from campaignbot.sandbox.world import World

CONTENT_ADMINISTRATORS = frozenset({"CONTENT_ADMIN", "CONTENT_ADMINISTRATOR"})
"""Two names that the documentation has for one role."""
POSTERS = CONTENT_ADMINISTRATORS | {"ADMINISTRATOR", "DIRECT_SPONSORED_CONTENT_POSTER"}
"""The roles on a page that may post there."""
_VERSION = re.compile(r"(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])")


def routes() -> list[web.RouteDef]:
    return [
        web.get("/linkedin/rest/organizationAcls", acls),
        web.get("/linkedin/rest/organizations/{id}", organization),
    ]


def problem(status: int, code: str, message: str, **more: Any) -> web.Response:
    return web.json_response(
        {"status": status, "code": code, "message": message, **more}, status=status
    )


def _caller(request: web.Request) -> SandboxAccount | web.Response:
    token = bearer(request)
    if token is None:
        return web.json_response(
            {"message": "Empty oauth2_access_token", "serviceErrorCode": 401, "status": 401},
            status=401,
        )
    world = world_of(request)
    account = world.by_token("linkedin", token, about(request))
    if account is None:
        return problem(401, "INVALID_ACCESS_TOKEN", "Invalid access token", serviceErrorCode=65600)
    if expired(account, world.now()):
        return problem(
            401,
            "EXPIRED_ACCESS_TOKEN",
            "The token used in the request has expired",
            serviceErrorCode=65602,
        )
    return _refused_version(request, world) or _refused_protocol(request) or account


def _refused_protocol(request: web.Request) -> web.Response | None:
    """Refuse a request without the protocol version that every page of the documentation asks for.

    What LinkedIn answers to one is a guess.
    """
    if request.headers.get("X-Restli-Protocol-Version") == "2.0.0":
        return None
    return problem(
        400,
        "ILLEGAL_ARGUMENT",
        "The X-Restli-Protocol-Version header must be present, with the value 2.0.0",
    )


def _refused_version(request: web.Request, world: World) -> web.Response | None:
    version = request.headers.get("Linkedin-Version")
    if version is None:
        return problem(
            400,
            "VERSION_MISSING",
            "A version must be present. Please specify a version by adding the Linkedin-Version "
            "header.",
        )
    if world.versions_end and not is_active(version, world.now().date()):
        return problem(426, "NONEXISTENT_VERSION", f"Requested version {version}01 is not active")
    return None


def unreadable() -> web.Response:
    """Refuse a request that cannot be read; the words are a guess."""
    return problem(400, "ILLEGAL_ARGUMENT", "Cannot parse request entity")


signed = called_by(_caller, unreadable)


def is_active(version: str, today: date) -> bool:
    """Tell whether LinkedIn answers to a version: from its month until the 15th a year later."""
    found = _VERSION.fullmatch(version)
    if found is None:
        return False
    year, month = int(found["year"]), int(found["month"])
    return date(year, month, 1) <= today < date(year + 1, month, 15)


def lacking(account: SandboxAccount, scope: str, resource: str) -> web.Response | None:
    if account.scopes and scope not in account.scopes:
        return problem(
            403,
            "ACCESS_DENIED",
            f"Not enough permissions to access: {resource}",
            serviceErrorCode=100,
        )
    return None


def unpermitted(path: str) -> web.Response:
    """Refuse a field that the API does not know, or that nobody may write."""
    return problem(
        403,
        "ACCESS_DENIED",
        "Unpermitted fields present in REQUEST_BODY: Data Processing Exception while "
        f"processing fields [{path}]",
        serviceErrorCode=100,
    )


def missing(path: str) -> web.Response:
    return problem(400, "MISSING_FIELD", f"{path} :: field is required but not found")


def invalid(path: str, why: str = "value is not valid") -> web.Response:
    return problem(400, "INVALID_VALUE_FOR_FIELD", f"{path} :: {why}")


def too_long(path: str, most: int) -> web.Response:
    return problem(400, "FIELD_LENGTH_TOO_LONG", f"{path} :: length is more than {most}")


def acting_for(request: web.Request, account: SandboxAccount, page: str) -> SandboxAccount:
    """Return the account of a page where the token is for that one too.

    A request that names a post alone does not say which page it is about.
    """
    token = bearer(request) or ""
    found = world_of(request).by_token("linkedin", token, page)
    return found if found and found.external_id == page else account


def may_not_post(account: SandboxAccount, author: object) -> web.Response | None:
    """Refuse whoever has no role on the page that is to be the author."""
    if author == account.external_id and POSTERS & set(account.roles):
        return None
    return not_the_author(str(author))


def not_the_author(author: str) -> web.Response:
    return problem(
        403,
        "ACCESS_DENIED",
        f"Organization permissions must be used when using organization as author: {author}",
        serviceErrorCode=100,
    )


@signed
async def acls(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(
        account, "rw_organization_admin", "organizationAcls.FINDER-roleAssignee.NO_VERSION"
    ):
        return refused
    world = world_of(request)
    token = world.grants.tokens.get(bearer(request) or "")
    elements = [
        {
            "role": role,
            "state": "APPROVED",
            "organization": page,
            "roleAssignee": "urn:li:person:sandbox",
        }
        for page in (token.pages if token else (account.external_id,))
        for role in _roles(world, page)
    ]
    return web.json_response({"elements": elements, "paging": {"start": 0, "count": 10}})


def _roles(world: World, page: str) -> tuple[str, ...]:
    account = world.account("linkedin", page)
    return account.roles if account else ()


@signed
async def organization(request: web.Request, account: SandboxAccount) -> web.Response:
    return web.json_response({"id": int(request.match_info["id"]), "localizedName": account.name})
