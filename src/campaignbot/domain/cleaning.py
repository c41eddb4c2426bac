"""Taking out of texts what a terminal would obey and a reader would not see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from campaignbot.domain.content import Content, LinkPreview, MediaItem

# Escape sequences of terminals (ECMA-48): colours, cursor, titles, links.
_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|[ -/]*[0-~]?)"
    r"|\x9b[0-?]*[ -/]*[@-~]?"
)
_JOINER, _TAG_END = "\u200d", "\U000e007f"
_SELECTORS = "\ufe0e\ufe0f"
_BLACK_FLAG = "\U0001f3f4"
_KEPT = "\n\t"
# Controls, format characters (marks of direction, zero widths), lone surrogates, non-characters.
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


def clean(text: str) -> str:
    """Return a text in NFC without escape sequences, control characters and invisible signs.

    Line breaks and tabs stay, and so does what holds an emoji together. Cleaning twice changes
    nothing more.
    """
    if text.isascii() and text.isprintable():
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = lines.replace("\u2028", "\n").replace("\u2029", "\n").replace("\x85", "\n")
    seen = "".join(_seen(_ESCAPES.sub("", lines)))
    return unicodedata.normalize("NFC", seen)


def clean_line(text: str) -> str:
    """Return a text as `clean` does, on one line."""
    return " ".join(clean(text).split())


def clean_content(content: Content) -> Content:
    """Return a content whose words are clean: its text, those of its media and of its card."""
    preview = content.preview
    return replace(
        content,
        text=clean(content.text),
        media=tuple(_clean_medium(item) for item in content.media),
        preview=preview
        and LinkPreview(
            clean(preview.title),
            clean(preview.description),
            preview.picture and _clean_medium(preview.picture),
        ),
    )


def _clean_medium(item: MediaItem) -> MediaItem:
    return replace(item, alt_text=clean(item.alt_text), title=clean(item.title))


def _seen(text: str) -> Iterator[str]:
    """Yield the characters that are kept."""
    before, flag = "", False
    for place, character in enumerate(text):
        flag = character == _BLACK_FLAG or (flag and "\U000e0020" <= character <= _TAG_END)
        if _is_kept(character, before, text[place + 1 : place + 2], flag):
            yield character
            before = character


def _is_kept(character: str, before: str, after: str, flag: bool) -> bool:
    if character in _KEPT:
        return True
    if character == _JOINER:
        return _joins(before) and _joins(after)
    if character in _SELECTORS:
        return bool(before) and (not before.isalnum() or before.isdigit())
    if flag:
        return True
    return unicodedata.category(character) not in _UNSEEN and not _is_nothing(character)


def _joins(character: str) -> bool:
    """Tell whether a character can be part of an emoji."""
    return bool(character) and (
        character in _SELECTORS or unicodedata.category(character) in {"So", "Sk", "Sm", "Po"}
    )


def _is_nothing(character: str) -> bool:
    """Tell whether Unicode says of a code point that it never stands for a character."""
    number = ord(character)
    return 0xFDD0 <= number <= 0xFDEF or number & 0xFFFE == 0xFFFE
