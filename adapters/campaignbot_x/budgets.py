"""What X tells of its limits on posting, in the headers of every answer to a create request.

https://docs.x.com/x-api/fundamentals/rate-limits (read 2026-11-24). The two limits of 24 hours are
documented nowhere; clients have seen them on POST /2/tweets.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from campaignbot.domain.accounts import BudgetOwner, RateBudget

_HEADERS = (
    ("x-rate-limit", BudgetOwner.ACCOUNT, "create"),
    ("x-user-limit-24hour", BudgetOwner.ACCOUNT, "create-24h"),
    ("x-app-limit-24hour", BudgetOwner.APP, "create-24h"),
)


def told(headers: Mapping[str, str]) -> tuple[RateBudget, ...]:
    """Return the limits that these headers tell; what cannot be read is left out."""
    found = []
    for name, owner, bucket in _HEADERS:
        remaining = _number(headers.get(f"{name}-remaining"))
        resets = reset_at(headers.get(f"{name}-reset"))
        if remaining is not None and resets is not None:
            found.append(RateBudget(owner, bucket, remaining, resets))
    return tuple(found)


def used_up_until(headers: Mapping[str, str]) -> datetime | None:
    """Return when posting is allowed again by the limits that are used up; None without a word."""
    resets = [budget.resets_at_utc for budget in told(headers) if budget.remaining == 0]
    return max(resets) if resets else reset_at(headers.get("x-rate-limit-reset"))


def reset_at(seconds: str | None) -> datetime | None:
    """Read the instant of a reset header, in seconds since 1970; None where it is unreadable."""
    number = _number(seconds)
    try:
        return None if number is None else datetime.fromtimestamp(number, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None
