"""Recognising our own post among those that a platform lists."""

from __future__ import annotations

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
