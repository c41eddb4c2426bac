"""The pictures, videos, captions and documents of posts, and what can be told from their bytes."""

from __future__ import annotations

import re
import zlib

from aiohttp import web

from campaignbot.sandbox.http import world_of

_OBJECT_STREAM = re.compile(rb"/ObjStm\b.*?stream\r?\n(.*?)endstream", re.DOTALL)
_OBJECT = re.compile(rb"\d+\s+\d+\s+obj\b(.*?)endobj\b", re.DOTALL)
_TREE = re.compile(rb"/Type\s*/Pages\b")
_COUNT = re.compile(rb"/Count\s+(\d+)")
_PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
_UNKNOWN = "application/octet-stream"
_SRT_TIME = re.compile(rb"(\d\d:\d\d:\d\d),(\d\d\d)")


async def medium(request: web.Request) -> web.Response:
    """Serve stored bytes; a range of them where a player asks for one."""
    data = world_of(request).blobs.get(request.match_info["sha"])
    if data is None:
        raise web.HTTPNotFound
    data = _as_captions(data)
    kind = content_type(data)
    headers = {"X-Content-Type-Options": "nosniff", "Accept-Ranges": "bytes"}
    if kind == _UNKNOWN:
        headers["Content-Disposition"] = "attachment"
    try:
        part = request.http_range
    except ValueError:
        raise web.HTTPRequestRangeNotSatisfiable from None
    if part.start is None and part.stop is None:
        return web.Response(body=data, content_type=kind, headers=headers)
    start, stop, _ = part.indices(len(data))
    if start >= stop:
        raise web.HTTPRequestRangeNotSatisfiable
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(data)}"
    return web.Response(body=data[start:stop], status=206, content_type=kind, headers=headers)


def content_type(data: bytes) -> str:
    """Return what the bytes are; a page never shows what it does not know."""
    for begin, kind in (
        (b"\x89PNG", "image/png"),
        (b"\xff\xd8", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"%PDF-", "application/pdf"),
        (b"WEBVTT", "text/vtt"),
    ):
        if data.startswith(begin):
            return kind
    if data[4:8] == b"ftyp":
        return "video/mp4"
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else _UNKNOWN


def _as_captions(data: bytes) -> bytes:
    """Browsers read WebVTT; SubRip is the same but for its head and its commas."""
    head = data[:200].removeprefix(b"\xef\xbb\xbf")
    if not re.match(rb"\s*\d+\s*\n\d\d:\d\d:\d\d,", head):
        return data
    return b"WEBVTT\n\n" + _SRT_TIME.sub(rb"\1.\2", data.removeprefix(b"\xef\xbb\xbf"))


def page_count(data: bytes) -> int | None:
    """Return how many pages a PDF has, or None when that cannot be told."""
    # A file that grew page by page still holds what it was before: the last tree of pages counts.
    for told in reversed(_OBJECT.findall(data)):
        if _TREE.search(told) and b"/Parent" not in told and (count := _COUNT.search(told)):
            return int(count[1])
    found = len(_PAGE.findall(data))
    for stream in _OBJECT_STREAM.findall(data):
        try:
            found += len(_PAGE.findall(zlib.decompressobj().decompress(stream)))
        except zlib.error:
            continue
    return found or None
