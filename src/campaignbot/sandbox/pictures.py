"""Reading the size of a JPEG from its own headers (ITU T.81, B.2.2)."""

from __future__ import annotations


def jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Return (width, height) in pixels, or None when the bytes are no JPEG."""
    if data[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height = int.from_bytes(data[at + 5 : at + 7], "big")
            return int.from_bytes(data[at + 7 : at + 9], "big"), height
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return None


_KINDS = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
)


def picture_kind(data: bytes) -> str | None:
    """Return what sort of picture the bytes begin like, as a media type; None for no picture."""
    return next((mime for start, mime in _KINDS if data.startswith(start)), None)
