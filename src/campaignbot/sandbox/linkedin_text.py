"""Little text as LinkedIn reads it, by the grammar in its documentation.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format
(read 2026-11-24). That a text ends without any error at a reserved character is no part of the
documentation; it was reported by users of the API.
"""

from __future__ import annotations

import re

RESERVED = frozenset("|{}@[]()<>#\\*_~")
_TEMPLATE = re.compile(r"\{hashtag\|\\?#\|(?P<said>(?:\\.|[^{}|\\])+)\}")
_MENTION = re.compile(
    r"@\[(?P<said>(?:\\.|[^\[\]\\])+)\]\(urn:li:(?:person|organization|organizationBrand):[\w-]+\)"
)
_TAG = re.compile(r"#(?P<said>\w+)")
_ELEMENTS = ((_TEMPLATE, "#"), (_MENTION, "@"), (_TAG, "#"))


def read(commentary: str) -> tuple[str, int]:
    """Return what followers read of a commentary, and how much of it that is.

    It ends, without any error, at a reserved character that is neither escaped nor the start of
    a known element.
    """
    text: list[str] = []
    at = 0
    while at < len(commentary):
        char = commentary[at]
        if element := _element(commentary, at):
            said, at = element
            text.append(said)
        elif char == "\\" and commentary[at + 1 : at + 2] in RESERVED:
            text.append(commentary[at + 1])
            at += 2
        elif char in RESERVED:
            break
        else:
            text.append(char)
            at += 1
    return "".join(text), at


def shown(commentary: str) -> str:
    """Return what followers read of a commentary."""
    return read(commentary)[0]


def _element(commentary: str, at: int) -> tuple[str, int] | None:
    for pattern, sign in _ELEMENTS:
        if found := pattern.match(commentary, at):
            return sign + re.sub(r"\\(.)", r"\1", found["said"]), found.end()
    return None


def as_stored(commentary: str) -> str:
    """LinkedIn hands texts back in little text, with every hashtag spelled out as an element."""
    return re.sub(r"(?<![\\\w|{])#(\w+)", r"{hashtag|\\#|\1}", commentary)


def length(text: str) -> int:
    """Count in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def first_url(text: str) -> str | None:
    found = re.search(r"https?://\S+", text)
    return found.group() if found else None
