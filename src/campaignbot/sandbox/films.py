"""Reading how long an MP4 is, from its own boxes (ISO/IEC 14496-12)."""

from __future__ import annotations

from collections.abc import Iterator


def mp4_duration_ms(data: bytes) -> int | None:
    """Return the length in milliseconds, or None when the bytes are no playable MP4."""
    if not any(kind == b"ftyp" for kind, _ in _boxes(data)):
        return None
    for kind, body in _boxes(data):
        if kind == b"moov":
            return next((_length(header) for name, header in _boxes(body) if name == b"mvhd"), None)
    return None


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        size, start = int.from_bytes(data[at : at + 4], "big"), at + 8
        if size == 1:
            size, start = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        elif size == 0:
            size = len(data) - at
        if size < start - at or at + size > len(data):
            return
        yield data[at + 4 : at + 8], data[start : at + size]
        at += size


def _length(header: bytes) -> int | None:
    """Read time scale and duration of a movie header, of version 0 or 1."""
    wide = header[:1] == b"\x01"
    at = 20 if wide else 12
    scale = int.from_bytes(header[at : at + 4], "big")
    units = int.from_bytes(header[at + 4 : at + (12 if wide else 8)], "big")
    return units * 1000 // scale if scale else None
