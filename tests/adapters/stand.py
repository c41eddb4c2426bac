"""A stand for the conformance suite: the sandbox, with one account on each platform."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image

from campaignbot.domain.clock import Clock, SimulatedClock
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.media import MediaHost, MediaStore
from campaignbot.platforms.protocol import Adapter, AdapterContext, Credentials
from campaignbot.platforms.registry import load_platform
from campaignbot.sandbox import Sandbox, SandboxAccount
from campaignbot.sandbox.world import Fault

IDS = {
    "linkedin": "urn:li:organization:1001",
    "facebook": "2001",
    "instagram": "3001",
    "x": "4001",
}
ACCOUNTS = [
    SandboxAccount(name, IDS[name], "Gemeente Voorbeeld", f"geheim-{name}-0123456789", 5000)
    for name in IDS
]


NOW = datetime(2027, 3, 4, 9, 30, tzinfo=UTC)
"""Far from the machine's own time, so that an adapter that looks at that one is found out."""


class SandboxStand:
    """One platform of the sandbox, empty at first, at an instant that stands still."""

    def __init__(self, name: str, sandbox: Sandbox, folder: Path) -> None:
        self.platform = load_platform(name)
        self.clock: Clock = SimulatedClock(NOW)
        sandbox.world.set_clock(NOW)
        self._sandbox, self._name = sandbox, name
        # Instagram documents no refusal of duplicates.
        self.refuses_duplicates = name != "instagram"
        # LinkedIn documents no header on what is left.
        self.tells_budgets = name != "linkedin"
        self._host = MediaHost(folder)
        self._media = MediaStore(folder, self._host.url)
        self._host.start()

    def close(self) -> None:
        self._host.stop()

    def adapter(self) -> Adapter:
        account = self._sandbox.world.account(self._name, IDS[self._name])
        assert account is not None
        return self._opened(Credentials({"access_token": Secret(account.token)}))

    def adapter_without_token(self) -> Adapter:
        return self._opened(Credentials({}))

    def _opened(self, credentials: Credentials) -> Adapter:
        return self.platform.open_adapter(
            AdapterContext(
                external_id=IDS[self._name],
                credentials=credentials,
                media=self._media,
                clock=self.clock,
                base_url=self._sandbox.base_urls[self._name],
                timeout_s=5,
            )
        )

    def content(self, text: str, *, link: str | None = None, pictures: int = 1) -> Content:
        media = tuple(self._picture(number) for number in range(pictures))
        return Content(text, link, media)

    def fail(self, on: str, kind: str, times: int = 1) -> None:
        self._sandbox.world.faults.append(Fault(self._name, on, kind, times))

    def posts(self) -> int:
        return len(self._sandbox.world.live(self._name, IDS[self._name]))

    def replies(self, post_id: str) -> int:
        return len(self._sandbox.world.replies(self._name, post_id))

    def alt_texts(self) -> list[str]:
        newest = self._sandbox.world.live(self._name, IDS[self._name])[0]
        return [medium.alt_text for medium in newest.media]

    def expire_token(self) -> None:
        account = self._sandbox.world.account(self._name, IDS[self._name])
        assert account is not None
        account.token_expires_at = self.clock.now() - timedelta(days=1)

    def secrets(self) -> list[str]:
        return [account.token for account in ACCOUNTS]

    def _picture(self, number: int) -> MediaItem:
        buffer = BytesIO()
        Image.new("RGB", (320, 320), (20 + number, 90, 120)).save(buffer, "JPEG")
        digest = self._media.put(buffer.getvalue(), "image/jpeg")
        return MediaItem(digest, "image/jpeg", 320, 320, f"Een effen vlak, nummer {number}.")
