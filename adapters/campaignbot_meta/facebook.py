"""What the program knows of Facebook pages without loading the SDK."""

from __future__ import annotations

from datetime import date

from campaignbot.domain.metrics import Metric
from campaignbot.platforms.composing import link_below
from campaignbot.platforms.limits import Limit, Limits
from campaignbot.platforms.protocol import Adapter, AdapterContext, Platform
from campaignbot_meta.connecting import FACEBOOK

_READ = date(2026, 11, 24)


def _open(context: AdapterContext) -> Adapter:
    from campaignbot_meta.page import FacebookPageAdapter

    return FacebookPageAdapter(context)


PLATFORM = Platform(
    name="facebook",
    label="Facebook",
    limits=Limits(
        text=Limit(63_206, None, _READ, "every client uses 63,206; Meta documents no number"),
        images=Limit(10, "https://developers.facebook.com/docs/pages-api/posts/", _READ),
        image_bytes=Limit(
            4_000_000, None, _READ, "error 1366046 asks for less than 4 MB; 10 MB is documented"
        ),
        reply_text=Limit(8000, None, _READ, "every client uses 8000; Meta documents no number"),
    ),
    count=len,
    compose=link_below,
    credential_fields=("access_token",),
    settling_s=60,
    metrics_batch=25,
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
)
