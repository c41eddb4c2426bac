"""The one seam at which LinkedIn's errors become ours.

Codes: https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling and the
tables of the posts, images, videos and documents APIs (read 2026-11-24).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import requests

from campaignbot.domain.secrets import Secret
from campaignbot.platforms import reasons
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import (
    AuthError,
    ContentRefused,
    DuplicateRefused,
    PermissionMissing,
    PlatformError,
    PlatformUnavailable,
    RateLimitReached,
    VersionRetired,
)
from campaignbot.platforms.failures import failure_key
from campaignbot.platforms.redaction import redact
from campaignbot.platforms.waiting import retry_after

_URN = re.compile(r"urn:li:(?:share|ugcPost):\d+")


class Gone(ContentRefused):
    """What the request is about is not there (any more)."""


class AssetNotReady(PlatformError):
    """What was uploaded is not processed yet, or did not arrive; the post was not created."""

    usual = Advice.WAIT


_BY_CODE: Mapping[str, tuple[type[PlatformError], Advice | None]] = MappingProxyType(
    {
        "FIELD_LENGTH_TOO_LONG": (ContentRefused, Advice.SHORTEN_TEXT),
        "INVALID_URL": (ContentRefused, Advice.CHANGE_LINK),
        "INVALID_IMAGE_ID": (ContentRefused, Advice.PICTURE_KIND),
        "INVALID_VIDEO_ID": (ContentRefused, Advice.VIDEO_UNFIT),
        "MEDIA_ASSET_WAITING_UPLOAD": (AssetNotReady, None),
        "EXPIRED_UPLOAD_URL": (PlatformUnavailable, Advice.UPLOAD_AGAIN),
        "UPDATING_ASSET_FAILED": (PlatformUnavailable, Advice.UPLOAD_AGAIN),
        "CONFLICT": (PlatformUnavailable, None),
        "NONEXISTENT_VERSION": (VersionRetired, None),
        "VERSION_MISSING": (VersionRetired, None),
    }
)
_BY_STATUS: Mapping[int, tuple[type[PlatformError], Advice | None]] = MappingProxyType(
    {
        400: (ContentRefused, None),
        401: (AuthError, None),
        404: (Gone, None),
        405: (VersionRetired, None),
        410: (Gone, None),
        413: (ContentRefused, Advice.PICTURE_TOO_BIG),
        415: (ContentRefused, Advice.PICTURE_KIND),
        422: (ContentRefused, None),
        426: (VersionRetired, None),
    }
)
# What a refusal of rights is about, by LinkedIn's words; the first that fits.
_FORBIDDEN = (
    ("not enough permissions to access", PermissionMissing, Advice.GRANT_PERMISSION),
    ("unpermitted field", ContentRefused, Advice.CHANGE_CONTENT),
    ("organization permissions", PermissionMissing, Advice.PAGE_ROLE),
    ("check your permissions for this resource", PermissionMissing, Advice.PAGE_ROLE),
    ("role", PermissionMissing, Advice.PAGE_ROLE),
    ("application", PermissionMissing, Advice.APP_ACCESS),
)


def unreachable(error: Exception) -> PlatformUnavailable:
    """Word a failure that is no answer of LinkedIn's."""
    return PlatformUnavailable(failure_key(error))


def raise_for_answer(response: requests.Response, secret: Secret, now: datetime) -> None:
    """Raise the PlatformError that an answer means; return when it is a success."""
    if response.status_code < 400:
        return
    body = _body(response)
    said = redact(str(body.get("message") or _speechless(response)), [secret])
    raise _error(response, body, said, now)


def _error(
    response: requests.Response, body: dict[str, Any], said: str, now: datetime
) -> PlatformError:
    status, until = response.status_code, retry_after(response.headers, now)
    codes = _codes(body)
    if "DUPLICATE_POST" in codes or "is a duplicate of" in said:
        found = _URN.search(said)
        return DuplicateRefused(said, found.group() if found else None)
    if status == 429:
        return _too_many(said, until, now)
    for code in codes:
        if code in _BY_CODE:
            kind, advice = _BY_CODE[code]
            return kind(said, advice=advice)
    if status == 403:
        return _forbidden(said)
    if status in _BY_STATUS:
        kind, advice = _BY_STATUS[status]
        return kind(said, advice=advice)
    return PlatformUnavailable(f"{status}: {said}", until)


def _codes(body: dict[str, Any]) -> list[str]:
    """Return the codes of an answer: that of the whole, and those of single fields."""
    codes = [str(body.get("code", ""))]
    details = body.get("errorDetails")
    inputs = details.get("inputErrors") if isinstance(details, dict) else None
    if isinstance(inputs, list):
        codes += [str(each.get("code", "")) for each in inputs if isinstance(each, dict)]
    return codes


def _too_many(said: str, until: datetime | None, now: datetime) -> RateLimitReached:
    """LinkedIn documents no header with a time; its daily limits end at midnight UTC."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    advice = Advice.DAY_LIMIT if " DAY " in said or until is None else Advice.SLOW_DOWN
    return RateLimitReached(said, until or midnight, advice=advice)


def _forbidden(said: str) -> PlatformError:
    for words, kind, advice in _FORBIDDEN:
        if words in said.lower():
            return kind(said, advice=advice)
    return PermissionMissing(said)


def _speechless(response: requests.Response) -> str:
    """Say what was asked and answered where LinkedIn gives no words, which it often does not."""
    asked = f"{response.request.method} {urlsplit(str(response.request.url)).path}"
    answered = f"{response.status_code} {response.reason or ''}".strip()
    return reasons.about(reasons.NO_REASON, f"{asked}: {answered}")


def _body(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except requests.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}
