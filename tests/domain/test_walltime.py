"""Planned times across the nights on which the clocks are set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.domain.walltime import WallTime

ZONE = "Europe/Amsterdam"


@pytest.mark.parametrize(
    ("before", "after", "utc_hours"),
    [
        (datetime(2027, 3, 27, 9), datetime(2027, 3, 28, 9), (8, 7)),
        (datetime(2026, 10, 24, 9), datetime(2026, 10, 25, 9), (7, 8)),
    ],
)
def test_nine_o_clock_stays_nine_o_clock_when_the_clocks_are_set(
    before: datetime, after: datetime, utc_hours: tuple[int, int]
) -> None:
    early = WallTime(before, ZONE)
    late = early.plus(timedelta(days=1))
    assert late.local == after
    assert (early.instant.hour, late.instant.hour) == utc_hours


def test_a_time_that_is_skipped_comes_as_much_later() -> None:
    skipped = WallTime(datetime(2027, 3, 28, 2, 30), ZONE)
    assert skipped.instant == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert WallTime.at(skipped.instant, ZONE).local == datetime(2027, 3, 28, 3, 30)


def test_a_time_that_exists_twice_means_the_first() -> None:
    doubled = WallTime(datetime(2026, 10, 25, 2, 30), ZONE)
    assert doubled.instant == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = WallTime(datetime(2026, 10, 25, 2, 30, fold=1), ZONE)
    assert second.instant == doubled.instant


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_an_instant_comes_back_but_in_the_hour_that_exists_twice(instant: datetime) -> None:
    back = WallTime.at(instant, ZONE).instant
    assert back in {instant, instant - timedelta(hours=1)}
    if back != instant:
        assert instant.month == 10 and instant.hour in {1, 2}


def test_a_wall_time_holds_no_zone_of_its_own() -> None:
    with pytest.raises(ValueError, match="a wall time is local"):
        WallTime(datetime(2026, 11, 24, 9, tzinfo=UTC), ZONE)


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        WallTime(datetime(2026, 11, 24, 9), "Europe/Waterrijk")
