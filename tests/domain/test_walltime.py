"""Planned times across the nights on which the clocks are set."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.domain.walltime import Occurs, WallTime

ZONE = "Europe/Amsterdam"
EUROPE = sorted(name for name in available_timezones() if name.startswith("Europe/"))
zones = st.sampled_from(EUROPE)
minutes = st.datetimes(datetime(2020, 1, 1), datetime(2037, 12, 31)).map(
    lambda local: local.replace(second=0, microsecond=0)
)


def turns(zone: str, year: int) -> list[date]:
    """Return the days of a year on which the clocks of a zone are set."""
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    offsets = [datetime.combine(day, time(12), ZoneInfo(zone)).utcoffset() for day in days]
    return [
        day
        for day, before, after in zip(days[1:], offsets, offsets[1:], strict=False)
        if before != after
    ]


@st.composite
def around_a_change(draw: st.DrawFn) -> WallTime:
    """Draw a wall time of a night on which the clocks are set, where a zone still sets them."""
    zone, year = draw(zones), draw(st.integers(2020, 2037))
    day = draw(st.sampled_from(turns(zone, year) or [date(year, 3, 29)]))
    return WallTime(
        datetime.combine(day, time()) + timedelta(minutes=draw(st.integers(0, 300))), zone
    )


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


@pytest.mark.parametrize(
    ("local", "occurs"),
    [
        (datetime(2027, 3, 28, 1, 59), Occurs.ONCE),
        (datetime(2027, 3, 28, 2, 0), Occurs.NEVER),
        (datetime(2027, 3, 28, 2, 59), Occurs.NEVER),
        (datetime(2027, 3, 28, 3, 0), Occurs.ONCE),
        (datetime(2026, 10, 25, 1, 59), Occurs.ONCE),
        (datetime(2026, 10, 25, 2, 0), Occurs.TWICE),
        (datetime(2026, 10, 25, 2, 59), Occurs.TWICE),
        (datetime(2026, 10, 25, 3, 0), Occurs.ONCE),
    ],
)
def test_it_is_known_which_times_the_clocks_skip_or_show_twice(
    local: datetime, occurs: Occurs
) -> None:
    assert WallTime(local, ZONE).occurs is occurs


@given(around_a_change())
def test_a_time_occurs_as_often_as_instants_read_it(wall: WallTime) -> None:
    """Counted minute by minute, without asking how the rules are stored."""
    start = wall.instant - timedelta(hours=4)
    instants = (start + timedelta(minutes=n) for n in range(8 * 60))
    seen = sum(WallTime.at(instant, wall.zone) == wall for instant in instants)
    assert wall.occurs is (Occurs.NEVER, Occurs.ONCE, Occurs.TWICE)[seen]


@given(zones, st.integers(2020, 2037), st.times().map(lambda t: t.replace(second=0)))
def test_a_daily_time_stays_on_the_wall_the_whole_year(zone: str, year: int, at: time) -> None:
    planned = WallTime(datetime.combine(date(year, 1, 1), at.replace(microsecond=0)), zone)
    for day in (planned.plus(timedelta(days=n)) for n in range(365)):
        shown = WallTime.at(day.instant, zone)
        assert shown == day or day.occurs is Occurs.NEVER


@pytest.mark.parametrize("zone", EUROPE)
def test_nine_o_clock_is_nine_o_clock_on_every_day_of_the_year(zone: str) -> None:
    planned = WallTime(datetime(2026, 1, 1, 9), zone)
    for day in (planned.plus(timedelta(days=n)) for n in range(2 * 365)):
        at = day.instant.astimezone(ZoneInfo(zone))
        assert (at.date(), at.hour, at.minute) == (day.local.date(), 9, 0)


@given(around_a_change(), st.integers(1, 300))
def test_a_later_time_on_the_wall_comes_later_but_around_a_skipped_hour(
    wall: WallTime, later: int
) -> None:
    """Only a skipped time, which is moved past the gap, may overtake a time after the gap."""
    after = wall.plus(timedelta(minutes=later))
    if wall.occurs is not Occurs.NEVER or after.occurs is Occurs.NEVER:
        assert after.instant > wall.instant
    else:
        assert after.instant > wall.instant - timedelta(hours=1)


@given(zones, minutes)
def test_what_is_on_the_wall_comes_back_from_its_instant(zone: str, local: datetime) -> None:
    wall = WallTime(local, zone)
    if wall.occurs is not Occurs.NEVER:
        assert WallTime.at(wall.instant, zone) == wall


@given(around_a_change(), st.integers(1, 1440))
def test_what_follows_is_never_sooner_than_the_duration_after_it(
    wall: WallTime, minutes_later: int
) -> None:
    real = timedelta(minutes=minutes_later)
    after = wall.later_by(real)
    assert real <= after.instant - wall.instant <= real + timedelta(hours=1)
    if WallTime.at(wall.instant + real, wall.zone).instant == wall.instant + real:
        assert after.instant == wall.instant + real


def test_a_wall_time_holds_no_zone_of_its_own() -> None:
    with pytest.raises(ValueError, match="a wall time is local"):
        WallTime(datetime(2026, 11, 24, 9, tzinfo=UTC), ZONE)


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ZoneInfoNotFoundError):
        WallTime(datetime(2026, 11, 24, 9), "Europe/Waterrijk")
