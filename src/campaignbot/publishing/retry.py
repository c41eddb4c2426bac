"""When to try again: a pure function of what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from campaignbot.platforms import outcomes
from campaignbot.platforms.outcomes import Outcome

BASE = timedelta(seconds=30)
CEILING = timedelta(hours=1)

Uniform = Callable[[], float]


def retry_at(outcome: Outcome, attempt: int, now: datetime, uniform: Uniform) -> datetime | None:
    """Return when to try again after the n-th attempt (from 1), or None when trying cannot help.

    What the platform itself says about time is honoured. Otherwise the wait is drawn evenly
    between nothing and an exponentially growing bound (full jitter), so that many accounts do not
    return all at once; `uniform` draws from [0, 1). The bound has a ceiling and no last attempt:
    the window of the publication ends the trying.
    """
    match outcome:
        case outcomes.Pending(retry_after_s=seconds):
            # A wait of nothing would ask the platform without end.
            return now + timedelta(seconds=max(seconds, 1))
        case outcomes.RateLimited(until_utc=until) if until is not None:
            return max(until, now)
        case outcomes.RateLimited() | outcomes.Unavailable() | outcomes.AuthExpired():
            return now + back_off(attempt, uniform)
        case _:
            return None


def back_off(attempt: int, uniform: Uniform) -> timedelta:
    """Return how long to wait after the n-th attempt (from 1), drawn with full jitter."""
    bound = min(CEILING, BASE * int(2 ** min(attempt - 1, 16)))
    return max(timedelta(seconds=1), bound * uniform())
