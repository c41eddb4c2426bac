"""Digests: the same for equal values, however written, and whatever fields are added later."""

from __future__ import annotations

from dataclasses import dataclass, field, make_dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.domain.canonical import canonical, digest
from campaignbot.domain.vacancy import Pay, PayPeriod, fact_hash

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(allow_nan=False,
    allow_infinity=False, places=2, min_value=-10**9, max_value=10**9) | st.dates(),
    lambda inner: st.lists(inner, max_size=3).map(tuple)
    | st.dictionaries(st.text(min_size=1), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@dataclass(frozen=True)
class Before:
    """A type as it was."""

    name: str
    sums: tuple[Decimal, ...] = ()
    more: dict[str, object] = field(default_factory=dict)


@pytest.mark.parametrize(
    ("type_", "empty"),
    [("str | None", None), ("str", ""), ("tuple[str, ...]", ()), ("bool", False)],
)
@given(st.text(), st.lists(st.integers(1, 9999).map(Decimal), max_size=3), plain)
def test_a_field_that_is_added_later_changes_no_digest_until_it_is_filled(
    type_: str, empty: object, name: str, sums: list[Decimal], more: object
) -> None:
    after: Any = make_dataclass("After", [("added", type_, empty)], bases=(Before,), frozen=True)
    values: dict[str, Any] = {"name": name, "sums": tuple(sums), "more": {"key": more}}
    assert digest(after(**values)) == digest(Before(**values))
    assert digest(after(added="filled", **values)) != digest(Before(**values))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2))
def test_an_amount_is_the_same_however_it_is_written(amount: Decimal) -> None:
    longer = Decimal(f"{amount:f}00")
    assert longer == amount and digest(longer) == digest(amount)


def test_equal_pay_hashes_equally_on_any_machine() -> None:
    first = Pay(Decimal(4241), Decimal(6166), "EUR", PayPeriod.MONTH, Decimal(36))
    again = Pay(Decimal("4241.00"), Decimal("6166.0"), "EUR", PayPeriod.MONTH, Decimal("36"))
    written = (
        b'{"basis_hours":"36","currency":"EUR","maximum":"6166","minimum":"4241","period":"month"}'
    )
    assert fact_hash(first) == fact_hash(again) == f"2:{sha256(written).hexdigest()[:16]}"


def test_nothing_differs_from_zero() -> None:
    assert digest({"n": 0}) != digest({"n": None}) == digest({})


def test_what_has_no_canonical_form_is_refused() -> None:
    for value in (1.5, object(), date):
        with pytest.raises(TypeError):
            canonical(value)
