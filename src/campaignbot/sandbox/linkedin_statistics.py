"""LinkedIn's numbers about a page and its posts, as its documentation tells.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/
share-statistics and page-statistics (read 2026-11-24). Numbers of single intervals are not
imitated.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.audience import followers, totals
from campaignbot.sandbox.http import kind, world_of
from campaignbot.sandbox.linkedin import lacking, not_the_author, problem, signed
from campaignbot.sandbox.world import World

_VISITS = 20
"""Of so many impressions one leads to the page itself (assumption)."""


def routes() -> list[web.RouteDef]:
    return [
        web.get("/linkedin/rest/organizationalEntityShareStatistics", statistics),
        web.get("/linkedin/rest/organizationPageStatistics", page_statistics),
        web.get("/linkedin/rest/networkSizes/{urn}", network_size),
    ]


@kind("metrics")
@signed
async def statistics(request: web.Request, account: SandboxAccount) -> web.Response:
    """Answer about the posts that are listed, or about all of the page together."""
    if refused := _not_the_administrator(request, account, "organizationalEntity"):
        return refused
    world = world_of(request)
    listed = list(_listed(request))
    if not listed:
        return _elements([_of_the_page(world, account)])
    elements = []
    for parameter, field, urn in listed:
        if not urn.startswith(f"urn:li:{field}:"):
            return problem(400, "INVALID_URN_TYPE", f"{parameter} :: URN is of another type")
        post = world.find("linkedin", urn)
        numbers = totals(world, post) if post else {}
        # Posts that nobody has seen are left out of the answer.
        if numbers.get("impressions"):
            told = {"organizationalEntity": account.external_id, field: urn}
            elements.append({**told, "totalShareStatistics": _shares(numbers)})
    return _elements(elements)


@kind("metrics")
@signed
async def page_statistics(request: web.Request, account: SandboxAccount) -> web.Response:
    """Answer how often the page itself was looked at, ever."""
    if refused := _not_the_administrator(request, account, "organization"):
        return refused
    numbers = _summed(world_of(request), account)
    views = {"pageViews": numbers["impressions"] // _VISITS}
    unique = {"uniquePageViews": numbers["reach"] // _VISITS}
    return _elements(
        [
            {
                "organization": account.external_id,
                "totalPageStatistics": {
                    "views": {"allPageViews": views | unique, "overviewPageViews": views | unique},
                    "clicks": {},
                },
            }
        ]
    )


@kind("metrics")
@signed
async def network_size(request: web.Request, account: SandboxAccount) -> web.Response:
    world = world_of(request)
    return web.json_response({"firstDegreeSize": followers(world, "linkedin", account.external_id)})


def _not_the_administrator(
    request: web.Request, account: SandboxAccount, parameter: str
) -> web.Response | None:
    resource = f"{request.path.rpartition('/')[2]}.FINDER"
    if refused := lacking(account, "rw_organization_admin", resource):
        return refused
    asked = unquote(request.query.get(parameter, ""))
    if asked != account.external_id or "ADMINISTRATOR" not in account.roles:
        return not_the_author(asked)
    return None


def _listed(request: web.Request) -> Iterator[tuple[str, str, str]]:
    """Yield the posts that are asked about: parameter, field of the answer, URN."""
    for parameter, field in (("shares", "share"), ("ugcPosts", "ugcPost")):
        listed = re.fullmatch(r"List\((.*)\)", unquote(request.query.get(parameter, "")))
        for urn in listed.group(1).split(",") if listed else []:
            yield parameter, field, unquote(urn)


def _of_the_page(world: World, account: SandboxAccount) -> dict[str, Any]:
    numbers = _summed(world, account)
    return {
        "organizationalEntity": account.external_id,
        "totalShareStatistics": _shares(numbers),
    }


def _summed(world: World, account: SandboxAccount) -> Mapping[str, int]:
    found: Counter[str] = Counter()
    for post in world.live("linkedin", account.external_id):
        found.update(totals(world, post))
    return found


def _shares(numbers: Mapping[str, int]) -> dict[str, Any]:
    acts = sum(numbers[name] for name in ("clicks", "reactions", "comments", "shares"))
    return {
        "impressionCount": numbers["impressions"],
        "uniqueImpressionsCount": numbers["reach"],
        "clickCount": numbers["clicks"],
        "likeCount": numbers["reactions"],
        "commentCount": numbers["comments"],
        "shareCount": numbers["shares"],
        "engagement": acts / numbers["impressions"] if numbers["impressions"] else 0.0,
    }


def _elements(elements: list[dict[str, Any]]) -> web.Response:
    return web.json_response(
        {"elements": elements, "paging": {"start": 0, "count": len(elements), "links": []}}
    )
