"""Ways to compose text and link that several platforms share."""

from __future__ import annotations

from campaignbot.domain.content import Content


def link_below(content: Content) -> str:
    """Return the text with its link below it, after an empty line."""
    return f"{content.text}\n\n{content.link}" if content.link else content.text
