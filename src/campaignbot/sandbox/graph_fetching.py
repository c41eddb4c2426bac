"""How Instagram fetches what a container is made of, and what of it it takes."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, web

from campaignbot.sandbox.graph import graph_error
from campaignbot.sandbox.pictures import jpeg_size, picture_kind

MAX_IMAGE_BYTES = 8 * 1024 * 1024
MAX_VIDEO_BYTES = 300_000_000


async def fetch_picture(url: object) -> bytes | web.Response:
    """Fetch a picture; return the refusal where it does not fit."""
    data = await _fetch(url, "image_url")
    return data if isinstance(data, web.Response) else _wrong_picture(data) or data


async def fetch_video(url: object) -> bytes | web.Response:
    """Fetch a video; whether it can be played shows later, in the status of the container."""
    data = await _fetch(url, "video_url")
    if not isinstance(data, web.Response) and len(data) > MAX_VIDEO_BYTES:
        return graph_error(352, "The video file is not supported", subcode=2207026)
    return data


def _wrong_picture(data: bytes) -> web.Response | None:
    if len(data) > MAX_IMAGE_BYTES:
        return graph_error(
            36000,
            "The image size is too large.",
            subcode=2207004,
            error_user_title="Image size too large",
            error_user_msg="The image is too large to download. It should be less than 8 MiB.",
        )
    size, sort = jpeg_size(data), picture_kind(data)
    if sort is None:
        return _cannot_fetch()
    if size is None:
        return graph_error(
            36001,
            f"The image format {sort} is not supported. Supported formats are: JPEG.",
            subcode=2207005,
        )
    ratio = size[0] / size[1]
    if not 0.8 <= round(ratio, 3) <= 1.91:
        return graph_error(
            36003,
            f"The submitted image with aspect ratio {ratio:.2f} cannot be published.",
            subcode=2207009,
        )
    return None


def _cannot_fetch() -> web.Response:
    return graph_error(
        9004,
        "Only photo or video can be accepted as media type.",
        subcode=2207052,
        error_user_title="Media download has failed. The media URI doesn't meet our requirements.",
        error_user_msg="The media could not be fetched from this URI.",
    )


async def _fetch(url: object, name: str) -> bytes | web.Response:
    if url is None:
        return graph_error(100, f"(#100) The parameter {name} is required")
    # This imitation runs on people's own machines: it fetches from nowhere but this machine.
    if urlsplit(str(url)).hostname not in {"127.0.0.1", "localhost"}:
        return _cannot_fetch()
    try:
        async with ClientSession(timeout=ClientTimeout(total=10)) as session:
            async with session.get(str(url)) as answer:
                data = await answer.read()
                return data if answer.status == 200 else _cannot_fetch()
    except (ClientError, TimeoutError, ValueError):
        return _cannot_fetch()
