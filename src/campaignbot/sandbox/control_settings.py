"""The control API: how the platforms behave, and which accounts and apps they know."""

from __future__ import annotations

from dataclasses import asdict

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.asked import (
    AskedAccounts,
    AskedApp,
    AskedCredits,
    AskedGhosts,
    AskedLimit,
    AskedNames,
    AskedProcessing,
    AskedRedirect,
    AskedToken,
    AskedVisibility,
    takes,
)
from campaignbot.sandbox.http import world_of
from campaignbot.sandbox.limits import CallLimit
from campaignbot.sandbox.oauth_grants import PracticeApp


def routes() -> list[web.RouteDef]:
    return [
        web.get("/control/limits", read_limits),
        web.post("/control/limits", set_limit),
        web.delete("/control/limits", reset_limits),
        web.post("/control/accounts", add_accounts),
        web.post("/control/tokens", set_token),
        web.post("/control/apps", register_app),
        web.post("/control/visibility", set_visibility),
        web.post("/control/ghosts", set_ghosts),
        web.post("/control/redirects", set_redirect),
        web.post("/control/names", set_names),
        web.post("/control/credits", set_credits),
        web.post("/control/processing", set_processing),
    ]


@takes(AskedLimit)
async def set_limit(request: web.Request, asked: AskedLimit) -> web.Response:
    """Put a limit in the place of the one of the same calls, owner and window."""
    world_of(request).meter.set(CallLimit(**dict(asked)))
    return web.json_response({"ok": True})


async def reset_limits(request: web.Request) -> web.Response:
    world_of(request).meter.reset()
    return web.json_response({"ok": True})


async def read_limits(request: web.Request) -> web.Response:
    limits = [asdict(limit) for limit in world_of(request).meter.limits]
    return web.json_response({"simulation": True, "limits": limits})


@takes(AskedAccounts)
async def add_accounts(request: web.Request, asked: AskedAccounts) -> web.Response:
    world_of(request).seed_accounts(SandboxAccount(**dict(row)) for row in asked.accounts)
    return web.json_response({"ok": True})


@takes(AskedToken)
async def set_token(request: web.Request, asked: AskedToken) -> web.Response:
    account = world_of(request).account(asked.platform, asked.external_id)
    if account is None:
        return _unknown_account()
    if asked.token is not None:
        account.token = asked.token
    if "expires_at" in asked.model_fields_set:
        account.token_expires_at = asked.expires_at
    return web.json_response({"ok": True})


def _unknown_account() -> web.Response:
    return web.json_response({"ok": False, "error": "unknown account"}, status=404)


@takes(AskedApp)
async def register_app(request: web.Request, asked: AskedApp) -> web.Response:
    """Register an app of a family (linkedin, meta, x), as on a platform's developer pages."""
    world_of(request).grants.register(PracticeApp(**dict(asked)))
    return web.json_response({"ok": True})


@takes(AskedVisibility)
async def set_visibility(request: web.Request, asked: AskedVisibility) -> web.Response:
    world_of(request).visibility_s[asked.platform] = asked.delay_s
    return web.json_response({"ok": True})


@takes(AskedProcessing)
async def set_processing(request: web.Request, asked: AskedProcessing) -> web.Response:
    world_of(request).processing_s[asked.platform] = asked.takes_s
    return web.json_response({"ok": True})


@takes(AskedGhosts)
async def set_ghosts(request: web.Request, asked: AskedGhosts) -> web.Response:
    ghosts = world_of(request).ghosts
    (ghosts.add if asked.on else ghosts.discard)(asked.platform)
    return web.json_response({"ok": True})


@takes(AskedRedirect)
async def set_redirect(request: web.Request, asked: AskedRedirect) -> web.Response:
    redirects = world_of(request).redirects
    if asked.to is None:
        redirects.pop(asked.source, None)
    else:
        redirects[asked.source] = asked.to
    return web.json_response({"ok": True})


@takes(AskedNames)
async def set_names(request: web.Request, asked: AskedNames) -> web.Response:
    world_of(request).x_names = asked.x
    return web.json_response({"ok": True})


@takes(AskedCredits)
async def set_credits(request: web.Request, asked: AskedCredits) -> web.Response:
    account = world_of(request).account("x", asked.external_id)
    if account is None:
        return _unknown_account()
    account.credits_micros = asked.micros
    return web.json_response({"ok": True})
