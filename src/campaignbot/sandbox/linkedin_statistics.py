"""LinkedIn's numbers about a page and its posts, as its documentation tells."""

from __future__ import annotations

import re
from urllib.parse import unquote

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.audience import followers, totals
from campaignbot.sandbox.http import kind, world_of
from campaignbot.sandbox.linkedin import lacking, not_the_author, problem, signed


def routes() -> list[web.RouteDef]:
    return [
        web.get("/linkedin/rest/organizationalEntityShareStatistics", statistics),
        web.get("/linkedin/rest/networkSizes/{urn}", network_size),
    ]


@kind("metrics")
@signed
async def statistics(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(
        account, "rw_organization_admin", "organizationalEntityShareStatistics.FINDER"
    ):
        return refused
    asked = unquote(request.query.get("organizationalEntity", ""))
    if asked != account.external_id or "ADMINISTRATOR" not in account.roles:
        return not_the_author(asked)
    world = world_of(request)
    elements = []
    for parameter, field in (("shares", "share"), ("ugcPosts", "ugcPost")):
        listed = re.fullmatch(r"List\((.*)\)", unquote(request.query.get(parameter, "")))
        for urn in (unquote(u) for u in (listed.group(1).split(",") if listed else [])):
            if not urn.startswith(f"urn:li:{field}:"):
                return problem(400, "INVALID_URN_TYPE", f"{parameter} :: URN is of another type")
            post = world.find("linkedin", urn)
            numbers = totals(world, post) if post else {}
            # Posts that nobody has seen are left out of the answer.
            if not numbers.get("impressions"):
                continue
            elements.append(
                {
                    "organizationalEntity": account.external_id,
                    field: urn,
                    "totalShareStatistics": {
                        "impressionCount": numbers["impressions"],
                        "uniqueImpressionsCount": numbers["reach"],
                        "clickCount": numbers["clicks"],
                        "likeCount": numbers["reactions"],
                        "commentCount": numbers["comments"],
                        "shareCount": numbers["shares"],
                        "engagement": 0.0,
                    },
                }
            )
    return web.json_response(
        {"elements": elements, "paging": {"start": 0, "count": len(elements), "links": []}}
    )


@kind("metrics")
@signed
async def network_size(request: web.Request, account: SandboxAccount) -> web.Response:
    world = world_of(request)
    return web.json_response({"firstDegreeSize": followers(world, "linkedin", account.external_id)})
