"""The one seam at which X's errors become ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

import requests
import tweepy

from campaignbot.domain.clock import Clock
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
from campaignbot_x.budgets import used_up_until

# Words of refusals that are about the app or the account, not about the post.
_ABOUT_ACCESS = (
    "oauth1 app permissions",
    "missing scope",
    "client-not-enrolled",
    "client-forbidden",
    "not permitted to access this feature",
    "unsupported authentication",
    "suspended",
)


@contextmanager
def translated(secrets: Iterable[Secret], clock: Clock) -> Iterator[None]:
    """Turn what tweepy and its HTTP library raise into a PlatformError with its cause."""
    kept = tuple(secrets)
    try:
        yield
    except tweepy.HTTPException as error:
        raise _error(error, redact(str(error), kept), clock.now()) from error
    except (requests.RequestException, KeyError, TypeError, ValueError) as error:
        raise PlatformUnavailable(redact(f"{type(error).__name__}: {error}", kept)) from error


def _error(error: tweepy.HTTPException, said: str, now: datetime) -> PlatformError:
    headers = error.response.headers
    match error:
        case tweepy.Unauthorized():
            return AuthError(said)
        case tweepy.TooManyRequests():
            return RateLimitReached(said, retry_after(headers, now) or used_up_until(headers))
        case tweepy.Forbidden() if "duplicate content" in said:
            return DuplicateRefused(said)
        case tweepy.Forbidden() if any(words in said.lower() for words in _ABOUT_ACCESS):
            return PermissionMissing(said)
        case tweepy.Forbidden() | tweepy.BadRequest() | tweepy.NotFound():
            return ContentRefused(said)
        case _ if error.response.status_code == 402:
            return PermissionMissing(said)
        case _:
            return PlatformUnavailable(said, retry_after(headers, now))
