r"""LinkedIn's "little text": plain text in which reserved characters are escaped.

An unescaped reserved character makes LinkedIn cut the text there, without any error. Source:
https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format
(read 2026-11-24).
"""

from __future__ import annotations

import re

_RESERVED = re.compile(r"[|{}@\[\]()<>#\\*_~]")
_HASHTAG = re.compile(r"(?<!\w)#(\w*[^\W\d_]\w*)")
_ELEMENT = re.compile(r"\{hashtag\|\\?#\|((?:\\.|[^}\\])*)\}")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def escape(text: str) -> str:
    r"""Return the text in little text; hashtags become elements, so that they stay clickable.

    ``unescape(escape(text)) == text`` for every text.
    """
    parts, at = [], 0
    for tag in _HASHTAG.finditer(text):
        parts.append(_escaped(text[at : tag.start()]))
        parts.append(r"{hashtag|\#|" + _escaped(tag.group(1)) + "}")
        at = tag.end()
    parts.append(_escaped(text[at:]))
    return "".join(parts)


def unescape(little: str) -> str:
    """Return what followers read of a little text that LinkedIn handed back."""
    parts, at = [], 0
    while at < len(little):
        if element := _ELEMENT.match(little, at):
            parts.append("#" + _ESCAPED.sub(r"\1", element.group(1)))
            at = element.end()
        elif little[at] == "\\" and at + 1 < len(little):
            parts.append(little[at + 1])
            at += 2
        else:
            parts.append(little[at])
            at += 1
    return "".join(parts)


def _escaped(text: str) -> str:
    return _RESERVED.sub(r"\\\g<0>", text)
