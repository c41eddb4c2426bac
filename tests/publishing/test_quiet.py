"""Quiet hours: what is late waits for the morning, what was planned at night does not."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.domain.walltime import WallTime
from campaignbot.publishing.quiet import QuietHours

ZONE = "Europe/Amsterdam"
NIGHT = QuietHours(time(21), time(7))


def wall(day: int, hour: int, minute: int = 0) -> WallTime:
    return WallTime(datetime(2026, 11, day, hour, minute), ZONE)


@pytest.mark.parametrize(
    ("planned", "now", "until"),
    [
        (wall(23, 9), wall(23, 9), None),
        (wall(23, 20), wall(23, 20, 59), None),
        (wall(23, 20), wall(23, 21), wall(24, 7)),
        (wall(23, 20), wall(24, 3), wall(24, 7)),
        (wall(23, 20), wall(24, 7), None),
        # Somebody approved 22:00: it goes at 22:00, and is still fine an hour later.
        (wall(23, 22), wall(23, 22), None),
        (wall(23, 22), wall(23, 23), None),
        (wall(24, 3), wall(24, 3), None),
        # Planned in another night than the one it is.
        (wall(22, 22), wall(23, 22), wall(24, 7)),
    ],
)
def test_only_what_is_late_waits(planned: WallTime, now: WallTime, until: WallTime | None) -> None:
    assert NIGHT.wait(planned, now.instant) == (until.instant if until else None)


def test_hours_within_one_day_and_no_hours_at_all() -> None:
    lunch = QuietHours(time(12), time(13))
    assert lunch.wait(wall(23, 9), wall(23, 12, 30).instant) == wall(23, 13).instant
    assert lunch.wait(wall(23, 9), wall(23, 13).instant) is None
    never = QuietHours(time(0), time(0))
    assert never.wait(wall(23, 9), wall(24, 3).instant) is None


@given(
    late=st.integers(0, 60 * 72),
    minute=st.integers(0, 60 * 24 * 400),
    zone=st.sampled_from(["Europe/Amsterdam", "America/St_Johns", "Asia/Kathmandu"]),
)
def test_a_wait_ends_in_the_future_and_outside_the_quiet_hours(
    late: int, minute: int, zone: str
) -> None:
    planned = WallTime.at(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute), zone)
    now = planned.instant + timedelta(minutes=late)
    until = NIGHT.wait(planned, now)
    if until is not None:
        assert now < until <= now + timedelta(hours=11), "a night is ten hours, one of them eleven"
        assert NIGHT.wait(planned, until) is None
