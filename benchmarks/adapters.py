"""What each adapter costs by itself: time of the processor for a post, calls for statistics."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import structlog
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession
from linkedin_v2.linkedin import LinkedInApplication
from tests.adapters.stand import NOW

from benchmarks import platforms
from benchmarks.figures import Figure
from benchmarks.stand import set_clock
from campaignbot.domain.clock import Clock, SimulatedClock, SystemClock
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.media import MediaStore
from campaignbot.platforms.conformance import files
from campaignbot.platforms.outcomes import Published
from campaignbot.platforms.protocol import Adapter, AdapterContext, Credentials
from campaignbot.platforms.registry import load_platform
from campaignbot_x.client import Client

ROUNDS, POSTS = 9, 20
MANY = 1000


def adapter_cpu(folder: Path) -> list[Figure]:
    """Own processor time for a post, beside the bare call of the platform's SDK.

    A text on LinkedIn, Facebook and X, a picture by its address on Instagram; the platforms are in
    a process of their own. Rounds of both alternate; the first opens connections and loads code.
    """
    _log_errors_only()
    figures = []
    with platforms.platforms_process(folder) as (url, media_url):
        platforms.allow_everything(url)
        store = MediaStore(folder, media_url)
        for name, make_bare in _BARE.items():
            bare = make_bare(platforms.base_url(url, name))
            picture = _picture(store) if name == "instagram" else None
            address = store.public_url(picture) if picture else None
            clock = SimulatedClock(NOW)
            adapter, rounds = _adapter(name, url, store, clock), []
            for _ in range(ROUNDS + 1):
                # Instagram takes a hundred posts a day.
                clock.advance(timedelta(days=2))
                set_clock(url, clock)
                ours = _cpu_ms(partial(_publish, adapter, picture))
                rounds.append((ours, _cpu_ms(partial(bare, address))))
            adapter.close()
            ours, theirs = (median(times) for times in zip(*rounds[1:], strict=True))
            figures += [
                Figure(f"{name}: own CPU of a post, adapter", ours, "ms"),
                Figure(f"{name}: own CPU of a post, bare SDK", theirs, "ms"),
                Figure(f"{name}: adapter / bare SDK", ours / theirs, "x", most=1.5),
            ]
    return figures


def metrics_calls(folder: Path) -> list[Figure]:
    """Calls for the statistics of 1,000 posts, counted by the platforms."""
    _log_errors_only()
    figures = []
    with platforms.platforms_process(folder, MANY) as (url, media_url):
        platforms.allow_everything(url)
        for name in platforms.IDS:
            adapter = _adapter(name, url, MediaStore(folder, media_url), SystemClock())
            ids, batch = platforms.posts_of(url, name), load_platform(name).metrics_batch
            before = platforms.questions(url)
            told = [adapter.fetch_metrics(ids[n : n + batch]) for n in range(0, MANY, batch)]
            calls = platforms.questions(url) - before
            assert sum(map(len, told)) == MANY, f"{name} left posts out"
            adapter.close()
            least = math.ceil(MANY / batch)
            figures.append(Figure(f"{name}: statistics of {MANY:,} posts", calls, "calls", least))
    return figures


def _log_errors_only() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def _adapter(name: str, url: str, store: MediaStore, clock: Clock) -> Adapter:
    return load_platform(name).open_adapter(
        AdapterContext(
            external_id=platforms.IDS[name],
            credentials=Credentials({"access_token": Secret(platforms.token(name))}),
            media=store,
            clock=clock,
            base_url=platforms.base_url(url, name),
        )
    )


def _publish(adapter: Adapter, picture: MediaItem | None) -> None:
    content = Content(f"Bericht {uuid4()}", None, (picture,) if picture else ())
    outcome = adapter.publish(content, resume=None, before_create=lambda _receipt: None)
    assert isinstance(outcome, Published), outcome


def _picture(store: MediaStore) -> MediaItem:
    digest = store.put(files.jpeg(640, 480), "image/jpeg")
    return MediaItem(digest, "image/jpeg", 640, 480, "Een molen.")


def _cpu_ms(publish: Callable[[], None]) -> float:
    begin = process_time()
    for _ in range(POSTS):
        publish()
    return 1000 * (process_time() - begin) / POSTS


Bare = Callable[[str | None], None]


def _bare_linkedin(url: str) -> Bare:
    """Post and look at it, by the SDK's general request: it knows no call of the versioned API."""
    api = LinkedInApplication(token=platforms.token("linkedin"))

    def publish(_picture: str | None) -> None:
        body = {
            "author": platforms.IDS["linkedin"],
            "commentary": f"Bericht {uuid4()}",
            "visibility": "PUBLIC",
            "distribution": {"feedDistribution": "MAIN_FEED"},
            "lifecycleState": "PUBLISHED",
        }
        headers = {
            "Linkedin-Version": "202610",
            "Authorization": f"Bearer {platforms.token('linkedin')}",
        }
        address = f"{url}/rest/posts"
        made = api.make_request("POST", address, json.dumps(body), headers=dict(headers))
        urn = quote(made.headers["x-restli-id"], safe="")
        assert api.make_request("GET", f"{address}/{urn}", headers=dict(headers)).json()["id"]

    return publish


def _graph(url: str, name: str) -> FacebookAdsApi:
    session = FacebookSession(access_token=platforms.token(name))
    session.GRAPH = url
    return FacebookAdsApi(session, api_version="v26.0")


def _bare_facebook(url: str) -> Bare:
    page = Page(platforms.IDS["facebook"], api=_graph(url, "facebook"))

    def publish(_picture: str | None) -> None:
        assert page.create_feed(params={"message": f"Bericht {uuid4()}"})["id"]

    return publish


def _bare_instagram(url: str) -> Bare:
    api = _graph(url, "instagram")
    account = IGUser(platforms.IDS["instagram"], api=api)

    def asked(node: str, field: str) -> Any:
        return api.call("GET", (node,), params={"fields": field}).json()[field]

    def publish(picture: str | None) -> None:
        params = {"image_url": picture, "caption": f"Bericht {uuid4()}", "alt_text": "Een molen."}
        container = account.create_media(params=params)["id"]
        assert asked(container, "status_code") == "FINISHED"
        made = account.create_media_publish(params={"creation_id": container})["id"]
        assert asked(made, "permalink")

    return publish


def _bare_x(url: str) -> Bare:
    # tweepy's own call; only the session knows another address.
    client = Client({"access_token": Secret(platforms.token("x"))}, url, 10)

    def publish(_picture: str | None) -> None:
        assert client.create_tweet(text=f"Bericht {uuid4()}", user_auth=False).data["id"]

    return publish


_BARE: dict[str, Callable[[str], Bare]] = {
    "linkedin": _bare_linkedin,
    "facebook": _bare_facebook,
    "instagram": _bare_instagram,
    "x": _bare_x,
}
