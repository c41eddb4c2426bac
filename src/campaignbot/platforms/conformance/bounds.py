"""Cases on every limit of `Platform.limits`: taken whole at the limit, rejected just beyond it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import isqrt
from operator import attrgetter

from campaignbot.domain.content import Content, LinkPreview, MediaItem, MediaKind
from campaignbot.platforms import outcomes
from campaignbot.platforms.conformance import files
from campaignbot.platforms.conformance.acts import (
    LINK,
    Upload,
    bare,
    document,
    draft,
    expect,
    moving_picture,
    needs_document,
    needs_moving_pictures,
    needs_video,
    picture,
    publish,
    published,
    refused,
    text_of,
    video,
)
from campaignbot.platforms.conformance.stand import Case, NotApplicable, Stand
from campaignbot.platforms.errors import LeaseLost
from campaignbot.platforms.limits import Limit

MOST_BYTES = 16 * 1024 * 1024
"""What a case still sends; of what is larger, only whether its upload begins."""
_LONGEST_SIDE = 65_500


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


def _of_pixels(stand: Stand, number: int) -> MediaItem:
    """Return a picture of so many pixels; the nearest on the same side of the limit, of a prime."""
    limit = stand.platform.limits.image_pixels
    step = 1 if limit and number > limit.value else -1
    while not (sides := _sides(number)):
        number += step
    return picture(stand, width=sides[0], height=sides[1])


def _sides(pixels: int) -> tuple[int, int] | None:
    """Return width and height of a picture of exactly so many pixels, if there is one."""
    for width in range(isqrt(pixels), pixels // _LONGEST_SIDE, -1):
        if pixels % width == 0:
            return width, pixels // width
    return None


@dataclass(frozen=True)
class Bound:
    """A limit by its place in `Limits`, and content that has just so much of it.

    Beyond a limit that is a least value lies one less. `sent_as` is the type of a file that can be
    too large to send in a test: whether its upload begins can still be seen.
    """

    name: str
    place: str
    content: Callable[[Stand, int], Content]
    beyond: int = 1
    sent_as: str = ""

    def limit(self, stand: Stand) -> int:
        if self.place.startswith("video."):
            needs_video(stand)
        if self.place.startswith("document."):
            needs_document(stand)
        found = attrgetter(self.place)(stand.platform.limits)
        if self.place == "gif_bytes":
            needs_moving_pictures(stand)
            if found is None:
                raise NotApplicable("a moving picture is bounded as any other")
        if found is None:
            raise NotApplicable("the platform has no such limit")
        assert isinstance(found, Limit)
        if self.place.endswith("bytes") and found.value > MOST_BYTES and not self.sent_as:
            raise NotApplicable(f"more than {MOST_BYTES >> 20} MB is too much to send in a test")
        return found.value

    def is_taken(self, stand: Stand) -> None:
        limit = self.limit(stand)
        if self.sent_as and limit > MOST_BYTES:
            self._is_begun(stand, limit)
            return
        content = self.content(stand, limit)
        published(stand, content)
        seen = stand.newest()
        assert seen.text == stand.platform.compose(content), "the text was changed"
        assert content.preview is None or seen.preview_title == content.preview.title
        assert [m.kind for m in seen.media] == [item.kind for item in content.media]
        for there, item in zip(seen.media, content.media, strict=True):
            assert item.kind is not MediaKind.IMAGE or there.alt_text == item.alt_text

    def _is_begun(self, stand: Stand, size: int) -> None:
        """Expect that a part of a file was taken, and stop there."""
        content, upload = self._blank(stand, size), Upload(LeaseLost(), least=1)
        try:
            outcome = publish(stand, content, progress=upload)
        except LeaseLost:
            _item, sent, told = upload.told[-1]
            assert 0 < sent < told == size and stand.posts() == 0
            return
        if stand.platform.public_media and not upload.told:
            raise NotApplicable("the platform fetches the file itself")
        raise AssertionError(f"no part of it was sent: {outcome!r}")

    def _blank(self, stand: Stand, size: int) -> Content:
        digest = stand.keep_blank(size, self.sent_as)
        item = MediaItem(digest, self.sent_as, 640, 360, "Niets te zien.", "Leeg", 4000, 1)
        return replace(draft(stand, "Op de grens.", pictures=0), media=(item,))

    def is_refused_beyond(self, stand: Stand) -> None:
        number, why = self.limit(stand) + self.beyond, stand.not_enforced.get(self.place)
        if self.sent_as and number > MOST_BYTES:
            self._is_refused_unsent(stand, number, why)
            return
        outcome = publish(stand, self.content(stand, number))
        if why:
            assert stand.posts() == 1, "the platform was said to let it pass"
            raise NotApplicable(why)
        refused(stand, outcome)

    def _is_refused_unsent(self, stand: Stand, size: int, why: str | None) -> None:
        if why:
            self._is_begun(stand, size)
            raise NotApplicable(why)
        upload = Upload(AssertionError("a part was sent of what is too large"), least=1)
        refused(stand, publish(stand, self._blank(stand, size), progress=upload))


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
        "bytes of a moving picture",
        "gif_bytes",
        _with(lambda stand, n: moving_picture(stand, size=n)),
    ),
    Bound("pixels of a picture", "image_pixels", _with(_of_pixels)),
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
    Bound(
        "bytes of a video",
        "video.bytes",
        _with(lambda stand, n: video(stand, size=n)),
        sent_as="video/mp4",
    ),
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
    Bound(
        "bytes of a document",
        "document.bytes",
        _with(lambda stand, n: document(stand, size=n)),
        sent_as="application/pdf",
    ),
    Bound(
        "pages of a document", "document.pages", _with(lambda stand, n: document(stand, pages=n))
    ),
)


def _every_kind(stand: Stand) -> Iterator[MediaItem]:
    """Yield a picture of each kind that the limits name."""
    made = {"image/jpeg": files.jpeg, "image/png": files.png, "image/gif": files.gif}
    kinds = stand.platform.limits.image_mimes
    for mime in filter(made.__contains__, kinds):
        digest = stand.keep(made[mime](320, 320, mark=mime), mime)
        yield MediaItem(digest, mime, 320, 320, f"Een vlak als {mime}.")
    if unknown := [mime for mime in kinds if mime not in made]:
        raise NotApplicable(f"the suite makes no {', '.join(unknown)}; the other kinds are taken")


def _takes_every_kind(stand: Stand) -> None:
    assert stand.platform.limits.image_mimes, "no kind of picture is taken"
    for item in _every_kind(stand):
        published(stand, replace(draft(stand, f"Beeld: {item.mime}.", pictures=0), media=(item,)))
        assert [m.alt_text for m in stand.newest().media] == [item.alt_text]


def _a_moving_picture_beside_others(stand: Stand) -> None:
    """Where it may stand alone only, nothing is left out: all of it is refused."""
    media = (moving_picture(stand), picture(stand))
    content = replace(draft(stand, "Stil en bewegend.", pictures=0), media=media)
    if stand.platform.limits.images.value < len(media):
        raise NotApplicable("a post holds one picture")
    if stand.platform.limits.moving_picture_alone:
        for ordered in (media, media[::-1]):
            refused(stand, publish(stand, replace(content, media=ordered)))
        return
    expect(publish(stand, content), outcomes.Published)
    assert [m.alt_text for m in stand.newest().media] == [item.alt_text for item in media]


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
    Case("a moving picture beside another: both, or refused", _a_moving_picture_beside_others),
)
