"""What a platform takes, as data that checks, screens and adapters share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Limit:
    """One number, with the page that states it and the day on which it was read.

    `url` is None for a value that the platform publishes nowhere: then `note` says whose it is.
    """

    value: int
    url: str | None
    read_on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class VideoLimits:
    """What a platform takes as a video: sizes in bytes, lengths in milliseconds.

    `bytes_min` is the least that it may weigh; None where a platform names no least.
    """

    bytes: Limit
    duration_min_ms: Limit
    duration_max_ms: Limit
    mimes: tuple[str, ...] = ("video/mp4",)
    bytes_min: Limit | None = None


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """What a platform takes as a document that followers leaf through: bytes and pages."""

    bytes: Limit
    pages: Limit
    mimes: tuple[str, ...] = ("application/pdf",)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one platform; None means that it has no such limit or no such thing.

    Text is counted by the platform's own `Platform.count`; sizes are bytes; ratios are width
    divided by height in thousandths; `image_pixels` is width times height. `reply_text` is the
    limit of a comment or reply where that is not the limit of a post. `image_required` asks for a
    picture or a video. `images` bounds pictures; a post holds one video or one document, and then
    no picture. `mixed_carousel` says that pictures and videos may stand together, and then `images`
    bounds both. `moving_picture_alone` says that a GIF, where it is taken, is the only picture of
    its post. `gif_bytes` bounds a GIF where that is another number than that of pictures.
    `link_title` bounds the title of a link's card, counted as the text is, where the content brings
    the card.
    """

    text: Limit | None
    images: Limit
    alt_text: Limit | None = None
    hashtags: Limit | None = None
    image_bytes: Limit | None = None
    gif_bytes: Limit | None = None
    image_pixels: Limit | None = None
    image_ratio_min_permille: Limit | None = None
    image_ratio_max_permille: Limit | None = None
    image_mimes: tuple[str, ...] = ("image/jpeg", "image/png")
    image_required: bool = False
    mixed_carousel: bool = False
    moving_picture_alone: bool = False
    reply_text: Limit | None = None
    mentions: Limit | None = None
    link_title: Limit | None = None
    video: VideoLimits | None = None
    document: DocumentLimits | None = None

    def text_of(self, *, reply: bool) -> Limit | None:
        """Return the limit of a post's text, or of a comment's or reply's."""
        return (self.reply_text or self.text) if reply else self.text
