"""Names behind an @, put as the platform wants them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping


def put_mentions(text: str, mentions: Mapping[str, str], put: Callable[[str, str], str]) -> str:
    """Return the text with every @name that is known replaced by `put(name, id)`.

    Of two names that begin alike the longer one counts.
    """
    if not mentions:
        return text
    names = "|".join(re.escape(name) for name in sorted(mentions, key=len, reverse=True))
    known = re.compile(rf"(?<!\w)@({names})(?!\w)")
    return known.sub(lambda found: put(found.group(1), mentions[found.group(1)]), text)
