"""Posting to and reading from one X account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

import tweepy

from campaignbot.domain.accounts import RateBudget
from campaignbot.domain.content import Content
from campaignbot.domain.metrics import Metric, Metrics, Missing
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import reasons
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import (
    ContentRefused,
    PermissionMissing,
    PlatformError,
    PlatformUnavailable,
    outcome_of,
)
from campaignbot.platforms.outcomes import Outcome, Pending, Published, Unavailable, Unknown
from campaignbot.platforms.protocol import (
    AccountIdentity,
    AdapterContext,
    BeforeCreate,
    ExternalPost,
    Progress,
    no_progress,
)
from campaignbot_x import compose
from campaignbot_x.budgets import told
from campaignbot_x.client import Client
from campaignbot_x.errors import UploadForgotten, translated
from campaignbot_x.reading import external, is_ours, permalink
from campaignbot_x.uploads import Uploads

_PUBLIC = {
    "impression_count": Metric.IMPRESSIONS,
    "like_count": Metric.REACTIONS,
    "reply_count": Metric.COMMENTS,
    "bookmark_count": Metric.SAVES,
}
_TOLD_FOR = timedelta(days=30)
"""How long X tells clicks and profile visits: https://docs.x.com/x-api/fundamentals/metrics"""

# An X id holds its time of creation: milliseconds since this instant, shifted by 22 bits.
_EPOCH_MS = 1_288_834_974_657


class XAdapter:
    """One account; `external_id` is its user id."""

    def __init__(self, context: AdapterContext) -> None:
        self._user, self._media, self._clock = context.external_id, context.media, context.clock
        self._secrets = tuple(context.credentials.secrets.values())
        self._client = Client(context.credentials.secrets, context.base_url, context.timeout_s)
        context.calls.listen(self._client.session, "x")

    def verify(self) -> AccountIdentity:
        with self._translated():
            user = _told(self._client.get_me(user_auth=self._client.signs)).data
            return AccountIdentity(str(user.id), user.username)

    def publish(
        self,
        content: Content,
        *,
        resume: Receipt | None,
        before_create: BeforeCreate,
        reply_to: str | None = None,
        progress: Progress = no_progress,
    ) -> Outcome:
        sent = False
        try:
            with self._translated():
                media = Uploads(self._client, self._media, self._clock, progress).ready(
                    content, resume
                )
            if isinstance(media, Pending):
                return media
            before_create(media.receipt)
            sent = True
            with self._translated():
                answer = self._client.create_tweet(
                    text=compose(content),
                    media_ids=list(media.ids) or None,
                    in_reply_to_tweet_id=reply_to,
                    user_auth=self._client.signs,
                )
                post_id = str((answer.data or {}).get("id") or "")
        except UploadForgotten as error:
            if resume is None:
                return outcome_of(error, create_was_sent=sent)
            # What an earlier attempt uploaded is gone; the post was not created.
            return Unavailable(str(error), Advice.UPLOAD_AGAIN)
        except PlatformError as error:
            return outcome_of(error, create_was_sent=sent)
        if not post_id:
            return Unknown(reasons.NO_ID)
        return Published(post_id, permalink(post_id))

    def find_published(
        self,
        content: Content,
        since: datetime,
        receipt: Receipt | None,
        reply_to: str | None = None,
    ) -> ExternalPost | None:
        """Look among the account's own recent posts; X lists replies there too."""
        composed = compose(content)
        for tweet in self._timeline(since):
            if _replied_to(tweet) == reply_to and is_ours(tweet, content, composed):
                return external(tweet)
        return None

    def recent_posts(self, since: datetime) -> Iterator[ExternalPost]:
        for tweet in self._timeline(since):
            if _replied_to(tweet) is None:
                yield external(tweet)

    def edit(self, external_id: str, content: Content) -> None:
        # X lets subscribers alone correct a post, within an hour, as a new post with a new id.
        raise ContentRefused(reasons.CANNOT_EDIT)

    def delete(self, external_id: str) -> None:
        """Take the post down; where X did not, look whether it is there still.

        X says no more than that it deleted nothing, of what is gone as of what it left alone.
        """
        with self._translated():
            try:
                answer = self._client.delete_tweet(external_id, user_auth=self._client.signs)
            except tweepy.NotFound:
                answer = None
        if answer is not None and (answer.data or {}).get("deleted") is True:
            return
        self._require_gone(external_id)

    def fetch_metrics(self, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        """Return the totals; X tells clicks only for posts of the last 30 days."""
        # By the clock of X it may be over a little sooner.
        oldest = self._clock.now() - _TOLD_FOR + timedelta(hours=1)
        young = [i for i in external_ids if created_at(i) > oldest]
        old = [i for i in external_ids if i not in young]
        found = self._fetch(old, no_clicks=Missing.TOO_OLD)
        try:
            # Clicks that were asked for and are not there are none that come with time.
            found |= self._fetch(young, private=True, no_clicks=Missing.NOT_OFFERED)
        except PermissionMissing:
            found |= self._fetch(young, no_clicks=Missing.NO_PERMISSION)
        return found

    def fetch_account_metrics(self) -> Metrics:
        with self._translated():
            answer = self._client.get_me(
                user_fields=["public_metrics"], user_auth=self._client.signs
            )
            user = _told(answer).data
            count = int(user.public_metrics["followers_count"])
        return Metrics(self._clock.now(), {Metric.FOLLOWERS: count})

    def budgets(self) -> Sequence[RateBudget]:
        return told(self._client.session.create_headers)

    def close(self) -> None:
        self._client.session.close()

    def _require_gone(self, external_id: str) -> None:
        with self._translated():
            answer = self._client.get_tweets([external_id], user_auth=self._client.signs)
        if answer.data:
            raise ContentRefused(reasons.NOT_DELETED, advice=Advice.CHECK_MANUALLY)
        if any(str(e.get("type", "")).endswith("/resource-not-found") for e in answer.errors):
            return
        if answer.errors:
            raise PermissionMissing(str(answer.errors[0].get("detail") or reasons.NOT_VISIBLE))
        raise PlatformUnavailable(reasons.NOT_DELETED)

    def _translated(self) -> AbstractContextManager[None]:
        return translated(self._secrets, self._clock)

    def _timeline(self, since: datetime) -> Iterator[Any]:
        """Yield what the account itself wrote since then, newest first, page after page."""
        more: str | None = None
        while True:
            with self._translated():
                answer = self._client.get_users_tweets(
                    self._user,
                    max_results=100,
                    start_time=since,
                    exclude=["retweets"],
                    pagination_token=more,
                    tweet_fields=["created_at", "entities", "referenced_tweets"],
                    user_auth=self._client.signs,
                )
                if "result_count" not in (answer.meta or {}):
                    raise PlatformUnavailable(reasons.GARBLED)
            yield from answer.data or []
            more = answer.meta.get("next_token")
            if not more:
                return

    def _fetch(
        self, ids: Sequence[str], *, private: bool = False, no_clicks: Missing
    ) -> dict[str, Metrics]:
        if not ids:
            return {}
        fields = ["public_metrics", *(["non_public_metrics"] if private else [])]
        with self._translated():
            answer = self._client.get_tweets(
                list(ids), tweet_fields=fields, user_auth=self._client.signs
            )
            if not answer.errors:
                _told(answer)
        now = self._clock.now()
        return {str(tweet.id): _metrics(tweet, now, no_clicks) for tweet in answer.data or []}


def _told(answer: Any) -> Any:
    """Return an answer that says something; one without data is none."""
    if answer.data is None:
        raise PlatformUnavailable(reasons.GARBLED)
    return answer


def created_at(post_id: str) -> datetime:
    """Return when a post was created, which its id tells."""
    return datetime.fromisoformat("1970-01-01T00:00:00+00:00") + timedelta(
        milliseconds=(int(post_id) >> 22) + _EPOCH_MS
    )


def _replied_to(tweet: Any) -> str | None:
    """Return the id of the post that this one replies to."""
    for reference in tweet.referenced_tweets or []:
        if reference.type == "replied_to":
            return str(reference.id)
    return None


def _metrics(tweet: Any, now: datetime, no_clicks: Missing) -> Metrics:
    """Return the numbers of a post; `no_clicks` is why there are none of the clicks on it."""
    public, private = tweet.public_metrics or {}, tweet.non_public_metrics
    values = {metric: int(public[name]) for name, metric in _PUBLIC.items() if name in public}
    if "retweet_count" in public:
        values[Metric.SHARES] = int(public["retweet_count"]) + int(public.get("quote_count", 0))
    asked = (*_PUBLIC.values(), Metric.SHARES)
    missing = {metric: Missing.NOT_OFFERED for metric in asked if metric not in values}
    if private is None:
        missing[Metric.CLICKS] = no_clicks
    else:
        values[Metric.CLICKS] = int(private.get("url_link_clicks", 0))
    return Metrics(now, values, missing)
