"""Small real files to upload: a film, a document, pictures."""

from __future__ import annotations

from io import BytesIO

from PIL import Image


def film(seconds: int = 10, size: int = 100_000) -> bytes:
    """Return an MP4 of that length and size, with nothing to see in it."""
    header = bytes(4) + bytes(8) + (1000).to_bytes(4, "big") + (seconds * 1000).to_bytes(4, "big")
    start = _box(b"ftyp", b"isom\x00\x00\x02\x00isommp41")
    start += _box(b"moov", _box(b"mvhd", header + bytes(80)))
    # Every byte tells its place, so that parts in a wrong order are found out.
    room = size - len(start) - 8
    data = bytes(at * 31 % 251 for at in range(min(room, 65_521)))
    return start + _box(b"mdat", (data * (room // len(data) + 1))[:room])


def slides(pages: int = 3) -> bytes:
    """Return a PDF of so many pages."""
    sheets = [Image.new("RGB", (40, 50), (200, 210, 20 + page % 200)) for page in range(pages)]
    buffer = BytesIO()
    sheets[0].save(buffer, "PDF", save_all=True, append_images=sheets[1:])
    return buffer.getvalue()


def picture(shade: int = 90, kind: str = "JPEG", size: tuple[int, int] = (320, 320)) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", size, (20, shade, 120)).save(buffer, kind)
    return buffer.getvalue()


def _box(name: bytes, inside: bytes) -> bytes:
    return (len(inside) + 8).to_bytes(4, "big") + name + inside
