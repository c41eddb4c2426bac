"""Retry-After, in every form that servers send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.platforms.errors import PlatformUnavailable, outcome_of
from campaignbot.platforms.outcomes import RateLimited, Unavailable, Unknown
from campaignbot.platforms.waiting import retry_after

NOW = datetime(2031, 3, 4, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(seconds=120)),
        (" 7 ", timedelta(seconds=7)),
        ("Tue, 04 Mar 2031 09:32:00 GMT", timedelta(minutes=2)),
        ("Tue, 04 Mar 2031 10:32:00 +0100", timedelta(minutes=2)),
        ("Tue, 04 Mar 2031 09:32:00 -0000", timedelta(minutes=2)),
        ("Tue, 04 Mar 2031 09:29:00 GMT", None),
        ("0", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("9" * 40, None),
        ("later", None),
        ("", None),
    ],
)
def test_by_the_table(said: str, wait: timedelta | None) -> None:
    assert retry_after({"rEtRy-AfTeR": said}, NOW) == (NOW + wait if wait else None)


def test_no_header_says_nothing() -> None:
    assert retry_after({}, NOW) is None


@given(st.text(max_size=40))
def test_no_text_is_an_error(said: str) -> None:
    until = retry_after({"Retry-After": said}, NOW)
    assert until is None or until > NOW


def test_a_busy_platform_is_waited_for_only_where_nothing_was_sent() -> None:
    busy, down = PlatformUnavailable("busy", NOW), PlatformUnavailable("down")
    assert outcome_of(busy, create_was_sent=False) == RateLimited("busy", NOW)
    assert outcome_of(busy, create_was_sent=True) == Unknown("busy")
    assert outcome_of(down, create_was_sent=False) == Unavailable("down")
