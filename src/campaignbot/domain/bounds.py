"""Numbers, lists and times in people's files: how small and how large they may be."""

from __future__ import annotations

from typing import Annotated, Any

from campaignbot.domain.keys import Pattern

MOMENT_PATTERN = r"^(mon|tue|wed|thu|fri|sat|sun) ([01][0-9]|2[0-3]):[0-5][0-9]$"


class Within:
    """Holds a number to bounds where pydantic reads files, and in their JSON Schemas.

    It adds to pydantic's plain description of a number, so that the domain imports no library.
    """

    def __init__(self, low: int, high: int) -> None:
        self._low, self._high = low, high

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> dict[str, Any]:
        return {**handler(source), "ge": self._low, "le": self._high}


class NotEmpty:
    """Holds a list to one item at least, as `Within` does a number."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> dict[str, Any]:
        return {**handler(source), "min_length": 1}


Port = Annotated[int, Within(1, 65_535)]
"""A port of a machine."""

Moment = Annotated[str, Pattern(MOMENT_PATTERN)]
"""A time in every week: "tue 08:30"."""
