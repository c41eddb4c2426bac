"""Files that people write: every error says in which file, on which line, in which field."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from pydantic import Field

from campaignbot.domain.errors import Problem, UserError
from campaignbot.files import MAX_TEXT_BYTES, read_text
from campaignbot.i18n import Translator
from campaignbot.yamlfiles import json_schema, read_yaml


class Size(StrEnum):
    """How large."""

    SMALL = "small"
    LARGE = "large"


@dataclass(frozen=True)
class Part:
    """A part of the whole."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid"}
    name: str
    weight: int = 1


@dataclass(frozen=True)
class Whole:
    """What the test files hold."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid"}
    title: str
    size: Size = Size.SMALL
    price: Decimal = Decimal(0)
    parts: tuple[Part, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)


GOOD = """\
# a remark
title: Een geheel
size: large
price: 1.10
parts:
  - name: eerste
  - {name: tweede, weight: 3}
labels: {a: b}
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "whole.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def problems(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(UserError) as caught:
        read_yaml(path, Whole)
    return caught.value.problems


def test_a_good_file_is_read_as_the_types_say(tmp_path: Path) -> None:
    whole = read_yaml(written(tmp_path, GOOD), Whole)
    assert whole == Whole(
        "Een geheel", Size.LARGE, Decimal("1.10"), (Part("eerste"), Part("tweede", 3)), {"a": "b"}
    )


@pytest.mark.parametrize(
    ("text", "key", "line", "name"),
    [
        (GOOD.replace("large", "huge"), "file.not_one_of", 3, "size"),
        (GOOD.replace("1.10", "veel"), "file.not_number", 4, "price"),
        (GOOD.replace("weight: 3", "weight: zwaar"), "file.not_int", 7, "parts.1.weight"),
        (GOOD.replace("- name: eerste", "- weight: 2"), "file.missing_field", 6, "parts.0.name"),
        (GOOD.replace("  - name: eerste", "  - name: 'a'\n    kleur: rood"),
         "file.unknown_field", 7, "parts.0.kleur"),
        (GOOD.replace("title:", "titel:"), "file.unknown_field_near", 2, "titel"),
        (GOOD.replace("weight: 3", "wieght: 3"), "file.unknown_field_near", 7, "parts.1.wieght"),
        (GOOD.replace("labels: {a: b}", "labels: {a: [1]}"), "file.not_text", 8, "labels.a"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_with_file_line_and_field(
    tmp_path: Path, text: str, key: str, line: int, name: str
) -> None:
    path = written(tmp_path, text)
    found = {p.what.key: p for p in problems(path)}[key]
    assert found.place is not None
    assert (found.place.file, found.place.line, found.place.field) == (path, line, name)
    assert found.remedy is not None and found.remedy.key == f"{key}.remedy"


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("title: a\nsize: [small\n", "file.syntax_open", 3),
        ("title: a\n  size: small\n", "file.syntax_colon", 2),
        ("title: a\ntitle: b\n", "file.duplicate_key", 2),
        (b"title: a\nsize: \xe9\n", "file.not_utf8", 2),
        ("", "file.empty", None),
        ("# only a remark\n", "file.empty", None),
    ],
)
def test_a_file_that_is_no_yaml_is_named_with_its_line(
    tmp_path: Path, text: str | bytes, key: str, line: int | None
) -> None:
    path = written(tmp_path, text)
    (problem,) = problems(path)
    assert problem.what.key == key
    assert problem.place is not None
    assert (problem.place.file, problem.place.line) == (path, line)


@pytest.mark.parametrize(
    ("type_", "value", "key"),
    [
        (int, "zwaar", "file.not_int"),
        (int, "1.5", "file.not_int"),
        (Decimal, "veel", "file.not_number"),
        (bool, "misschien", "file.not_bool"),
        (date, "morgen", "file.not_date"),
        (time, "vroeg", "file.not_time"),
        (str, "12", "file.not_text"),
        (tuple[str, ...], "een", "file.not_list"),
        (Annotated[str, Field(max_length=3)], "lang", "file.too_long"),
        (Annotated[int, Field(gt=5)], "2", "file.not_above"),
        (Annotated[int, Field(ge=5)], "2", "file.too_small"),
        (Annotated[float, Field(lt=5)], "7.5", "file.not_below"),
        (Annotated[float, Field(le=5)], "7.5", "file.too_large"),
        (Annotated[Decimal, Field(le=5)], ".inf", "file.not_number"),
        (Annotated[str, Field(min_length=5)], "kort", "file.too_short"),
        (Annotated[tuple[str, ...], Field(min_length=2)], "[een]", "file.too_few"),
        (Annotated[tuple[str, ...], Field(max_length=1)], "[een, twee]", "file.too_many"),
        (datetime, "morgen", "file.not_instant"),
        (datetime, "2026-13-45T09:00", "file.not_instant"),
        (str, "null", "file.not_text"),
        (Literal["wit", "rood"], "geel", "file.not_one_of"),
        (Annotated[str, Field(pattern="^a")], "bes", "file.bad_value"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told_in_the_readers_language(
    tmp_path: Path, type_: Any, value: str, key: str
) -> None:
    path = written(tmp_path, f"a: {value}\n")
    with pytest.raises(UserError) as caught:
        read_yaml(path, dict[str, type_])
    (problem,) = caught.value.problems
    assert problem.what.key == key
    assert problem.remedy is not None
    dutch = " ".join(map(Translator("nl").text, (problem.what, problem.remedy)))
    assert not {"input", "should", "valid", "or"} & set(dutch.lower().split()), dutch
    assert not set("{}") & set(dutch), dutch


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("a: 'b\n", "file.syntax_quote", 2),
        ("a: 1\n\tb: 2\n", "file.syntax_character", 2),
        ("a:\n  b: 1\n c: 2\n", "file.syntax_indent", 3),
        ("a: {b: 1\n", "file.syntax_open", 2),
        ("a: 1\nb\nc: 2\n", "file.syntax_no_colon", 3),
    ],
)
def test_what_is_wrong_with_the_yaml_is_told_in_words(
    tmp_path: Path, text: str, key: str, line: int
) -> None:
    (problem,) = problems(written(tmp_path, text))
    assert problem.what.key == key
    assert problem.place is not None and problem.place.line == line
    assert problem.remedy is not None
    assert Translator("nl").text(problem.remedy) != problem.remedy.key


def test_a_bound_is_told_as_a_person_writes_it(tmp_path: Path) -> None:
    path = written(tmp_path, "a: 1.5\n")
    with pytest.raises(UserError) as caught:
        read_yaml(path, dict[str, Annotated[float, Field(le=1)]])
    (problem,) = caught.value.problems
    assert problem.remedy is not None
    assert Translator("nl").text(problem.remedy) == "Schrijf 1 of minder."


def test_every_problem_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    found = problems(written(tmp_path, "size: huge\nprice: veel\n"))
    assert {p.what.key for p in found} == {
        "file.missing_field", "file.not_one_of", "file.not_number",
    }  # fmt: skip


def test_a_misspelt_field_gets_a_suggestion(tmp_path: Path) -> None:
    found = [p for p in problems(written(tmp_path, "title: a\nprce: 1\n")) if p.remedy]
    assert found[0].remedy is not None
    assert found[0].remedy.params["near"] == "price"


def test_what_can_be_chosen_is_listed(tmp_path: Path) -> None:
    (problem,) = problems(written(tmp_path, "title: a\nsize: huge\n"))
    assert "small" in str(problem.what.params["known"]).split(", ")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path / "nowhere.yaml")
    assert problem.what.key == "file.missing"
    assert problem.place is not None and problem.place.file == tmp_path / "nowhere.yaml"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path)
    assert problem.what.key == "file.is_folder"


def test_a_very_big_file_is_refused_unread(tmp_path: Path) -> None:
    (problem,) = problems(written(tmp_path, "#" * (MAX_TEXT_BYTES + 1)))
    assert problem.what.key == "file.too_big"


def test_nothing_in_a_file_is_executed(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    assert problems(written(tmp_path, f'title: !!python/object/apply:os.mkdir ["{mark}"]\n'))
    assert not mark.exists()


def test_a_byte_order_mark_of_windows_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbftitle: a\r\n")
    assert read_text(path).startswith("title")
    assert read_yaml(path, Whole) == Whole("a")


def test_the_schema_names_what_must_be_given() -> None:
    assert json_schema(Whole)["required"] == ["title"]
