"""Posting to and reading from one LinkedIn company page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from campaignbot.domain.accounts import RateBudget
from campaignbot.domain.content import Content
from campaignbot.domain.metrics import Metrics
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import reasons
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.composing import link_below
from campaignbot.platforms.errors import (
    AuthError,
    DuplicateRefused,
    PlatformError,
    outcome_of,
)
from campaignbot.platforms.matching import ends_at, is_same_post
from campaignbot.platforms.outcomes import (
    Duplicate,
    Outcome,
    Pending,
    Published,
    Rejected,
    Unknown,
)
from campaignbot.platforms.protocol import (
    AccountIdentity,
    AdapterContext,
    BeforeCreate,
    ExternalPost,
    Progress,
    no_progress,
)
from campaignbot_linkedin.attachments import Attachments
from campaignbot_linkedin.client import VersionedApplication
from campaignbot_linkedin.comments import Comments, is_comment, permalink
from campaignbot_linkedin.errors import AssetNotReady, Gone
from campaignbot_linkedin.littletext import escape, is_reserved, unescape
from campaignbot_linkedin.statistics import Statistics
from campaignbot_linkedin.uploads import Uploads

_PROCESSING_S = 30
"""How long LinkedIn is left to process what was uploaded before it is asked again."""
_RECOGNISED = 20
"""How many characters of a cut text tell that it is ours."""
_ROLE = "ADMINISTRATOR"


class LinkedInAdapter:
    """One company page; `external_id` is its URN (urn:li:organization:N)."""

    def __init__(
        self, context: AdapterContext, pause: Callable[[float], None] = time.sleep
    ) -> None:
        token = context.credentials.secrets.get("access_token")
        if not token:
            raise AuthError(reasons.NO_TOKEN)
        self._author, self._pause = context.external_id, pause
        self._api = VersionedApplication(token, context.base_url, context.timeout_s, context.clock)
        self._comments = Comments(self._api, self._author)
        self._statistics = Statistics(self._api, self._author, context.clock)
        self._uploads = Uploads(self._api, self._author, context.media)
        context.calls.listen(self._api.session, "linkedin")

    def verify(self) -> AccountIdentity:
        roles = self._api.json(
            "GET",
            "/rest/organizationAcls",
            needs="elements",
            params={"q": "roleAssignee", "state": "APPROVED", "count": 100},
        )["elements"]
        pages = [str(r.get("organization") or r.get("organizationTarget")) for r in roles]
        ours = {
            role.get("role")
            for role, page in zip(roles, pages, strict=True)
            if page == self._author
        }
        # A person without any role on our page, but with one on another, took the wrong account.
        page = self._author if ours or not pages else pages[0]
        number = page.rsplit(":", 1)[-1]
        told = self._api.json("GET", f"/rest/organizations/{number}", needs="localizedName")
        return AccountIdentity(page, told["localizedName"], () if _ROLE in ours else (_ROLE,))

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
        attached = Attachments(content, self._uploads, resume, self._pause)
        sent = False
        try:
            attached.upload(progress)
            if not attached.ready():
                return Pending(attached.receipt, _PROCESSING_S)
            body = self._body(content) | attached.field()
            # Kept from here on: what is refused for now need not be uploaded once more.
            before_create(attached.receipt if attached.receipt.data else None)
            sent = True
            response = self._api.make_request("POST", "/rest/posts", data=body)
        except AssetNotReady:
            return Pending(attached.receipt, _PROCESSING_S)
        except DuplicateRefused as error:
            return Duplicate(str(error), self._ours(error.existing_id))
        except PlatformError as error:
            return outcome_of(error, create_was_sent=sent)
        urn = response.headers.get("x-restli-id")
        if response.status_code != 201 or not urn:
            return Unknown(reasons.about(reasons.NO_ID, response.status_code))
        return self._seen(content, urn)

    def _seen(self, content: Content, urn: str) -> Published | Rejected:
        """Read a new post back: LinkedIn cuts texts and tells nothing.

        Where it cannot be read (yet), it counts as it was answered.
        """
        try:
            element = self._read(urn)
        except PlatformError:
            return Published(urn, permalink(urn))
        author = element.get("author")
        if author is not None and author != self._author:
            return Rejected(
                reasons.about(reasons.OTHER_AUTHOR, f"{urn}: {author} ≠ {self._author}"),
                Advice.CHECK_MANUALLY,
            )
        shown = unescape(str(element.get("commentary", "")))
        return Published(urn, permalink(urn), ends_at(link_below(content), shown))

    def _ours(self, urn: str | None) -> str | None:
        """Return the URN of a duplicate, unless it is of another page or gone: no proof then."""
        if urn is None:
            return None
        try:
            author = self._read(urn).get("author")
        except Gone:
            return None
        except PlatformError:
            return urn
        return urn if author in {None, self._author} else None

    def _read(self, urn: str) -> dict[str, Any]:
        return self._api.json("GET", f"/rest/posts/{quote(urn, safe='')}")

    def find_published(
        self,
        content: Content,
        since: datetime,
        receipt: Receipt | None,
        reply_to: str | None = None,
    ) -> ExternalPost | None:
        if reply_to is not None:
            return self._comments.find(content, since, reply_to)
        composed = link_below(content)
        for found in self.recent_posts(since):
            whole = is_same_post(content, composed, found.text, found.links)
            if whole or _is_cut(composed, found.text):
                return found
        return None

    def recent_posts(self, since: datetime) -> Iterator[ExternalPost]:
        for element in self._api.listed(
            f"/rest/posts?author={quote(self._author, safe='')}&q=author&sortBy=CREATED",
            headers={"X-RestLi-Method": "FINDER"},
        ):
            if element.get("author", self._author) != self._author:
                continue
            found = _external(element)
            if found.created_at_utc is not None and found.created_at_utc < since:
                return
            yield found

    def edit(self, external_id: str, content: Content) -> None:
        if is_comment(external_id):
            return self._comments.edit(external_id, content)
        self._api.make_request(
            "POST",
            f"/rest/posts/{quote(external_id, safe='')}",
            data={"patch": {"$set": {"commentary": _commentary(content)}}},
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
        return self._statistics.of_posts(external_ids)

    def fetch_account_metrics(self) -> Metrics:
        return self._statistics.of_page()

    def budgets(self) -> Sequence[RateBudget]:
        """Return nothing: LinkedIn tells what is left of its limits in no answer."""
        return ()

    def close(self) -> None:
        self._api.session.close()

    def _body(self, content: Content) -> dict[str, Any]:
        return {
            "author": self._author,
            "commentary": _commentary(content),
            "visibility": "PUBLIC",
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }


def _commentary(content: Content) -> str:
    return escape(link_below(content), content.mentions)


def _cards(element: dict[str, Any]) -> list[dict[str, Any]]:
    attached = element.get("content")
    card = attached.get("article") if isinstance(attached, dict) else None
    return [card] if isinstance(card, dict) else []


def _is_cut(composed: str, shown: str) -> bool:
    """Tell whether a text is ours as LinkedIn cuts it: right before a reserved character."""
    begins = len(shown) >= _RECOGNISED and composed.startswith(shown)
    return begins and len(composed) > len(shown) and is_reserved(composed[len(shown)])


def _external(element: dict[str, Any]) -> ExternalPost:
    created = element.get("publishedAt") or element.get("createdAt")
    return ExternalPost(
        external_id=element["id"],
        permalink=permalink(element["id"]),
        created_at_utc=datetime.fromtimestamp(created / 1000, UTC) if created else None,
        text=unescape(element.get("commentary", "")),
        links=tuple(card["source"] for card in _cards(element) if "source" in card),
    )
