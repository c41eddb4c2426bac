"""What the platform does not take; no reason helps against it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from campaignbot.checking.findings import error, warning
from campaignbot.checking.subject import CheckSubject
from campaignbot.domain.findings import Finding

_HASHTAG = re.compile(r"(?<!\w)#(\w+)")
_MANY_HASHTAGS = 5


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


def pictures(subject: CheckSubject) -> Iterator[Finding]:
    limits, label = subject.platform.limits, subject.platform.label
    media = subject.content.media
    if limits.image_required and not media and not subject.follows:
        yield error("limit.no_picture", waivable=False, platform=label)
    if len(media) > limits.images.value:
        yield error("limit.too_many_pictures", waivable=False, platform=label, n=len(media))
    for item in media:
        if not item.alt_text.strip():
            yield error("alt_text.missing")
        elif limits.alt_text and len(item.alt_text) > limits.alt_text.value:
            yield error(
                "limit.alt_text_too_long",
                waivable=False,
                platform=label,
                most=limits.alt_text.value,
            )
        if item.mime not in limits.image_mimes:
            yield error("limit.picture_kind", waivable=False, platform=label, kind=item.mime)
        ratio = item.width_px * 1000 // item.height_px
        low, high = limits.image_ratio_min_permille, limits.image_ratio_max_permille
        if (low and ratio < low.value) or (high and ratio > high.value):
            yield error("limit.picture_shape", waivable=False, platform=label)
    for size in subject.media_sizes:
        if limits.image_bytes and size > limits.image_bytes.value:
            yield error("limit.picture_too_big", waivable=False, platform=label)


def moving_pictures(subject: CheckSubject) -> Iterator[Finding]:
    kinds = [item.mime for item in subject.content.media]
    if subject.platform.limits.moving_picture_alone and "image/gif" in kinds and len(kinds) > 1:
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
