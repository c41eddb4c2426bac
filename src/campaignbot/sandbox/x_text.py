"""How X reads a text: its weighted length, its links, its cashtags.

https://docs.x.com/fundamentals/counting-characters (read 2026-11-24). Without a scheme it makes
links of addresses below every top-level domain that exists; here, of the commonest.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 280
URL = re.compile(
    r"(?<![\w@#$./-])"
    r"(?:https?://(?:[\w-]+\.)+[^\W\d_]{2,}"
    r"|(?:[a-z0-9-]+\.)+(?:nl|com|org|net|eu|be|de|io|gov|edu|info|app|dev|frl|amsterdam|example))"
    r"(?![\w@-])(?::\d+)?(?:[/?][^\s<>\"]*[\w/#=&+-]|/)?",
    re.IGNORECASE,
)
_EMOJI = re.compile(
    "(?:[\U0001f1e6-\U0001f1ff]{2}|[#*0-9]\ufe0f?\u20e3"
    "|[\u203c-\u3299\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]?[\U000e0061-\U000e007f]*"
    "(?:\u200d[\u2600-\u27bf\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]?)*)"
)
_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_CASHTAG = re.compile(r"(?<![\w$])\$[a-z]{1,6}(?:[._][a-z]{1,2})?(?!\w)", re.IGNORECASE)
_INVALID = re.compile("[\ufffe\ufeff\uffff]")


def weight(text: str) -> int:
    """Return the weighted length: twitter-text's configuration v3 in hundredths, rounded up."""
    text = unicodedata.normalize("NFC", text)
    total = 23 * len(URL.findall(text))
    text = URL.sub("", text)
    emoji = [m for m in _EMOJI.findall(text) if not m.isascii()]
    total += 2 * len(emoji)
    for found in emoji:
        text = text.replace(found, "", 1)
    return total + sum(1 if any(a <= ord(c) <= b for a, b in _LIGHT) else 2 for c in text)


def cashtags(text: str) -> list[str]:
    return _CASHTAG.findall(text)


def is_valid(text: str) -> bool:
    """Tell whether X takes the characters of a text."""
    return not _INVALID.search(text)
