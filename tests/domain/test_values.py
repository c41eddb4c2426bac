"""Small values: ids, money, messages, secrets, errors, facts."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.domain.clock import SimulatedClock, require_utc
from campaignbot.domain.errors import Place, Problem, UserError, user_error
from campaignbot.domain.findings import Finding, Severity, worst
from campaignbot.domain.ids import short_code, uuid7
from campaignbot.domain.messages import Message, Param
from campaignbot.domain.money import Money
from campaignbot.domain.secrets import Secret
from campaignbot.domain.vacancy import Pay, PayPeriod, Vacancy, changed_facts, fact_hash
from campaignbot.i18n import Translator

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.integers(1, 10**9))
def test_an_id_that_is_made_later_sorts_later(start: datetime, later_ms: int) -> None:
    first = start.replace(tzinfo=UTC)
    assert uuid7(first) < uuid7(first + timedelta(milliseconds=later_ms))


def test_an_id_says_that_it_is_of_version_seven() -> None:
    made = uuid7(NOW)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == int(NOW.timestamp() * 1000)


def test_ids_of_one_instant_differ() -> None:
    assert len({uuid7(NOW) for _ in range(200)}) == 200


def test_a_short_code_has_no_letters_that_are_mistaken_for_digits() -> None:
    numbers = iter(range(32))
    code = short_code(32, lambda _bits: next(numbers))
    assert not set(code) & set("ilou")
    assert len(short_code()) == 8


def test_money_adds_up_without_rounding() -> None:
    cents = [Money.of("0.001", "USD")] * 1000
    total = sum(cents[1:], cents[0])
    assert total == Money.of(1, "USD")
    assert total.amount == Decimal(1)


def test_money_of_two_currencies_is_not_added() -> None:
    with pytest.raises(ValueError, match="EUR and USD cannot be added"):
        Money.of(1, "EUR") + Money.of(1, "USD")


def test_money_finer_than_a_millionth_is_refused() -> None:
    with pytest.raises(ValueError, match="finer than a millionth"):
        Money.of("0.0000001", "USD")


params: st.SearchStrategy[Param] = st.one_of(
    st.text(max_size=20),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
    st.builds(Message, st.text(max_size=8), st.just({"n": 1})),
)


@given(st.dictionaries(st.text(min_size=1, max_size=8), params, max_size=4))
def test_a_message_survives_json_with_the_types_of_its_values(values: dict[str, Param]) -> None:
    message = Message("review.said", values)
    back = Message.from_json(json.loads(json.dumps(message.to_json())))
    assert back == message
    assert {k: type(v) for k, v in back.params.items()} == {k: type(v) for k, v in values.items()}


def test_a_message_within_a_message_survives_json_and_is_worded_with_it() -> None:
    why = Message("hold.by_person", {"reason": "storm"})
    outer = Message("account.unmeasured.status", {"key": "x", "why": why})
    assert Message.from_json(json.loads(json.dumps(outer.to_json()))) == outer
    assert Translator("en").text(outer) == "Account “x”: Stopped: storm"


def test_a_message_with_a_value_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="not a message parameter"):
        Message.from_json({"key": "a", "params": {"n": [1]}})


def test_a_secret_is_never_shown() -> None:
    secret = Secret("hoogst geheim")
    shown = [str(secret), repr(secret), f"{secret}", f"{secret:>40}", f"{[secret]}", "%s" % secret]  # noqa: UP031 - old code formats so
    shown.append(str(ValueError(secret)))
    assert not any("geheim" in text for text in shown)
    assert secret.reveal() == "hoogst geheim"


def test_a_secret_is_not_written_to_a_file_by_accident() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret("hoogst geheim"))
    with pytest.raises(TypeError):
        json.dumps({"token": Secret("hoogst geheim")})


def test_secrets_compare_by_what_they_hold() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert hash(Secret("a")) == hash(Secret("a"))
    assert not Secret("")


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (Place(Path("b.yaml"), 3, "goals"), "b.yaml:3, goals"),
        (Place(Path("b.yaml"), 3), "b.yaml:3"),
        (Place(Path("b.yaml"), field="goals"), "b.yaml, goals"),
        (Place(field="goals"), "goals"),
        (Place(), ""),
    ],
)
def test_a_place_reads_as_editors_take_it(place: Place, shown: str) -> None:
    assert str(place) == shown


def test_a_user_error_tells_all_its_problems() -> None:
    error = UserError(Problem(Message("a.b")), Problem(Message("c.d"), place=Place(field="x")))
    assert str(error) == "a.b; x c.d"
    with pytest.raises(ValueError):
        UserError()


def test_the_remedy_gets_the_values_of_the_sentence() -> None:
    (problem,) = user_error("a.b", remedy="a.b.remedy", name="x").problems
    assert problem.remedy == Message("a.b.remedy", {"name": "x"})


def test_the_gravest_finding_counts() -> None:
    hint, error = (Finding("c", s, Message("m")) for s in (Severity.HINT, Severity.ERROR))
    assert worst((hint, error)) is Severity.ERROR
    assert worst((hint,)) is Severity.HINT
    assert worst(()) is None


def test_a_simulated_clock_stands_still_until_it_is_moved() -> None:
    clock = SimulatedClock(NOW)
    assert clock.now() == clock.now() == NOW
    clock.advance(timedelta(hours=-1))
    assert clock.now() == NOW - timedelta(hours=1)
    clock.move_to(NOW.astimezone(timezone(timedelta(hours=5))))
    assert clock.now() == NOW and clock.now().tzinfo is UTC


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        require_utc(datetime(2026, 11, 24, 9))


PAY = Pay(Decimal(4241), Decimal(6166), "EUR", PayPeriod.MONTH, Decimal(36), "11")
VACANCY = Vacancy(
    UUID(int=1), "VB-1", "Adviseur", "Gemeente Voorbeeld", pay=PAY, last_day=date(2026, 12, 20)
)


def test_equal_facts_hash_equally_and_other_facts_do_not() -> None:
    assert fact_hash(PAY) == fact_hash(replace(PAY))
    assert fact_hash(PAY) != fact_hash(replace(PAY, maximum=Decimal(6200)))


def test_a_changed_fact_is_named_and_a_changed_text_is_none() -> None:
    later = replace(VACANCY, last_day=date(2026, 12, 27), description="anders", language="en")
    assert changed_facts(VACANCY, later) == {"last_day"}
