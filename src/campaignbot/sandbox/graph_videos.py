"""Videos of Facebook pages: sent in chunks, worked on, published.

https://developers.facebook.com/docs/graph-api/video-uploads,
https://developers.facebook.com/docs/graph-api/reference/page/videos/ and
https://developers.facebook.com/docs/video-api/reference/error-codes/ (read 2026-11-24).

What the reference of this edge asks for is asked for here. The guide to posts of pages names
publish_video as well; that permission is for live videos.
"""

from __future__ import annotations

from typing import Any

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.films import mp4_duration_ms
from campaignbot.sandbox.graph import (
    BASE,
    answered,
    graph_error,
    listed,
    may_read,
    may_write,
    params_of,
    signed,
    stamp,
)
from campaignbot.sandbox.graph_pages import add_page_post, wrong_message
from campaignbot.sandbox.http import kind, world_of
from campaignbot.sandbox.posts import Medium
from campaignbot.sandbox.world import World

# The guide speaks of 10 GB; what the error codes refuse is anything above 2.
MAX_BYTES = 2_000_000_000
MIN_BYTES = 1024
MAX_DURATION_MS = 4 * 3600 * 1000
CHUNK = 256 * 1024
"""How much is asked for at once; the real one asks for more."""


def routes() -> list[web.RouteDef]:
    return [web.post(BASE + "/{id}/videos", videos), web.get(BASE + "/{id}/videos", list_videos)]


@kind("upload")
@signed
async def videos(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := may_write(request, account, "pages_manage_posts"):
        return refused
    world, values = world_of(request), await params_of(request)
    match values.get("upload_phase"):
        case "start":
            return _start(world, account, values)
        case "transfer":
            return _transfer(world, account, values)
        case "finish":
            return _finish(world, account, values)
        case _:
            return graph_error(100, "(#100) Missing or invalid parameter upload_phase")


@signed
async def list_videos(request: web.Request, account: SandboxAccount) -> web.Response:
    """List the videos of a page, without those that belong to a post that is gone."""
    if refused := may_read(request, account, "pages_read_engagement"):
        return refused
    world = world_of(request)
    rows = [
        video_row(world, number, upload)
        for number, upload in world.pending.items()
        if "video" in upload
        and upload["owner"] == account.external_id
        and (upload["post"] is None or world.find("facebook", upload["post"]) is not None)
    ]
    return listed(request, rows[::-1])


def _failed(subcode: int, said: str, **more: Any) -> web.Response:
    return graph_error(
        6000,
        "There was a problem uploading your video file. Please try again with another file.",
        subcode=subcode,
        error_user_title="Video Upload Failed",
        error_user_msg=said,
        **more,
    )


def _start(world: World, account: SandboxAccount, values: dict[str, Any]) -> web.Response:
    size = int(values.get("file_size", 0))
    if size < MIN_BYTES:
        return _failed(1363022, "The video you tried to upload is too small.")
    if size > MAX_BYTES:
        return _failed(1363023, "The video you tried to upload is too large.")
    video, session = world.next_id(), world.next_id()
    world.pending[video] = {
        "video": True,
        "owner": account.external_id,
        "size": size,
        "data": bytearray(),
        "finished_at": None,
        "post": None,
        "created_at": world.now(),
        "title": "",
        "description": "",
    }
    world.pending[session] = {"session_of": video}
    return answered(
        {"video_id": video, "upload_session_id": session, **_wanted(world.pending[video])}
    )


def _wanted(video: dict[str, Any]) -> dict[str, str]:
    begun = len(video["data"])
    return {"start_offset": str(begun), "end_offset": str(min(begun + CHUNK, video["size"]))}


def _session(
    world: World, account: SandboxAccount, values: dict[str, Any]
) -> tuple[str, dict[str, Any]] | None:
    number = world.pending.get(str(values.get("upload_session_id")), {}).get("session_of")
    video = world.pending.get(number or "", {})
    ours = video.get("owner") == account.external_id and video["finished_at"] is None
    return (number, video) if number and ours else None


def _transfer(world: World, account: SandboxAccount, values: dict[str, Any]) -> web.Response:
    known, part = _session(world, account, values), values.get("video_file_chunk")
    if known is None:
        return _failed(1363019, "There was a problem uploading your video.")
    if not isinstance(part, web.FileField):
        return _failed(1363020, "Please select the video you want to upload.")
    data, video = part.file.read(), known[1]
    part.file.close()
    if int(values.get("start_offset", -1)) != len(video["data"]):
        return _failed(
            1363037,
            "There was a problem uploading your video. Please try uploading it again.",
            error_data={k: int(v) for k, v in _wanted(video).items()},
        )
    if not data or len(video["data"]) + len(data) > video["size"]:
        return _failed(1363033, "There was a problem uploading your video.")
    video["data"] += data
    return answered(dict(_wanted(video)))


def _finish(world: World, account: SandboxAccount, values: dict[str, Any]) -> web.Response:
    known = _session(world, account, values)
    if known is None or len(known[1]["data"]) != known[1]["size"]:
        return _failed(1363033, "There was a problem uploading your video.")
    number, video = known
    description = str(values.get("description", ""))
    if refused := wrong_message(world, account, description):
        return refused
    video |= {"title": str(values.get("title", "")), "description": description}
    video |= {"finished_at": world.now(), "data": bytes(video["data"])}
    if str(values.get("published", "true")).lower() != "false":
        publish_video(world, account, number)
    return answered({"success": True})


def publish_video(world: World, account: SandboxAccount, number: str) -> None:
    """Make a post of a video, as soon as the platform is done with it."""
    video = world.pending[number]
    sha = world.store_blob(bytes(video["data"]))
    medium = Medium(sha, kind="video", title=video["title"])
    video["post"] = add_page_post(world, account, video["description"], None, [medium]).id


def problem_of(world: World, video: dict[str, Any]) -> str | None:
    """Return why a video that was sent whole cannot be used; None where it can."""
    duration = mp4_duration_ms(bytes(video["data"]))
    if duration is None:
        return "The file that was uploaded is not a video."
    return "The video is too long." if duration > MAX_DURATION_MS else None


def video_row(world: World, number: str, video: dict[str, Any]) -> dict[str, Any]:
    post = video["post"]
    return {
        "id": number,
        "title": video["title"],
        "description": video["description"],
        "published": post is not None,
        "post_id": post.partition("_")[2] if post else None,
        "permalink_url": f"/{video['owner']}/videos/{number}/",
        "created_time": stamp(video["created_at"]),
        "length": (mp4_duration_ms(bytes(video["data"])) or 0) / 1000,
        "status": _status(world, video),
    }


def _status(world: World, video: dict[str, Any]) -> dict[str, Any]:
    sent = video["finished_at"] is not None
    uploading = {"status": "complete" if sent else "in_progress"}
    told = {
        "uploading_phase": {**uploading, "bytes_transferred": len(video["data"])},
        "publishing_phase": {"status": "complete" if video["post"] else "not_started"},
    }
    if not sent:
        return {"video_status": "uploading", "processing_phase": {"status": "not_started"}, **told}
    if not world.processed("facebook", video["finished_at"]):
        return {"video_status": "processing", "processing_phase": {"status": "in_progress"}, **told}
    if problem := problem_of(world, video):
        phase = {"status": "error", "errors": [{"code": 1363008, "message": problem}]}
        return {"video_status": "error", "processing_phase": phase, **told}
    return {"video_status": "ready", "processing_phase": {"status": "complete"}, **told}
