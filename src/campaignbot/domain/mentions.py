"""Names and handles behind an @ in a text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from campaignbot.domain.content import Content

# An @ within a word belongs to an e-mail address.
_AT = re.compile(r"(?<![\w.@])@(?=\w)")
_HANDLE = re.compile(r"\w+(?:[.-]\w+)*")


@dataclass(frozen=True, slots=True)
class Mention:
    """What stands behind one @, without it; `id` is the platform's own id, None where unknown."""

    name: str
    id: str | None = None


def mentions_in(text: str, known: Mapping[str, str]) -> tuple[Mention, ...]:
    """Return every mention in order; of names that begin alike the longest is meant.

    What is not known is taken as far as its first word goes, the way handles are written.
    """
    longest_first = sorted(known, key=len, reverse=True)
    return tuple(_mention(text[at.end() :], longest_first, known) for at in _AT.finditer(text))


def with_mentions(content: Content, known: Mapping[str, str]) -> Content:
    """Return the content with the ids of the known names that stand in its text, and no others."""
    found = {m.name: m.id for m in mentions_in(content.text, known) if m.id is not None}
    return content if found == content.mentions else replace(content, mentions=found)


def _mention(text: str, names: list[str], known: Mapping[str, str]) -> Mention:
    for name in names:
        if text.startswith(name) and not re.match(r"\w", text[len(name) : len(name) + 1]):
            return Mention(name, known[name])
    handle = _HANDLE.match(text)
    return Mention(handle.group() if handle else text[:1])
