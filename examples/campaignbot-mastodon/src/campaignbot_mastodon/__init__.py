"""Mastodon: what campaignbot knows of it without loading anything that talks to it.

The numbers are those of a server as it is installed. One that allows more (`GET /api/v2/instance`
tells) is a reason for a package of your own with other numbers.
"""

from __future__ import annotations

from datetime import date

from campaignbot.domain.metrics import Metric
from campaignbot.platforms.composing import link_below
from campaignbot.platforms.limits import Limit, Limits
from campaignbot.platforms.protocol import Adapter, AdapterContext, Platform
from campaignbot.platforms.style import DraftStyle

from campaignbot_mastodon.length import count

_READ = date(2026, 11, 24)
_DOCS = "https://docs.joinmastodon.org"


def _open(context: AdapterContext) -> Adapter:
    # Imported here: listing the platforms loads no HTTP library.
    from campaignbot_mastodon.adapter import MastodonAdapter

    return MastodonAdapter(context)


PLATFORM = Platform(
    name="mastodon",
    label="Mastodon",
    limits=Limits(
        text=Limit(500, f"{_DOCS}/user/posting/", _READ),
        images=Limit(4, f"{_DOCS}/user/posting/", _READ),
        alt_text=Limit(1500, f"{_DOCS}/entities/Instance/", _READ),
        image_bytes=Limit(16 * 1024 * 1024, f"{_DOCS}/user/posting/", _READ),
    ),
    count=count,
    compose=link_below,
    credential_fields=("access_token",),
    settling_s=30,
    # The number is in the program of the server, not in its documentation.
    metrics_batch=20,
    metrics=(Metric.REACTIONS, Metric.COMMENTS, Metric.SHARES),
    cost=lambda _content: None,
    open_adapter=_open,
    can_reply=True,
    can_edit=True,
    # 500 characters hold the middle length of a story, with room for tags.
    style=DraftStyle("medium", "wide", hashtags=2),
)
