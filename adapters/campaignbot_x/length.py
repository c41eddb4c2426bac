"""The weighted length of a post on X.

By the rules of twitter-text, configuration v3 (https://docs.x.com/fundamentals/counting-characters,
read 2026-11-24): NFC first; an address counts 23 whatever its length; an emoji sequence counts 2;
Latin and most European characters 1, everything else 2.
"""

from __future__ import annotations

import re
import unicodedata

URL_LENGTH = 23
_DOUBLE = re.compile("[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
_URL = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]}]", re.IGNORECASE)
_MODIFIER = "[\U0001f3fb-\U0001f3ff]"
_PICTOGRAPH = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf"
    "\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_ELEMENT = f"(?:{_PICTOGRAPH}\ufe0f?{_MODIFIER}?)"
_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"
    "|[#*0-9]\ufe0f?\u20e3"
    "|\U0001f3f4[\U000e0061-\U000e007a]+\U000e007f"
    f"|{_ELEMENT}(?:\u200d{_ELEMENT})*"
)
# Drawn as text unless a variation selector asks for the picture.
_TEXT_BY_DEFAULT = re.compile("[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa]$")


def weighted_length(text: str) -> int:
    """Return how many of the 280 units a text takes."""
    total, at = 0, 0
    text = unicodedata.normalize("NFC", text)
    for url in _URL.finditer(text):
        total += _without_urls(text[at : url.start()]) + URL_LENGTH
        at = url.end()
    return total + _without_urls(text[at:])


def _without_urls(text: str) -> int:
    total, at = 0, 0
    for emoji in _EMOJI.finditer(text):
        if _TEXT_BY_DEFAULT.fullmatch(emoji.group()):
            continue
        total += _characters(text[at : emoji.start()]) + 2
        at = emoji.end()
    return total + _characters(text[at:])


def _characters(text: str) -> int:
    return len(text) + len(_DOUBLE.findall(text))
