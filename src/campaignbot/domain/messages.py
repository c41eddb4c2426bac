"""What is said to people is stored as a key with values, and worded when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from campaignbot.domain.money import Money

Param: TypeAlias = "str | int | Decimal | Money | date | datetime | Message"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for a person, in no language yet.

    `key` names an entry of the catalogues in `locale/`; `params` fill its places. Numbers, sums,
    dates and instants stay values, so that each reader gets them in their own notation and zone. A
    param `n` chooses the plural form. A message within one is worded in the same language.
    """

    key: str
    params: Mapping[str, Param] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Return a JSON-serialisable form; `from_json` is its inverse."""
        return {"key": self.key, "params": {k: _encode(v) for k, v in self.params.items()}}

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Message:
        params = data["params"]
        assert isinstance(params, Mapping)
        return cls(str(data["key"]), {str(k): _decode(v) for k, v in params.items()})


def cut(text: str, room: int) -> str:
    """Return a text of no more characters than there is room for; an … says that it goes on.

    Words stay whole unless the first one alone is too long.
    """
    if len(text) <= room:
        return text
    begin = text[: room - 1]
    if not text[room - 1].isspace() and " " in begin:
        begin = begin.rpartition(" ")[0]
    return f"{begin.rstrip()}…"


def _encode(value: Param) -> object:
    match value:
        case datetime():
            return {"instant": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case Decimal():
            return {"decimal": str(value)}
        case Message():
            return value.to_json()
        case Money():
            return {"micros": value.micros, "currency": value.currency}
        case _:
            return value


def _decode(value: object) -> Param:
    match value:
        case {"key": str(key), "params": params}:
            return Message.from_json({"key": key, "params": params})
        case {"instant": str(text)}:
            return datetime.fromisoformat(text)
        case {"date": str(text)}:
            return date.fromisoformat(text)
        case {"decimal": str(text)}:
            return Decimal(text)
        case {"micros": int(micros), "currency": str(currency)}:
            return Money(micros, currency)
        case str() | int():
            return value
        case _:
            raise ValueError(f"not a message parameter: {value!r}")
