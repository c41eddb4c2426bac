"""Whether LinkedIn can use a file: sorts and sizes by the documentation of its media APIs.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/ images-api,
videos-api and documents-api (read 2026-11-24).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from campaignbot.sandbox.pictures import jpeg_size

MAX_PIXELS = 36_152_320
VIDEO_BYTES = (75_000, 500_000_000)
MAX_DOCUMENT_BYTES = 100_000_000
_VIDEO_SECONDS = (3, 30 * 60)
_MAX_PAGES = 300
_OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")


def is_usable(kind: str, data: bytes) -> bool:
    """Tell whether processing a file of that sort comes to a good end."""
    match kind:
        case "image":
            size = _picture_size(data)
            return size is not None and 0 < size[0] * size[1] < MAX_PIXELS
        case "video":
            seconds = _video_seconds(data)
            return seconds is not None and _VIDEO_SECONDS[0] <= seconds <= _VIDEO_SECONDS[1]
        case _:
            if data.startswith(_OFFICE):
                return True
            return data.startswith(b"%PDF-") and 1 <= len(_PAGE.findall(data)) <= _MAX_PAGES


def _picture_size(data: bytes) -> tuple[int, int] | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if data[:6] in {b"GIF87a", b"GIF89a"}:
        return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    return jpeg_size(data)


def _video_seconds(data: bytes) -> float | None:
    """Return how long an MP4 lasts, from its movie header (ISO/IEC 14496-12), if it is one."""
    boxes = dict(_boxes(data))
    header = dict(_boxes(boxes.get(b"moov", b""))).get(b"mvhd", b"")
    if b"ftyp" not in boxes or len(header) < 32:
        return None
    # Version 1 has times of eight bytes.
    at, wide = (20, 8) if header[0] == 1 else (12, 4)
    scale = int.from_bytes(header[at : at + 4], "big")
    units = int.from_bytes(header[at + 4 : at + 4 + wide], "big")
    return units / scale if scale else None


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8:
            return
        yield data[at + 4 : at + 8], data[at + 8 : at + size]
        at += size
