"""A page on the practice LinkedIn, with its adapter and its media folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from tests.adapters.media_files import film, picture, slides

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.publication import Receipt
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.media import MediaStore
from campaignbot.platforms import outcomes
from campaignbot.platforms.outcomes import Outcome
from campaignbot.platforms.protocol import AdapterContext, Credentials
from campaignbot.sandbox import Sandbox, SandboxAccount, SandboxPost
from campaignbot.sandbox.fault import Fault
from campaignbot_linkedin.adapter import LinkedInAdapter

URN = "urn:li:organization:1001"
TOKEN = "geheim-linkedin-0123456789"
LINK = "https://werkenbij.voorbeeld.example/vacature?utm_id=abc12345&utm_source=linkedin"
NOW = datetime(2027, 3, 4, 9, 30, tzinfo=UTC)


class WatchedMedia(MediaStore):
    """A media folder that remembers how it was read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.largest_read, self.read_whole = 0, 0

    def read(self, item: MediaItem) -> bytes:
        self.read_whole += 1
        return super().read(item)

    def open(self, item: MediaItem) -> BinaryIO:
        file, plain = super().open(item), None
        plain = file.read

        def noted(size: int = -1, /) -> bytes:
            data = plain(size)
            self.largest_read = max(self.largest_read, len(data))
            return data

        return _Noted(file, noted)  # type: ignore[return-value]  # what an upload needs of a file


class _Noted:
    def __init__(self, file: BinaryIO, read: Callable[[int], bytes]) -> None:
        self._file, self.read = file, read

    def seek(self, at: int) -> int:
        return self._file.seek(at)

    def __enter__(self) -> _Noted:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()


@dataclass
class Page:
    """What a test does with the page, and sees of it."""

    sandbox: Sandbox
    folder: Path
    paused_s: list[float] = field(default_factory=list)
    told: list[tuple[int, int]] = field(default_factory=list)
    receipts: list[Receipt | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sandbox.seed_accounts(
            [
                SandboxAccount("linkedin", URN, "Gemeente Voorbeeld", TOKEN, 5000),
                SandboxAccount("linkedin", "urn:li:organization:2", "Een ander", "ander-token", 1),
            ]
        )
        self.world = self.sandbox.world
        self.world.set_clock(NOW)
        self.media = WatchedMedia(self.folder)
        self.account = self.world.accounts["linkedin", URN]
        self.adapter = self.adapter_with(TOKEN)

    def adapter_with(self, token: str) -> LinkedInAdapter:
        context = AdapterContext(
            external_id=URN,
            credentials=Credentials({"access_token": Secret(token)}),
            media=self.media,
            clock=SimulatedClock(NOW),
            base_url=self.sandbox.base_urls["linkedin"],
            timeout_s=5,
        )
        return LinkedInAdapter(context, self.paused_s.append)

    def publish(self, content: Content, *, resume: Receipt | None = None) -> Outcome:
        return self.adapter.publish(
            content,
            resume=resume,
            before_create=self.receipts.append,
            progress=lambda _item, sent, size, begun=None: self.told.append((sent, size)),
        )

    def published(self, content: Content) -> SandboxPost:
        """Publish what must succeed, and return the post as LinkedIn has it."""
        outcome = self.publish(content)
        assert isinstance(outcome, outcomes.Published), outcome
        post = self.world.find("linkedin", outcome.external_id)
        assert post is not None
        return post

    def film(self, size: int = 100_000, seconds: int = 10) -> MediaItem:
        digest = self.media.put(film(seconds, size), "video/mp4")
        return MediaItem(digest, "video/mp4", 640, 360, "Een brug.", "De brug", seconds * 1000)

    def slides(self, pages: int = 3, title: str = "Werken bij ons") -> MediaItem:
        digest = self.media.put(slides(pages), "application/pdf")
        return MediaItem(digest, "application/pdf", 40, 50, "", title, pages=pages)

    def picture(self, number: int = 0) -> MediaItem:
        digest = self.media.put(picture(90 + number), "image/jpeg")
        return MediaItem(digest, "image/jpeg", 320, 320, f"Vlak {number}")

    def fail(self, on: str, kind: str, *, skip: int = 0) -> None:
        self.world.faults.append(Fault("linkedin", on, kind, skip=skip))

    def later(self, by: timedelta) -> None:
        self.world.set_clock(self.world.now() + by)

    def requests(self, kind: str) -> int:
        return self.world.requests[f"linkedin {kind}"]
