"""LinkedIn company pages, through python-linkedin-v2 brought up to the versioned API."""

from __future__ import annotations

from datetime import date

from campaignbot.domain.metrics import Metric
from campaignbot.platforms.composing import link_below
from campaignbot.platforms.limits import DocumentLimits, Limit, Limits, VideoLimits
from campaignbot.platforms.protocol import Adapter, AdapterContext, ListDelay, Platform
from campaignbot.platforms.style import DraftStyle
from campaignbot_linkedin.connecting import CONNECTING
from campaignbot_linkedin.version import VERSION

_READ = date(2026, 11, 24)
_DOCS = "https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares"


def count(text: str) -> int:
    """Return the length in UTF-16 units, as LinkedIn's own clients count."""
    return len(text.encode("utf-16-le")) // 2


def _open(context: AdapterContext) -> Adapter:
    from campaignbot_linkedin.adapter import LinkedInAdapter

    return LinkedInAdapter(context, context.pause)


PLATFORM = Platform(
    name="linkedin",
    label="LinkedIn",
    limits=Limits(
        text=Limit(3000, None, _READ, "every client uses 3000; LinkedIn documents no number"),
        images=Limit(20, f"{_DOCS}/multiimage-post-api", _READ),
        alt_text=Limit(4086, f"{_DOCS}/images-api", _READ),
        image_bytes=Limit(
            5_000_000, None, _READ, "no documented bound; other clients keep to 5 MB"
        ),
        # Less than 36,152,320 pixels.
        image_pixels=Limit(36_152_319, f"{_DOCS}/images-api", _READ),
        image_mimes=("image/jpeg", "image/png", "image/gif"),
        video=VideoLimits(
            bytes=Limit(500_000_000, f"{_DOCS}/videos-api", _READ),
            bytes_min=Limit(75_000, f"{_DOCS}/videos-api", _READ),
            duration_min_ms=Limit(3_000, f"{_DOCS}/videos-api", _READ),
            duration_max_ms=Limit(1_800_000, f"{_DOCS}/videos-api", _READ),
        ),
        document=DocumentLimits(
            bytes=Limit(100_000_000, f"{_DOCS}/documents-api", _READ),
            pages=Limit(300, f"{_DOCS}/documents-api", _READ),
        ),
        link_title=Limit(400, f"{_DOCS}/posts-api", _READ),
        reply_text=Limit(1250, None, _READ, "every client uses 1250; LinkedIn documents no number"),
    ),
    count=count,
    compose=link_below,
    credential_fields=("access_token",),
    settling_s=120,
    list_delay=ListDelay(None, 1800, "LinkedIn refuses a post it has; not a comment"),
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
    needs_preview=True,
    connecting=CONNECTING,
    api_version=VERSION,
    style=DraftStyle("long", "landscape", hashtags=3),
)
