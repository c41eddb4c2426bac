r"""LinkedIn's "little text": plain text in which reserved characters are escaped.

An unescaped reserved character makes LinkedIn cut the text there, without any error. Source:
https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format
(read 2026-11-24).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_RESERVED = re.compile(r"[|{}@\[\]()<>#\\*_~]")
_HASHTAG = r"(?<!\w)#(?P<tag>\w*[^\W\d_]\w*)"
_URN = re.compile(r"urn:li:(?:organization|person|organizationBrand):[\w-]+")
# Hashtags and mentions as LinkedIn hands them back; a hashtag's sign may be the wide one of
# Japanese texts.
_ELEMENT = re.compile(
    r"\{hashtag\\?\|\\?(?P<sign>[#\uff03])\\?\|(?P<tag>(?:\\.|[^}\\])*)\}"
    rf"|@\[(?P<name>(?:\\.|[^\]\\])*)\]\((?:{_URN.pattern})\)"
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def escape(text: str, mentions: Mapping[str, str] | None = None) -> str:
    r"""Return the text in little text, in which hashtags and mentions stay clickable.

    `mentions` give the URN of a name that stands behind an @; a name without one stays plain.
    ``unescape(escape(text, mentions)) == text`` for every text.
    """
    return "".join(_pieces(text, mentions or {}))


def _pieces(text: str, mentions: Mapping[str, str]) -> Iterator[str]:
    at = 0
    for found in _elements(mentions).finditer(text):
        yield _escaped(text[at : found.start()])
        if found["tag"]:
            yield r"{hashtag|\#|" + _escaped(found["tag"]) + "}"
        else:
            name = found["name"]
            yield f"@[{_escaped(name)}]({mentions[name]})"
        at = found.end()
    yield _escaped(text[at:])


def _elements(mentions: Mapping[str, str]) -> re.Pattern[str]:
    """Return what finds hashtags and the names that can be mentioned, the longest name first."""
    names = [name for name, urn in mentions.items() if name and _URN.fullmatch(urn)]
    if not names:
        return re.compile(f"{_HASHTAG}(?P<name>)")
    listed = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"{_HASHTAG}|(?<!\w)@(?P<name>{listed})(?!\w)")


def unescape(little: str) -> str:
    """Return what followers read of a little text that LinkedIn handed back."""
    parts, at = [], 0
    while at < len(little):
        if element := _ELEMENT.match(little, at):
            sign, inside = ("@", element["name"])
            if element["sign"]:
                sign, inside = element["sign"], element["tag"]
            parts.append(sign + _ESCAPED.sub(r"\1", inside))
            at = element.end()
        elif little[at] == "\\" and at + 1 < len(little):
            parts.append(little[at + 1])
            at += 2
        else:
            parts.append(little[at])
            at += 1
    return "".join(parts)


def is_reserved(character: str) -> bool:
    return _RESERVED.fullmatch(character) is not None


def _escaped(text: str) -> str:
    return _RESERVED.sub(r"\\\g<0>", text)
