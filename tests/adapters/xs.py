"""What the tests of X's adapter share: a stand, and files to upload."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.adapters.stand import IDS, NOW

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import MediaItem
from campaignbot.domain.publication import Receipt
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.media import MediaStore
from campaignbot.platforms.protocol import Adapter, AdapterContext, Credentials
from campaignbot.sandbox import Sandbox, SandboxAccount
from campaignbot_x import PLATFORM


class OnX:
    """An adapter for X on a running sandbox; their clocks stand still until they are moved."""

    def __init__(self, sandbox: Sandbox, folder: Path, url: str | None = None) -> None:
        self.sandbox, self.clock = sandbox, SimulatedClock(NOW)
        self.url = url or sandbox.base_urls["x"]
        self.store = MediaStore(folder)
        self.progress: list[tuple[int, int]] = []
        sandbox.world.set_clock(NOW)

    @property
    def account(self) -> SandboxAccount:
        found = self.sandbox.world.account("x", IDS["x"])
        assert found is not None
        return found

    def adapter(self, token: str | None = None) -> Adapter:
        return PLATFORM.open_adapter(
            AdapterContext(
                external_id=IDS["x"],
                credentials=Credentials({"access_token": Secret(token or self.account.token)}),
                media=self.store,
                clock=self.clock,
                base_url=self.url,
                timeout_s=5,
            )
        )

    def keep(self, data: bytes, mime: str, alt_text: str = "Een brug.") -> MediaItem:
        return MediaItem(self.store.put(data, mime), mime, 640, 360, alt_text)

    def note_progress(
        self, _item: MediaItem, sent: int, size: int, /, begun: Receipt | None = None
    ) -> None:
        self.progress.append((sent, size))

    def wait(self, by: timedelta) -> None:
        self.clock.advance(by)
        self.sandbox.world.set_clock(self.clock.now())
