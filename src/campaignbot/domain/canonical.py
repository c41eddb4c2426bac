"""Digests of values that stay the same however a value is written down, and whatever is added."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from uuid import UUID


def canonical(value: object) -> object:
    """Return plain JSON values; equal values become equal, 4241 and 4241.00 alike.

    What is not there is left out of dataclasses and mappings (None, False, empty text or
    collection), so a field that is added later changes nothing until it is filled.
    """
    if isinstance(value, Enum):
        return canonical(value.value)
    if isinstance(value, Decimal):
        return _plain(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): canonical(each) for key, each in value.items() if _is_there(each)}
    if is_dataclass(value) and not isinstance(value, type):
        return canonical({f.name: getattr(value, f.name) for f in fields(value)})
    if isinstance(value, (tuple, list, frozenset, set)):
        return [canonical(each) for each in value]
    if value is None or isinstance(value, (str, int)):
        return value
    raise TypeError(f"no canonical form for {type(value).__name__}")


def digest(value: object) -> str:
    """Return the hex SHA-256 of the canonical JSON of a value."""
    text = json.dumps(canonical(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(number: Decimal) -> str:
    # Not `normalize`, which rounds to the precision of its context.
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _is_there(value: object) -> bool:
    if isinstance(value, (str, Mapping, tuple, list, set, frozenset)):
        return bool(value)
    return value is not None and value is not False
