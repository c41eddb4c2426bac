"""What the platform does not take; no reason helps against it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_UP, Decimal
from itertools import zip_longest

from campaignbot.checking.findings import error, hint, warning
from campaignbot.checking.subject import CheckSubject
from campaignbot.domain.content import MediaItem, MediaKind
from campaignbot.domain.findings import Finding
from campaignbot.domain.mentions import mentions_in
from campaignbot.platforms.limits import Limit

_HASHTAG = re.compile(r"(?<!\w)#(\w+)")
_MANY_HASHTAGS = 5
_GIF = "image/gif"
_SEEN = {MediaKind.IMAGE, MediaKind.VIDEO}


def text(subject: CheckSubject) -> Iterator[Finding]:
    limit = subject.platform.limits.text_of(reply=subject.follows)
    label = subject.platform.label
    length = subject.platform.length(subject.content)
    if not subject.content.text.strip():
        yield error("limit.no_text", waivable=False)
    if limit is not None and length > limit.value:
        yield error(
            "limit.text_too_long", waivable=False, platform=label, length=length, most=limit.value
        )


def media(subject: CheckSubject) -> Iterator[Finding]:
    """What stands in the post: of which kinds, and how many together."""
    limits, label = subject.platform.limits, subject.platform.label
    kinds = [item.kind for item in subject.content.media]
    if subject.follows and kinds:
        yield error("limit.comment_media", waivable=False)
    if limits.image_required and not subject.follows and not set(kinds) & _SEEN:
        yield error("limit.no_picture", waivable=False, platform=label)
    together = _SEEN if limits.mixed_carousel else {MediaKind.IMAGE}
    if len(kinds) > 1 and not set(kinds) <= together:
        yield error("limit.media_mixed", waivable=False)
    shown = sum(kind in together for kind in kinds)
    if shown > limits.images.value:
        yield error(
            "limit.too_many_pictures",
            waivable=False,
            platform=label,
            n=shown,
            most=limits.images.value,
        )


def pictures(subject: CheckSubject) -> Iterator[Finding]:
    limits, label = subject.platform.limits, subject.platform.label
    for number, item, size in _of_kind(subject, MediaKind.IMAGE):
        if not item.alt_text.strip():
            yield error("alt_text.missing", number=number)
        elif limits.alt_text and len(item.alt_text) > limits.alt_text.value:
            yield error(
                "limit.alt_text_too_long",
                waivable=False,
                platform=label,
                number=number,
                most=limits.alt_text.value,
            )
        if item.mime not in limits.image_mimes:
            yield error(
                "limit.picture_kind", waivable=False, platform=label, number=number, kind=item.mime
            )
        ratio = item.width_px * 1000 // max(item.height_px, 1)
        low, high = limits.image_ratio_min_permille, limits.image_ratio_max_permille
        if (low and ratio < low.value) or (high and ratio > high.value):
            yield error("limit.picture_shape", waivable=False, platform=label, number=number)
        most = (limits.gif_bytes if item.mime == _GIF else None) or limits.image_bytes
        if most and size > most.value:
            yield _too_big("limit.picture_too_big", label, size, most, number)
        yield from _too_many_pixels(item, number, limits.image_pixels, label)


def _too_many_pixels(
    item: MediaItem, number: int, most: Limit | None, label: str
) -> Iterator[Finding]:
    if most and item.width_px * item.height_px > most.value:
        yield error(
            "limit.picture_pixels",
            waivable=False,
            platform=label,
            number=number,
            width=item.width_px,
            height=item.height_px,
            most=most.value // 1_000_000,
        )


def videos(subject: CheckSubject) -> Iterator[Finding]:
    limits, label = subject.platform.limits.video, subject.platform.label
    for _, item, size in _of_kind(subject, MediaKind.VIDEO):
        if not item.alt_text.strip():
            yield error("alt_text.missing_video")
        if limits is None:
            yield error("limit.no_videos", waivable=False, platform=label)
            continue
        if item.mime not in limits.mimes:
            yield error("limit.video_kind", waivable=False, platform=label, kind=item.mime)
        if size > limits.bytes.value:
            yield _too_big("limit.video_too_big", label, size, limits.bytes)
        if limits.bytes_min and 0 < size < limits.bytes_min.value:
            yield error(
                "limit.video_too_small",
                waivable=False,
                platform=label,
                size=size // 1000,
                least=-(-limits.bytes_min.value // 1000),
            )
        shortest, longest = limits.duration_min_ms.value, limits.duration_max_ms.value
        if item.duration_ms is not None and not shortest <= item.duration_ms <= longest:
            yield error(
                "limit.video_length",
                waivable=False,
                platform=label,
                length=_seconds(item.duration_ms),
                least=_seconds(shortest),
                most=_seconds(longest),
            )


def documents(subject: CheckSubject) -> Iterator[Finding]:
    limits, label = subject.platform.limits.document, subject.platform.label
    for _, item, size in _of_kind(subject, MediaKind.DOCUMENT):
        if limits is None:
            yield error("limit.no_documents", waivable=False, platform=label)
            continue
        if not item.title.strip():
            yield error("limit.no_document_title", waivable=False, platform=label)
        if item.mime not in limits.mimes:
            yield error("limit.document_kind", waivable=False, platform=label, kind=item.mime)
        if size > limits.bytes.value:
            yield _too_big("limit.document_too_big", label, size, limits.bytes)
        if item.pages is not None and item.pages > limits.pages.value:
            yield error(
                "limit.too_many_pages",
                waivable=False,
                platform=label,
                pages=item.pages,
                most=limits.pages.value,
            )


def preview(subject: CheckSubject) -> Iterator[Finding]:
    """A link alone has no card where the platform does not read the page itself."""
    content, platform = subject.content, subject.platform
    if not platform.needs_preview or subject.follows or not content.link or content.media:
        return
    title, most = content.preview.title if content.preview else "", platform.limits.link_title
    if not title:
        yield warning("preview.missing", platform=platform.label)
    elif most and platform.count(title) > most.value:
        yield error(
            "limit.link_title_too_long",
            waivable=False,
            platform=platform.label,
            length=platform.count(title),
            most=most.value,
        )


def mentions(subject: CheckSubject) -> Iterator[Finding]:
    platform, content = subject.platform, subject.content
    found = mentions_in(content.text, content.mentions)
    most = platform.limits.mentions
    if most and len(found) > most.value:
        yield error(
            "limit.too_many_mentions",
            waivable=False,
            platform=platform.label,
            n=len(found),
            most=most.value,
        )
    for mention in found:
        if platform.mentions_by_id and mention.id is None:
            yield hint("mention.unknown", quote=f"@{mention.name}", platform=platform.label)


def _of_kind(subject: CheckSubject, kind: MediaKind) -> Iterator[tuple[int, MediaItem, int]]:
    """Yield the media of a kind with their places in the post and sizes; 0 where not known."""
    sized = zip_longest(subject.content.media, subject.media_sizes, fillvalue=0)
    for number, (item, size) in enumerate(sized, start=1):
        if isinstance(item, MediaItem) and item.kind is kind:
            yield number, item, size


def _too_big(code: str, platform: str, size: int, most: Limit, number: int = 1) -> Finding:
    return error(
        code,
        waivable=False,
        platform=platform,
        number=number,
        size=_megabytes(size),
        most=_megabytes(most.value),
    )


def _megabytes(size: int) -> Decimal:
    # Rounded up: a file just over the limit is not called as large as the limit.
    return (Decimal(size) / 1_000_000).quantize(Decimal("0.1"), ROUND_UP)


def _seconds(duration_ms: int) -> Decimal:
    seconds = Decimal(duration_ms) / 1000
    whole = seconds.to_integral_value()
    return whole if seconds == whole else seconds.quantize(Decimal("0.1"))


def moving_pictures(subject: CheckSubject) -> Iterator[Finding]:
    kinds = [item.mime for item in subject.content.media]
    if subject.platform.limits.moving_picture_alone and _GIF in kinds and len(kinds) > 1:
        yield error("limit.moving_picture", waivable=False, platform=subject.platform.label)


def hashtags(subject: CheckSubject) -> Iterator[Finding]:
    tags = _HASHTAG.findall(subject.content.text)
    most = subject.platform.limits.hashtags
    if most and len(tags) > most.value:
        yield error("limit.too_many_hashtags", waivable=False, n=len(tags), most=most.value)
    elif len(tags) > _MANY_HASHTAGS:
        yield warning("hashtags.many", n=len(tags))
    for tag in tags:
        if len(tag) > 12 and tag == tag.lower():
            yield warning("hashtags.no_capitals", quote=f"#{tag}")
