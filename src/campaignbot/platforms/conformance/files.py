"""Real files, as small as they can be or of an exact size: JPEG, PNG, GIF, MP4 and PDF.

Made by hand, so that the suite needs no library and every byte is known.
"""

from __future__ import annotations

import io
import zlib
from struct import pack
from typing import Any, BinaryIO

_SEGMENT = 65_533
"""What a comment segment of a JPEG holds at most."""


def jpeg(width: int, height: int, *, size: int | None = None, mark: str = "") -> bytes:
    """Return a grey JPEG (ITU T.81) of one component; `size` is reached with comments.

    Each block of 8 × 8 says in two bits that it is like the one before.
    """
    blocks = -(-width // 8) * -(-height // 8)
    full, rest = divmod(2 * blocks, 8)
    scan = bytes(full) + (bytes([0xFF >> rest]) if rest else b"")
    tables = (
        _marked(0xDB, b"\x00" + b"\x10" * 64)
        + _marked(0xC0, pack(">BHHB3B", 8, height, width, 1, 1, 0x11, 0))
        # One code of one bit each: a difference of nothing, and the end of the block.
        + _marked(0xC4, b"\x00\x01" + b"\x00" * 15 + b"\x00")
        + _marked(0xC4, b"\x10\x01" + b"\x00" * 15 + b"\x00")
    )
    end = tables + _marked(0xDA, b"\x01\x01\x00\x00\x3f\x00") + scan + b"\xff\xd9"
    start = b"\xff\xd8" + _marked(0xFE, mark.encode())
    missing = max(0, (size or 0) - len(start) - len(end))
    if missing < 4:
        return b"\xff\xd8" + _marked(0xFE, mark.encode() + b" " * missing) + end
    return start + _comments(missing) + end


def _comments(size: int) -> bytes:
    """Return comment segments of this many bytes in all, four at least."""
    found = bytearray()
    while size:
        left = min(size - 4, _SEGMENT)
        if 0 < size - 4 - left < 4:
            left -= 4
        found += _marked(0xFE, b" " * left)
        size -= 4 + left
    return bytes(found)


def _marked(marker: int, body: bytes) -> bytes:
    return pack(">BBH", 0xFF, marker, len(body) + 2) + body


def png(width: int, height: int, *, mark: str = "") -> bytes:
    """Return a black PNG of eight grey bits."""
    rows = zlib.compress((b"\x00" + bytes(width)) * height)
    header = pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"tEXt", b"Comment\x00" + mark.encode()), (b"IDAT", rows)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in [*parts, (b"IEND", b"")])


def _chunk(name: bytes, body: bytes) -> bytes:
    return pack(">I", len(body)) + name + body + pack(">I", zlib.crc32(name + body))


def gif(width: int, height: int, *, size: int | None = None, mark: str = "") -> bytes:
    """Return a GIF (89a) of two frames, black and then white; `size` is reached with a comment."""
    start = b"GIF89a" + pack("<HHBBB", width, height, 0x81, 0, 0) + bytes(3) + b"\xff" * 9
    start += b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    start += b"\x21\xfe" + _blocks(mark.encode() or b" ")
    frames = b"".join(_frame(width, height, colour) for colour in (0, 1))
    # Three bytes begin and end a comment.
    missing = (size or 0) - len(start) - len(frames) - 1 - 3
    comment = b"\x21\xfe" + _filling(missing) + b"\x00" if missing > 1 else b""
    return start + comment + frames + b"\x3b"


def _frame(width: int, height: int, colour: int) -> bytes:
    """Return a frame of one colour: 9 bits for two pixels, which begin a new table of codes."""
    eights, rest = divmod(-(-width * height // 2), 8)
    pair = 4 | colour << 3 | colour << 6
    pairs = [sum(pair << 9 * at for at in range(count)) for count in (8, rest)]
    coded = pairs[0].to_bytes(9, "little") * eights
    coded += (pairs[1] | 5 << 9 * rest).to_bytes(10, "little")
    shown = b"\x21\xf9\x04\x00" + pack("<H", 50) + b"\x00\x00"
    return shown + b"\x2c" + pack("<4HB", 0, 0, width, height, 0) + b"\x02" + _blocks(coded)


def _blocks(data: bytes) -> bytes:
    parts = (data[at : at + 255] for at in range(0, len(data), 255))
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\x00"


def _filling(size: int) -> bytes:
    """Return blocks of this many bytes in all, two at least."""
    full, rest = divmod(size, 256)
    # A block of one byte is the end of a comment.
    if rest == 1:
        return (b"\xff" + b" " * 255) * (full - 1) + b"\xfe" + b" " * 254 + b"\x01 "
    return (b"\xff" + b" " * 255) * full + (bytes([rest - 1]) + b" " * (rest - 1) if rest else b"")


def blank(size: int) -> BinaryIO:
    """Return a file of so many zero bytes, which are made as they are read."""
    return io.BufferedReader(_Blank(size))


class _Blank(io.RawIOBase):
    def __init__(self, size: int) -> None:
        self._size, self._at = size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = start + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        size = max(0, min(len(buffer), self._size - self._at))
        buffer[:size] = bytes(size)
        self._at += size
        return size


def mp4(
    duration_ms: int,
    *,
    width: int = 640,
    height: int = 360,
    size: int | None = None,
    mark: str = "",
) -> bytes:
    """Return an MP4 (ISO 14496-12) with one H.264 track that shows nothing for so long."""
    matrix = pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    movie = _box(
        "mvhd",
        pack(">5I", 0, 0, 0, 1000, duration_ms) + pack(">IH10x", 0x10000, 0x100) + matrix
        + bytes(24) + pack(">I", 2),
    )  # fmt: skip
    track = _box(
        "tkhd",
        pack(">6I", 3, 0, 0, 1, 0, duration_ms) + bytes(8) + pack(">4H", 0, 0, 0, 0) + matrix
        + pack(">II", width << 16, height << 16),
    )  # fmt: skip
    media = _box("mdhd", pack(">5I2H", 0, 0, 0, 1000, duration_ms, 0x55C4, 0))
    handler = _box("hdlr", bytes(8) + b"vide" + bytes(12) + b"Video\x00")
    coded = _box(
        "avc1",
        bytes(6) + pack(">H", 1) + bytes(16) + pack(">2H", width, height)
        + pack(">III", 0x480000, 0x480000, 0) + pack(">H", 1) + bytes(32) + pack(">HH", 24, 0xFFFF)
        + _box("avcC", b"\x01\x42\xc0\x1e\xff\xe1\x00\x04\x67\x42\xc0\x1e\x01\x00\x02\x68\xce"),
    )  # fmt: skip
    table = _box(
        "stbl",
        _box("stsd", pack(">II", 0, 1) + coded)
        + _box("stts", pack(">IIII", 0, 1, 1, duration_ms))
        + _box("stsc", pack(">IIIII", 0, 1, 1, 1, 1))
        + _box("stsz", pack(">III", 0, 4, 1))
        + _box("stco", pack(">III", 0, 1, 40)),
    )
    reference = _box("dref", pack(">II", 0, 1) + _box("url ", pack(">I", 1)))
    information = _box("minf", _box("vmhd", bytes(12)) + _box("dinf", reference) + table)
    moov = _box("moov", movie + _box("trak", track + _box("mdia", media + handler + information)))
    start = _box("ftyp", b"isom\x00\x00\x02\x00isomiso2avc1mp41") + _box("mdat", bytes(4)) + moov
    start += _box("free", mark.encode())
    return start + _box("free", bytes(max(0, (size or 0) - len(start) - 8))) if size else start


def _box(kind: str, body: bytes) -> bytes:
    return pack(">I", len(body) + 8) + kind.encode() + body


def pdf(pages: int, *, size: int | None = None, mark: str = "") -> bytes:
    """Return a PDF with this many empty square pages; `size` is reached with a comment."""
    kids = " ".join(f"{number + 3} 0 R" for number in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        *["<< /Type /Page /Parent 2 0 R /MediaBox [0 0 540 540] /Resources << >> >>"] * pages,
    ]
    data = bytearray(f"%PDF-1.4\n% {mark}\n".encode())
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    if size:
        data += b"%" + b" " * max(0, size - len(data) - len(_trailer(places, 10**9)) - 2) + b"\n"
        data += b"\n" * max(0, size - len(data) - len(_trailer(places, len(data))))
    return bytes(data) + _trailer(places, len(data))


def _trailer(places: list[int], at: int) -> bytes:
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(places) + 1
    return (
        f"xref\n0 {count}\n0000000000 65535 f \n{rows}"
        f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{at:09}\n%%EOF\n"
    ).encode()
