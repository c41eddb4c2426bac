"""What Meta tells of its limits, as percentages in the headers of its answers.

https://developers.facebook.com/docs/graph-api/overview/rate-limiting/ (read 2026-11-24).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import requests

from campaignbot.domain.accounts import BudgetOwner, RateBudget
from campaignbot.domain.clock import Clock

_APP = "x-app-usage"
_PAGE = "x-page-usage"
_BUSINESS = "x-business-use-case-usage"
_SHARES = ("call_count", "total_cputime", "total_time")
_POSTING = {"pages", "instagram"}
"""The use cases of what is posted; advertisements, for one, have limits of their own."""
_WINDOW = timedelta(hours=1)
_RESERVE = 5
"""Percents that posting leaves alone: reading back and taking down must work until the end."""


class Usage:
    """Remembers what the latest answers told; Meta adds the headers to some answers only."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: dict[tuple[BudgetOwner, str], RateBudget] = {}

    def note(self, response: requests.Response, **_options: Any) -> None:
        """Take down the headers of an answer: a hook of requests."""
        for budget in told(response.headers, self._clock.now()):
            self._told[budget.owner, budget.bucket] = budget

    def note_all(self, answers: Iterable[Mapping[str, str]]) -> None:
        """Take down the headers of answers that came together, in no order: the least is left."""
        now = self._clock.now()
        found = [budget for headers in answers for budget in told(headers, now)]
        for budget in sorted(found, key=lambda budget: budget.remaining, reverse=True):
            self._told[budget.owner, budget.bucket] = budget

    def budgets(self) -> tuple[RateBudget, ...]:
        return tuple(self._told.values())


def told(headers: Mapping[str, str], now: datetime) -> Iterator[RateBudget]:
    """Yield the budgets that these headers tell, in percents; what cannot be read is left out."""
    for name, owner in ((_APP, BudgetOwner.APP), (_PAGE, BudgetOwner.ACCOUNT)):
        row = _read(headers, name)
        if isinstance(row, dict) and (left := _left(row)) is not None:
            yield RateBudget(owner, "calls", left, now + _WINDOW)
    least: dict[str, RateBudget] = {}
    for row in _rows(headers):
        kind, left = str(row.get("type")), _left(row)
        if kind in _POSTING and left is not None:
            minutes = _minutes(row)
            resets = now + (timedelta(minutes=minutes) if minutes else _WINDOW)
            known = least.get(kind)
            if known is None or left < known.remaining:
                least[kind] = RateBudget(BudgetOwner.ACCOUNT, kind, left, resets)
    yield from least.values()


def free_again(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return when calls are allowed again by the longest wait told; None without a word."""
    minutes = max((_minutes(row) for row in _rows(headers)), default=0)
    return now + timedelta(minutes=minutes) if minutes else None


def _rows(headers: Mapping[str, str]) -> list[dict[str, Any]]:
    usages = _read(headers, _BUSINESS)
    lists = usages.values() if isinstance(usages, dict) else ()
    return [
        row for rows in lists if isinstance(rows, list) for row in rows if isinstance(row, dict)
    ]


def _read(headers: Mapping[str, str], name: str) -> Any:
    raw = next((value for key, value in headers.items() if key.lower() == name), "")
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _left(row: Mapping[str, Any]) -> int | None:
    """Return how many percents are left of the scarcest share; None where none can be read.

    None are left close to the end, or where Meta names a wait.
    """
    used = [value for name in _SHARES if (value := _number(row.get(name))) is not None]
    if not used:
        return None
    left = max(0, 100 - max(used))
    return 0 if left <= _RESERVE or _minutes(row) else left


def _minutes(row: Mapping[str, Any]) -> int:
    """Return how long to wait; at most a day, the longest window that Meta documents."""
    value = _number(row.get("estimated_time_to_regain_access"))
    return min(max(value or 0, 0), 24 * 60)


def _number(value: Any) -> int | None:
    """Return a number rounded up; None for all that is none. JSON as Python reads it knows NaN."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return math.ceil(value)
