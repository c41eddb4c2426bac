"""The one seam at which Meta's errors become ours."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import requests
from facebook_business.exceptions import FacebookRequestError

from campaignbot.domain.clock import Clock
from campaignbot.domain.secrets import Secret
from campaignbot.platforms.errors import (
    ContentRefused,
    DuplicateRefused,
    MetricRetired,
    PlatformError,
    PlatformUnavailable,
    RateLimitReached,
)
from campaignbot.platforms.failures import failure_key
from campaignbot.platforms.redaction import redact
from campaignbot.platforms.waiting import retry_after
from campaignbot_meta.codes import BY_SUBCODE, OffsetDiffers, meaning_of
from campaignbot_meta.usage import free_again

_NO_SUCH_METRIC = ("insights metric", "metric[")
_SUBCODE_IN_STATUS = re.compile(r"error code (\d+)")


@contextmanager
def translated(secret: Secret, clock: Clock) -> Iterator[None]:
    """Turn what the SDK and its HTTP library raise into a PlatformError with its cause."""
    try:
        yield
    except FacebookRequestError as error:
        raise _error(error, secret, clock.now()) from error
    except (requests.RequestException, AttributeError, TypeError, KeyError, ValueError) as error:
        # The SDK itself stumbles over answers that are no JSON object.
        raise PlatformUnavailable(failure_key(error)) from error


def _error(error: FacebookRequestError, secret: Secret, now: datetime) -> PlatformError:
    status = int(error.http_status() or 0)
    code, subcode = error.api_error_code(), error.api_error_subcode()
    said = redact(_words(error), [secret])
    headers = dict(error.http_headers() or {})
    if code is None:
        return without_words(status, said, headers, now)
    if status >= 500:
        # Whatever it says, it may have done its work before it failed.
        return PlatformUnavailable(said, retry_after(headers, now))
    if code == 100 and any(words in said for words in _NO_SUCH_METRIC):
        return MetricRetired(said)
    meaning = meaning_of(code, subcode, said)
    if meaning is None:
        if error.api_transient_error():
            return PlatformUnavailable(said, retry_after(headers, now))
        return ContentRefused(said)
    kind, advice = meaning
    if kind is OffsetDiffers:
        return OffsetDiffers(said, *_offsets(error))
    if kind is DuplicateRefused:
        return DuplicateRefused(said)
    if issubclass(kind, RateLimitReached):
        return kind(said, retry_after(headers, now) or free_again(headers, now), advice=advice)
    if issubclass(kind, PlatformUnavailable):
        return kind(said, retry_after(headers, now), advice=advice)
    return kind(said, advice=advice)


def without_words(
    status: int, said: str, headers: Mapping[str, str], now: datetime
) -> PlatformError:
    """Return the error of an answer that holds none of Meta's own codes."""
    until = retry_after(headers, now)
    if status == 429:
        return RateLimitReached(f"{status}: {said}", until or free_again(headers, now))
    return PlatformUnavailable(f"{status}: {said}", until)


def of_container(said: str) -> PlatformError:
    """Return the error that a container's status tells of, by the number at its end."""
    found = _SUBCODE_IN_STATUS.search(said)
    kind, advice = BY_SUBCODE.get(int(found.group(1)) if found else 0, (ContentRefused, None))
    return kind(said, advice=advice) if kind is not DuplicateRefused else DuplicateRefused(said)


def _details(error: FacebookRequestError) -> Mapping[str, Any]:
    body = error.body()
    details = body.get("error") if isinstance(body, dict) else None
    return details if isinstance(details, dict) else {}


def _words(error: FacebookRequestError) -> str:
    """Return Meta's own words, with the sentence meant for users where there is one."""
    details = _details(error)
    message = str(details.get("message") or error.get_message() or "")
    user = details.get("error_user_msg") or details.get("error_user_title")
    return f"{message} {user}" if user else message


def _offsets(error: FacebookRequestError) -> tuple[int, int] | tuple[None, None]:
    """Return from where to where the next part of an upload goes, as Meta's refusal tells it."""
    data = _details(error).get("error_data")
    try:
        told: Any = json.loads(data) if isinstance(data, str) else data
        return int(told["start_offset"]), int(told["end_offset"])
    except (KeyError, TypeError, ValueError):
        return None, None
