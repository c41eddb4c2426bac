"""Getting pictures, GIFs and videos to X before the post that shows them.

https://docs.x.com/x-api/media/quickstart/media-upload-chunked (read 2026-11-24).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import tweepy

from campaignbot.domain.clock import Clock
from campaignbot.domain.content import Content, MediaItem, MediaKind
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import reasons
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import ContentRefused
from campaignbot.platforms.outcomes import Pending
from campaignbot.platforms.protocol import MediaSource, Progress
from campaignbot_x.client import Client

GIF = "image/gif"
SEGMENT_BYTES = 4 * 1024 * 1024
"""X takes up to 5 MB a segment and 1000 segments."""

_RECEIPT = "x_upload"
_ASK_AGAIN_S = 5
_FORGOTTEN = (tweepy.BadRequest, tweepy.NotFound)
# An upload that is about to be forgotten would be gone when the post is created.
_MARGIN = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The media ids of a post, in order; `receipt` of one that X had to work on."""

    ids: tuple[str, ...]
    receipt: Receipt | None = None


class Uploads:
    """Uploads the media of one post. Whatever it does can be repeated without harm."""

    def __init__(
        self, client: Client, source: MediaSource, clock: Clock, progress: Progress
    ) -> None:
        self._client, self._source = client, source
        self._clock, self._progress = clock, progress

    def ready(self, content: Content, resume: Receipt | None) -> Uploaded | Pending:
        """Upload all media, or go on with what an earlier attempt uploaded.

        Pending while X is still at work on a GIF or video.
        """
        _require_fitting(content)
        if not (content.media and _in_segments(content.media[0])):
            return Uploaded(tuple(self._picture(item) for item in content.media))
        item = content.media[0]
        told = self._known(item, resume)
        receipt = resume
        if told is None or receipt is None:
            told = self._send(item)
            receipt = self._receipt(item, told)
        return self._state(item, told, receipt)

    def _picture(self, item: MediaItem) -> str:
        media_id = self._client.upload_image(self._source.read(item), item.mime)
        self._describe(media_id, item)
        return media_id

    def _describe(self, media_id: str, item: MediaItem) -> None:
        # X keeps no description of a video.
        if item.alt_text and item.kind is MediaKind.IMAGE:
            self._client.set_alt_text(media_id, item.alt_text)

    def _known(self, item: MediaItem, resume: Receipt | None) -> Mapping[str, Any] | None:
        """Return what X says of the earlier upload; None where it must be sent anew."""
        if resume is None or resume.kind != _RECEIPT or resume.data["sha256"] != item.sha256:
            return None
        if datetime.fromisoformat(resume.data["until"]) <= self._clock.now() + _MARGIN:
            return None
        try:
            return self._client.upload_status(resume.data["id"])
        except _FORGOTTEN:
            return None

    def _send(self, item: MediaItem) -> Mapping[str, Any]:
        size = self._source.size(item)
        category = "tweet_gif" if item.mime == GIF else "tweet_video"
        begun = self._client.begin_upload(item.mime, size, category)
        media_id = str(begun["id"])
        with self._source.open(item) as file:
            sent, number = 0, 0
            while segment := file.read(SEGMENT_BYTES):
                self._client.append(media_id, number, segment)
                sent, number = sent + len(segment), number + 1
                self._progress(item, sent, size)
        return {**begun, **self._client.end_upload(media_id)}

    def _receipt(self, item: MediaItem, told: Mapping[str, Any]) -> Receipt:
        until = self._clock.now() + timedelta(seconds=int(told["expires_after_secs"]))
        data = {"sha256": item.sha256, "id": str(told["id"]), "until": until.isoformat()}
        return Receipt(_RECEIPT, data)

    def _state(
        self, item: MediaItem, told: Mapping[str, Any], receipt: Receipt
    ) -> Uploaded | Pending:
        """Read what X says of an upload; where it says nothing of processing, all is done."""
        processing = told.get("processing_info") or {"state": "succeeded"}
        match processing["state"]:
            case "succeeded":
                media_id = receipt.data["id"]
                self._describe(media_id, item)
                return Uploaded((media_id,), receipt)
            case "failed":
                error = processing.get("error") or {}
                said = f"{error.get('name', 'InvalidMedia')}: {error.get('message', '')}"
                raise ContentRefused(said, advice=unfit(item))
            case _:
                return Pending(receipt, int(processing.get("check_after_secs") or _ASK_AGAIN_S))


def _require_fitting(content: Content) -> None:
    """Raise ContentRefused where one upload would leave out what stands beside it."""
    if len(content.media) > 1 and any(_in_segments(item) for item in content.media):
        raise ContentRefused(reasons.ONE_KIND, advice=Advice.PICTURE_NUMBER)


def unfit(item: MediaItem) -> Advice:
    return Advice.VIDEO_UNFIT if item.kind is MediaKind.VIDEO else Advice.PICTURE_KIND


def _in_segments(item: MediaItem) -> bool:
    return item.kind is MediaKind.VIDEO or item.mime == GIF
