"""Content: the one thing that is checked, hashed, approved, sent and archived."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any
from uuid import UUID

from campaignbot.domain.canonical import digest


class MediaKind(StrEnum):
    """What a medium is to a platform: each sort has its own upload and its own limits."""

    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class MediaItem:
    """A file of the media store, by the hex SHA-256 of its bytes.

    A picture has an alt text; for a video it describes what is seen and heard. A document's size is
    that of its first page. `title` is what platforms show above a video or document. `pages` counts
    those of a document; `duration_ms` is the length of a video.
    """

    sha256: str
    mime: str
    width_px: int
    height_px: int
    alt_text: str
    title: str = ""
    duration_ms: int | None = None
    pages: int | None = None

    @property
    def kind(self) -> MediaKind:
        if self.mime.startswith("video/"):
            return MediaKind.VIDEO
        return MediaKind.IMAGE if self.mime.startswith("image/") else MediaKind.DOCUMENT

    def to_json(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class LinkPreview:
    """The card that stands for a link on platforms that do not read the page themselves."""

    title: str
    description: str = ""
    picture: MediaItem | None = None

    def to_json(self) -> dict[str, object]:
        return {
            "title": self.title,
            "description": self.description,
            "picture": self.picture and self.picture.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> LinkPreview:
        picture = data["picture"] and MediaItem(**data["picture"])
        return cls(str(data["title"]), str(data["description"]), picture)


@dataclass(frozen=True, slots=True)
class Content:
    """What a publication says on one account, complete: nothing is added when it is sent.

    `link` is the tracked link in full. `options` are the platform's own settings (for a manual
    account: who hands it over). Order of `media` is the order shown. `preview` is the card of the
    link, for platforms that do not read the page themselves. `mentions` give the platform's id of
    a name that stands behind an @ in the text ("Provincie Voorbeeld": "urn:li:organization:1").
    """

    text: str
    link: str | None = None
    media: tuple[MediaItem, ...] = ()
    language: str = "nl"
    options: Mapping[str, str] = field(default_factory=dict)
    preview: LinkPreview | None = None
    mentions: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> tuple[MediaItem, ...]:
        """Every file that is needed to send it: the media, and the picture of the card."""
        card = self.preview and self.preview.picture
        return (*self.media, card) if card and card not in self.media else self.media

    def to_json(self) -> dict[str, object]:
        """Return it as plain JSON values; `from_json` is its inverse."""
        return {
            "text": self.text,
            "link": self.link,
            "media": [item.to_json() for item in self.media],
            "language": self.language,
            "options": dict(sorted(self.options.items())),
            "preview": self.preview and self.preview.to_json(),
            "mentions": dict(sorted(self.mentions.items())),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Content:
        preview = data["preview"]
        return cls(
            text=str(data["text"]),
            link=None if data["link"] is None else str(data["link"]),
            media=tuple(MediaItem(**item) for item in data["media"]),
            language=str(data["language"]),
            options={str(k): str(v) for k, v in data["options"].items()},
            preview=preview and LinkPreview.from_json(preview),
            mentions={str(k): str(v) for k, v in data["mentions"].items()},
        )


HASH_SCHEME = 2
"""How contents are hashed from now on. 1 covered every field, filled or not, and bore no number."""


def content_hash(content: Content, account_id: UUID, scheme: int = HASH_SCHEME) -> str:
    """Return what an approval binds: a digest of the content together with its account.

    It begins with its scheme (``2:`` and 64 hex digits), so that what was approved under an older
    one stays approved.
    """
    if scheme == 1:
        everything = {"account": str(account_id), "content": content.to_json()}
        text = json.dumps(everything, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
    return f"{scheme}:{digest({'account': account_id, 'content': content})}"


def scheme_of(stored_hash: str) -> int:
    """Return the scheme by which a stored hash was made."""
    number, mark, _ = stored_hash.partition(":")
    if not mark:
        return 1
    return int(number) if number.isdecimal() else HASH_SCHEME


_SPACE = re.compile(r"\s+")


def normalise_text(text: str) -> str:
    """Return the text as read-back and repetition compare it: NFC, case folded, spaces as one."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip().casefold()


def text_key(text: str) -> str:
    """Return the hex SHA-256 of the normalised text; unique per account among live posts."""
    return hashlib.sha256(normalise_text(text).encode()).hexdigest()
