"""Reading the YAML files that people write, with errors that name file, line and field."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from campaignbot.domain.bounds import MOMENT_PATTERN
from campaignbot.domain.cleaning import clean
from campaignbot.domain.errors import Place, Problem, UserError
from campaignbot.domain.keys import KEY_PATTERN, REFERENCE_PATTERN
from campaignbot.domain.messages import Message, cut
from campaignbot.files import read_text, refused

T = TypeVar("T")

# What the YAML parser says, by words that its sentence holds.
_SYNTAX = {
    "expected ',' or": "file.syntax_open",
    "mapping values are not allowed": "file.syntax_colon",
    "could not find expected ':'": "file.syntax_no_colon",
    "expected <block end>": "file.syntax_indent",
    "that cannot start any token": "file.syntax_character",
    "unexpected end of stream": "file.syntax_quote",
}

_PATTERNS = {
    KEY_PATTERN: "file.bad_key",
    REFERENCE_PATTERN: "file.bad_reference",
    MOMENT_PATTERN: "file.bad_moment",
}
_MAX_VALUES, _MAX_DEPTH = 50_000, 40
# How pydantic's names of errors begin.
_KINDS = {
    "int_": "file.not_int",
    "decimal_": "file.not_number",
    "float_": "file.not_number",
    "bool_": "file.not_bool",
    "time_": "file.not_time",
    "date_": "file.not_date",
    "string_type": "file.not_text",
    "tuple_type": "file.not_list",
    "list_type": "file.not_list",
    "dict_type": "file.not_mapping",
    "dataclass_type": "file.not_mapping",
    "mapping_type": "file.not_mapping",
    "datetime_": "file.not_instant",
    "timezone_": "file.not_instant",
    "finite_number": "file.not_number",
}
# A bound by pydantic's name of the error: the key, its param, and pydantic's name of the bound.
_BOUNDS = {
    "greater_than_equal": ("file.too_small", "least", "ge"),
    "greater_than": ("file.not_above", "least", "gt"),
    "less_than_equal": ("file.too_large", "most", "le"),
    "less_than": ("file.not_below", "most", "lt"),
    "string_too_short": ("file.too_short", "least", "min_length"),
    "string_too_long": ("file.too_long", "most", "max_length"),
    "too_short": ("file.too_few", "least", "min_length"),
    "too_long": ("file.too_many", "most", "max_length"),
}


def read_yaml(path: Path, type_: type[T]) -> T:
    """Return the file's contents as `type_`, a dataclass of the domain or a mapping of them.

    Raises one UserError with every problem of the file.
    """
    raw = _load(path, read_text(path))
    adapter: TypeAdapter[T] = TypeAdapter(type_)
    try:
        return adapter.validate_python(_plain(raw, path))
    except ValidationError as error:
        known = _field_names(adapter.json_schema())
        raise UserError(*(_problem(path, raw, e, known) for e in error.errors())) from None


def place_in(path: Path, *location: str | int) -> Place:
    """Return where a field of a YAML file stands; the line of what holds it where it is not."""
    line, field = _locate(_load(path, read_text(path)), list(location))
    return Place(path, line, field or None)


def change_yaml(path: Path, changes: Mapping[str, Any]) -> None:
    """Set top-level fields of a YAML file; its other fields and its comments stay."""
    _rewrite(path, lambda document: document.update(changes))


def change_row(path: Path, rows: str, key: str, changes: Mapping[str, Any]) -> None:
    """Set fields of the row with this `key` in a list of a YAML file; a new row where none has it.

    All else stays as it stands there, comments included.
    """

    def change(document: Any) -> None:
        row = next((row for row in document[rows] if row.get("key") == key), None)
        if row is None:
            document[rows].append({"key": key, **changes})
        else:
            row.update(changes)

    _rewrite(path, change)


def _rewrite(path: Path, change: Callable[[Any], None]) -> None:
    yaml = YAML(typ="rt", pure=True)
    # As people write it: a list below its name, moved in.
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.preserve_quotes = True
    yaml.width = 10_000
    document = yaml.load(read_text(path))
    change(document)
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("w", encoding="utf-8") as file:
        yaml.dump(document, file)
    os.replace(unfinished, path)


def json_schema(type_: Any) -> dict[str, Any]:
    """Return the JSON Schema of a type that `read_yaml` takes."""
    return TypeAdapter(type_).json_schema()


def _load(path: Path, text: str) -> Any:
    yaml = YAML(typ="rt", pure=True)
    try:
        raw = yaml.load(text)
    except DuplicateKeyError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise refused(path, "file.duplicate_key", line=line) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = (error.problem or error.context or "").strip()
        key = next((key for words, key in _SYNTAX.items() if words in said), "file.syntax")
        raise refused(path, key, line=mark.line + 1 if mark else None, said=said) from None
    except YAMLError as error:
        raise refused(path, "file.syntax", said=str(error).splitlines()[0]) from None
    except RecursionError:
        raise refused(path, "file.too_much") from None
    except ValueError as error:
        # A date or a number that looks like one and is none: 2026-02-30.
        raise refused(path, "file.no_such_value", said=cut(str(error), 60)) from None
    if raw is None:
        raise refused(path, "file.empty")
    return raw


def _plain(value: Any, path: Path) -> Any:
    """Return plain dicts, lists and scalars, with clean texts; ruamel's own keep their styles.

    UserError when aliases unfold to more than anybody writes, or things lie too deep.
    """
    return _Unfolding(path).plain(value, 0)


class _Unfolding:
    """Counts what a document comes to, with all its aliases written out."""

    def __init__(self, path: Path) -> None:
        self._path, self._left = path, _MAX_VALUES

    def plain(self, value: Any, depth: int) -> Any:
        self._left -= 1
        if self._left < 0 or depth > _MAX_DEPTH:
            raise refused(self._path, "file.too_much")
        match value:
            case Mapping():
                return {clean(str(k)): self.plain(v, depth + 1) for k, v in value.items()}
            case str():
                return clean(str(value))
            case bool():
                return bool(value)
            case int():
                return int(value)
            case float():
                # A float would lose the decimals that the person wrote; Decimal reads the text.
                return str(value)
            case Iterable() if not isinstance(value, bytes):
                return [self.plain(item, depth + 1) for item in value]
            case _:
                return value


def _problem(path: Path, raw: Any, error: Any, known_names: list[str]) -> Problem:
    location = list(error["loc"])
    line, field = _locate(raw, location)
    place = Place(path, line, field or None)
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            name = str(location[-1])
            return _worded("file.missing_field", place, name=name)
        case "unexpected_keyword_argument" | "extra_forbidden":
            name = str(location[-1])
            near = difflib.get_close_matches(name, known_names, n=1)
            if near:
                return _worded("file.unknown_field_near", place, name=name, near=near[0])
            return _worded("file.unknown_field", place, name=name)
        case "string_pattern_mismatch":
            key = _PATTERNS.get(context["pattern"], "file.bad_value")
            return _worded(key, place, value=_start(error))
        case "enum" | "literal_error":
            known = _listed(context["expected"])
            return _worded("file.not_one_of", place, value=_start(error), known=known)
        case "union_tag_invalid":
            known = _listed(context["expected_tags"])
            return _worded("file.not_one_of", place, value=context["tag"], known=known)
        case str() as kind if kind in _BOUNDS:
            key, name, bound = _BOUNDS[kind]
            return _worded(key, place, value=_start(error), **{name: _number(context[bound])})
        case _:
            return _bad_kind(error, place)


def _listed(expected: str) -> str:
    """Return what pydantic would take, without its words between: 'a', 'b' or 'c'."""
    return ", ".join(re.findall(r"'([^']*)'", expected)) or expected


def _number(bound: Any) -> str:
    """Return a bound as a person would write it: 1, where pydantic knows 1.0."""
    return f"{bound:g}" if isinstance(bound, float) else str(bound)


def _bad_kind(error: Any, place: Place) -> Problem:
    """Word that a value is of another kind, or that it does not fit.

    Pydantic's own words are left out: they are in one language, and for programmers.
    """
    for begin, key in _KINDS.items():
        if str(error["type"]).startswith(begin):
            return _worded(key, place, value=_start(error))
    return _worded("file.bad_value", place, value=_start(error))


def _start(error: Any) -> str:
    """Return how a value begins, as it is written in YAML."""
    value = error["input"]
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return cut(str(value), 60)


def _worded(key: str, place: Place, **params: str) -> Problem:
    return Problem(Message(key, params), Message(f"{key}.remedy", params), place)


def _locate(raw: Any, location: list[Any]) -> tuple[int | None, str]:
    """Return the line of the innermost part that stands in the file, and the field's name."""
    node, line, names = raw, None, list[str]()
    for part in location:
        try:
            if isinstance(node, Mapping) and part in node:
                line = node.lc.key(part)[0] + 1  # type: ignore[attr-defined]  # ruamel's own
            elif isinstance(part, int) and isinstance(node, list):
                line = node.lc.item(part)[0] + 1  # type: ignore[attr-defined]  # ruamel's own
            elif isinstance(node, Mapping) and part is location[-1]:
                names.append(str(part))
                continue
            else:
                # pydantic names the member of a union as well; it stands nowhere in the file.
                continue
        except (KeyError, IndexError, AttributeError):
            continue
        node = node[part]
        names.append(str(part))
    return line, ".".join(names)


def _field_names(schema: Any) -> list[str]:
    """Return the names of all fields that a schema knows, at any depth."""
    found: set[str] = set()
    parts = [schema, *schema.get("$defs", {}).values()]
    for part in parts:
        found |= set(part.get("properties", {}))
    return sorted(found)
