"""The control API: the clock, faults, what was published, and the imitated ATS."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from aiohttp import web

from campaignbot.sandbox import asked_faults, scenario
from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.audience import applications, totals
from campaignbot.sandbox.http import world_of
from campaignbot.sandbox.limits import CallLimit
from campaignbot.sandbox.oauth_grants import PracticeApp
from campaignbot.sandbox.world import World

_NO_JSON = {"field": "", "problem": "not JSON"}


def routes() -> list[web.RouteDef]:
    return [
        web.get("/control/health", health),
        web.get("/control/clock", read_clock),
        web.post("/control/clock", set_clock),
        web.get("/control/posts", posts),
        web.post("/control/faults", add_fault),
        web.delete("/control/faults", clear_faults),
        web.get("/control/scenario", read_scenario),
        web.post("/control/scenario", begin_scenario),
        web.delete("/control/scenario", end_scenario),
        web.get("/control/limits", read_limits),
        web.post("/control/limits", set_limit),
        web.delete("/control/limits", reset_limits),
        web.post("/control/accounts", add_accounts),
        web.post("/control/tokens", set_token),
        web.post("/control/apps", register_app),
        web.post("/control/visibility", set_visibility),
        web.post("/control/ghosts", set_ghosts),
        web.post("/control/redirects", set_redirect),
        web.post("/control/credits", set_credits),
        web.post("/control/processing", set_processing),
        web.get("/control/requests", requests),
        web.get("/control/applications", list_applications),
    ]


async def health(request: web.Request) -> web.Response:
    return web.json_response({"simulation": True, "ok": True})


async def read_clock(request: web.Request) -> web.Response:
    world = world_of(request)
    return web.json_response({"now": world.now().isoformat(), "real": not world.frozen})


async def set_clock(request: web.Request) -> web.Response:
    body = await request.json()
    instant = None if body.get("real") else datetime.fromisoformat(body["now"])
    world_of(request).set_clock(instant)
    return await read_clock(request)


async def posts(request: web.Request) -> web.Response:
    world = world_of(request)
    return web.json_response({"simulation": True, "posts": [_row(world, p) for p in world.posts]})


def _row(world: World, post: Any) -> dict[str, Any]:
    return {
        "id": post.id,
        "platform": post.platform,
        "account": post.account,
        "reply_to": post.reply_to,
        "text": post.text,
        "link": post.link,
        "media": [asdict(medium) for medium in post.media],
        "preview": asdict(post.preview) if post.preview else None,
        "edited_at": post.edited_at.isoformat() if post.edited_at else None,
        "created_at": post.created_at.isoformat(),
        "deleted": post.deleted,
        "totals": totals(world, post),
    }


async def add_fault(request: web.Request) -> web.Response:
    try:
        found = asked_faults.read(await request.json())
    except ValueError:
        found = [_NO_JSON]
    if isinstance(found, list):
        return web.json_response({"ok": False, "problems": found}, status=400)
    world_of(request).faults.append(found)
    return web.json_response({"ok": True})


async def clear_faults(request: web.Request) -> web.Response:
    world = world_of(request)
    for fault in world.faults:
        fault.gate.let_go()
    world.faults.clear()
    world.playing = None
    return web.json_response({"ok": True})


async def read_scenario(request: web.Request) -> web.Response:
    world = world_of(request)
    if (playing := world.playing) is None:
        return web.json_response({"simulation": True, "title": None, "steps": []})
    body = {"title": playing.scenario.title, "steps": playing.told(world.now())}
    return web.json_response({"simulation": True, **body})


async def begin_scenario(request: web.Request) -> web.Response:
    """Begin a scenario, as a file holds it, but written as JSON."""
    try:
        found = scenario.read(await request.json())
    except ValueError:
        found = [_NO_JSON]
    if isinstance(found, list):
        return web.json_response({"ok": False, "problems": found}, status=400)
    scenario.play(world_of(request), found)
    return await read_scenario(request)


async def end_scenario(request: web.Request) -> web.Response:
    scenario.stop(world_of(request))
    return web.json_response({"ok": True})


async def read_limits(request: web.Request) -> web.Response:
    limits = [asdict(limit) for limit in world_of(request).meter.limits]
    return web.json_response({"simulation": True, "limits": limits})


async def set_limit(request: web.Request) -> web.Response:
    """Put a limit in the place of the one of the same calls, owner and window."""
    body = await request.json()
    world_of(request).meter.set(
        CallLimit(
            body["platform"],
            body["on"],
            body.get("owner", "account"),
            int(body["allowed"]),
            int(body["window_s"]),
            body.get("kind", "fixed"),
            body.get("tells", "reset"),
        )
    )
    return web.json_response({"ok": True})


async def reset_limits(request: web.Request) -> web.Response:
    world_of(request).meter.reset()
    return web.json_response({"ok": True})


async def add_accounts(request: web.Request) -> web.Response:
    rows = (await request.json())["accounts"]
    for row in rows:
        if row.get("token_expires_at"):
            row["token_expires_at"] = datetime.fromisoformat(row["token_expires_at"])
        row["scopes"] = tuple(row.get("scopes", ()))
    world_of(request).seed_accounts(SandboxAccount(**row) for row in rows)
    return web.json_response({"ok": True})


async def set_token(request: web.Request) -> web.Response:
    body = await request.json()
    account = world_of(request).account(body["platform"], body["external_id"])
    if account is None:
        return web.json_response({"ok": False, "error": "unknown account"}, status=404)
    if "token" in body:
        account.token = body["token"]
    if "expires_at" in body:
        expiry = body["expires_at"]
        account.token_expires_at = datetime.fromisoformat(expiry) if expiry else None
    return web.json_response({"ok": True})


async def register_app(request: web.Request) -> web.Response:
    """Register an app of a family (linkedin, meta, x), as on a platform's developer pages."""
    body = await request.json()
    world_of(request).grants.register(
        PracticeApp(
            body["family"],
            body["client_id"],
            body.get("client_secret"),
            tuple(body["redirects"]),
            bool(body.get("refreshes", True)),
        )
    )
    return web.json_response({"ok": True})


async def set_visibility(request: web.Request) -> web.Response:
    body = await request.json()
    world_of(request).visibility_s[body["platform"]] = float(body["delay_s"])
    return web.json_response({"ok": True})


async def set_processing(request: web.Request) -> web.Response:
    """Set how long a platform processes what is uploaded from now on."""
    body = await request.json()
    world_of(request).processing_s[body["platform"]] = float(body["takes_s"])
    return web.json_response({"ok": True})


async def set_ghosts(request: web.Request) -> web.Response:
    """Set whether a platform refuses the text of a deleted post as a duplicate."""
    body, ghosts = await request.json(), world_of(request).ghosts
    (ghosts.add if body.get("on", True) else ghosts.discard)(body["platform"])
    return web.json_response({"ok": True})


async def set_redirect(request: web.Request) -> web.Response:
    """Let an address lead on to another one, as X finds out; null ends that."""
    body, redirects = await request.json(), world_of(request).redirects
    if body.get("to") is None:
        redirects.pop(body["from"], None)
    else:
        redirects[body["from"]] = str(body["to"])
    return web.json_response({"ok": True})


async def set_credits(request: web.Request) -> web.Response:
    """Set what is left of an account's credits at X; null is as much as needed."""
    body = await request.json()
    account = world_of(request).account("x", body["external_id"])
    if account is None:
        return web.json_response({"ok": False, "error": "unknown account"}, status=404)
    account.credits_micros = body["micros"]
    return web.json_response({"ok": True})


async def requests(request: web.Request) -> web.Response:
    return web.json_response(dict(world_of(request).requests))


async def list_applications(request: web.Request) -> web.Response:
    rows = applications(world_of(request))
    if since := request.query.get("since"):
        rows = [row for row in rows if row["received_on"] >= since]
    return web.json_response({"simulation": True, "applications": rows})
