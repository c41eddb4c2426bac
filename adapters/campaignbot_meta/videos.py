"""A video as the post of a Facebook page: sent in parts, worked on by Meta, then published.

https://developers.facebook.com/docs/graph-api/video-uploads and
https://developers.facebook.com/docs/graph-api/reference/video/ (read 2026-11-24).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import reasons
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import (
    ContentRefused,
    PlatformError,
    PlatformUnavailable,
    outcome_of,
)
from campaignbot.platforms.outcomes import Outcome, Pending, Published, Rejected, Unknown
from campaignbot.platforms.protocol import BeforeCreate, ExternalPost, MediaSource, Progress
from campaignbot_meta.codes import OffsetDiffers
from campaignbot_meta.graph import Graph, Question, instant
from campaignbot_meta.node import is_hidden
from campaignbot_meta.waiting import ASK_AGAIN_S, Pause, wait_while
from campaignbot_meta.wording import sent as message_of

VIDEO = "facebook_video"
_PART = 8 * 1024 * 1024
_BUSY = {"uploading", "processing"}


@dataclass
class _Upload:
    """An upload that is under way: where it goes on, and how far Meta wants to hear it at once."""

    session: str
    video: str
    start: int
    end: int


class PageVideos:
    """The videos of one page.

    A video is sent as an unpublished one, so that nothing is seen of it before Meta is done with
    it; publishing it is the request that creates the post. The video is the receipt: it says
    whether it was published. An upload that broke off is gone on with while this adapter is open.
    """

    def __init__(self, graph: Graph, page: str, media: MediaSource, pause: Pause) -> None:
        self._graph, self._page, self._media, self._pause = graph, page, media, pause
        self._begun: dict[str, _Upload] = {}

    def publish(
        self,
        content: Content,
        resume: Receipt | None,
        before_create: BeforeCreate,
        progress: Progress,
    ) -> Outcome:
        sent = False
        try:
            video = self._sent(content, resume, progress)
            told = wait_while(self._is_busy, lambda: self._told(video), self._pause)
            if told.get("published"):
                # An attempt whose answer was lost had published it after all.
                return self._published(video)
            receipt = Receipt(VIDEO, {"id": video})
            if self._is_busy(told):
                return Pending(receipt, ASK_AGAIN_S)
            if _status(told) != "ready":
                return Rejected(_problem(told), Advice.VIDEO_UNFIT)
            before_create(receipt)
            sent = True
            answer = self._graph.call("POST", video, params={"published": "true"})
        except PlatformError as error:
            return outcome_of(error, create_was_sent=sent)
        if answer.get("success") is not True:
            return Unknown(reasons.NOT_CONFIRMED)
        return self._published(video)

    def find(self, receipt: Receipt) -> ExternalPost | None:
        """Return the post that a video became, if it was published."""
        fields = "published,post_id,permalink_url,created_time,description"
        told = self._graph.call(
            "GET", receipt.data["id"], params={"fields": fields}, needs="published"
        )
        if not told["published"]:
            return None
        external_id = self._external_id(receipt.data["id"], told)
        created = instant(told.get("created_time"))
        return ExternalPost(
            external_id,
            self._permalink(receipt.data["id"], told),
            created,
            str(told.get("description", "")),
        )

    def post_of(self, external_id: str) -> str:
        """Return the id of a post of which only the video's was known when it was published."""
        if "_" in external_id:
            return external_id
        told = self._graph.call("GET", external_id, params={"fields": "post_id"})
        return self._external_id(external_id, told)

    def posts_of(self, external_ids: Sequence[str]) -> dict[str, str]:
        """Return the id of each post as `post_of`, at most 50.

        Where a video is not to be seen, it stands for its post: what asks for that finds it hidden.
        """
        posts = {one: one for one in external_ids if "_" in one}
        videos = [one for one in external_ids if one not in posts]
        answers = self._graph.ask([Question((video,), {"fields": "post_id"}) for video in videos])
        for video, told in zip(videos, answers, strict=True):
            if not isinstance(told, PlatformError):
                posts[video] = self._external_id(video, told)
            elif is_hidden(told):
                posts[video] = video
            else:
                raise told
        return posts

    def _sent(self, content: Content, resume: Receipt | None, progress: Progress) -> str:
        """Return a video that Meta has whole: an earlier attempt's if of use, else a new one."""
        if resume is not None and resume.kind == VIDEO and self._is_of_use(resume.data["id"]):
            return resume.data["id"]
        item = content.media[0]
        if item.sha256 in self._begun:
            upload = self._begun.pop(item.sha256)
        else:
            size = str(self._media.size(item))
            upload = _upload(self._phase("start", {"file_size": size}))
        with self._media.open(item) as file:
            self._send(upload, file, item, progress)
        answer = self._phase(
            "finish",
            {
                "upload_session_id": upload.session,
                "published": "false",
                "unpublished_content_type": "DRAFT",
                "title": item.title,
                "description": message_of(content),
            },
        )
        if answer.get("success") is not True:
            raise PlatformUnavailable(reasons.UPLOAD_UNCONFIRMED, advice=Advice.UPLOAD_AGAIN)
        return upload.video

    def _send(self, upload: _Upload, file: BinaryIO, item: MediaItem, progress: Progress) -> None:
        """Send part after part; what has arrived is remembered when something comes between."""
        size = self._media.size(item)
        self._begun[item.sha256] = upload
        while upload.start < size:
            file.seek(upload.start)
            part = file.read(min(upload.end - upload.start, _PART))
            begun = upload.start
            try:
                told = self._phase(
                    "transfer",
                    {"upload_session_id": upload.session, "start_offset": str(begun)},
                    {"video_file_chunk": ("part.mp4", part, item.mime)},
                )
            except OffsetDiffers as error:
                # The answer to a part was lost: Meta says where to go on, at the next attempt.
                if error.start is None or error.end is None:
                    del self._begun[item.sha256]
                else:
                    upload.start, upload.end = error.start, error.end
                raise
            except PlatformError as error:
                # Where Meta itself refuses a part, this upload is of no more use.
                if isinstance(error, ContentRefused) or error.advice is Advice.UPLOAD_AGAIN:
                    del self._begun[item.sha256]
                raise
            upload.start, upload.end = int(told["start_offset"]), int(told["end_offset"])
            if upload.start <= begun:
                del self._begun[item.sha256]
                raise PlatformUnavailable(reasons.UPLOAD_UNCONFIRMED)
            progress(item, upload.start, size)
        del self._begun[item.sha256]

    def _phase(
        self,
        phase: str,
        params: dict[str, str],
        files: dict[str, tuple[str, bytes, str]] | None = None,
    ) -> dict[str, Any]:
        return self._graph.call_videos(
            self._page, "videos", params={"upload_phase": phase, **params}, files=files
        )

    def _told(self, video: str) -> dict[str, Any]:
        return self._graph.call("GET", video, params={"fields": "status,published"}, needs="status")

    def _is_busy(self, told: dict[str, Any]) -> bool:
        return _status(told) in _BUSY

    def _is_of_use(self, video: str) -> bool:
        try:
            told = self._told(video)
        except ContentRefused:
            return False
        return bool(told.get("published")) or _status(told) in {"processing", "ready"}

    def _published(self, video: str) -> Published:
        """Return the post; it stands, also when its own id and address cannot be read."""
        try:
            told = self._graph.call("GET", video, params={"fields": "post_id,permalink_url"})
        except PlatformError:
            told = {}
        return Published(self._external_id(video, told), self._permalink(video, told))

    def _external_id(self, video: str, told: dict[str, Any]) -> str:
        post = str(told.get("post_id") or "")
        if not post:
            return video
        return post if "_" in post else f"{self._page}_{post}"

    def _permalink(self, video: str, told: dict[str, Any]) -> str:
        path = str(told.get("permalink_url") or f"/{self._page}/videos/{video}/")
        return path if path.startswith("https://") else f"https://www.facebook.com{path}"


def _upload(told: dict[str, Any]) -> _Upload:
    try:
        return _Upload(
            str(told["upload_session_id"]),
            str(told["video_id"]),
            int(told["start_offset"]),
            int(told["end_offset"]),
        )
    except (KeyError, ValueError) as error:
        raise PlatformUnavailable(reasons.UPLOAD_UNCONFIRMED) from error


def _status(told: dict[str, Any]) -> str:
    status = told.get("status")
    return str(status.get("video_status", "")) if isinstance(status, dict) else ""


def _problem(told: dict[str, Any]) -> str:
    """Return Meta's own words on why the video cannot be used."""
    phase = told.get("status", {}).get("processing_phase", {})
    errors = [e for e in phase.get("errors", ()) if isinstance(e, dict)]
    said = next((str(e["message"]) for e in errors if e.get("message")), "")
    return said or f"Facebook could not use the video ({_status(told)})"
