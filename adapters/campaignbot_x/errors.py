"""The one seam at which X's errors become ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import requests
import tweepy

from campaignbot.domain.clock import Clock
from campaignbot.domain.secrets import Secret
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import (
    AuthError,
    ContentRefused,
    DuplicateRefused,
    PermissionMissing,
    PlatformError,
    PlatformUnavailable,
    RateLimitReached,
)
from campaignbot.platforms.failures import said_of
from campaignbot.platforms.redaction import redact
from campaignbot.platforms.waiting import retry_after
from campaignbot_x.budgets import told, used_up_until


class UploadForgotten(ContentRefused):
    """X does not know the media ids of the post: they have expired, or never were."""


# What X's words lead to, by the first that is found in a refusal; in small letters.
# https://docs.x.com/x-api/fundamentals/response-codes-and-errors (read 2026-11-24), and where that
# says nothing, what clients have seen.
_REFUSED: tuple[tuple[str, type[PlatformError], Advice], ...] = (
    ("suspended", PermissionMissing, Advice.ACCOUNT_BLOCKED),
    ("is temporarily locked", PermissionMissing, Advice.ACCOUNT_BLOCKED),
    ("missing scope", PermissionMissing, Advice.GRANT_PERMISSION),
    ("client-not-enrolled", PermissionMissing, Advice.APP_ACCESS),
    ("client-forbidden", PermissionMissing, Advice.APP_ACCESS),
    ("not permitted to access this feature", PermissionMissing, Advice.APP_ACCESS),
    ("unsupported-authentication", PermissionMissing, Advice.CONNECT_AGAIN),
    ("unsupported authentication", PermissionMissing, Advice.CONNECT_AGAIN),
    ("oauth1 app permissions", PermissionMissing, Advice.GRANT_PERMISSION),
    ("not-authorized-for-field", PermissionMissing, Advice.GRANT_PERMISSION),
    ("usage-capped", RateLimitReached, Advice.PAY),
    ("too long", ContentRefused, Advice.SHORTEN_TEXT),
    ("invalid url", ContentRefused, Advice.CHANGE_LINK),
    ("maximum of 4 items", ContentRefused, Advice.PICTURE_NUMBER),
    ("video longer than", ContentRefused, Advice.VIDEO_UNFIT),
    ("file size exceeds", ContentRefused, Advice.PICTURE_TOO_BIG),
    ("media type", ContentRefused, Advice.PICTURE_KIND),
    ("media ids are invalid", UploadForgotten, Advice.PICTURE_KIND),
)


@contextmanager
def translated(secrets: Iterable[Secret], clock: Clock) -> Iterator[None]:
    """Turn what tweepy and its HTTP library raise into a PlatformError with its cause."""
    kept = tuple(secrets)
    try:
        yield
    except tweepy.HTTPException as error:
        raise _error(error, kept, clock.now()) from error
    except (requests.RequestException, AttributeError, LookupError, TypeError, ValueError) as error:
        # tweepy itself stumbles over answers that are no JSON object.
        raise PlatformUnavailable(said_of(error)) from error


def _error(error: tweepy.HTTPException, kept: Iterable[Secret], now: datetime) -> PlatformError:
    headers, status = error.response.headers, error.response.status_code
    problem = _problem(error)
    said = redact(_said(error, problem), kept)
    match error:
        case tweepy.Unauthorized():
            return AuthError(said)
        case tweepy.TooManyRequests():
            return _too_many(said, problem, headers, now)
        case tweepy.Forbidden() if "duplicate content" in said:
            return DuplicateRefused(said)
        case tweepy.Forbidden() | tweepy.BadRequest() | tweepy.NotFound():
            return _refusal(said, problem)
        case _ if status == 402:
            # Nothing was created, and all goes on by itself once somebody has paid.
            return RateLimitReached(said, advice=Advice.PAY)
        case _:
            return PlatformUnavailable(said, retry_after(headers, now))


def _problem(error: tweepy.HTTPException) -> Mapping[str, Any]:
    """Return the body that X answers with where something went wrong; empty where it is another."""
    try:
        body = error.response.json()
    except requests.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _said(error: tweepy.HTTPException, problem: Mapping[str, Any]) -> str:
    """Return X's own words; its title is one where it says more than the name of the status."""
    said, title = str(error), str(problem.get("title") or "")
    return said if title in said else f"{said} ({title})"


def _refusal(said: str, problem: Mapping[str, Any]) -> PlatformError:
    words = " ".join([said, str(problem.get("type")), str(problem.get("reason"))]).lower()
    for known, kind, advice in _REFUSED:
        if known in words:
            return kind(said, advice=advice)
    return ContentRefused(said)


def _too_many(
    said: str, problem: Mapping[str, Any], headers: Mapping[str, str], now: datetime
) -> PlatformError:
    if "usage-capped" in str(problem.get("type")):
        return RateLimitReached(said, advice=Advice.PAY)
    day = [budget for budget in told(headers) if budget.bucket.endswith("24h")]
    advice = Advice.DAY_LIMIT if any(budget.remaining == 0 for budget in day) else Advice.WAIT
    return RateLimitReached(
        said, retry_after(headers, now) or used_up_until(headers), advice=advice
    )
