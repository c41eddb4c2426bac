"""What adapters say in their own name, as keys of the catalogue: the reader gets their language.

A platform's own words are kept as they came. Where no answer of it says why, an adapter gives one
of these; `about` adds what cannot be translated, such as an id.
"""

from __future__ import annotations

NO_TOKEN = "platform.no_token"
NO_REFRESH_TOKEN = "platform.no_refresh_token"
NO_ADDRESS = "platform.no_address"
OTHER_TOKEN = "platform.other_token"
OTHER_AUTHOR = "platform.other_author"
PAGE_LOST = "platform.page_lost"
NO_REASON = "platform.no_reason"
GARBLED = "platform.garbled"
NO_ID = "platform.no_id"
NOT_CONFIRMED = "platform.not_confirmed"
NOT_LISTED = "platform.not_listed"
NOT_DELETED = "platform.not_deleted"
NOT_VISIBLE = "platform.not_visible"
UPLOAD_UNCONFIRMED = "platform.upload_unconfirmed"
STILL_PROCESSING = "platform.still_processing"
DAY_USED_UP = "platform.day_used_up"
CANNOT_EDIT = "platform.cannot_edit"
ONE_KIND = "platform.one_kind"
NO_DOCUMENTS = "platform.no_documents"
NO_TITLE = "platform.no_title"
NEEDS_PICTURE = "platform.needs_picture"
TOO_MANY_PICTURES = "platform.too_many_pictures"
TOO_BIG = "platform.too_big"
COMMENT_PICTURE = "platform.comment_picture"
NOT_A_COMMENT = "platform.not_a_comment"
BY_HAND = "platform.by_hand"


def about(reason: str, detail: object) -> str:
    """Return a reason with what it is about, which every reader sees as it is."""
    return f"{reason}: {detail}"
