"""Comments of a page or an Instagram account below its own posts.

https://developers.facebook.com/docs/graph-api/reference/object/comments and
https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-media/comments
(read 2026-11-24).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaignbot.domain.content import Content
from campaignbot.platforms import reasons
from campaignbot.platforms.errors import ContentRefused, PlatformError, outcome_of
from campaignbot.platforms.outcomes import Outcome, Published, Unknown
from campaignbot.platforms.protocol import BeforeCreate, ExternalPost
from campaignbot_meta.graph import Graph, instant


@dataclass(frozen=True)
class Comments:
    """What one account comments. Facebook and Instagram name the same things differently.

    `author` is None where the id of a comment's writer need not be the account's own. `is_ours`
    tells whether a comment of that text is this content. `permalink` makes the address of a comment
    from the ids of the post and of the comment; None where the platform has none.
    """

    graph: Graph
    author: str | None
    compose: Callable[[Content], str]
    is_ours: Callable[[Content, str], bool]
    text_field: str
    time_field: str
    permalink: Callable[[str, str], str | None]

    def publish(self, content: Content, post: str, before_create: BeforeCreate) -> Outcome:
        sent = False
        try:
            if content.media:
                raise ContentRefused(reasons.COMMENT_PICTURE)
            before_create(None)
            sent = True
            answer = self.graph.call(
                "POST", post, "comments", params={"message": self.compose(content)}
            )
        except PlatformError as error:
            return outcome_of(error, create_was_sent=sent)
        if not answer.get("id"):
            return Unknown(reasons.NO_ID)
        return Published(str(answer["id"]), self.permalink(post, str(answer["id"])))

    def find(self, content: Content, since: datetime, post: str) -> ExternalPost | None:
        """Look through all comments on a post: Meta may rank them, so order says nothing."""
        fields = f"id,{self.text_field},{self.time_field},from"
        for row in self.graph.listed(post, "comments", params={"fields": fields}):
            created, text = instant(row.get(self.time_field)), str(row.get(self.text_field, ""))
            if not self._may_be_ours(row) or (created is not None and created < since):
                continue
            if self.is_ours(content, text):
                return ExternalPost(row["id"], self.permalink(post, row["id"]), created, text)
        return None

    def _may_be_ours(self, row: Mapping[str, Any]) -> bool:
        """Tell whether a comment can be ours; Meta names its writer only to some permissions."""
        writer = row.get("from")
        told = writer.get("id") if isinstance(writer, Mapping) else None
        return None in (told, self.author) or told == self.author
