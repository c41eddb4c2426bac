"""Posts as their followers see them, with what stands in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True)
class Medium:
    """A picture, a video (MP4) or a document (PDF) of a post, by the SHA-256 of its bytes.

    `title` names a document or video. `poster` is the picture that stands for a video, `captions`
    its subtitles (WebVTT or SubRip), both by SHA-256 too.
    """

    sha256: str
    alt_text: str = ""
    kind: Literal["image", "video", "document"] = "image"
    title: str = ""
    poster: str | None = None
    captions: str | None = None


@dataclass(frozen=True)
class LinkPreview:
    """The card of the page that a post links to; `image` by the SHA-256 of its bytes."""

    title: str
    description: str = ""
    image: str | None = None
    image_alt: str = ""


@dataclass
class SandboxPost:
    """A post as its followers see it.

    A comment or reply is one too: `reply_to` is the id of the post that it stands below.
    One of somebody else's that the account passed on has that one's id in `passes_on`.
    `preview` belongs to `link`. `language` is the tag (BCP 47) that came with it, where the
    platform takes one. `repeats` is how much of it its account said in the week before already,
    0.0 to 1.0, as it stood when it was published.
    """

    id: str
    platform: str
    account: str
    text: str
    created_at: datetime
    link: str | None = None
    media: list[Medium] = field(default_factory=list)
    deleted: bool = False
    # The text as the platform stores it, where that differs from what followers see.
    raw: str = ""
    reply_to: str | None = None
    passes_on: str | None = None
    preview: LinkPreview | None = None
    edited_at: datetime | None = None
    language: str = ""
    repeats: float | None = None

    def __post_init__(self) -> None:
        # A saved state holds plain values, and an older one pairs of hash and alt text.
        self.media = [_medium(item) for item in self.media]
        if isinstance(self.preview, dict):
            self.preview = LinkPreview(**self.preview)

    @property
    def blobs(self) -> set[str]:
        """What of the stored bytes it needs to be shown."""
        found = {m.sha256 for m in self.media}
        found |= {m.poster for m in self.media if m.poster}
        found |= {m.captions for m in self.media if m.captions}
        return found | ({self.preview.image} if self.preview and self.preview.image else set())


def _medium(item: Any) -> Medium:
    if isinstance(item, Medium):
        return item
    return Medium(**item) if isinstance(item, dict) else Medium(*item)
