"""The one seam at which X's errors become ours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import requests
import tweepy

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
def translated(secrets: Iterable[Secret]) -> Iterator[None]:
    """Turn what tweepy and its HTTP library raise into a PlatformError with its cause."""
    kept = tuple(secrets)
    try:
        yield
    except tweepy.HTTPException as error:
        raise _error(error, redact(str(error), kept)) from error
    except (requests.RequestException, KeyError, TypeError, ValueError) as error:
        raise PlatformUnavailable(redact(f"{type(error).__name__}: {error}", kept)) from error


def _error(error: tweepy.HTTPException, said: str) -> PlatformError:
    match error:
        case tweepy.Unauthorized():
            return AuthError(said)
        case tweepy.TooManyRequests():
            reset = error.response.headers.get("x-rate-limit-reset")
            until = datetime.fromtimestamp(int(reset), UTC) if reset else None
            return RateLimitReached(said, until)
        case tweepy.Forbidden() if "duplicate content" in said:
            return DuplicateRefused(said)
        case tweepy.Forbidden() if any(words in said.lower() for words in _ABOUT_ACCESS):
            return PermissionMissing(said)
        case tweepy.Forbidden() | tweepy.BadRequest() | tweepy.NotFound():
            return ContentRefused(said)
        case _ if error.response.status_code == 402:
            return PermissionMissing(said)
        case _:
            return PlatformUnavailable(said)
