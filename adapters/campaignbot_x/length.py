"""The weighted length of a post on X.

By the rules of twitter-text, configuration v3 (https://docs.x.com/fundamentals/counting-characters,
read 2026-11-24): NFC first; an address counts 23 whatever its length; an emoji sequence counts 2;
Latin and most European characters 1, everything else 2.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from campaignbot_x.addresses import addresses

URL_LENGTH = 23
EMOJI_LENGTH = 2
# A single emoji has the weight of every other character beyond these ranges.
_DOUBLE = re.compile("[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
# X draws the emoji of this version of Unicode; it counts the parts of a newer sequence.
_NEWEST_EMOJI = 14
# What makes a sequence of several characters: a joiner, a presentation, a key, skin, flags, tags.
_JOINED = re.compile(
    "[\u200d\ufe0f\u20e3\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)


def weighted_length(text: str) -> int:
    """Return how many of the 280 units a text takes."""
    total, at = 0, 0
    text = unicodedata.normalize("NFC", text)
    for address in addresses(text):
        total += _without_addresses(text[at : address.start]) + URL_LENGTH
        at = address.end
    return total + _without_addresses(text[at:])


def _without_addresses(text: str) -> int:
    if not _JOINED.search(text):
        return _weight(text)
    total, at = 0, 0
    while at < len(text):
        pieces = (text[at : at + n] for n in range(_longest(), 1, -1))
        sequence = next((piece for piece in pieces if piece in _sequences()), None)
        total += _weight(text[at]) if sequence is None else EMOJI_LENGTH
        at += len(sequence or " ")
    return total


def _weight(text: str) -> int:
    return len(text) + len(_DOUBLE.findall(text))


@cache
def _longest() -> int:
    return max(map(len, _sequences()))


@cache
def _sequences() -> frozenset[str]:
    """Return every emoji that is made of several characters."""
    # Loaded when the first such text is counted.
    from emoji import EMOJI_DATA

    return frozenset(
        sequence
        for sequence, known in EMOJI_DATA.items()
        if len(sequence) > 1 and known["E"] <= _NEWEST_EMOJI
    )
