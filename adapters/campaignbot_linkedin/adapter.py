"""Posting to and reading from one LinkedIn company page."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from campaignbot.domain.accounts import RateBudget
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.metrics import Metric, Metrics, Missing
from campaignbot.domain.publication import Receipt
from campaignbot.platforms.composing import link_below
from campaignbot.platforms.errors import AuthError, PlatformError, PlatformUnavailable, outcome_of
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
from campaignbot_linkedin.client import VersionedApplication
from campaignbot_linkedin.comments import Comments, is_comment, permalink
from campaignbot_linkedin.littletext import escape, unescape

_COUNTS = {
    "impressionCount": Metric.IMPRESSIONS,
    "uniqueImpressionsCount": Metric.REACH,
    "clickCount": Metric.CLICKS,
    "likeCount": Metric.REACTIONS,
    "commentCount": Metric.COMMENTS,
    "shareCount": Metric.SHARES,
}
_POLLS = 10
_ROLE = "ADMINISTRATOR"


class LinkedInAdapter:
    """One company page; `external_id` is its URN (urn:li:organization:N)."""

    def __init__(
        self, context: AdapterContext, pause: Callable[[float], None] = time.sleep
    ) -> None:
        token = context.credentials.secrets.get("access_token")
        if not token:
            raise AuthError("LinkedIn: no access token")
        self._author, self._media, self._clock = context.external_id, context.media, context.clock
        self._pause = pause
        self._api = VersionedApplication(token, context.base_url, context.timeout_s, context.clock)
        self._comments = Comments(self._api, self._author)
        context.calls.listen(self._api.session, "linkedin")

    def verify(self) -> AccountIdentity:
        roles = self._api.json(
            "GET",
            "/rest/organizationAcls",
            params={"q": "roleAssignee", "state": "APPROVED", "count": 100},
        ).get("elements", [])
        pages = [str(r.get("organization") or r.get("organizationTarget")) for r in roles]
        ours = {
            role.get("role")
            for role, page in zip(roles, pages, strict=True)
            if page == self._author
        }
        # A person without any role on our page, but with one on another, took the wrong account.
        page = self._author if ours or not pages else pages[0]
        number = page.rsplit(":", 1)[-1]
        name = self._api.json("GET", f"/rest/organizations/{number}").get("localizedName", "")
        return AccountIdentity(page, name, () if _ROLE in ours else (_ROLE,))

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
            body = self._body(content, [self._upload(item) for item in content.media])
            before_create(None)
            sent = True
            response = self._api.make_request("POST", "/rest/posts", data=body)
        except PlatformError as error:
            return outcome_of(error, create_was_sent=sent)
        urn = response.headers.get("x-restli-id")
        if response.status_code != 201 or not urn:
            return Unknown(f"LinkedIn answered {response.status_code} without an id")
        return Published(urn, permalink(urn))

    def find_published(
        self,
        content: Content,
        since: datetime,
        receipt: Receipt | None,
        reply_to: str | None = None,
    ) -> ExternalPost | None:
        if reply_to is not None:
            return self._comments.find(content, since, reply_to)
        for element in self._api.listed(
            f"/rest/posts?author={quote(self._author, safe='')}&q=author&sortBy=CREATED",
            headers={"X-RestLi-Method": "FINDER"},
        ):
            if (found := _external(element)).created_at_utc and found.created_at_utc < since:
                return None
            if is_same_post(content, link_below(content), found.text):
                return found
        return None

    def edit(self, external_id: str, content: Content) -> None:
        self._api.make_request(
            "POST",
            f"/rest/posts/{quote(external_id, safe='')}",
            data={"patch": {"$set": {"commentary": escape(link_below(content))}}},
            headers={"X-RestLi-Method": "PARTIAL_UPDATE"},
        )

    def delete(self, external_id: str) -> None:
        if is_comment(external_id):
            return self._comments.delete(external_id)
        self._api.make_request(
            "DELETE",
            f"/rest/posts/{quote(external_id, safe='')}",
            headers={"X-RestLi-Method": "DELETE"},
        )

    def fetch_metrics(self, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        """Return the organic lifetime totals.

        LinkedIn leaves out posts that nobody has seen yet: they are told as silent, not as zero.
        It has no statistics of comments.
        """
        found: dict[str, Metrics] = {}
        for parameter, field in (("shares", "share"), ("ugcPosts", "ugcPost")):
            urns = [urn for urn in external_ids if urn.startswith(f"urn:li:{field}:")]
            if not urns:
                continue
            listed = ",".join(quote(urn, safe="") for urn in urns)
            answer = self._api.json(
                "GET",
                "/rest/organizationalEntityShareStatistics?q=organizationalEntity"
                f"&organizationalEntity={quote(self._author, safe='')}&{parameter}=List({listed})",
            )
            now = self._clock.now()
            told = {e.get(field): e.get("totalShareStatistics", {}) for e in answer["elements"]}
            for urn in urns:
                found[urn] = _metrics(told.get(urn), now)
        return found

    def fetch_account_metrics(self) -> Metrics:
        urn = quote(self._author, safe="")
        answer = self._api.json(
            "GET", f"/rest/networkSizes/{urn}?edgeType=COMPANY_FOLLOWED_BY_MEMBER"
        )
        return Metrics(self._clock.now(), {Metric.FOLLOWERS: int(answer["firstDegreeSize"])})

    def budgets(self) -> Sequence[RateBudget]:
        """Return nothing: LinkedIn tells what is left of its limits in no answer."""
        return ()

    def close(self) -> None:
        self._api.session.close()

    def _upload(self, item: MediaItem) -> dict[str, str]:
        begun = self._api.json(
            "POST",
            "/rest/images?action=initializeUpload",
            data={"initializeUploadRequest": {"owner": self._author}},
        )["value"]
        self._api.make_request(
            "PUT",
            begun["uploadUrl"],
            data=self._media.read(item),
            headers={"Content-Type": "application/octet-stream"},
        )
        urn = begun["image"]
        for wait in range(_POLLS):
            status = self._api.json("GET", f"/rest/images/{quote(urn, safe='')}").get("status")
            if status == "AVAILABLE":
                return {"id": urn, "altText": item.alt_text}
            if status == "PROCESSING_FAILED":
                break
            self._pause(min(2.0**wait * 0.2, 3.0))
        raise PlatformUnavailable(f"LinkedIn did not finish processing the picture ({status})")

    def _body(self, content: Content, images: list[dict[str, str]]) -> dict[str, Any]:
        body: dict[str, Any] = {
            "author": self._author,
            "commentary": escape(link_below(content)),
            "visibility": "PUBLIC",
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }
        # A content of null is refused, so the key is left out.
        if len(images) == 1:
            body["content"] = {"media": images[0]}
        elif images:
            body["content"] = {"multiImage": {"images": images}}
        return body


def _external(element: dict[str, Any]) -> ExternalPost:
    created = element.get("publishedAt") or element.get("createdAt")
    return ExternalPost(
        external_id=element["id"],
        permalink=permalink(element["id"]),
        created_at_utc=datetime.fromtimestamp(created / 1000, UTC) if created else None,
        text=unescape(element.get("commentary", "")),
    )


def _metrics(told: dict[str, Any] | None, now: datetime) -> Metrics:
    if told is None:
        return Metrics(now, missing=dict.fromkeys(_COUNTS.values(), Missing.SILENT))
    values = {metric: int(told[name]) for name, metric in _COUNTS.items() if name in told}
    missing = {m: Missing.NOT_OFFERED for m in _COUNTS.values() if m not in values}
    return Metrics(now, values, missing)
