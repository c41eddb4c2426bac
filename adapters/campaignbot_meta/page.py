"""Posting to and reading from one Facebook page."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from campaignbot.domain.accounts import RateBudget
from campaignbot.domain.content import Content, MediaItem, MediaKind
from campaignbot.domain.metrics import Metric, Metrics, Missing
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import reasons
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import (
    ContentRefused,
    PlatformError,
    PlatformUnavailable,
    outcome_of,
)
from campaignbot.platforms.outcomes import Outcome, Published, Unknown
from campaignbot.platforms.protocol import (
    AccountIdentity,
    AdapterContext,
    BeforeCreate,
    ExternalPost,
    Progress,
    no_progress,
)
from campaignbot_meta import node
from campaignbot_meta.comments import Comments
from campaignbot_meta.granted import granted_in
from campaignbot_meta.graph import Graph, instant
from campaignbot_meta.insights import Insights, Told, number
from campaignbot_meta.presence import OnPage
from campaignbot_meta.videos import VIDEO, PageVideos
from campaignbot_meta.waiting import Pause
from campaignbot_meta.wording import is_ours
from campaignbot_meta.wording import sent as message_of

_NAMES = {
    "post_media_view": Metric.IMPRESSIONS,
    "post_total_media_view_unique": Metric.REACH,
    "post_clicks": Metric.CLICKS,
    "post_reactions_by_type_total": Metric.REACTIONS,
}
_ACTIVITY = "post_activity_by_action_type"
_VIDEO_VIEWS = "post_video_views"
_TASK = "CREATE_CONTENT"


class FacebookPageAdapter:
    """One page; `external_id` is its number, the token is the page's own."""

    def __init__(self, context: AdapterContext, pause: Pause = time.sleep) -> None:
        self._context, self._page, self._media = context, context.external_id, context.media
        self._graph = Graph(context, "facebook")
        self._absent = OnPage(self._graph, self._page).absent
        self._insights = Insights(self._graph, [*_NAMES, _ACTIVITY, _VIDEO_VIEWS], self._absent)
        self._videos = PageVideos(self._graph, self._page, self._media, pause)
        self._comments = Comments(
            self._graph, self._page, message_of, is_ours, "message", "created_time", permalink
        )

    def verify(self) -> AccountIdentity:
        me = self._graph.call("GET", "me", params={"fields": "id,name"}, needs="id")
        if me["id"] != self._page:
            return AccountIdentity(str(me["id"]), me.get("name", ""))
        page = self._graph.call("GET", self._page, params={"fields": "id,name,tasks"}, needs="id")
        lacks = () if _TASK in page.get("tasks", [_TASK]) else (_TASK,)
        granted = granted_in(self._context, "facebook")
        return AccountIdentity(page["id"], page.get("name", ""), lacks, granted)

    def publish(
        self,
        content: Content,
        *,
        resume: Receipt | None,
        before_create: BeforeCreate,
        reply_to: str | None = None,
        progress: Progress = no_progress,
    ) -> Outcome:
        try:
            if reply_to is not None:
                post = self._videos.post_of(reply_to)
                return self._comments.publish(content, post, before_create)
            _require_fitting(content)
        except PlatformError as error:
            return outcome_of(error, create_was_sent=False)
        if any(item.kind is MediaKind.VIDEO for item in content.media):
            return self._videos.publish(content, resume, before_create, progress)
        return self._publish(content, before_create)

    def _publish(self, content: Content, before_create: BeforeCreate) -> Outcome:
        sent = False
        try:
            photos = [self._upload(item) for item in content.media]
            params: dict[str, Any] = {"message": message_of(content)}
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
            return Unknown(reasons.NO_ID)
        return Published(answer["id"], permalink(answer["id"]))

    def find_published(
        self,
        content: Content,
        since: datetime,
        receipt: Receipt | None,
        reply_to: str | None = None,
    ) -> ExternalPost | None:
        """Look by the video's own state first: it says whether it was published."""
        if reply_to is not None:
            return self._comments.find(content, since, self._videos.post_of(reply_to))
        if receipt is not None and receipt.kind == VIDEO:
            return self._videos.find(receipt)
        return next((p for p in self.recent_posts(since) if is_ours(content, p.text)), None)

    def recent_posts(self, since: datetime) -> Iterator[ExternalPost]:
        for row in self._graph.listed(
            self._page,
            "published_posts",
            params={
                "fields": "id,message,created_time,permalink_url",
                "since": int(since.timestamp()),
            },
        ):
            yield ExternalPost(
                row["id"],
                row.get("permalink_url"),
                instant(row.get("created_time")),
                row.get("message", ""),
            )

    def edit(self, external_id: str, content: Content) -> None:
        post = self._videos.post_of(external_id)
        answer = self._graph.call("POST", post, params={"message": message_of(content)})
        if answer.get("success") is not True:
            raise PlatformUnavailable(reasons.NOT_CONFIRMED)

    def delete(self, external_id: str) -> None:
        node.delete(self._graph, external_id, self._absent)

    def fetch_metrics(self, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        posts = self._videos.posts_of(external_ids)
        told = self._insights.of(list(posts.values()))
        return {one: self._metrics(told[post]) for one, post in posts.items() if post in told}

    def fetch_account_metrics(self) -> Metrics:
        page = self._graph.call(
            "GET", self._page, params={"fields": "followers_count"}, needs="followers_count"
        )
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
        if not answer.get("id"):
            raise PlatformUnavailable(reasons.NO_ID)
        return str(answer["id"])

    def _metrics(self, told: Told) -> Metrics:
        base = told.metrics(self._graph.clock.now(), _NAMES)
        values, missing = dict(base.values), dict(base.missing)
        # Posts without a video have none, which is no number of theirs.
        if views := number(told.values.get(_VIDEO_VIEWS, 0)):
            values[Metric.VIDEO_VIEWS] = views
        activity = told.values.get(_ACTIVITY)
        for name, metric in (("comment", Metric.COMMENTS), ("share", Metric.SHARES)):
            if isinstance(activity, Mapping):
                values[metric] = number(activity.get(name, 0))
            else:
                missing[metric] = told.missing.get(_ACTIVITY, Missing.TOO_YOUNG)
        return Metrics(base.taken_at_utc, values, missing)


def _require_fitting(content: Content) -> None:
    """Raise ContentRefused for what a post of a page cannot hold, before anything is sent."""
    kinds = [item.kind for item in content.media]
    if MediaKind.DOCUMENT in kinds:
        raise ContentRefused(reasons.NO_DOCUMENTS, advice=Advice.PICTURE_KIND)
    if MediaKind.VIDEO in kinds and len(kinds) > 1:
        raise ContentRefused(reasons.ONE_KIND, advice=Advice.PICTURE_NUMBER)


def permalink(post_id: str, comment_id: str | None = None) -> str:
    """Return the address of a post, or of a comment on it."""
    page, _, post = post_id.partition("_")
    address = f"https://www.facebook.com/{page}/posts/{post}"
    return f"{address}?comment_id={comment_id.rpartition('_')[2]}" if comment_id else address
