"""A page and an Instagram account on the sandbox, with what only Meta's tests ask of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image
from tests.adapters.films import film
from tests.adapters.stand import ACCOUNTS, IDS, NOW

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.publication import Receipt
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.media import MediaHost, MediaStore
from campaignbot.platforms.calls import CallLog
from campaignbot.platforms.outcomes import Outcome
from campaignbot.platforms.protocol import AdapterContext, Credentials, Progress, no_progress
from campaignbot.sandbox import Sandbox, SandboxAccount, SandboxPost
from campaignbot.sandbox.fault import Fault
from campaignbot_meta.instagram_account import InstagramAdapter
from campaignbot_meta.page import FacebookPageAdapter

TOKEN = "geheim-toegang-0123456789"


class NoMedia(MediaStore):
    def __init__(self) -> None:
        """Hold nothing: only texts are posted here."""

    def public_url(self, item: MediaItem) -> str:
        raise AssertionError


def page_at(url: str) -> FacebookPageAdapter:
    """Open a page on a server that answers what a test wants."""
    return FacebookPageAdapter(
        AdapterContext(
            external_id=IDS["facebook"],
            credentials=Credentials({"access_token": Secret(TOKEN)}),
            media=NoMedia(),
            clock=SimulatedClock(NOW),
            base_url=url,
            timeout_s=5,
        ),
        pause=lambda _s: None,
    )


@dataclass
class Meta:
    """The sandbox at an instant that stands still, and adapters that never sleep."""

    sandbox: Sandbox
    store: MediaStore
    clock: SimulatedClock = field(default_factory=lambda: SimulatedClock(NOW))
    receipts: list[Receipt | None] = field(default_factory=list)

    def context(self, platform: str, **more: str) -> AdapterContext:
        return AdapterContext(
            external_id=IDS[platform],
            credentials=Credentials({"access_token": Secret(self.account(platform).token)}),
            media=self.store,
            clock=self.clock,
            base_url=self.sandbox.base_urls[platform],
            timeout_s=5,
            options=more,
            calls=CallLog(),
        )

    def page(self) -> FacebookPageAdapter:
        return FacebookPageAdapter(self.context("facebook"), pause=lambda _s: None)

    def instagram(self) -> InstagramAdapter:
        return InstagramAdapter(self.context("instagram"), pause=lambda _s: None)

    def publish(
        self,
        adapter: FacebookPageAdapter | InstagramAdapter,
        content: Content,
        resume: Receipt | None = None,
        progress: Progress = no_progress,
        before: Callable[[Receipt | None], None] | None = None,
        reply_to: str | None = None,
    ) -> Outcome:
        return adapter.publish(
            content,
            resume=resume,
            before_create=before or self.receipts.append,
            progress=progress,
            reply_to=reply_to,
        )

    def picture(self, number: int = 0, size: tuple[int, int] = (320, 320)) -> MediaItem:
        return self.stored(number, "JPEG", "image/jpeg", size)

    def stored(self, number: int, kind: str, mime: str, size: tuple[int, int]) -> MediaItem:
        buffer = BytesIO()
        Image.new("RGB", size, (20 + number, 90, 120)).save(buffer, kind)
        digest = self.store.put(buffer.getvalue(), mime)
        return MediaItem(digest, mime, *size, f"Een effen vlak, nummer {number}.")

    def video(self, duration_ms: int = 12_000, size: int = 600_000, seed: int = 0) -> MediaItem:
        digest = self.store.put(film(duration_ms, size, seed), "video/mp4")
        said = "Een fietser rijdt over een dijk."
        return MediaItem(digest, "video/mp4", 1080, 1920, said, "Op de dijk", duration_ms)

    def fail(self, platform: str, on: str, kind: str, times: int = 1, skip: int = 0) -> None:
        self.sandbox.world.faults.append(Fault(platform, on, kind, times, skip=skip))

    def account(self, platform: str) -> SandboxAccount:
        account = self.sandbox.world.account(platform, IDS[platform])
        assert account is not None
        return account

    def posts(self, platform: str) -> list[SandboxPost]:
        """Return what stands there, newest first."""
        return self.sandbox.world.live(platform, IDS[platform])

    def pass_time(self, time: timedelta) -> None:
        self.clock.advance(time)
        self.sandbox.world.set_clock(self.clock.now())


@contextmanager
def meta_stand(folder: Path) -> Iterator[Meta]:
    sandbox = Sandbox(now=NOW)
    sandbox.seed_accounts(replace(account) for account in ACCOUNTS)
    host = MediaHost(folder / "media")
    sandbox.start()
    host.start()
    try:
        yield Meta(sandbox, MediaStore(folder / "media", host.url))
    finally:
        host.stop()
        sandbox.stop()
