"""Posting to and reading from one Facebook page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from campaignbot.domain.accounts import RateBudget
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.metrics import Metric, Metrics, Missing
from campaignbot.domain.publication import Receipt
from campaignbot.platforms.composing import link_below
from campaignbot.platforms.errors import PlatformError, outcome_of
from campaignbot.platforms.matching import is_same_post
from campaignbot.platforms.outcomes import Outcome, Published, Unknown
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

_NAMES = {
    "post_media_view": Metric.IMPRESSIONS,
    "post_total_media_view_unique": Metric.REACH,
    "post_clicks": Metric.CLICKS,
    "post_reactions_by_type_total": Metric.REACTIONS,
}
_ACTIVITY = "post_activity_by_action_type"
_TASK = "CREATE_CONTENT"


class FacebookPageAdapter:
    """One page; `external_id` is its number, the token is the page's own."""

    def __init__(self, context: AdapterContext) -> None:
        self._page, self._media = context.external_id, context.media
        self._graph = Graph(context, "facebook")
        self._comments = Comments(
            self._graph, self._page, link_below, "message", "created_time", permalink
        )

    def verify(self) -> AccountIdentity:
        me = self._graph.call("GET", "me", params={"fields": "id,name"})
        if me.get("id") != self._page:
            return AccountIdentity(str(me.get("id", "")), me.get("name", ""))
        page = self._graph.call("GET", self._page, params={"fields": "id,name,tasks"})
        tasks = page.get("tasks", [_TASK])
        return AccountIdentity(page["id"], page.get("name", ""), () if _TASK in tasks else (_TASK,))

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
            photos = [self._upload(item) for item in content.media]
            params: dict[str, Any] = {"message": link_below(content)}
            if photos:
                params["attached_media"] = [{"media_fbid": photo} for photo in photos]
            elif content.link:
                params["link"] = content.link
            before_create(None)
            sent = True
            answer = self._graph.call("POST", self._page, "feed", params=params)
        except PlatformError as error:
            return outcome_of(error, create_was_sent=sent)
        if not answer.get("id"):
            return Unknown("Facebook answered without the id of the post")
        return Published(answer["id"], permalink(answer["id"]))

    def find_published(
        self,
        content: Content,
        since: datetime,
        receipt: Receipt | None,
        reply_to: str | None = None,
    ) -> ExternalPost | None:
        if reply_to is not None:
            return self._comments.find(content, since, reply_to)
        rows = self._graph.listed(
            self._page,
            "published_posts",
            params={
                "fields": "id,message,created_time,permalink_url",
                "since": int(since.timestamp()),
            },
        )
        for row in rows:
            if is_same_post(content, link_below(content), row.get("message", "")):
                return ExternalPost(
                    row["id"],
                    row.get("permalink_url"),
                    instant(row.get("created_time")),
                    row.get("message", ""),
                )
        return None

    def edit(self, external_id: str, content: Content) -> None:
        self._graph.call("POST", external_id, params={"message": link_below(content)})

    def delete(self, external_id: str) -> None:
        node.delete(self._graph, external_id)

    def fetch_metrics(self, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        return node.metrics_of(
            external_ids,
            lambda post: self._metrics(self._graph.insights(post, [*_NAMES, _ACTIVITY])),
        )

    def fetch_account_metrics(self) -> Metrics:
        page = self._graph.call("GET", self._page, params={"fields": "followers_count"})
        return Metrics(self._graph.clock.now(), {Metric.FOLLOWERS: int(page["followers_count"])})

    def budgets(self) -> Sequence[RateBudget]:
        return self._graph.usage.budgets()

    def close(self) -> None:
        self._graph.close()

    def _upload(self, item: MediaItem) -> str:
        name = f"{item.sha256[:12]}.{item.mime.rpartition('/')[2]}"
        answer = self._graph.call(
            "POST",
            self._page,
            "photos",
            params={"published": "false", "alt_text_custom": item.alt_text},
            files={"source": (name, self._media.read(item), item.mime)},
        )
        return str(answer["id"])

    def _metrics(self, told: Mapping[str, Any]) -> Metrics:
        base = self._graph.metrics(told, _NAMES)
        values, missing = dict(base.values), dict(base.missing)
        activity = told.get(_ACTIVITY)
        for name, metric in (("comment", Metric.COMMENTS), ("share", Metric.SHARES)):
            if isinstance(activity, Mapping):
                values[metric] = int(activity.get(name, 0))
            else:
                retired = self._graph.is_retired(_ACTIVITY)
                missing[metric] = Missing.RETIRED if retired else Missing.TOO_YOUNG
        return Metrics(base.taken_at_utc, values, missing)


def permalink(post_id: str, comment_id: str | None = None) -> str:
    """Return the address of a post, or of a comment on it."""
    page, _, post = post_id.partition("_")
    address = f"https://www.facebook.com/{page}/posts/{post}"
    return f"{address}?comment_id={comment_id.rpartition('_')[2]}" if comment_id else address
