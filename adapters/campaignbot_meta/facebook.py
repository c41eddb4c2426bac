"""What the program knows of Facebook pages without loading the SDK."""

from __future__ import annotations

from datetime import date

from campaignbot.domain.hosting import PublicHost
from campaignbot.domain.metrics import Metric
from campaignbot.platforms.composing import link_below
from campaignbot.platforms.limits import Limit, Limits, VideoLimits
from campaignbot.platforms.protocol import Adapter, AdapterContext, ListDelay, Platform
from campaignbot.platforms.style import DraftStyle
from campaignbot_meta.connecting import FACEBOOK

_READ = date(2026, 11, 24)
_VIDEOS = "https://developers.facebook.com/docs/graph-api/video-uploads"
_VIDEO_ERRORS = "https://developers.facebook.com/docs/video-api/reference/error-codes/"


def _open(context: AdapterContext) -> Adapter:
    from campaignbot_meta.page import FacebookPageAdapter

    return FacebookPageAdapter(context, context.pause)


def _open_host(context: AdapterContext) -> PublicHost:
    from campaignbot_meta.photo_host import PhotoHost

    return PhotoHost(context)


PLATFORM = Platform(
    name="facebook",
    label="Facebook",
    limits=Limits(
        text=Limit(63_206, None, _READ, "every client uses 63,206; Meta documents no number"),
        images=Limit(10, "https://developers.facebook.com/docs/pages-api/posts/", _READ),
        image_bytes=Limit(
            4_000_000, None, _READ, "error 1366046 asks for less than 4 MB; 10 MB is documented"
        ),
        video=VideoLimits(
            bytes=Limit(
                2_000_000_000, _VIDEO_ERRORS, _READ, "the guide to uploads says 10 GB; refused is 2"
            ),
            duration_min_ms=Limit(1_000, None, _READ, "Meta documents none; nobody plays less"),
            duration_max_ms=Limit(4 * 3_600_000, _VIDEOS, _READ),
        ),
        reply_text=Limit(8000, None, _READ, "every client uses 8000; Meta documents no number"),
    ),
    count=len,
    compose=link_below,
    credential_fields=("access_token",),
    settling_s=60,
    list_delay=ListDelay(1800, 1800, "Meta documents no delay, and a page takes duplicates"),
    # As many requests as a batch takes: https://developers.facebook.com/docs/graph-api/batch-requests
    metrics_batch=50,
    metrics=(
        Metric.IMPRESSIONS,
        Metric.REACH,
        Metric.CLICKS,
        Metric.REACTIONS,
        Metric.COMMENTS,
        Metric.SHARES,
    ),
    cost=lambda _content: None,
    open_adapter=_open,
    mentions_by_id=True,
    can_reply=True,
    can_edit=True,
    connecting=FACEBOOK,
    open_host=_open_host,
    style=DraftStyle("medium", "landscape", hashtags=1),
)
