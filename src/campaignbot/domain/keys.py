"""Names that people give and that end up in the names of files: what they may look like."""

from __future__ import annotations

import re
from typing import Annotated, Any

KEY_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,63}$"
REFERENCE_PATTERN = r"^[A-Z][A-Z0-9]{0,9}$"


class Pattern:
    """Holds a text to a pattern where pydantic reads files, and in their JSON Schemas.

    It returns pydantic's plain description of a text, so that the domain imports no library.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> dict[str, Any]:
        return {"type": "str", "pattern": self._pattern, "strip_whitespace": True}


Key = Annotated[str, Pattern(KEY_PATTERN)]
"""Small letters, digits, - and _; begins with a letter or digit: "planoloog-op-zoek"."""

ReferencePrefix = Annotated[str, Pattern(REFERENCE_PATTERN)]
"""The capitals and digits before the number of a post: "WTR"."""


def is_key(text: str) -> bool:
    return re.fullmatch(KEY_PATTERN, text) is not None
