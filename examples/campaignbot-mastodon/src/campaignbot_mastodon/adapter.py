"""Posting to and reading from one Mastodon account."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from campaignbot.domain.accounts import RateBudget
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.metrics import Metric, Metrics
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import reasons
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.composing import link_below
from campaignbot.platforms.errors import (
    PermissionMissing,
    PlatformError,
    PlatformUnavailable,
    outcome_of,
)
from campaignbot.platforms.matching import is_same_post
from campaignbot.platforms.outcomes import Outcome, Published
from campaignbot.platforms.protocol import (
    AccountIdentity,
    AdapterContext,
    BeforeCreate,
    ExternalPost,
    Progress,
    no_progress,
)

from campaignbot_mastodon.client import Client, Gone
from campaignbot_mastodon.reading import external, metrics

_PAGE = 40
_POLLS = 8


class MastodonAdapter:
    """One account; `external_id` is its number on its server."""

    def __init__(self, context: AdapterContext) -> None:
        self._account, self._media = context.external_id, context.media
        self._pause = context.pause
        self._client = Client(context)

    def verify(self) -> AccountIdentity:
        me = self._me("id")
        return AccountIdentity(str(me["id"]), str(me.get("acct") or me.get("username") or ""))

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
            body: dict[str, Any] = {
                "status": link_below(content),
                "media_ids": [self._upload(item) for item in content.media],
                "language": content.language,
                "visibility": "public",
            }
            if reply_to is not None:
                body["in_reply_to_id"] = reply_to
            before_create(None)
            sent = True
            made = self._client.object(
                "POST",
                "/api/v1/statuses",
                "id",
                json=body,
                headers={"Idempotency-Key": self._key(content, reply_to)},
            )
        except PlatformError as error:
            return outcome_of(error, create_was_sent=sent)
        return Published(str(made["id"]), made.get("url"))

    def find_published(
        self,
        content: Content,
        since: datetime,
        receipt: Receipt | None,
        reply_to: str | None = None,
    ) -> ExternalPost | None:
        composed = link_below(content)
        listed = self._replies(reply_to) if reply_to else self._statuses(since)
        posts = _since(since, listed)
        return next((p for p in posts if is_same_post(content, composed, p.text)), None)

    def recent_posts(self, since: datetime) -> Iterator[ExternalPost]:
        return _since(since, self._statuses(since))

    def edit(self, external_id: str, content: Content) -> None:
        """Send the pictures along: Mastodon takes what an edit leaves out for removed."""
        path = f"/api/v1/statuses/{external_id}"
        media = self._client.object("GET", path, "media_attachments")["media_attachments"]
        self._client.object(
            "PUT",
            path,
            "id",
            json={
                "status": link_below(content),
                "media_ids": [item["id"] for item in media],
                "language": content.language,
            },
        )

    def delete(self, external_id: str) -> None:
        try:
            self._client.send("DELETE", f"/api/v1/statuses/{external_id}")
        except Gone as error:
            # Mastodon says the same of what is gone and of what is somebody else's.
            if str(self._me("id")["id"]) != self._account:
                raise PermissionMissing(str(error), advice=Advice.CONNECT_AGAIN) from error

    def fetch_metrics(self, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        asked = [("id[]", post) for post in external_ids]
        told = self._client.objects("/api/v1/statuses", params=asked) if asked else []
        now = self._client.clock.now()
        return {str(status.get("id")): metrics(status, now) for status in told}

    def fetch_account_metrics(self) -> Metrics:
        me = self._me("followers_count")
        return Metrics(self._client.clock.now(), {Metric.FOLLOWERS: int(me["followers_count"])})

    def budgets(self) -> Sequence[RateBudget]:
        return self._client.budgets()

    def close(self) -> None:
        self._client.close()

    def _me(self, needs: str) -> dict[str, Any]:
        return self._client.object("GET", "/api/v1/accounts/verify_credentials", needs)

    def _upload(self, item: MediaItem) -> str:
        """Upload a picture with its alt text, and wait until the server has processed it."""
        made = self._client.object(
            "POST",
            "/api/v2/media",
            "id",
            data={"description": item.alt_text},
            files={"file": (item.sha256[:12], self._media.read(item), item.mime)},
        )
        for wait in range(_POLLS):
            if made.get("url"):
                return str(made["id"])
            self._pause(min(0.25 * 2.0**wait, 4.0))
            made = self._client.object("GET", f"/api/v1/media/{made['id']}", "id")
        raise PlatformUnavailable(reasons.STILL_PROCESSING)

    def _key(self, content: Content, reply_to: str | None) -> str:
        """Return what is the same for the same post: the server then makes it once in an hour."""
        told = [self._account, reply_to, content.to_json()]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def _statuses(self, since: datetime) -> Iterator[dict[str, Any]]:
        """Yield the account's own posts, newest first, page after page, until they are older."""
        path = f"/api/v1/accounts/{self._account}/statuses"
        asked: dict[str, str | int] = {
            "limit": _PAGE,
            "exclude_replies": "true",
            "exclude_reblogs": "true",
        }
        while page := self._client.objects(path, params=asked):
            yield from page
            last = external(page[-1])
            if last.created_at_utc is None or last.created_at_utc < since:
                return
            asked["max_id"] = last.external_id

    def _replies(self, post: str) -> Iterator[dict[str, Any]]:
        below = self._client.object("GET", f"/api/v1/statuses/{post}/context", "descendants")
        for status in below["descendants"]:
            ours = str(status.get("account", {}).get("id")) == self._account
            if ours and status.get("in_reply_to_id") == post:
                yield status


def _since(since: datetime, statuses: Iterable[dict[str, Any]]) -> Iterator[ExternalPost]:
    for status in statuses:
        found = external(status)
        if found.created_at_utc is None or found.created_at_utc >= since:
            yield found
