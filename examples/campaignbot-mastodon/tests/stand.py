"""The stand that campaignbot's conformance suite runs on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import BinaryIO

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import MediaItem, MediaKind
from campaignbot.domain.metrics import Metric, Missing
from campaignbot.domain.secrets import Secret
from campaignbot.platforms.conformance import NotApplicable, Seen, SeenMedium, files
from campaignbot.platforms.protocol import Adapter, AdapterContext, Credentials
from campaignbot.platforms.registry import load_platform

from imitation import Fault, Server

NOW = datetime(2031, 3, 4, 9, 30, tzinfo=UTC)
OURS, THEIRS = "42", "43"
TOKEN, OTHER_TOKEN = "geheim-mastodon-0123456789", "vreemd-mastodon-0123456789"


class Files:
    """Media in memory; Mastodon is sent the bytes and fetches nothing."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}
        self._blank: dict[str, int] = {}

    def put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self._kept[digest] = data
        return digest

    def put_blank(self, size: int) -> str:
        digest = hashlib.sha256(f"{size} times nothing".encode()).hexdigest()
        self._blank[digest] = size
        return digest

    def read(self, item: MediaItem) -> bytes:
        return self._kept[item.sha256]

    def open(self, item: MediaItem) -> BinaryIO:
        if item.sha256 in self._blank:
            return files.blank(self._blank[item.sha256])
        return BytesIO(self.read(item))

    def size(self, item: MediaItem) -> int:
        return self._blank.get(item.sha256) or len(self.read(item))

    def public_url(self, item: MediaItem) -> str:
        raise NotImplementedError


class MastodonStand:
    """One account on a server of its own, at an instant that stands still."""

    refuses_duplicates = False
    tells_budgets = True
    not_enforced: Mapping[str, str] = {}
    mention: tuple[str, str, str] | None = None
    silence = Missing.NOT_OFFERED

    def __init__(self) -> None:
        # By its entry point, as campaignbot finds it.
        self.platform = load_platform("mastodon")
        self.clock = SimulatedClock(NOW)
        self.server = Server(NOW, {TOKEN: OURS, OTHER_TOKEN: THEIRS})
        self._files, self._address = Files(), self.server.start()

    def close(self) -> None:
        self.server.stop()

    def adapter(self, timeout_s: float = 10) -> Adapter:
        return self._opened({"access_token": Secret(TOKEN)}, timeout_s)

    def adapter_without_token(self) -> Adapter:
        return self._opened({})

    def adapter_of_another(self) -> Adapter:
        return self._opened({"access_token": Secret(OTHER_TOKEN)})

    def _opened(self, secrets: Mapping[str, Secret], timeout_s: float = 10) -> Adapter:
        return self.platform.open_adapter(
            AdapterContext(
                external_id=OURS,
                credentials=Credentials(secrets),
                media=self._files,
                clock=self.clock,
                base_url=self._address,
                timeout_s=timeout_s,
                pause=lambda _seconds: None,
            )
        )

    def keep(self, data: bytes, mime: str) -> str:
        return self._files.put(data)

    def keep_blank(self, size: int, mime: str) -> str:
        return self._files.put_blank(size)

    def fail(self, on: str, kind: str, times: int = 1) -> None:
        self.server.faults.append(Fault(on, kind, times))

    def posts(self) -> int:
        return sum(post["in_reply_to_id"] is None for post in self.server.live(OURS))

    def replies(self, post_id: str) -> int:
        return sum(post["in_reply_to_id"] == post_id for post in self.server.posts)

    def newest(self) -> Seen:
        post = next(p for p in self.server.live(OURS) if p["in_reply_to_id"] is None)
        media = tuple(
            SeenMedium(MediaKind(m["type"]), m["sha256"], m["description"])
            for m in post["media_attachments"]
        )
        return Seen(post["text"], media, post["language"])

    def pass_time(self, time: timedelta) -> None:
        self.clock.advance(time)
        self.server.now += time

    def expire_token(self) -> None:
        self.server.expired.add(TOKEN)

    def revoke_token(self) -> None:
        del self.server.accounts[TOKEN]

    def take_permission(self) -> None:
        self.server.scopes[TOKEN] = frozenset({"read", "write:media"})

    def expire_uploads(self) -> None:
        self.server.media.clear()

    def process_slowly(self) -> None:
        raise NotApplicable("the adapter takes no videos")

    def process(self) -> None:
        raise NotApplicable("the adapter takes no videos")

    def retire_metric(self) -> Metric:
        raise NotApplicable("Mastodon has retired none of its numbers")

    def secrets(self) -> list[str]:
        return [TOKEN]
