"""What hangs below the text of a post: uploaded, waited for, and put into words for the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from campaignbot.domain.content import Content, MediaItem, MediaKind
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import reasons
from campaignbot.platforms.errors import ContentRefused
from campaignbot.platforms.protocol import Progress
from campaignbot_linkedin.uploads import UNFIT, AssetState, Uploads

RECEIPT = "uploads"
_PAUSES_S = (0.2, 0.4, 0.8, 1.6, None)
_UNFINISHED = {AssetState.PROCESSING, AssetState.WAITING_UPLOAD}


class Attachments:
    """The media of one content, and the picture of its link's card, by their URNs.

    A receipt of an earlier attempt spares what is up already; it names each file by its place and
    hash, so that another content finds nothing in it.
    """

    def __init__(
        self,
        content: Content,
        uploads: Uploads,
        resume: Receipt | None,
        pause: Callable[[float], None],
    ) -> None:
        self._content, self._uploads, self._pause = content, uploads, pause
        known = resume.data if resume is not None and resume.kind == RECEIPT else {}
        self._urns = {place: known[place] for place, _ in self._places() if place in known}

    @property
    def receipt(self) -> Receipt:
        return Receipt(RECEIPT, dict(self._urns))

    def upload(self, progress: Progress) -> None:
        """Upload what is not up yet; what LinkedIn lost since the last attempt as well."""
        _require_one_sort(self._content)
        for place, urn in list(self._urns.items()):
            if self._uploads.state(urn) in {AssetState.GONE, AssetState.WAITING_UPLOAD}:
                del self._urns[place]
        for place, item in self._places():
            if place not in self._urns:
                self._urns[place] = self._uploads.upload(item, progress)

    def ready(self) -> bool:
        """Wait a little until all is processed; ContentRefused where LinkedIn cannot use a file."""
        waiting = dict(self._places())
        for pause_s in _PAUSES_S:
            for place, item in list(waiting.items()):
                state = self._uploads.state(self._urns[place])
                if state is AssetState.PROCESSING_FAILED:
                    said = f"LinkedIn could not process the {item.kind} ({state})"
                    raise ContentRefused(said, advice=UNFIT[item.kind])
                if state not in _UNFINISHED:
                    del waiting[place]
            if not waiting:
                return True
            if pause_s is not None:
                self._pause(pause_s)
        return False

    def field(self) -> dict[str, Any]:
        """Return the field `content` of a post; nothing where there is nothing to attach.

        A content of null is refused, so the field itself is left out.
        """
        media = [_medium(item, self._urns[place]) for place, item in self._media()]
        if len(media) > 1:
            return {"content": {"multiImage": {"images": media}}}
        if media:
            return {"content": {"media": media[0]}}
        if self._content.link and (card := self._content.preview):
            article = {"source": self._content.link, "title": card.title}
            if card.description:
                article["description"] = card.description
            for place, _ in self._card():
                article["thumbnail"] = self._urns[place]
            return {"content": {"article": article}}
        return {}

    def _places(self) -> Iterator[tuple[str, MediaItem]]:
        yield from self._media()
        yield from self._card()

    def _media(self) -> Iterator[tuple[str, MediaItem]]:
        for number, item in enumerate(self._content.media):
            yield f"{number} {item.sha256}", item

    def _card(self) -> Iterator[tuple[str, MediaItem]]:
        card = self._content.preview
        if self._content.link and not self._content.media and card and card.picture:
            yield f"card {card.picture.sha256}", card.picture


def _medium(item: MediaItem, urn: str) -> dict[str, str]:
    """LinkedIn knows alt texts of pictures alone, and titles of the other sorts."""
    if item.kind is MediaKind.IMAGE:
        return {"id": urn, "altText": item.alt_text}
    return {"id": urn, "title": item.title} if item.title else {"id": urn}


def _require_one_sort(content: Content) -> None:
    """Refuse before anything large is uploaded what LinkedIn cannot show in one post."""
    kinds = {item.kind for item in content.media}
    if len(content.media) > 1 and kinds != {MediaKind.IMAGE}:
        raise ContentRefused(reasons.ONE_KIND)
    for item in content.media:
        if item.kind is MediaKind.DOCUMENT and not item.title:
            raise ContentRefused(reasons.NO_TITLE, advice=UNFIT[MediaKind.DOCUMENT])
