"""How the practice X hands texts back: escaped, with t.co links and what they stand for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from campaignbot.sandbox import Sandbox, SandboxAccount, SandboxPost
from campaignbot.sandbox.posts import Medium

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HEADERS = {"Authorization": "Bearer t-x"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    running = Sandbox(now=NOW)
    running.seed_accounts([SandboxAccount("x", "4001", "Gemeente", "t-x", username="gemeente")])
    running.start()
    yield running
    running.stop()


def listed(sandbox: Sandbox, text: str, pictures: int = 0) -> dict[str, Any]:
    media = [Medium(f"{number:064}") for number in range(pictures)]
    sandbox.world.add_post(SandboxPost("702", "x", "4001", text, NOW, media=media, raw=text))
    url = f"{sandbox.base_urls['x']}/2/users/4001/tweets?tweet.fields=entities"
    row: dict[str, Any] = requests.get(url, headers=HEADERS, timeout=5).json()["data"][0]
    return row


def test_ampersands_and_angle_brackets_are_escaped_and_quotes_are_not(sandbox: Sandbox) -> None:
    row = listed(sandbox, "Zorg & <welzijn> 'in' \"Almere\"")
    assert row["text"] == "Zorg &amp; &lt;welzijn&gt; 'in' \"Almere\""


def test_an_address_with_ampersands_becomes_one_short_link(sandbox: Sandbox) -> None:
    row = listed(sandbox, "Zie https://a.example/v?a=1&b=2 en b.nl/c")
    first, second = row["entities"]["urls"]
    assert row["text"] == f"Zie {first['url']} en {second['url']}"
    assert first["expanded_url"] == "https://a.example/v?a=1&b=2" and "unwound_url" not in first
    assert second["expanded_url"] == "http://b.nl/c", "X tells a scheme where none was written"


def test_each_picture_is_told_with_the_same_link(sandbox: Sandbox) -> None:
    row = listed(sandbox, "Twee beelden.", pictures=2)
    urls = row["entities"]["urls"]
    assert len(urls) == 2 and len({url["url"] for url in urls}) == 1
    assert row["text"] == f"Twee beelden. {urls[0]['url']}"
    assert urls[0]["display_url"].startswith("pic.x.com/") and urls[0]["media_key"]


def test_a_redirect_is_told_until_it_ends(sandbox: Sandbox) -> None:
    control = f"{sandbox.url}/control/redirects"
    told = {"from": "https://a.example/v", "to": "https://b.example/w"}
    requests.post(control, json=told, timeout=5)
    (url,) = listed(sandbox, "Zie https://a.example/v")["entities"]["urls"]
    assert (url["expanded_url"], url["unwound_url"]) == (told["from"], told["to"])
    requests.post(control, json={**told, "to": None}, timeout=5)
    (url,) = listed(sandbox, "Zie https://a.example/v")["entities"]["urls"]
    assert "unwound_url" not in url
