"""What the program knows of Instagram professional accounts without loading the SDK."""

from __future__ import annotations

from datetime import date

from campaignbot.domain.content import Content
from campaignbot.domain.metrics import Metric
from campaignbot.platforms.limits import Limit, Limits, VideoLimits
from campaignbot.platforms.protocol import Adapter, AdapterContext, ListDelay, Platform
from campaignbot.platforms.style import DraftStyle
from campaignbot_meta.connecting import INSTAGRAM
from campaignbot_meta.mentions import put_mentions

_READ = date(2026, 11, 24)
_PUBLISHING = "https://developers.facebook.com/documentation/instagram-platform/content-publishing"
_CONTAINERS = (
    "https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/"
    "ig-user/media/"
)
_ERRORS = (
    "https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/"
    "error-codes/"
)


def compose(content: Content) -> str:
    """Return the text alone: a link in a caption cannot be followed, so none is put there."""
    return put_mentions(content.text, content.mentions, lambda _name, user: f"@{user.lstrip('@')}")


def _open(context: AdapterContext) -> Adapter:
    from campaignbot_meta.instagram_account import InstagramAdapter

    return InstagramAdapter(context, context.pause)


PLATFORM = Platform(
    name="instagram",
    label="Instagram",
    limits=Limits(
        text=Limit(2200, _ERRORS, _READ),
        images=Limit(10, _PUBLISHING, _READ),
        alt_text=Limit(1000, None, _READ, "a compiled reference says 1000; not on Meta's page"),
        hashtags=Limit(30, _CONTAINERS, _READ),
        mentions=Limit(20, _CONTAINERS, _READ),
        image_bytes=Limit(8 * 1024 * 1024, _ERRORS, _READ),
        image_ratio_min_permille=Limit(800, _ERRORS, _READ),
        image_ratio_max_permille=Limit(1910, _ERRORS, _READ),
        image_mimes=("image/jpeg",),
        image_required=True,
        mixed_carousel=True,
        video=VideoLimits(
            bytes=Limit(300_000_000, _CONTAINERS, _READ),
            duration_min_ms=Limit(3_000, _CONTAINERS, _READ),
            duration_max_ms=Limit(15 * 60_000, _CONTAINERS, _READ),
        ),
    ),
    count=len,
    compose=compose,
    credential_fields=("access_token",),
    settling_s=60,
    list_delay=ListDelay(None, 1800, "a container tells what became of it; a comment has none"),
    # As many requests as a batch takes: https://developers.facebook.com/docs/graph-api/batch-requests
    metrics_batch=50,
    metrics=(
        Metric.IMPRESSIONS,
        Metric.REACH,
        Metric.REACTIONS,
        Metric.COMMENTS,
        Metric.SHARES,
        Metric.SAVES,
    ),
    cost=lambda _content: None,
    open_adapter=_open,
    can_reply=True,
    public_media=True,
    connecting=INSTAGRAM,
    style=DraftStyle("medium", "portrait", hashtags=3),
)
