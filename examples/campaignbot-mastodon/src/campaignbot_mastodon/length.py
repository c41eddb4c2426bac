"""The length of a post as Mastodon counts it.

An address counts 23 whatever its length, of a mention only the name counts, and what a reader
takes for one character is one, however many code points it is made of.
https://docs.joinmastodon.org/user/posting/ (read 2026-11-24)
"""

from __future__ import annotations

import re
import unicodedata

URL_LENGTH = 23
_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
_MENTION = re.compile(r"(?<![\w/])@(\w+)@[\w.-]+\w")
_JOINER = "\u200d"


def count(text: str) -> int:
    text = _URL.sub("x" * URL_LENGTH, text)
    text = _MENTION.sub(r"@\1", text)
    total, joined, half_a_flag = 0, False, False
    for character in text:
        if _extends(character):
            joined = character == _JOINER
            continue
        is_flag_letter = "\U0001f1e6" <= character <= "\U0001f1ff"
        belongs_to_the_one_before = (is_flag_letter and half_a_flag) or (
            joined and unicodedata.category(character) == "So"
        )
        total += not belongs_to_the_one_before
        half_a_flag = is_flag_letter and not half_a_flag
        joined = False
    return total


def _extends(character: str) -> bool:
    """Tell whether a code point is a part of the character before it."""
    return (
        unicodedata.category(character) in {"Mn", "Me", "Mc"}
        or character == _JOINER
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
