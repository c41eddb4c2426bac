"""The one seam at which Meta's errors become ours."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import requests
from facebook_business.exceptions import FacebookRequestError

from campaignbot.domain.clock import Clock
from campaignbot.domain.secrets import Secret
from campaignbot.platforms.errors import (
    AuthError,
    ContentRefused,
    DuplicateRefused,
    MetricRetired,
    PermissionMissing,
    PlatformError,
    PlatformUnavailable,
    RateLimitReached,
)
from campaignbot.platforms.redaction import redact

_AUTH = {102, 190, 2500}
_LIMITS = {4, 17, 32, 341, 613, 80001, 80002}
_OURS_LATER = {1, 2, -1, -2}
_DUPLICATES = {506}
_DUPLICATE_SUBCODES = {1366051}
_POSTING_TOO_FAST = 1390008
_INSTAGRAM_QUOTA = 2207042


@contextmanager
def translated(secret: Secret, clock: Clock) -> Iterator[None]:
    """Turn what the SDK and its HTTP library raise into a PlatformError with its cause."""
    try:
        yield
    except FacebookRequestError as error:
        raise _error(error, secret, clock.now()) from error
    except (requests.RequestException, TypeError, KeyError, ValueError) as error:
        # The SDK itself stumbles over answers that are no JSON object.
        said = redact(f"{type(error).__name__}: {error}", [secret])
        raise PlatformUnavailable(said) from error


def _error(error: FacebookRequestError, secret: Secret, now: datetime) -> PlatformError:
    status = int(error.http_status() or 0)
    code, subcode = error.api_error_code(), error.api_error_subcode()
    said = redact(_words(error), [secret])
    if code is None:
        return PlatformUnavailable(f"{status}: {said}")
    if code in _AUTH:
        return AuthError(said)
    if code in _LIMITS or subcode in {_POSTING_TOO_FAST, _INSTAGRAM_QUOTA}:
        return RateLimitReached(said, _free_again(error.http_headers(), now))
    if code in _DUPLICATES or subcode in _DUPLICATE_SUBCODES:
        return DuplicateRefused(said)
    if code == 10 or 200 <= code <= 299 or code == 3:
        return PermissionMissing(said)
    if code in _OURS_LATER or error.api_transient_error() or status >= 500:
        return PlatformUnavailable(said)
    if code == 100 and ("insights metric" in said or "metric[" in said):
        return MetricRetired(said)
    return ContentRefused(said)


def _words(error: FacebookRequestError) -> str:
    """Return Meta's own words, with the sentence meant for users where there is one."""
    body = error.body()
    details: Mapping[str, Any] = body.get("error", {}) if isinstance(body, dict) else {}
    message = str(details.get("message") or error.get_message() or "")
    user = details.get("error_user_msg") or details.get("error_user_title")
    return f"{message} {user}" if user else message


def _free_again(headers: Any, now: datetime) -> datetime | None:
    """Return when Meta's usage header says that calls are allowed again; None without a word."""
    raw = next(
        (v for k, v in dict(headers or {}).items() if k.lower() == "x-business-use-case-usage"),
        None,
    )
    try:
        rows = [row for usage in json.loads(raw or "{}").values() for row in usage]
        minutes = max((int(row["estimated_time_to_regain_access"]) for row in rows), default=0)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return now + timedelta(minutes=minutes) if minutes else None
