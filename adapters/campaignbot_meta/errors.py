"""The one seam at which Meta's errors become ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
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
from campaignbot.platforms.waiting import retry_after
from campaignbot_meta.usage import free_again

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
    headers = dict(error.http_headers() or {})
    if code is None:
        return without_words(status, said, headers, now)
    if code in _AUTH:
        return AuthError(said)
    if code in _LIMITS or subcode in {_POSTING_TOO_FAST, _INSTAGRAM_QUOTA}:
        return RateLimitReached(said, retry_after(headers, now) or free_again(headers, now))
    if code in _DUPLICATES or subcode in _DUPLICATE_SUBCODES:
        return DuplicateRefused(said)
    if code == 10 or 200 <= code <= 299 or code == 3:
        return PermissionMissing(said)
    if code in _OURS_LATER or error.api_transient_error() or status >= 500:
        return PlatformUnavailable(said, retry_after(headers, now))
    if code == 100 and ("insights metric" in said or "metric[" in said):
        return MetricRetired(said)
    return ContentRefused(said)


def without_words(
    status: int, said: str, headers: Mapping[str, str], now: datetime
) -> PlatformError:
    """Return the error of an answer that holds none of Meta's own codes."""
    until = retry_after(headers, now)
    if status == 429:
        return RateLimitReached(f"{status}: {said}", until or free_again(headers, now))
    return PlatformUnavailable(f"{status}: {said}", until)


def _words(error: FacebookRequestError) -> str:
    """Return Meta's own words, with the sentence meant for users where there is one."""
    body = error.body()
    details: Mapping[str, Any] = body.get("error", {}) if isinstance(body, dict) else {}
    message = str(details.get("message") or error.get_message() or "")
    user = details.get("error_user_msg") or details.get("error_user_title")
    return f"{message} {user}" if user else message
