"""What is sent to a Facebook page, and how it is recognised when it is read back."""

from __future__ import annotations

from dataclasses import replace

from campaignbot.domain.content import Content
from campaignbot.platforms.composing import link_below
from campaignbot.platforms.matching import is_same_post
from campaignbot_meta.mentions import put_mentions


def sent(content: Content) -> str:
    """Return the message with the number of a page where its name stands behind an @."""
    text = put_mentions(content.text, content.mentions, lambda _name, page: f"@[{page}]")
    return link_below(replace(content, text=text))


def is_ours(content: Content, message: str) -> bool:
    """Tell whether a message is this content: Facebook shows a page that it knows by its name."""
    named = put_mentions(content.text, content.mentions, lambda name, _page: name)
    shown = (link_below(replace(content, text=named)), link_below(content), sent(content))
    return any(is_same_post(content, said, message) for said in shown)
