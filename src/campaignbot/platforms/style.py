"""How posts are written for a platform, as data that drafting reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

WordingLength = Literal["long", "medium", "short"]
PictureSize = Literal["landscape", "wide", "square", "portrait"]


@dataclass(frozen=True, slots=True)
class DraftStyle:
    """How drafts for a platform look; people may change all of it in a post.

    `wording` is the length of an angle that is told, `picture_size` the size of the templates in
    which pictures are drawn. At most `hashtags` of an angle's hashtags follow its text, behind it
    on the same line where `hashtags_inline`, below it otherwise.
    """

    wording: WordingLength = "medium"
    picture_size: PictureSize = "wide"
    hashtags: int = 0
    hashtags_inline: bool = False
