"""Videos for tests: boxes of an MP4 that say how long it is, and bytes that play nothing."""

from __future__ import annotations


def film(duration_ms: int = 12_000, size: int = 600_000, seed: int = 0) -> bytes:
    """Return an MP4 of that length and about that many bytes; another `seed`, other bytes."""
    brand = _box(b"ftyp", b"isom\0\0\2\0isommp41")
    header = bytes(12) + (1000).to_bytes(4, "big") + duration_ms.to_bytes(4, "big") + bytes(80)
    moov = _box(b"moov", _box(b"mvhd", header))
    filling = bytes((seed + number) % 251 for number in range(1024))
    rest = max(size - len(brand) - len(moov) - 8, 0)
    return brand + moov + _box(b"mdat", (filling * (rest // 1024 + 1))[:rest])


def _box(kind: bytes, body: bytes) -> bytes:
    return (len(body) + 8).to_bytes(4, "big") + kind + body
