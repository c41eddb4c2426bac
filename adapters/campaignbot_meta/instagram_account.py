"""Posting to and reading from one Instagram professional account."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from campaignbot.domain.accounts import RateBudget
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.metrics import Metric, Metrics
from campaignbot.domain.publication import Receipt
from campaignbot.platforms.errors import ContentRefused, PlatformError, outcome_of
from campaignbot.platforms.matching import is_same_post
from campaignbot.platforms.outcomes import Outcome, Pending, Published, Rejected, Unknown
from campaignbot.platforms.protocol import (
    AccountIdentity,
    AdapterContext,
    BeforeCreate,
    ExternalPost,
    Progress,
    untold,
)
from campaignbot_meta import node
from campaignbot_meta.comments import Comments
from campaignbot_meta.graph import Graph, instant
from campaignbot_meta.instagram import compose

CONTAINER = "instagram_container"
_NAMES = {
    "views": Metric.IMPRESSIONS,
    "reach": Metric.REACH,
    "likes": Metric.REACTIONS,
    "comments": Metric.COMMENTS,
    "shares": Metric.SHARES,
    "saved": Metric.SAVES,
}
_POLLS = 6
_ASK_AGAIN_S = 60


class InstagramAdapter:
    """One account; `external_id` is its Instagram user id.

    A post is made of a container, which Instagram fills by fetching the picture, and its
    publication. The container is the receipt: its status tells whether it was published.
    """

    def __init__(
        self, context: AdapterContext, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._account, self._media = context.external_id, context.media
        self._graph, self._pause = Graph(context, "instagram"), pause
        self._comments = Comments(
            self._graph, None, compose, "text", "timestamp", lambda _post, _comment: None
        )

    def verify(self) -> AccountIdentity:
        profile = self._graph.call("GET", self._account, params={"fields": "id,username"})
        return AccountIdentity(profile["id"], profile.get("username", ""))

    def publish(
        self,
        content: Content,
        *,
        resume: Receipt | None,
        before_create: BeforeCreate,
        reply_to: str | None = None,
        progress: Progress = untold,
    ) -> Outcome:
        if reply_to is not None:
            return self._comments.publish(content, reply_to, before_create)
        sent = False
        try:
            container = self._container(content, resume)
            status = self._wait_for(container)
            receipt = Receipt(CONTAINER, {"id": container})
            if status == "IN_PROGRESS":
                return Pending(receipt, _ASK_AGAIN_S)
            if status != "FINISHED":
                return Rejected(f"Instagram could not use the picture ({status})")
            before_create(receipt)
            sent = True
            answer = self._graph.call(
                "POST", self._account, "media_publish", params={"creation_id": container}
            )
        except PlatformError as error:
            return outcome_of(error, create_was_sent=sent)
        if not answer.get("id"):
            return Unknown("Instagram answered without the id of the post")
        return Published(answer["id"], self._permalink(answer["id"]))

    def find_published(
        self,
        content: Content,
        since: datetime,
        receipt: Receipt | None,
        reply_to: str | None = None,
    ) -> ExternalPost | None:
        """Look by the container's own status first: it says whether it was published."""
        if reply_to is not None:
            return self._comments.find(content, since, reply_to)
        if receipt is not None and receipt.kind == CONTAINER:
            if self._status(receipt.data["id"]) != "PUBLISHED":
                return None
        for row in self._graph.listed(
            self._account, "media", params={"fields": "id,caption,timestamp,permalink"}
        ):
            created = instant(row.get("timestamp"))
            if created is not None and created < since:
                return None
            if is_same_post(content, compose(content), row.get("caption", "")):
                return ExternalPost(
                    row["id"], row.get("permalink"), created, row.get("caption", "")
                )
        return None

    def edit(self, external_id: str, content: Content) -> None:
        raise ContentRefused("Instagram does not let the caption of a published post be changed")

    def delete(self, external_id: str) -> None:
        node.delete(self._graph, external_id)

    def fetch_metrics(self, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        return node.metrics_of(
            external_ids,
            lambda media: self._graph.metrics(self._graph.insights(media, list(_NAMES)), _NAMES),
        )

    def fetch_account_metrics(self) -> Metrics:
        profile = self._graph.call("GET", self._account, params={"fields": "followers_count"})
        return Metrics(self._graph.clock.now(), {Metric.FOLLOWERS: int(profile["followers_count"])})

    def budgets(self) -> Sequence[RateBudget]:
        return self._graph.usage.budgets()

    def close(self) -> None:
        self._graph.close()

    def _container(self, content: Content, resume: Receipt | None) -> str:
        """Return the container of an earlier attempt if it can still be used, else a new one."""
        if resume is not None and resume.kind == CONTAINER:
            if self._status(resume.data["id"]) in {"IN_PROGRESS", "FINISHED"}:
                return resume.data["id"]
        if not content.media:
            raise ContentRefused("Instagram takes no post without a picture")
        if len(content.media) == 1:
            return self._create({**self._image(content.media[0]), "caption": compose(content)})
        items = [
            self._create({**self._image(item), "is_carousel_item": "true"})
            for item in content.media
        ]
        for item in items:
            self._wait_for(item)
        return self._create(
            {"media_type": "CAROUSEL", "children": ",".join(items), "caption": compose(content)}
        )

    def _image(self, item: MediaItem) -> dict[str, Any]:
        return {"image_url": self._media.public_url(item), "alt_text": item.alt_text}

    def _create(self, params: Mapping[str, Any]) -> str:
        return str(self._graph.call("POST", self._account, "media", params=params)["id"])

    def _status(self, container: str) -> str:
        answer = self._graph.call("GET", container, params={"fields": "status_code,status"})
        return str(answer.get("status_code", "ERROR"))

    def _wait_for(self, container: str) -> str:
        for wait in range(_POLLS):
            status = self._status(container)
            if status != "IN_PROGRESS":
                return status
            self._pause(min(2.0**wait * 0.5, 5.0))
        return "IN_PROGRESS"

    def _permalink(self, media: str) -> str | None:
        """Return the address of the post; the post stands, also when this question fails."""
        try:
            answer = self._graph.call("GET", media, params={"fields": "permalink"})
        except PlatformError:
            return None
        return str(answer["permalink"]) if answer.get("permalink") else None
