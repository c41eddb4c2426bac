"""Cases on every limit of `Platform.limits`: taken whole at the limit, rejected just beyond it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import attrgetter

from campaignbot.domain.content import Content, LinkPreview, MediaItem, MediaKind
from campaignbot.platforms.conformance import files
from campaignbot.platforms.conformance.acts import (
    LINK,
    Calls,
    bare,
    document,
    draft,
    needs_document,
    needs_video,
    picture,
    publish,
    published,
    refused,
    text_of,
    video,
)
from campaignbot.platforms.conformance.stand import Case, NotApplicable, Stand
from campaignbot.platforms.limits import Limit

MOST_BYTES = 12 * 1024 * 1024
"""What a case still sends; a video of gigabytes proves nothing more."""


def _with(item: Callable[[Stand, int], MediaItem]) -> Callable[[Stand, int], Content]:
    return lambda stand, n: replace(
        draft(stand, "Op de grens.", pictures=0), media=(item(stand, n),)
    )


def _hashtags(stand: Stand, number: int) -> Content:
    return bare(stand, " ".join(f"#Trefwoord{n}" for n in range(number)))


def _mentions(stand: Stand, number: int) -> Content:
    return bare(stand, " ".join(f"@voorbeeld{n}" for n in range(number)))


def _card(stand: Stand, number: int) -> Content:
    card = LinkPreview("Werken aan de dijk " * number)
    title = card.title[:number].rstrip().ljust(number, "n")
    content = draft(stand, "Met een kaart.", link=LINK, pictures=0)
    return replace(content, preview=replace(card, title=title))


@dataclass(frozen=True)
class Bound:
    """A limit by its place in `Limits`, and content that has just so much of it.

    Beyond a limit that is a least value lies one less.
    """

    name: str
    place: str
    content: Callable[[Stand, int], Content]
    beyond: int = 1

    def limit(self, stand: Stand) -> int:
        if self.place.startswith("video."):
            needs_video(stand)
        if self.place.startswith("document."):
            needs_document(stand)
        found = attrgetter(self.place)(stand.platform.limits)
        if found is None:
            raise NotApplicable("the platform has no such limit")
        assert isinstance(found, Limit)
        if self.place.endswith("bytes") and found.value > MOST_BYTES:
            raise NotApplicable(f"more than {MOST_BYTES >> 20} MB is too much to send in a test")
        return found.value

    def is_taken(self, stand: Stand) -> None:
        content = self.content(stand, self.limit(stand))
        published(stand, content)
        seen = stand.newest()
        assert seen.text == stand.platform.compose(content), "the text was changed"
        assert content.preview is None or seen.preview_title == content.preview.title
        assert [m.kind for m in seen.media] == [item.kind for item in content.media]
        for there, item in zip(seen.media, content.media, strict=True):
            assert item.kind is not MediaKind.IMAGE or there.alt_text == item.alt_text

    def is_refused_beyond(self, stand: Stand) -> None:
        content, calls = self.content(stand, self.limit(stand) + self.beyond), Calls()
        outcome = publish(stand, content, calls)
        if why := stand.not_enforced.get(self.place):
            assert stand.posts() == 1, "the platform was said to let it pass"
            raise NotApplicable(why)
        refused(stand, outcome)


BOUNDS = (
    Bound("text", "text", lambda stand, n: bare(stand, text_of(stand, n))),
    Bound(
        "alt text",
        "alt_text",
        _with(lambda stand, n: picture(stand, alt_text=("een zee van riet " * n)[:n])),
    ),
    Bound("number of pictures", "images", lambda stand, n: draft(stand, "Album.", pictures=n)),
    Bound("hashtags", "hashtags", _hashtags),
    Bound("mentions", "mentions", _mentions),
    Bound("bytes of a picture", "image_bytes", _with(lambda stand, n: picture(stand, size=n))),
    Bound(
        "narrowest picture",
        "image_ratio_min_permille",
        _with(lambda stand, n: picture(stand, width=n, height=1000)),
        beyond=-1,
    ),
    Bound(
        "widest picture",
        "image_ratio_max_permille",
        _with(lambda stand, n: picture(stand, width=n, height=1000)),
    ),
    Bound("bytes of a video", "video.bytes", _with(lambda stand, n: video(stand, size=n))),
    Bound(
        "least bytes of a video",
        "video.bytes_min",
        _with(lambda stand, n: video(stand, size=n)),
        beyond=-1,
    ),
    Bound(
        "shortest video",
        "video.duration_min_ms",
        _with(lambda stand, n: video(stand, duration_ms=n)),
        beyond=-1,
    ),
    Bound(
        "longest video",
        "video.duration_max_ms",
        _with(lambda stand, n: video(stand, duration_ms=n)),
    ),
    Bound("title of a link's card", "link_title", _card),
    Bound("bytes of a document", "document.bytes", _with(lambda stand, n: document(stand, size=n))),
    Bound(
        "pages of a document", "document.pages", _with(lambda stand, n: document(stand, pages=n))
    ),
)


def _takes_every_kind(stand: Stand) -> None:
    """Publish a picture of each kind that the limits name."""
    made = {"image/jpeg": files.jpeg, "image/png": files.png}
    kinds = [mime for mime in stand.platform.limits.image_mimes if mime in made]
    assert kinds, "no kind of picture is taken"
    for mime in kinds:
        digest = stand.keep(made[mime](320, 320, mark=mime), mime)
        item = MediaItem(digest, mime, 320, 320, f"Een vlak als {mime}.")
        published(stand, replace(draft(stand, f"Beeld: {mime}.", pictures=0), media=(item,)))
        assert [m.alt_text for m in stand.newest().media] == [item.alt_text]


CASES = (
    *(
        case
        for bound in BOUNDS
        for case in (
            Case(f"{bound.name}: the limit itself is taken whole", bound.is_taken),
            Case(f"{bound.name}: beyond the limit it is rejected", bound.is_refused_beyond),
        )
    ),
    Case("takes every kind of picture that it names", _takes_every_kind),
)
