"""Bringing pictures, videos and documents to LinkedIn, which fetches nothing itself.

Images: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/images-api,
videos and documents: videos-api and documents-api in the same place (read 2026-11-24).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any, BinaryIO
from urllib.parse import quote

import requests

from campaignbot.domain.content import MediaItem, MediaKind
from campaignbot.platforms import reasons
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import ContentRefused, PermissionMissing, PlatformUnavailable
from campaignbot.platforms.protocol import MediaSource, Progress, no_progress
from campaignbot_linkedin import PLATFORM
from campaignbot_linkedin.client import VersionedApplication
from campaignbot_linkedin.errors import Gone

UNFIT = {
    MediaKind.IMAGE: Advice.PICTURE_KIND,
    MediaKind.VIDEO: Advice.VIDEO_UNFIT,
    MediaKind.DOCUMENT: Advice.DOCUMENT_UNFIT,
}
_TOLD_EVERY = 4 * 1024 * 1024
_STREAM = {"Content-Type": "application/octet-stream"}


class AssetState(StrEnum):
    """What LinkedIn says of something that was uploaded; `GONE` is our word for a 404."""

    WAITING_UPLOAD = "WAITING_UPLOAD"
    PROCESSING = "PROCESSING"
    AVAILABLE = "AVAILABLE"
    PROCESSING_FAILED = "PROCESSING_FAILED"
    GONE = "GONE"


class Uploads:
    """What one page uploads; LinkedIn lets a page use only what it owns."""

    def __init__(self, api: VersionedApplication, owner: str, media: MediaSource) -> None:
        self._api, self._owner, self._media = api, owner, media

    def upload(self, item: MediaItem, progress: Progress) -> str:
        """Upload a file, never holding all of a large one, and return its URN."""
        size = self._media.size(item)
        _require_small_enough(item, size)
        # A picture is up before anybody wonders.
        told = no_progress if item.kind is MediaKind.IMAGE else progress
        try:
            with self._media.open(item) as file:
                if item.kind is MediaKind.VIDEO:
                    return self._in_parts(item, file, size, told)
                begun = self._begin(item.kind, {})
                body = _Slice(file, size, lambda sent: told(item, sent, size))
                self._put(begun["uploadUrl"], body)
                return str(begun[str(item.kind)])
        except ContentRefused as error:
            # LinkedIn often gives no reason; what was being uploaded is one.
            if error.advice is ContentRefused.usual:
                error.advice = UNFIT[item.kind]
            raise

    def state(self, urn: str) -> AssetState:
        kind = urn.split(":")[2]
        try:
            told = self._api.json("GET", f"/rest/{kind}s/{quote(urn, safe='')}")
        except Gone:
            return AssetState.GONE
        try:
            return AssetState(str(told.get("status")))
        except ValueError:
            # A word that LinkedIn added: not finished, as far as we can tell.
            return AssetState.PROCESSING

    def _in_parts(self, item: MediaItem, file: BinaryIO, size: int, progress: Progress) -> str:
        begun = self._begin(
            item.kind,
            {"fileSizeBytes": size, "uploadCaptions": False, "uploadThumbnail": False},
        )
        urn, parts = str(begun["video"]), []
        for part in begun["uploadInstructions"]:
            first, last = int(part["firstByte"]), int(part["lastByte"])
            file.seek(first)
            body = _Slice(file, last - first + 1)
            answer = self._put(part["uploadUrl"], body)
            if not (etag := answer.headers.get("ETag")):
                raise PlatformUnavailable(reasons.UPLOAD_UNCONFIRMED)
            parts.append(etag)
            progress(item, last + 1, size)
        self._api.make_request(
            "POST",
            "/rest/videos?action=finalizeUpload",
            data={
                "finalizeUploadRequest": {
                    "video": urn,
                    "uploadToken": str(begun.get("uploadToken") or ""),
                    "uploadedPartIds": parts,
                }
            },
        )
        return urn

    def _put(self, address: str, body: _Slice) -> requests.Response:
        try:
            return self._api.make_request("PUT", address, data=body, headers=_STREAM)
        except (Gone, PermissionMissing) as error:
            # We may upload, for LinkedIn has given the address: it no longer holds.
            raise PlatformUnavailable(str(error), advice=Advice.UPLOAD_AGAIN) from error

    def _begin(self, kind: MediaKind, more: dict[str, Any]) -> dict[str, Any]:
        answer = self._api.json(
            "POST",
            f"/rest/{kind}s?action=initializeUpload",
            data={"initializeUploadRequest": {"owner": self._owner, **more}},
        )
        begun = answer.get("value")
        needs = {str(kind), "uploadInstructions" if kind is MediaKind.VIDEO else "uploadUrl"}
        if not isinstance(begun, dict) or needs - begun.keys():
            raise PlatformUnavailable(reasons.UPLOAD_UNCONFIRMED)
        return begun


def _require_small_enough(item: MediaItem, size: int) -> None:
    """Refuse a document that LinkedIn would refuse after all of it was sent.

    Of a video it says so when the upload begins.
    """
    limits = PLATFORM.limits.document
    if item.kind is MediaKind.DOCUMENT and limits is not None and size > limits.bytes.value:
        most = limits.bytes.value // 1_000_000
        raise ContentRefused(reasons.about(reasons.TOO_BIG, f"{most} MB"), advice=UNFIT[item.kind])


class _Slice:
    """The next `size` bytes of a file, read as they are sent; tells how many, now and then."""

    def __init__(
        self, file: BinaryIO, size: int, told: Callable[[int], None] = lambda _sent: None
    ) -> None:
        self._file, self._size, self._left, self._told = file, size, size, told
        self._unsaid = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read():
            yield piece

    def read(self, size: int = 65_536) -> bytes:
        piece = self._file.read(min(size, self._left) if size >= 0 else self._left)
        self._left -= len(piece)
        self._unsaid += len(piece)
        if self._unsaid >= _TOLD_EVERY or (self._unsaid and not self._left):
            self._unsaid = 0
            self._told(self._size - self._left)
        return piece
