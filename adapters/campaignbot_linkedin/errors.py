"""The one seam at which LinkedIn's errors become ours."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import requests

from campaignbot.domain.secrets import Secret
from campaignbot.platforms.errors import (
    AuthError,
    ContentRefused,
    DuplicateRefused,
    PermissionMissing,
    PlatformError,
    PlatformUnavailable,
    RateLimitReached,
)
from campaignbot.platforms.redaction import redact
from campaignbot.platforms.waiting import retry_after

_URN = re.compile(r"urn:li:(?:share|ugcPost):\d+")


class Gone(ContentRefused):
    """What the request is about is not there (any more)."""


def unreachable(error: Exception, secret: Secret) -> PlatformUnavailable:
    """Word a failure that is no answer of LinkedIn's."""
    return PlatformUnavailable(redact(f"{type(error).__name__}: {error}", [secret]))


def raise_for_answer(response: requests.Response, secret: Secret, now: datetime) -> None:
    """Raise the PlatformError that an answer means; return when it is a success."""
    if response.status_code < 400:
        return
    body = _body(response)
    said = redact(str(body.get("message") or response.reason), [secret])
    raise _error(response, body, said, now)


def _error(
    response: requests.Response, body: dict[str, Any], said: str, now: datetime
) -> PlatformError:
    status, until = response.status_code, retry_after(response.headers, now)
    if status == 401:
        return AuthError(said)
    if status == 403:
        return PermissionMissing(said)
    if status == 429:
        # LinkedIn documents no header with a time; its daily limits end at midnight UTC.
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return RateLimitReached(said, until or midnight)
    if "DUPLICATE_POST" in str(body) or "duplicate" in said.lower():
        found = _URN.search(said)
        return DuplicateRefused(said, found.group() if found else None)
    if status == 404:
        return Gone(said)
    if status in {400, 413, 422}:
        return ContentRefused(said)
    if status == 426:
        return ContentRefused(f"{said}: campaignbot is too old for LinkedIn, update it")
    return PlatformUnavailable(f"{status}: {said}", until)


def _body(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except requests.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}
