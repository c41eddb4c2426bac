"""Dataclasses as JSON documents in a column, and back; every document says which format it has.

When a type changes so that its stored documents no longer fit, raise the number of its format by
one and write the step that brings a document of the format before it up to date. Add an example to
`tests/storage/formats`: all that was ever stored must stay readable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from campaignbot.domain.campaigns import BriefVersion
from campaignbot.domain.content import Content
from campaignbot.domain.errors import UserError, user_error
from campaignbot.domain.vacancy import Vacancy

T = TypeVar("T")
Document = Mapping[str, Any]
Upcaster = Callable[[Document], Document]

_NUMBER = "format"
_UNNUMBERED = 1
"""Documents bore no number at first."""


@dataclass(frozen=True, slots=True)
class Format:
    """The current format of a type's documents, and the steps that lead to it.

    `upcasters[n]` makes a document of format n + 1 of one of format n.
    """

    number: int
    upcasters: Mapping[int, Upcaster]


def _content_2(document: Document) -> Document:
    """Fill in what the first contents had no place for: cards, mentions, videos, documents."""
    media = [
        {"title": "", "duration_ms": None, "pages": None, **item} for item in document["media"]
    ]
    return {"preview": None, "mentions": {}, **document, "media": media}


def _unchanged(document: Document) -> Document:
    """Only the number is new."""
    return document


FORMATS: Mapping[type[Any], Format] = {
    Content: Format(2, {1: _content_2}),
    BriefVersion: Format(2, {1: _unchanged}),
    Vacancy: Format(2, {1: _unchanged}),
}


def to_document(value: object) -> Any:
    """Return plain JSON values for a dataclass of the domain, with the number of its format."""
    kind: Any = type(value)
    values = _adapter(kind).dump_python(value, mode="json")
    return {_NUMBER: FORMATS[kind].number, **values}


def from_document(type_: type[T], document: Any) -> T:
    """Return the dataclass that `to_document` made the document of, in whichever format.

    UserError when a newer version of the program wrote it, or somebody altered it.
    """
    try:
        number = document.get(_NUMBER, _UNNUMBERED)
        if number > FORMATS[type_].number:
            raise user_error("storage.newer_document", remedy="storage.newer_document.remedy")
        value: T = _read(type_, number, document)
        return value
    except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(type_) from error


def _read(type_: Any, number: int, document: Document) -> Any:
    known = FORMATS[type_]
    for step in range(number, known.number):
        document = known.upcasters[step](document)
    if type_ is Content:
        # Read for every post that is due: its own reader takes half the time.
        return Content.from_json(document)
    values = {name: value for name, value in document.items() if name != _NUMBER}
    return _adapter(type_).validate_python(values)


@cache
def _adapter(type_: Any) -> TypeAdapter[Any]:
    return TypeAdapter(type_)


def _damaged(type_: type[Any]) -> UserError:
    kind = type_.__name__.lower()
    return user_error(f"storage.damaged.{kind}", remedy="storage.damaged.remedy")
