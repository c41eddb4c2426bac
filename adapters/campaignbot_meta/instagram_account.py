"""Posting to and reading from one Instagram professional account."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from campaignbot.domain.accounts import RateBudget
from campaignbot.domain.content import Content
from campaignbot.domain.metrics import Metric, Metrics
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import reasons
from campaignbot.platforms.errors import ContentRefused, PlatformError, outcome_of
from campaignbot.platforms.matching import is_same_post
from campaignbot.platforms.outcomes import Outcome, Pending, Published, Unknown
from campaignbot.platforms.protocol import (
    AccountIdentity,
    AdapterContext,
    BeforeCreate,
    ExternalPost,
    Progress,
    no_progress,
)
from campaignbot_meta import node
from campaignbot_meta.codes import NotReady
from campaignbot_meta.comments import Comments
from campaignbot_meta.containers import BEGUN, CONTAINER, ITEMS, Containers
from campaignbot_meta.errors import of_container
from campaignbot_meta.granted import granted_in
from campaignbot_meta.graph import Graph, instant
from campaignbot_meta.insights import Insights
from campaignbot_meta.instagram import compose
from campaignbot_meta.presence import OnInstagram
from campaignbot_meta.quota import Quota
from campaignbot_meta.waiting import ASK_AGAIN_S, Pause

_NAMES = {
    "views": Metric.IMPRESSIONS,
    "reach": Metric.REACH,
    "likes": Metric.REACTIONS,
    "comments": Metric.COMMENTS,
    "shares": Metric.SHARES,
    "saved": Metric.SAVES,
}
_EVER = datetime.min.replace(tzinfo=UTC)


class InstagramAdapter:
    """One account; `external_id` is its Instagram user id.

    A post is made of a container, which Instagram fills by fetching the picture, or is sent the
    video for, and its publication. The container is the receipt: its status tells whether it was
    published.
    """

    def __init__(self, context: AdapterContext, pause: Pause = time.sleep) -> None:
        self._context, self._account = context, context.external_id
        self._graph = Graph(context, "instagram", context.options.get("upload_url"))
        self._containers = Containers(self._graph, self._account, context.media, pause)
        self._absent = OnInstagram(self._graph, self._account).absent
        self._insights = Insights(self._graph, _NAMES, self._absent)
        self._quota = Quota(self._graph, self._account)
        self._comments = Comments(
            self._graph, None, compose, _is_ours, "text", "timestamp", lambda _post, _comment: None
        )

    def verify(self) -> AccountIdentity:
        profile = self._graph.call(
            "GET", self._account, params={"fields": "id,username"}, needs="id"
        )
        granted = granted_in(self._context, "instagram")
        return AccountIdentity(profile["id"], profile.get("username", ""), permissions=granted)

    def publish(
        self,
        content: Content,
        *,
        resume: Receipt | None,
        before_create: BeforeCreate,
        reply_to: str | None = None,
        progress: Progress = no_progress,
    ) -> Outcome:
        if reply_to is not None:
            return self._comments.publish(content, reply_to, before_create)
        sent = False
        try:
            self._quota.require_room()
            receipt, status = self._containers.prepare(content, resume, progress)
            if status.code == "PUBLISHED":
                return self._published_before(content, receipt)
            if status.is_busy:
                return Pending(receipt, ASK_AGAIN_S)
            if status.code != "FINISHED":
                raise of_container(status.said or f"Instagram: container {status.code}")
            before_create(receipt)
            sent = True
            answer = self._graph.call(
                "POST",
                self._account,
                "media_publish",
                params={"creation_id": receipt.data["id"]},
            )
        except NotReady:
            # Refused, so nothing was created: the container is looked at again, or made anew.
            return Pending(receipt, ASK_AGAIN_S)
        except PlatformError as error:
            return outcome_of(error, create_was_sent=sent)
        self._quota.note_published()
        if not answer.get("id"):
            return Unknown(reasons.NO_ID)
        return Published(answer["id"], self._permalink(answer["id"]))

    def _published_before(self, content: Content, receipt: Receipt) -> Outcome:
        """Return the post of an earlier attempt, whose answer was lost."""
        found = self._listed(content, _EVER)
        if found is None:
            return Unknown(reasons.NOT_LISTED)
        return Published(found.external_id, found.permalink)

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
        if receipt is not None and not self._may_be_published(receipt):
            return None
        return self._listed(content, since)

    def recent_posts(self, since: datetime) -> Iterator[ExternalPost]:
        for row in self._graph.listed(
            self._account, "media", params={"fields": "id,caption,timestamp,permalink"}
        ):
            created = instant(row.get("timestamp"))
            if created is not None and created < since:
                return
            yield ExternalPost(row["id"], row.get("permalink"), created, row.get("caption", ""))

    def _may_be_published(self, receipt: Receipt) -> bool:
        """Ask the container of a receipt; one that Instagram has forgotten proves nothing."""
        if receipt.kind != CONTAINER:
            return receipt.kind not in {ITEMS, BEGUN}
        try:
            return self._containers.status(receipt.data["id"]).code == "PUBLISHED"
        except ContentRefused:
            return True

    def _listed(self, content: Content, since: datetime) -> ExternalPost | None:
        return next((p for p in self.recent_posts(since) if _is_ours(content, p.text)), None)

    def edit(self, external_id: str, content: Content) -> None:
        raise ContentRefused(reasons.CANNOT_EDIT)

    def delete(self, external_id: str) -> None:
        node.delete(self._graph, external_id, self._absent)

    def fetch_metrics(self, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        now, told = self._graph.clock.now(), self._insights.of(external_ids)
        return {media: one.metrics(now, _NAMES) for media, one in told.items()}

    def fetch_account_metrics(self) -> Metrics:
        profile = self._graph.call(
            "GET", self._account, params={"fields": "followers_count"}, needs="followers_count"
        )
        return Metrics(self._graph.clock.now(), {Metric.FOLLOWERS: int(profile["followers_count"])})

    def budgets(self) -> Sequence[RateBudget]:
        return (*self._graph.usage.budgets(), *self._quota.budgets())

    def close(self) -> None:
        self._graph.close()

    def _permalink(self, media: str) -> str | None:
        """Return the address of the post; the post stands, also when this question fails."""
        try:
            answer = self._graph.call("GET", media, params={"fields": "permalink"})
        except PlatformError:
            return None
        return str(answer["permalink"]) if answer.get("permalink") else None


def _is_ours(content: Content, text: str) -> bool:
    return is_same_post(content, compose(content), text)
