"""Files as people bring them, made for one test: pictures, an MP4 without frames, a PDF."""

from __future__ import annotations

import io
import struct
from pathlib import Path

from PIL import Image
from pypdf import PdfWriter

PLACE = "52.0907"
"""Stands in what a camera would have noted."""


def picture(path: Path, size: tuple[int, int] = (1200, 900), colour: str = "navy") -> Path:
    """Write a picture of one colour, of the kind that its name says, as a camera would."""
    image = Image.new("RGB", size, colour)
    exif = Image.Exif()
    exif[0x010E] = PLACE
    # A comment is a place of its own in a JPEG; other kinds leave it out.
    image.save(path, exif=exif, comment=PLACE)
    return path


def turned(path: Path, size: tuple[int, int]) -> Path:
    """Write a JPEG that its camera noted as lying on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", size, "navy").save(path, exif=exif)
    return path


def moving(path: Path) -> Path:
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("navy", "red", "white")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    return path


def document(path: Path, pages: int = 3, title: str = "") -> Path:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if title:
        writer.add_metadata({"/Title": title})
    writer.write(path)
    return path


def locked(path: Path) -> Path:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.encrypt("geheim", algorithm="RC4-128")
    writer.write(path)
    return path


def video(
    path: Path,
    size: tuple[int, int] = (1280, 720),
    duration_ms: int = 12_500,
    *,
    turned: bool = False,
    wide: bool = False,
    in_pieces: bool = False,
    payload: int = 64,
) -> Path:
    """Write the boxes of an MP4 as ISO/IEC 14496-12 describes them, with sound before the picture.

    `wide` writes lengths in 64 bits, `in_pieces` tells the length as a file recorded in pieces
    does, `payload` is how many bytes of video there are.
    """
    told = 0 if in_pieces else duration_ms
    if wide:
        header = struct.pack(">B3xQQIQ", 1, 0, 0, 1000, told)
    else:
        header = struct.pack(">B3xIIII", 0, 0, 0, 1000, told)
    moov = (
        _box(b"mvhd", header + bytes(80)) + _track(b"soun", (0, 0)) + _track(b"vide", size, turned)
    )
    if in_pieces:
        moov += _box(b"mvex", _box(b"mehd", struct.pack(">B3xI", 0, duration_ms)))
    data = io.BytesIO()
    data.write(_box(b"ftyp", b"isom" + bytes(4) + b"isomavc1"))
    data.write(_box(b"mdat", bytes(payload)))
    data.write(_box(b"moov", moov))
    path.write_bytes(data.getvalue())
    return path


def _track(kind: bytes, size: tuple[int, int], turned: bool = False) -> bytes:
    one = 0x00010000
    matrix = (
        (0, one, 0, -one, 0, 0, 0, 0, 1 << 30) if turned else (one, 0, 0, 0, one, 0, 0, 0, 1 << 30)
    )
    header = struct.pack(">B3x8x", 0) + bytes(28)
    header += struct.pack(">9i", *matrix) + struct.pack(">II", size[0] << 16, size[1] << 16)
    handler = _box(b"hdlr", bytes(8) + kind + bytes(13))
    return _box(b"trak", _box(b"tkhd", header) + _box(b"mdia", handler))


def _box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data) + 8, kind) + data
