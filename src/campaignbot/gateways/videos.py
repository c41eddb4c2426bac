"""What an MP4 file says of itself: how wide, how high, how long."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from campaignbot.domain.errors import user_error

_TURNED = 0x00010000
_NO_LENGTH = {0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF}
_MOST_DEPTH = 4
# The boxes on the way to what is looked for (ISO/IEC 14496-12, 6.2.3).
_HOLDS_BOXES = frozenset({b"moov", b"trak", b"mdia", b"mvex"})


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """A video as it is shown, turned the way the camera noted; its length in milliseconds."""

    width_px: int
    height_px: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    end: int


class _Broken(Exception):
    """The file is no MP4, or one that ends too early."""


def read_video(path: Path) -> VideoFacts:
    """Return what an MP4 file says of itself; only its headers are read.

    UserError when it is no MP4, holds no video, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            return _facts(file, os.fstat(file.fileno()).st_size)
    except (_Broken, struct.error):
        raise user_error("media.no_mp4", remedy="media.no_mp4.remedy", file=path.name) from None


def _facts(file: BinaryIO, size: int) -> VideoFacts:
    first = next(_boxes(file, 0, size), None)
    if first is None or first.kind != b"ftyp":
        raise _Broken
    boxes = list(_deep(file, 0, size))
    tracks = [_track(file, box) for box in boxes if box.kind == b"trak"]
    shown = next((found for found in tracks if found is not None), None)
    # A file made while it was recorded tells its length apart, in a box of its own.
    length = max((_length(file, b) for b in boxes if b.kind in {b"mvhd", b"mehd"}), default=0)
    scale = next((_scale(file, box) for box in boxes if box.kind == b"mvhd"), 0)
    if shown is None or not scale or not length:
        raise _Broken
    return VideoFacts(*shown, length * 1000 // scale)


def _deep(file: BinaryIO, start: int, end: int, depth: int = 0) -> Iterator[_Box]:
    for box in _boxes(file, start, end):
        yield box
        if box.kind in _HOLDS_BOXES and depth < _MOST_DEPTH:
            yield from _deep(file, box.start, box.end, depth + 1)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    """Yield the boxes between two places; `_Box.start` is where a box's own contents begin."""
    at = start
    while at + 8 <= end:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            (size,), head = struct.unpack(">Q", file.read(8)), 16
        elif size == 0:
            size = end - at
        if size < head or at + size > end:
            raise _Broken
        yield _Box(kind, at + head, at + size)
        at += size


def _track(file: BinaryIO, track: _Box) -> tuple[int, int] | None:
    """Return width and height of a track as it is shown; None for sound and the like."""
    boxes = {box.kind: box for box in _deep(file, track.start, track.end)}
    handler, header = boxes.get(b"hdlr"), boxes.get(b"tkhd")
    if handler is None or header is None or _read(file, handler, 8, 4) != b"vide":
        return None
    wide = _read(file, header, 0, 1) == b"\x01"
    matrix = 52 if wide else 40
    across, aside = struct.unpack(">ii", _read(file, header, matrix, 8))
    width, height = struct.unpack(">II", _read(file, header, matrix + 36, 8))
    size = (width >> 16, height >> 16)
    if 0 in size:
        return None
    turned = across == 0 and abs(aside) == _TURNED
    return size[::-1] if turned else size


def _scale(file: BinaryIO, header: _Box) -> int:
    """Return how many units of time make a second."""
    wide = _read(file, header, 0, 1) == b"\x01"
    (scale,) = struct.unpack(">I", _read(file, header, 20 if wide else 12, 4))
    return int(scale)


def _length(file: BinaryIO, box: _Box) -> int:
    """Return the length of the whole in units of time; 0 where it is not told."""
    wide = _read(file, box, 0, 1) == b"\x01"
    at = 4 if box.kind == b"mehd" else (24 if wide else 16)
    kind, size = (">Q", 8) if wide else (">I", 4)
    (length,) = struct.unpack(kind, _read(file, box, at, size))
    return 0 if length in _NO_LENGTH else int(length)


def _read(file: BinaryIO, box: _Box, at: int, size: int) -> bytes:
    if box.start + at + size > box.end:
        raise _Broken
    file.seek(box.start + at)
    return file.read(size)
