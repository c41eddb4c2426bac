"""The names by which accounts are addressed, as their owners would choose them."""

from __future__ import annotations

_MAX_CHARS = {"x": 15}
"""https://help.x.com/en/managing-your-account/x-username-rules (memory); Instagram takes 30."""
_MAX_ELSEWHERE = 30


def username_for(platform: str, name: str) -> str:
    """Return the username of an account; a name that is too long goes without its first words."""
    words = ["".join(filter(str.isalnum, word)) for word in name.split()]
    limit = _MAX_CHARS.get(platform, _MAX_ELSEWHERE)
    while len(words) > 1 and len("".join(words)) > limit:
        del words[0]
    return "".join(words)[:limit]
