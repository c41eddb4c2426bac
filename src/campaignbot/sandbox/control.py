"""The control API: the clock, faults, scenarios, what was published, and the imitated ATS."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from aiohttp import web

from campaignbot.sandbox import asked_faults, scenario
from campaignbot.sandbox.asked import AskedClock, refused, takes, values_of
from campaignbot.sandbox.audience import applications, totals
from campaignbot.sandbox.http import world_of
from campaignbot.sandbox.world import World


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
        web.get("/control/requests", requests),
        web.get("/control/applications", list_applications),
    ]


async def health(request: web.Request) -> web.Response:
    return web.json_response({"simulation": True, "ok": True})


async def read_clock(request: web.Request) -> web.Response:
    world = world_of(request)
    return web.json_response({"now": world.now().isoformat(), "real": not world.frozen})


@takes(AskedClock)
async def set_clock(request: web.Request, asked: AskedClock) -> web.Response:
    world_of(request).set_clock(asked.now)
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
    found = asked_faults.read(await values_of(request))
    if isinstance(found, list):
        return refused(found)
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
    found = scenario.read(await values_of(request))
    if isinstance(found, list):
        return refused(found)
    try:
        scenario.play(world_of(request), found)
    except OverflowError:
        return refused([{"field": "steps", "problem": "an instant that no calendar has"}])
    return await read_scenario(request)


async def end_scenario(request: web.Request) -> web.Response:
    scenario.stop(world_of(request))
    return web.json_response({"ok": True})


async def requests(request: web.Request) -> web.Response:
    return web.json_response(dict(world_of(request).requests))


async def list_applications(request: web.Request) -> web.Response:
    rows = applications(world_of(request))
    if since := request.query.get("since"):
        rows = [row for row in rows if row["received_on"] >= since]
    return web.json_response({"simulation": True, "applications": rows})
