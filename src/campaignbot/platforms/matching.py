"""Recognising our own post among those that a platform lists."""

from __future__ import annotations

import re
from collections.abc import Iterable

from campaignbot.domain.content import Content, normalise_text


def is_same_post(content: Content, composed: str, text: str, links: Iterable[str] = ()) -> bool:
    """Tell whether a listed post is this content.

    By its tracked link, which is this publication's alone, in the text or among the expanded
    `links`; else by the normalised text, which is unique on the account.
    """
    if content.link and (content.link in text or content.link in set(links)):
        return True
    return normalise_text(text) == normalise_text(composed)


_ADDRESS = re.compile(r"https?://\S+")
_TAIL = 40


def ends_at(composed: str, text: str) -> str | None:
    """Return the last words of a text that lacks the end of the one that was sent; else None.

    Addresses count as equal, for platforms shorten them. A text that is longer than the one that
    was sent is written in another way, and lacks nothing.
    """
    sent, shown = (normalise_text(_ADDRESS.sub("http", t)) for t in (composed, text))
    if sent[-_TAIL:] in shown or len(shown) >= len(sent):
        return None
    return text.strip()[-_TAIL:]
