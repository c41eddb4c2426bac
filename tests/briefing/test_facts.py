"""Single facts, as people in the Netherlands write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.briefing import facts

ZONE = "Europe/Amsterdam"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("4.241", "4241"), ("6.166,00", "6166"), ("4,241.00", "4241"), (4241, "4241"),
        (4241.0, "4241"), ("€ 2.650", "2650"), ("€ 2.650,-", "2650"), ("3737 EUR", "3737"),
        ("4.241,50", "4241.50"), ("12.345.678", None), ("0", None), (0, None), (-1, None),
        ("1e308", None), (1e308, None), ("marktconform", None), ("", None), (None, None),
        (True, None), ("3.7xx", None),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_it_is_meant(written: object, meant: str | None) -> None:
    assert facts.amount(written) == (Decimal(meant) if meant else None)


@given(st.integers(1, 999_999))
def test_dutch_and_english_thousands_are_the_same_amount(number: int) -> None:
    english = f"{number:,}"
    assert facts.amount(english) == facts.amount(english.replace(",", ".")) == number


@given(st.text(max_size=30))
def test_no_text_makes_the_readers_fail(text: str) -> None:
    facts.amount(text)
    facts.day(text, ZONE)
    facts.hours_in(text)
    facts.amounts_in(text)
    facts.days_in(text, None)
    facts.web_address(text)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("€ 4.241 tot € 6.166 bruto per maand", (4241, 6166)),
        ("€ 3.737 - € 5.376 bruto", (3737, 5376)),
        ("between € 3,890 and € 5,610", (3890, 5610)),
        ("van € 4.241 tot en met € 6.166", (4241, 6166)),
        ("tussen € 95 en € 120 per uur", None),
        ("€ 6.166 tot € 4.241", None),
        ("een marktconform salaris", None),
    ],
)
def test_a_range_of_pay_is_found_in_a_text(text: str, pair: tuple[int, int] | None) -> None:
    found: object = facts.amounts_in(text)
    assert found == pair


@pytest.mark.parametrize(
    ("text", "most"),
    [("Schaal 7 (max. € 4.054)", 4054), ("maximaal € 5.056", 5056), ("€ 4.054 per maand", None)],
)
def test_a_maximum_alone_is_read_as_one(text: str, most: int | None) -> None:
    assert facts.highest_in(text) == most


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("28-36 uur", (28, 36)), ("24 tot 32 uur", (24, 32)), ("32 – 36 uur per week", (32, 36)),
        ("32 to 36 hours", (32, 36)), ("36 uur per week", (36, 36)), ("binnen 24 uur", None),
        ("0 uur per week", None), ("60 uur per week", None), ("36-28 uur", None),
    ],
)  # fmt: skip
def test_hours_are_those_of_a_week(text: str, hours: tuple[int, int] | None) -> None:
    found: object = facts.hours_in(text)
    assert found == hours


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-09-28", date(2026, 9, 28)),
        ("2026/09/01 9:05am", date(2026, 9, 1)),
        (" 2026-10-04T23:10", date(2026, 10, 4)),
        ("01-09-2026", date(2026, 9, 1)),
        ("zondag 4 oktober 2026", date(2026, 10, 4)),
        ("4 October 2026", date(2026, 10, 4)),
        ("2026-09-27T21:59:59Z", date(2026, 9, 27)),
        ("2026-09-27T22:30:00Z", date(2026, 9, 28)),
        ("2026-12-20T23:59:59+01:00", date(2026, 12, 20)),
        ("4 oktober", None),
        ("2026-13-40", None),
        ("z.s.m.", None),
        ("", None),
        (None, None),
    ],
)
def test_a_day_is_the_one_in_the_employers_zone(written: object, meant: date | None) -> None:
    assert facts.day(written, ZONE) == meant


def test_a_day_without_year_is_guessed_only_where_the_year_is_known() -> None:
    assert facts.day("4 oktober", ZONE, date(2026, 1, 1)) == date(2026, 10, 4)


def test_days_in_a_text_take_the_year_of_the_one_before() -> None:
    found = facts.days_in("Gesprekken op 12 januari 2027 en 21 januari.", None)
    assert found == (date(2027, 1, 12), date(2027, 1, 21))


@pytest.mark.parametrize(
    ("text", "scale"),
    [("schaal 11", "11"), ("Schaal 10A", "10A"), ("schaal 11 / 11A", "11/11A"), ("geen", None)],
)
def test_a_scale_is_kept_as_written(text: str, scale: str | None) -> None:
    assert facts.scale_in(text) == scale


@pytest.mark.parametrize(
    "text", ["bij 36 uur", "op basis van een 36-urige werkweek", "o.b.v. 36 uur", "for 36 hours"]
)
def test_the_hours_that_pay_is_for_are_found(text: str) -> None:
    assert facts.basis_hours_in(f"€ 4.241 per maand {text}") == 36


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "ftp://a.example/",
        "http://127.0.0.1/", "http://10.0.0.5/", "http://192.168.0.1/admin", "http://[::1]:5432/",
        "http://169.254.169.254/latest/", "http://localhost:9000/", "http://intranet.local/",
        "http://[broken", "//a.example/", "/vacatures/1", "", None,
    ],
)  # fmt: skip
def test_only_addresses_on_the_web_are_taken(address: str | None) -> None:
    assert facts.web_address(address) is None


def test_an_address_loses_what_tracks_for_others_and_nothing_else() -> None:
    told = "https://a.example/v?id=7&utm_source=b&source=c&gclid=d&tab=twee#onder"
    assert facts.web_address(told) == "https://a.example/v?id=7&tab=twee#onder"
