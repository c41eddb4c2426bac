"""A post as X hands it back, read as the account wrote it.

X escapes &, < and > in every text, and puts a t.co link in the place of each address:
https://docs.x.com/x-api/fundamentals/data-dictionary (read 2026-11-24).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from campaignbot.domain.content import Content, normalise_text
from campaignbot.platforms.matching import is_same_post
from campaignbot.platforms.protocol import ExternalPost

Link = Mapping[str, Any]
_OF_MEDIA = ("pic.x.com/", "pic.twitter.com/")


def permalink(post_id: str) -> str:
    return f"https://x.com/i/web/status/{post_id}"


def external(tweet: Any) -> ExternalPost:
    """Return a post with its addresses as they were sent, and with where they lead among its links.

    An address that was written without a scheme has one here: X does not tell the two apart.
    """
    text, links = _read(tweet)
    for link in links:
        text = text.replace(link["url"], next(_leads_to(link), link["url"]))
    told = tuple(dict.fromkeys(one for link in links for one in _leads_to(link)))
    return ExternalPost(str(tweet.id), permalink(str(tweet.id)), tweet.created_at, text, told)


def is_ours(tweet: Any, content: Content, composed: str) -> bool:
    """Tell whether a post is this content, whichever of its forms each address was written in."""
    post = external(tweet)
    return is_same_post(content, composed, post.text, post.links) or _says(tweet, composed)


def _says(tweet: Any, composed: str) -> bool:
    text, links = _read(tweet)
    pattern = re.escape(normalise_text(text))
    for link in links:
        forms = [re.escape(normalise_text(one)) for one in _forms(link)]
        if forms:
            short = re.escape(normalise_text(link["url"]))
            pattern = pattern.replace(short, f"(?:{'|'.join(forms)})")
    return re.fullmatch(pattern, normalise_text(composed)) is not None


def _read(tweet: Any) -> tuple[str, Sequence[Link]]:
    """Return the text without the link that pictures add at its end, and its other links."""
    text, links = _unescaped(str(tweet.text)), []
    for link in (tweet.entities or {}).get("urls", []):
        if not _is_of_media(link):
            links.append(link)
    head, _, tail = text.rpartition(" ")
    added = tail.startswith("https://t.co/") and all(link["url"] != tail for link in links)
    return head if added else text, links


def _unescaped(text: str) -> str:
    """Undo what X escapes; & comes last, so that what was written as &lt; stays that."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _is_of_media(link: Link) -> bool:
    return "media_key" in link or str(link.get("display_url", "")).startswith(_OF_MEDIA)


def _leads_to(link: Link) -> Iterator[str]:
    """Yield what an address was sent as, then where X found it to lead."""
    for name in ("expanded_url", "unwound_url"):
        if link.get(name):
            yield str(link[name])


def _forms(link: Link) -> Iterator[str]:
    for address in _leads_to(link):
        yield address
        if address.startswith("http://"):
            yield address.removeprefix("http://")
