"""Where the link of a draft goes: the text, a reply below the post, or the picture's QR code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from campaignbot.domain.accounts import LinkPlace
from campaignbot.domain.content import Content, text_key
from campaignbot.domain.publication import Publication
from campaignbot.drafting.drafts import Draft
from campaignbot.i18n import Translator
from campaignbot.pipeline.studio import Studio
from campaignbot.reviewing.comments import AFTER_MIN, PATIENCE


@dataclass(frozen=True, slots=True)
class Placed:
    """A draft whose link has found its place; `place` is where that is."""

    draft: Draft
    place: LinkPlace


def place_link(draft: Draft, wanted: LinkPlace, studio: Studio) -> Placed:
    """Put the link of a draft where its account wants it.

    It stays in the text where the picture's template has no room for a QR code.
    """
    if draft.destination is None or wanted is LinkPlace.IN_TEXT:
        return Placed(draft, LinkPlace.IN_TEXT)
    if wanted is LinkPlace.IN_REPLY:
        return Placed(draft, wanted)
    if not studio.takes_qr(draft):
        return Placed(draft, LinkPlace.IN_TEXT)
    return Placed(replace(draft, visual=replace(draft.visual, qr=True)), wanted)


def with_qr_told(alt_text: str, destination: str, t: Translator) -> str:
    """Return the alt text with where the QR code leads: who does not see it cannot scan it."""
    parts = urlsplit(destination)
    address = f"{parts.netloc}{parts.path}".removeprefix("www.").rstrip("/")
    told = t("drafting.alt_qr", address=address)
    return f"{alt_text[: 1000 - len(told) - 1]} {told}"


def reply_words(draft: Draft, post: Publication, taken: set[str], t: Translator) -> str:
    """Return words for the reply with the link that its account does not have yet."""
    headline = draft.visual.fields.get("headline", "").rstrip(".!?")
    at = post.planned.local
    wordings = (
        t("drafting.link_reply", headline=headline),
        t("drafting.link_reply_of", headline=headline, day=at.date()),
        t("drafting.link_reply_at", headline=headline, day=at.date(), time=f"{at:%H:%M}"),
    )
    return next((words for words in wordings if text_key(words) not in taken), wordings[-1])


def below(post: Publication, reply: Publication, content: Content) -> Publication:
    """Return the reply as it follows its post, a little later."""
    after = timedelta(minutes=AFTER_MIN)
    planned = post.planned.later_by(after)
    return replace(
        reply,
        content=content,
        planned=planned,
        due_at_utc=planned.instant,
        window_end_utc=post.window_end_utc + after + PATIENCE,
        follows_id=post.id,
    )
