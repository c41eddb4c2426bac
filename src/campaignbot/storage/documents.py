"""Dataclasses as JSON documents in a column, and back."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(type_: Any) -> TypeAdapter[Any]:
    return TypeAdapter(type_)


def to_document(value: object) -> Any:
    """Return plain JSON values for a dataclass of the domain."""
    kind: Any = type(value)
    return _adapter(kind).dump_python(value, mode="json")


def from_document(type_: type[T], document: Any) -> T:
    """Return the dataclass that `to_document` made the document of."""
    kind: Any = type_
    value: T = _adapter(kind).validate_python(document)
    return value
