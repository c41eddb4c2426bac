"""When to try again: a table, and the law of full jitter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.domain.publication import Receipt
from campaignbot.platforms import outcomes
from campaignbot.publishing.retry import BASE, CEILING, retry_at

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=42)


@pytest.mark.parametrize(
    ("outcome", "attempt", "wait"),
    [
        (outcomes.Published("1"), 1, None),
        (outcomes.Rejected("nee"), 1, None),
        (outcomes.Unknown("?"), 1, None),
        (outcomes.Pending(Receipt("c", {}), 60), 1, timedelta(seconds=60)),
        (outcomes.Pending(Receipt("c", {}), 0), 1, timedelta(seconds=1)),
        (outcomes.RateLimited("wacht", LATER), 1, timedelta(minutes=42)),
        (outcomes.RateLimited("wacht", NOW - timedelta(hours=1)), 1, timedelta(0)),
        (outcomes.Unavailable("503"), 1, BASE / 2),
        (outcomes.Unavailable("503"), 4, BASE * 4),
        (outcomes.Unavailable("503"), 40, CEILING / 2),
    ],
)
def test_the_table(outcome: outcomes.Outcome, attempt: int, wait: timedelta | None) -> None:
    at = retry_at(outcome, attempt, NOW, lambda: 0.5)
    assert at == (None if wait is None else NOW + wait)


@given(st.integers(1, 500), st.floats(0, 1, exclude_max=True))
def test_a_wait_is_never_nothing_and_never_over_the_ceiling(attempt: int, drawn: float) -> None:
    at = retry_at(outcomes.Unavailable("503"), attempt, NOW, lambda: drawn)
    assert at is not None
    assert timedelta(seconds=1) <= at - NOW <= CEILING
