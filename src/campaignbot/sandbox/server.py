"""The server: one port for all platforms, in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Event, Thread

from aiohttp import web

from campaignbot.sandbox import (
    control,
    control_settings,
    graph,
    graph_batch,
    graph_comments,
    graph_insights,
    graph_instagram,
    graph_nodes,
    graph_pages,
    graph_uploads,
    graph_videos,
    linkedin,
    linkedin_comments,
    linkedin_media,
    linkedin_posts,
    linkedin_statistics,
    oauth_linkedin,
    oauth_meta,
    oauth_x,
    saving,
    wall,
    x,
    x_media,
    x_reading,
)
from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.http import WORLD, faults, hung_up
from campaignbot.sandbox.scenario import Playing, Scenario, play
from campaignbot.sandbox.world import World

_SAVE_EVERY_S = 1.0
# Of two that fit an address, the earlier one answers it: "me" and "debug_token" are no ids.
_PARTS = (
    oauth_linkedin,
    oauth_meta,
    oauth_x,
    control,
    control_settings,
    linkedin,
    linkedin_comments,
    linkedin_media,
    linkedin_posts,
    linkedin_statistics,
    graph,
    graph_batch,
    graph_comments,
    graph_insights,
    graph_instagram,
    graph_pages,
    graph_uploads,
    graph_videos,
    graph_nodes,
    x,
    x_media,
    x_reading,
    wall,
)


class Sandbox:
    """The imitated platforms below `url`, reachable from this machine only.

    With `state_path` (a folder) what was published outlives the process. After `start`, `port`
    and `base_urls` are set.
    """

    def __init__(
        self,
        state_path: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        seed: int = 0,
        now: datetime | None = None,
    ) -> None:
        self._state_path, self._host, self.port = state_path, host, port
        known = state_path is not None and (state_path / "state.json").exists()
        self.world = saving.load(state_path) if known and state_path else World(now, seed)
        self._ready, self._failure = Event(), list[Exception]()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = Thread(target=self._run, name="sandbox", daemon=True)

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self.port}"

    @property
    def base_urls(self) -> dict[str, str]:
        """Where each platform's API begins; Facebook and Instagram share Meta's Graph."""
        graph_url = f"{self.url}/facebook"
        return {
            "linkedin": f"{self.url}/linkedin",
            "facebook": graph_url,
            "instagram": graph_url,
            "x": f"{self.url}/x",
        }

    def seed_accounts(self, accounts: Iterable[SandboxAccount]) -> None:
        self.world.seed_accounts(accounts)

    def play(self, scenario: Scenario) -> Playing:
        """Begin a scenario now, by the sandbox's clock."""
        return play(self.world, scenario)

    def start(self) -> None:
        """Listen; raises OSError when the port is in use or the folder cannot be written."""
        self._thread.start()
        self._ready.wait()
        if self._failure:
            raise self._failure[0]

    def stop(self) -> None:
        """Save the state and close the port."""
        if self._loop is not None and self._stop is not None:
            with suppress(RuntimeError):  # it ended by itself just now
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def wait(self) -> None:
        """Block until the server is stopped; raises what ended it, if something did."""
        while self._thread.is_alive():
            self._thread.join(0.5)
        if self._failure:
            raise self._failure[0]

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as error:
            # Whoever waits for the start is told, whatever went wrong.
            self._failure.append(error)
        finally:
            self._loop = None
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(
            middlewares=[hung_up, graph_batch.unfold, faults], client_max_size=128 * 1024 * 1024
        )
        app[WORLD] = self.world
        for part in _PARTS:
            app.add_routes(route for found in part.routes() for route in _with_slash(found))
        # No access log: addresses can hold tokens.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        try:
            site = web.TCPSite(runner, self._host, self.port)
            await site.start()
            # Only whoever has the port may write; what cannot be kept is said at once.
            if self._state_path is not None:
                saving.save(self.world, self._state_path)
            self.port = runner.addresses[0][1]
            self._ready.set()
            await self._save_now_and_then(self._loop, self._stop)
        finally:
            await runner.cleanup()

    async def _save_now_and_then(
        self, loop: asyncio.AbstractEventLoop, stop: asyncio.Event
    ) -> None:
        pause_s = _SAVE_EVERY_S
        while not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause_s)
            began = loop.time()
            self._save()
            # However much there is to save, answering comes first.
            pause_s = max(_SAVE_EVERY_S, 10 * (loop.time() - began))

    def _save(self) -> None:
        if self._state_path is not None and self.world.dirty:
            saving.save(self.world, self._state_path)


def _with_slash(route: web.RouteDef) -> list[web.RouteDef]:
    """Return a route of Meta's with its twin that ends in a slash, as its SDK asks for objects."""
    if not route.path.startswith("/facebook/{version}/") or route.path.endswith("/"):
        return [route]
    return [route, web.RouteDef(route.method, f"{route.path}/", route.handler, route.kwargs)]
