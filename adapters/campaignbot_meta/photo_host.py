"""A Facebook page as the place from which Instagram fetches pictures.

A photo that is not published can be seen at its own address by whoever knows it, and by nobody
else. As a temporary one Meta removes it after a day.
https://developers.facebook.com/docs/graph-api/reference/page/photos/ (read 2026-11-24).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from campaignbot.domain.content import MediaItem, MediaKind
from campaignbot.domain.errors import Problem, user_error
from campaignbot.domain.hosting import MediaUnreachable
from campaignbot.domain.messages import Message
from campaignbot.platforms import reasons
from campaignbot.platforms.errors import PlatformError, PlatformUnavailable
from campaignbot.platforms.protocol import AdapterContext
from campaignbot_meta import node
from campaignbot_meta.graph import Graph

_GOOD_FOR = timedelta(hours=12)
"""Well within the day for which Meta keeps a temporary photo."""


class PhotoHost:
    """Holds pictures as unpublished photos of one page; may be used by several threads.

    Meta makes files of its own of what is sent, so what is fetched differs byte for byte. What
    was sent is remembered while this is open.
    """

    keeps_bytes = False

    def __init__(self, context: AdapterContext) -> None:
        self._page, self._media = context.external_id, context.media
        self._graph, self._lock = Graph(context, "facebook"), Lock()
        self._sent: dict[str, tuple[str, datetime]] = {}

    def put(self, item: MediaItem) -> str:
        if item.kind is not MediaKind.IMAGE:
            raise user_error("media.page_holds_pictures", remedy="media.page_holds_pictures.remedy")
        with self._lock, _unreachable():
            photo, sent_at = self._sent.get(item.sha256, ("", None))
            if sent_at is None or self._graph.clock.now() - sent_at >= _GOOD_FOR:
                photo = self._send(item)
                self._sent[item.sha256] = (photo, self._graph.clock.now())
            # Addresses are signed for a while, so they are asked for anew.
            return self._address(photo)

    def remove(self, item: MediaItem) -> None:
        with self._lock, _unreachable():
            photo, _ = self._sent.get(item.sha256, ("", None))
            if photo:
                # No list holds unpublished photos; this page's own token is the one that sent it.
                node.delete(self._graph, photo, set)
                del self._sent[item.sha256]

    def close(self) -> None:
        self._graph.close()

    def _send(self, item: MediaItem) -> str:
        answer = self._graph.call(
            "POST",
            self._page,
            "photos",
            params={"published": "false", "temporary": "true"},
            files={"source": (f"{item.sha256}.jpg", self._media.read(item), item.mime)},
        )
        if not answer.get("id"):
            raise PlatformUnavailable(reasons.NO_ID)
        return str(answer["id"])

    def _address(self, photo: str) -> str:
        """Return where the largest file that Meta made of a photo can be fetched."""
        answer = self._graph.call("GET", photo, params={"fields": "images"})
        images: list[dict[str, Any]] = [i for i in answer.get("images") or () if i.get("source")]
        if not images:
            raise PlatformUnavailable(reasons.GARBLED)
        return str(max(images, key=lambda image: int(image.get("width") or 0))["source"])


@contextmanager
def _unreachable() -> Iterator[None]:
    """Let a failure of this page be one of the picture, not of the account that posts it."""
    try:
        yield
    except PlatformError as error:
        params = {"said": str(error), "advice": str(error.advice)}
        what = Message("media.page_failed", params)
        raise MediaUnreachable(
            Problem(what, Message("media.page_failed.remedy", params))
        ) from error
