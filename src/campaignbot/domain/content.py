"""Content: the one thing that is checked, hashed, approved, sent and archived."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class MediaItem:
    """A picture in the media store, by the hex SHA-256 of its bytes, with its alt text."""

    sha256: str
    mime: str
    width_px: int
    height_px: int
    alt_text: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a publication says on one account, complete: nothing is added when it is sent.

    `link` is the tracked link in full. `options` are the platform's own settings (for a manual
    account: who hands it over). Order of `media` is the order shown.
    """

    text: str
    link: str | None = None
    media: tuple[MediaItem, ...] = ()
    language: str = "nl"
    options: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Return the canonical JSON form; `from_json` is its inverse."""
        return {
            "text": self.text,
            "link": self.link,
            "media": [
                {
                    "sha256": item.sha256,
                    "mime": item.mime,
                    "width_px": item.width_px,
                    "height_px": item.height_px,
                    "alt_text": item.alt_text,
                }
                for item in self.media
            ],
            "language": self.language,
            "options": dict(sorted(self.options.items())),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Content:
        media, options = data["media"], data["options"]
        assert isinstance(media, list) and isinstance(options, Mapping)
        return cls(
            text=str(data["text"]),
            link=None if data["link"] is None else str(data["link"]),
            media=tuple(MediaItem(**item) for item in media),
            language=str(data["language"]),
            options={str(k): str(v) for k, v in options.items()},
        )


def content_hash(content: Content, account_id: UUID) -> str:
    """Return the hex SHA-256 that an approval binds: the content together with its account."""
    canonical = json.dumps(
        {"account": str(account_id), "content": content.to_json()},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


_SPACE = re.compile(r"\s+")


def normalise_text(text: str) -> str:
    """Return the text as read-back and repetition compare it: NFC, case folded, spaces as one."""
    return _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip().casefold()


def text_key(text: str) -> str:
    """Return the hex SHA-256 of the normalised text; unique per account among live posts."""
    return hashlib.sha256(normalise_text(text).encode()).hexdigest()
