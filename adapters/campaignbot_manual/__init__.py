"""Channels without an API: the post goes to a person, ready to use, at its time."""

from __future__ import annotations

from datetime import date
from typing import NoReturn

from campaignbot.platforms import reasons
from campaignbot.platforms.composing import link_below
from campaignbot.platforms.errors import PermissionMissing
from campaignbot.platforms.limits import DocumentLimits, Limit, Limits, VideoLimits
from campaignbot.platforms.protocol import AdapterContext, Platform
from campaignbot.platforms.style import DraftStyle

_READ = date(2026, 11, 24)
_MAILED = Limit(20_000_000, None, _READ, "our own bound: the pack must fit into a mail")
_ENDLESS = 24 * 3600 * 1000


def _open(_context: AdapterContext) -> NoReturn:
    raise PermissionMissing(reasons.BY_HAND)


PLATFORM = Platform(
    name="manual",
    label="platform.manual",
    limits=Limits(
        text=None,
        images=Limit(10, None, _READ, "our own bound: a person carries the files"),
        video=VideoLimits(
            _MAILED,
            Limit(1, None, _READ, "a person sees how long it may be"),
            Limit(_ENDLESS, None, _READ, "a person sees how long it may be"),
        ),
        document=DocumentLimits(_MAILED, Limit(1000, None, _READ, "a person sees what fits")),
    ),
    count=len,
    compose=link_below,
    credential_fields=(),
    settling_s=0,
    metrics_batch=1,
    metrics=(),
    cost=lambda _content: None,
    open_adapter=_open,
    can_read_back=False,
    hands_over=True,
    style=DraftStyle("long", "wide"),
)
