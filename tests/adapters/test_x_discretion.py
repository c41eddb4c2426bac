"""What tweepy and oauthlib would write down of a request: not a word of it reaches a log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.adapters.stand import IDS, NOW

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.media import MediaStore
from campaignbot.platforms.conformance.files import jpeg
from campaignbot.platforms.errors import PlatformError
from campaignbot.platforms.protocol import AdapterContext, Credentials
from campaignbot.sandbox import Sandbox
from campaignbot_x import PLATFORM

SIGNING = {
    "consumer_key": "sleutel-app-0123456789",
    "consumer_secret": "geheim-app-0123456789",
    "access_token": "sleutel-toegang-0123456789",
    "access_token_secret": "geheim-toegang-0123456789",
}
BEARER = {"access_token": "geheim-x-0123456789"}
LOGGERS = ("", "tweepy", "tweepy.client", "oauthlib", "oauthlib.oauth1", "requests_oauthlib")


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def everything() -> Iterator[_Kept]:
    """Listen to all that is logged, at debug, as somebody who looks for an error sets it."""
    kept, root = _Kept(), logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in LOGGERS}
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.NOTSET)
    root.setLevel(logging.DEBUG)
    root.addHandler(kept)
    yield kept
    root.removeHandler(kept)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.parametrize("secrets", [SIGNING, BEARER], ids=["signed", "bearer"])
def test_no_request_is_written_down_at_debug(
    sandbox: Sandbox, tmp_path: Path, everything: _Kept, secrets: dict[str, str]
) -> None:
    store = MediaStore(tmp_path)
    picture = MediaItem(store.put(jpeg(320, 320), "image/jpeg"), "image/jpeg", 320, 320, "Een vlak")
    adapter = PLATFORM.open_adapter(
        AdapterContext(
            external_id=IDS["x"],
            credentials=Credentials({name: Secret(value) for name, value in secrets.items()}),
            media=store,
            clock=SimulatedClock(NOW),
            base_url=sandbox.base_urls["x"],
            timeout_s=5,
        )
    )
    content = Content("Goedemorgen.", media=(picture,))
    adapter.publish(content, resume=None, before_create=lambda _receipt: None)
    try:
        adapter.find_published(content, NOW - timedelta(hours=1), None)
    except PlatformError:
        # The practice X knows no signatures; what was logged of the refusal counts too.
        assert secrets is SIGNING
    adapter.close()
    told = [record for record in everything.records if record.name.split(".")[0] in LOGGERS[1:]]
    assert [record.getMessage() for record in told if record.levelno < logging.INFO] == []
    said = " ".join(record.getMessage() for record in everything.records)
    assert everything.records, "nothing was logged at all: the test hears nothing"
    assert not [value for value in secrets.values() if value in said]
