"""Instagram's containers: what a post is made of before it is published.

https://developers.facebook.com/documentation/instagram-platform/content-publishing and
https://developers.facebook.com/documentation/instagram-platform/content-publishing/resumable-uploads
(read 2026-11-24).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from campaignbot.domain.content import Content, MediaItem, MediaKind
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import reasons
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import ContentRefused, PlatformUnavailable
from campaignbot.platforms.protocol import MediaSource, Progress
from campaignbot_meta.graph import Graph
from campaignbot_meta.instagram import PLATFORM, compose
from campaignbot_meta.reading import ToldFile
from campaignbot_meta.waiting import Pause, wait_while

CONTAINER = "instagram_container"
ITEMS = "instagram_items"
BEGUN = "instagram_upload"
_MOST_ITEMS = 10


@dataclass(frozen=True, slots=True)
class Status:
    """How a container stands: IN_PROGRESS, FINISHED, ERROR, EXPIRED or PUBLISHED, and why."""

    code: str
    said: str

    @property
    def is_busy(self) -> bool:
        return self.code == "IN_PROGRESS"


class Containers:
    """Makes containers for one account, and goes on with those of an earlier attempt.

    An upload that broke off is gone on with; by another adapter if its receipt was kept.
    """

    def __init__(self, graph: Graph, account: str, media: MediaSource, pause: Pause) -> None:
        self._graph, self._account, self._media = graph, account, media
        self._pause = pause
        self._begun: dict[str, str] = {}

    def prepare(
        self, content: Content, resume: Receipt | None, progress: Progress
    ) -> tuple[Receipt, Status]:
        """Return the container of a post and how it stands, or its items while they are busy.

        Only a container that is FINISHED can be published.
        """
        _require_fitting(content)
        self._require_small_enough(content)
        self._remember(resume)
        known = self._usable(resume)
        if len(content.media) == 1 or (known and resume and resume.kind == CONTAINER):
            container = known[0] if known else self._single(content, progress)
            return Receipt(CONTAINER, {"id": container}), self._wait(container)
        items = known or [self._item(item, progress) for item in content.media]
        receipt = Receipt(ITEMS, {"ids": ",".join(items)})
        for item in items:
            status = self._wait(item)
            if status.code != "FINISHED":
                return receipt, status
        container = self._create(
            {"media_type": "CAROUSEL", "children": ",".join(items), "caption": compose(content)}
        )
        return Receipt(CONTAINER, {"id": container}), self._wait(container)

    def status(self, container: str) -> Status:
        answer = self._graph.call(
            "GET", container, params={"fields": "status_code,status"}, needs="status_code"
        )
        return Status(str(answer["status_code"]), str(answer.get("status", "")))

    def _require_small_enough(self, content: Content) -> None:
        """Raise ContentRefused for a video that Instagram would refuse after all of it was sent."""
        limits = PLATFORM.limits.video
        for item in content.media:
            if item.kind is not MediaKind.VIDEO or limits is None:
                continue
            if self._media.size(item) > limits.bytes.value:
                most = limits.bytes.value // 1_000_000
                raise ContentRefused(
                    reasons.about(reasons.TOO_BIG, f"{most} MB"), advice=Advice.VIDEO_UNFIT
                )

    def _usable(self, resume: Receipt | None) -> list[str]:
        """Return the containers of an earlier attempt; none where one of them is of no more use."""
        if resume is None or resume.kind not in {CONTAINER, ITEMS}:
            return []
        ids = (resume.data.get("ids") or resume.data.get("id", "")).split(",")
        of_use = {"IN_PROGRESS", "FINISHED", "PUBLISHED"}
        try:
            return ids if all(self.status(one).code in of_use for one in ids) else []
        except ContentRefused:
            # Containers are forgotten some time after they expired.
            return []

    def _remember(self, resume: Receipt | None) -> None:
        """Take over an upload that another process began, if Instagram still goes on with it."""
        if resume is None or resume.kind != BEGUN or resume.data["of"] in self._begun:
            return
        container = resume.data["id"]
        try:
            of_use = self.status(container).code in {"IN_PROGRESS", "FINISHED"}
            if of_use and self._received(container) is not None:
                self._begun[resume.data["of"]] = container
        except ContentRefused:
            # Forgotten: it is begun anew.
            return

    def _single(self, content: Content, progress: Progress) -> str:
        item, caption = content.media[0], compose(content)
        if item.kind is MediaKind.VIDEO:
            return self._video(item, {"media_type": "REELS", "caption": caption}, progress)
        return self._create({**self._picture(item), "caption": caption})

    def _item(self, item: MediaItem, progress: Progress) -> str:
        part = {"is_carousel_item": "true"}
        if item.kind is MediaKind.VIDEO:
            return self._video(item, {"media_type": "VIDEO", **part}, progress)
        return self._create({**self._picture(item), **part})

    def _picture(self, item: MediaItem) -> dict[str, Any]:
        return {"image_url": self._media.public_url(item), "alt_text": item.alt_text}

    def _video(self, item: MediaItem, params: Mapping[str, str], progress: Progress) -> str:
        """Return a container with the whole video in it."""
        key, size = _key(item, params), self._media.size(item)
        container, offset = self._begun.get(key), 0
        if container is not None:
            offset = self._gone_on_from(key, container)
        else:
            container = self._create({"upload_type": "resumable", **params})
            self._begun[key] = container
        progress(item, offset, size, begun=Receipt(BEGUN, {"id": container, "of": key}))
        if offset < size:
            try:
                with self._media.open(item) as file:
                    told = ToldFile(file, offset, size, lambda done: progress(item, done, size))
                    self._graph.send_file(container, told, offset, size)
            except ContentRefused:
                del self._begun[key]
                raise
        del self._begun[key]
        return container

    def _gone_on_from(self, key: str, container: str) -> int:
        received = self._received(container)
        if received is None:
            del self._begun[key]
            raise PlatformUnavailable(reasons.UPLOAD_UNCONFIRMED, advice=Advice.UPLOAD_AGAIN)
        return received

    def _received(self, container: str) -> int | None:
        """Return how much of a video Instagram has of an upload that broke off; None: unsaid."""
        answer = self._graph.call("GET", container, params={"fields": "video_status"})
        try:
            return int(answer["video_status"]["uploading_phase"]["bytes_transferred"])
        except (KeyError, TypeError, ValueError):
            return None

    def _create(self, params: Mapping[str, Any]) -> str:
        answer = self._graph.call("POST", self._account, "media", params=params)
        if not answer.get("id"):
            raise PlatformUnavailable(reasons.NO_ID)
        return str(answer["id"])

    def _wait(self, container: str) -> Status:
        return wait_while(lambda s: s.is_busy, lambda: self.status(container), self._pause)


def _key(item: MediaItem, params: Mapping[str, str]) -> str:
    """Return what an upload is of: another file, caption or kind of container is another one."""
    made = [item.sha256, *(f"{name}={params[name]}" for name in sorted(params))]
    return sha256("\n".join(made).encode()).hexdigest()


def _require_fitting(content: Content) -> None:
    """Raise ContentRefused for what Instagram cannot show, before anything is sent."""
    if not content.media:
        raise ContentRefused(reasons.NEEDS_PICTURE, advice=Advice.PICTURE_NUMBER)
    if len(content.media) > _MOST_ITEMS:
        raise ContentRefused(
            reasons.about(reasons.TOO_MANY_PICTURES, _MOST_ITEMS), advice=Advice.PICTURE_NUMBER
        )
    if any(item.kind is MediaKind.DOCUMENT for item in content.media):
        raise ContentRefused(reasons.NO_DOCUMENTS, advice=Advice.PICTURE_KIND)
