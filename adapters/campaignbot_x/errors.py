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
from campaignbot.platforms.failures import failure_key
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
        raise PlatformUnavailable(failure_key(error)) from error


def _error(error: tweepy.HTTPException, kept: Iterable[Secret], now: datetime) -> PlatformError:
    headers, status = error.response.headers, error.response.status_code
    problem = _problem(error)
    said = redact(_said(error, problem), kept)
    if isinstance(error, tweepy.NotFound) and "/2/media/" in str(error.response.url):
        # Of an upload that X no longer knows, or a way of uploading that is gone: no post is wrong.
        return PlatformUnavailable(said, advice=Advice.UPLOAD_AGAIN)
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
    """Return X's own words, each once: the status by its name, and the reason of every field."""
    response = error.response
    heads = _once([response.reason, problem.get("title")])
    reasons = _once([*heads, problem.get("detail"), *map(_reason, error.api_errors)])
    head = ": ".join(one for one in reasons if one in heads)
    tail = "; ".join(one for one in reasons if one not in heads).replace(".; ", ". ")
    return f"{response.status_code} {': '.join(filter(None, [head, tail]))}"


def _once(words: Iterable[object]) -> list[str]:
    """Return words in their order, without what others of them say as well."""
    kept: list[str] = []
    for one in (str(word) for word in words if word):
        if not any(one.lower() in other.lower() for other in kept):
            kept = [other for other in kept if other.lower() not in one.lower()] + [one]
    return kept


def _reason(problem: Any) -> str:
    """Return what X says of one thing that is wrong, with the fields that it is about."""
    if not isinstance(problem, dict):
        return str(problem)
    said = str(problem.get("message") or problem.get("detail") or problem.get("title") or "")
    parameters = problem.get("parameters")
    fields = (
        [name for name in parameters if name not in said] if isinstance(parameters, dict) else ()
    )
    named = ", ".join(name for name in fields if name not in said)
    return ": ".join(filter(None, [named, said]))


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
