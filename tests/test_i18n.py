"""The catalogues: every sentence exists in both languages and gets the values it shows."""

from __future__ import annotations

import ast
import errno
import io
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.domain.messages import Message
from campaignbot.i18n import LANGUAGES, Translator, catalogue
from campaignbot.platforms.outcomes import Outcome

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "campaignbot"
_KEY = re.compile(r"[a-z][\w-]*(?:\.[\w-]+)+")
_PLACE = re.compile(r"\{(\w+)\}")
# These word a key of the catalogue; the checks put their own name before it.
_WORDING = {"Message", "user_error", "t", "refused", "_refused", "_worded", "_problem"}
_CHECKS = {"finding", "error", "warning", "hint"}
# The modules of publishing that say in a word what became of something.
_COUNTING = ("hand_over.py", "read_back.py", "recording.py", "sending.py", "tidying.py")
_NO_VALUES = {"remedy", "place", "quote", "waivable", "line"}


@dataclass(frozen=True)
class Use:
    """A key in the code; `values` are the names it is given, None where that cannot be seen."""

    key: str
    where: str
    values: frozenset[str] | None


@cache
def sentences(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return the sentences of a language by key; a plural has two."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted((SOURCE / "locale" / language).glob("*.po")):
        for entry in read_po(io.BytesIO(path.read_bytes()), locale=language):
            if entry.id:
                key = entry.id[0] if isinstance(entry.id, tuple) else entry.id
                told = entry.string if isinstance(entry.string, tuple) else (entry.string,)
                found[str(key)] = tuple(str(text) for text in told)
    return found


def places(language: str, key: str) -> set[str]:
    return {name for text in sentences(language)[key] for name in _PLACE.findall(text)}


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _literal(node: ast.expr | None) -> str | None:
    told = node.value if isinstance(node, ast.Constant) else None
    return told if isinstance(told, str) and _KEY.fullmatch(told) else None


def _values(node: ast.Call) -> frozenset[str] | None:
    """Return the names of the values that a call gives; None for any that are made elsewhere."""
    if _called(node) == "Message":
        if len(node.args) < 2:
            return None if node.keywords else frozenset()
        given = node.args[1]
        if not isinstance(given, ast.Dict):
            return None
        names = [k.value for k in given.keys if isinstance(k, ast.Constant)]
        return frozenset(map(str, names)) if len(names) == len(given.keys) else None
    if any(keyword.arg is None for keyword in node.keywords):
        return None
    return frozenset(k.arg for k in node.keywords if k.arg) - _NO_VALUES


def _used_in(path: Path) -> Iterator[Use]:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        where, called, values = f"{path.name}:{node.lineno}", _called(node), _values(node)
        key = _literal(node.args[0])
        if key and called in _CHECKS and path.parent.name == "checking":
            yield Use(f"check.{key}", where, values)
            yield Use(f"check.{key}.remedy", where, values)
        elif key and called in _WORDING:
            yield Use(key, where, values)
        for keyword in node.keywords:
            if keyword.arg == "remedy" and (remedy := _literal(keyword.value)):
                yield Use(remedy, where, values if called == "user_error" else None)


@cache
def used() -> tuple[Use, ...]:
    paths = [*SOURCE.rglob("*.py"), *(ROOT / "adapters").rglob("*.py")]
    return tuple(use for path in sorted(paths) for use in _used_in(path))


def test_the_search_for_keys_finds_those_of_every_kind() -> None:
    found = {use.key for use in used()}
    assert {"review.no_reason", "review.no_reason.remedy", "check.action.no_pay.remedy"} <= found
    assert {"channel.nobody", "drafting.pay"} <= found


def test_both_languages_have_the_same_keys() -> None:
    assert set(sentences("nl")) == set(sentences("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_in_the_code_has_a_sentence(language: str) -> None:
    missing = [f"{u.where}: {u.key}" for u in used() if u.key not in sentences(language)]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_has_a_place_that_the_code_leaves_empty(language: str) -> None:
    wrong = [
        f"{u.where}: {u.key} lacks {sorted(empty)}"
        for u in used()
        if u.values is not None
        and u.key in sentences(language)
        and (empty := places(language, u.key) - u.values)
    ]
    assert not wrong, "\n".join(wrong)


def test_both_languages_show_the_same_values() -> None:
    both = set(sentences("nl")) & set(sentences("en"))
    wrong = [key for key in sorted(both) if places("nl", key) != places("en", key)]
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_and_plurals_have_both_forms(language: str) -> None:
    empty = [k for k, texts in sentences(language).items() if not all(t.strip() for t in texts)]
    assert not empty
    assert all(len(texts) in {1, 2} for texts in sentences(language).values())


def test_dutch_sentences_say_je() -> None:
    formal = [
        k for k, texts in sentences("nl").items() if re.search(r"\b[Uu]w?\b", " ".join(texts))
    ]
    assert not formal


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_loads_all_sentences(language: str) -> None:
    loaded = catalogue(language)
    for key, texts in sentences(language).items():
        if len(texts) == 1:
            assert loaded.gettext(key) == texts[0]


def test_the_plural_follows_the_number() -> None:
    t = Translator("nl")
    texts = {t("brief.too_many_goals", n=n) for n in (1, 3)}
    assert len(texts) == 2


def test_a_key_without_a_sentence_shows_itself_with_its_values() -> None:
    assert "no.such.key" in Translator("nl").text(Message("no.such.key", {"name": "x"}))
    assert "x" in Translator("nl").text(Message("no.such.key", {"name": "x"}))


def test_another_language_becomes_english() -> None:
    assert Translator("de").language == "en"


@pytest.mark.parametrize("language", LANGUAGES)
@given(number=st.integers() | st.integers(1, 4_299).map(lambda digits: 10**digits))
def test_a_whole_number_of_any_length_is_shown_with_all_its_digits(
    language: str, number: int
) -> None:
    assert re.sub(r"[.,]", "", Translator(language).number(number)) == str(number)


@pytest.mark.parametrize(
    ("language", "amount", "shown"),
    [
        ("nl", Decimal(4241), "€ 4.241"),
        ("nl", Decimal("12.5"), "€ 12,50"),
        ("en", Decimal(4241), "€4,241"),
    ],
)
def test_amounts_are_written_as_the_reader_does(language: str, amount: Decimal, shown: str) -> None:
    told = Translator(language).money(amount, "EUR").replace("\xa0", " ")
    assert told.replace("€ ", "€") == shown.replace("€ ", "€")


@pytest.mark.parametrize("number", [errno.ENOENT, errno.EACCES, errno.ENOSPC, errno.EADDRINUSE])
def test_what_the_system_says_is_said_in_dutch(number: int) -> None:
    params = {"file": "x.jpg", "said": os.strerror(number)}
    assert os.strerror(number) not in Translator("nl").text(Message("media.no_file", params))
    assert "kan niet worden gelezen (" in Translator("nl").text(Message("media.no_file", params))


def test_days_and_instants_are_the_readers() -> None:
    nl, en = Translator("nl"), Translator("en", "Europe/London")
    day, instant = date(2026, 12, 20), datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert nl.day(day) == "20 december 2026"
    assert nl.weekday(day) == "zondag 20 december"
    assert nl.instant(instant) == "di 24 nov 09:00"
    assert en.instant(instant) == "Tue 24 Nov 08:00"
    assert nl.since(timedelta(minutes=3)) == "3 minuten"
    assert nl.percent(0.031) == "3,1 %".replace(" ", nl.percent(0.031)[3])


@pytest.mark.parametrize(
    ("actor", "dutch"),
    [("Mira de Wit", "Mira de Wit"), ("system", "het programma"), ("system:a:1", "het programma")],
)
def test_parts_of_the_program_are_the_program_to_people(actor: str, dutch: str) -> None:
    assert Translator("nl").actor(actor) == dutch


@pytest.mark.parametrize("language", ["nl", "en"])
def test_whatever_becomes_of_an_attempt_has_words(language: str) -> None:
    told = [kind.__name__.lower() for kind in get_args(Outcome)]
    missing = [w for w in [*told, "abandoned"] if not Translator(language).has(f"outcome.{w}")]
    assert len(told) == 8 and not missing


def _counted(file: str) -> Iterator[str]:
    """Return what a module of publishing counts in its report: what it adds, or hands back."""
    for node in ast.walk(ast.parse((SOURCE / "publishing" / file).read_text(encoding="utf-8"))):
        told: ast.expr | None = None
        if isinstance(node, ast.Return):
            told = node.value
        elif isinstance(node, ast.Call) and _called(node) == "add" and node.args:
            told = node.args[0]
        for part in (told.body, told.orelse) if isinstance(told, ast.IfExp) else (told,):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value


@pytest.mark.parametrize("language", ["nl", "en"])
def test_whatever_the_daemon_counts_has_words(language: str) -> None:
    t = Translator(language)
    counted = {what for file in _COUNTING for what in _counted(file) if not _KEY.fullmatch(what)}
    assert {"pack_mailed", "pack_not_mailed", "found", "recovered", "superseded"} <= counted
    assert not [w for w in counted if not t.has(f"outcome.{w}") and not t.has(f"state.{w}")]
