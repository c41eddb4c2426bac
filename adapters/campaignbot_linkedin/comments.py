"""Comments of the page below its posts.

Their text is plain: LinkedIn knows little text in posts alone. Source:
https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/comments-api
(read 2026-11-24).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import requests

from campaignbot.domain.content import Content
from campaignbot.platforms import reasons
from campaignbot.platforms.composing import link_below
from campaignbot.platforms.errors import ContentRefused, PlatformError, outcome_of
from campaignbot.platforms.matching import is_same_post
from campaignbot.platforms.outcomes import Outcome, Published, Unknown
from campaignbot.platforms.protocol import BeforeCreate, ExternalPost
from campaignbot_linkedin.client import VersionedApplication
from campaignbot_linkedin.errors import Gone

_COMMENT = re.compile(r"urn:li:comment:\((?P<post>.+),(?P<number>\w+)\)")


class Comments:
    """What one page comments; a comment's external id is its URN, which names the post too."""

    def __init__(self, api: VersionedApplication, author: str) -> None:
        self._api, self._author = api, author

    def publish(self, content: Content, post: str, before_create: BeforeCreate) -> Outcome:
        sent = False
        try:
            if content.media:
                raise ContentRefused(reasons.COMMENT_PICTURE)
            before_create(None)
            sent = True
            response = self._api.make_request(
                "POST",
                _path(post),
                data={
                    "actor": self._author,
                    "object": post,
                    "message": {"text": link_below(content)},
                },
            )
        except PlatformError as error:
            return outcome_of(error, create_was_sent=sent)
        urn = _urn(_body(response) | _numbered(response), post)
        if response.status_code != 201 or urn is None:
            return Unknown(reasons.about(reasons.NO_ID, response.status_code))
        return Published(urn, permalink(post, urn))

    def find(self, content: Content, since: datetime, post: str) -> ExternalPost | None:
        """Look through all comments on a post: LinkedIn promises no order."""
        for element in self._api.listed(_path(post)):
            created = _created(element)
            text = str(element.get("message", {}).get("text", ""))
            urn = _urn(element, post)
            # LinkedIn has been seen to leave out who wrote a comment.
            ours = element.get("actor", self._author) == self._author
            if not ours or urn is None or (created is not None and created < since):
                continue
            if is_same_post(content, link_below(content), text):
                return ExternalPost(urn, permalink(post, urn), created, text)
        return None

    def edit(self, urn: str, content: Content) -> None:
        self._api.make_request(
            "POST",
            self._address(urn),
            data={"patch": {"message": {"$set": {"text": link_below(content)}}}},
            headers={"X-RestLi-Method": "PARTIAL_UPDATE"},
        )

    def delete(self, urn: str) -> None:
        try:
            self._api.make_request("DELETE", self._address(urn))
        except Gone:
            return

    def _address(self, urn: str) -> str:
        found = _COMMENT.fullmatch(urn)
        if found is None:
            raise ContentRefused(reasons.about(reasons.NOT_A_COMMENT, urn))
        actor = quote(self._author, safe="")
        return f"{_path(found['post'])}/{found['number']}?actor={actor}"


def is_comment(external_id: str) -> bool:
    return _COMMENT.fullmatch(external_id) is not None


def permalink(post: str, comment: str | None = None) -> str:
    """Return the address of a post, or of a comment on it."""
    address = f"https://www.linkedin.com/feed/update/{post}/"
    return f"{address}?commentUrn={quote(comment, safe='')}" if comment else address


def _path(post: str) -> str:
    return f"/rest/socialActions/{quote(post, safe='')}/comments"


def _body(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except requests.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _numbered(response: requests.Response) -> dict[str, str]:
    number = response.headers.get("x-restli-id")
    return {"id": number} if number else {}


def _urn(told: dict[str, Any], post: str) -> str | None:
    """Return a comment's URN, made up of post and number where LinkedIn tells only these."""
    if told.get("commentUrn"):
        return str(told["commentUrn"])
    number = str(told.get("id") or "")
    if is_comment(number):
        return number
    return f"urn:li:comment:({post},{number})" if number else None


def _created(element: dict[str, Any]) -> datetime | None:
    time = element.get("created", {}).get("time")
    return datetime.fromtimestamp(time / 1000, UTC) if time else None
