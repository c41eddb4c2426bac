"""Channels without an API: the post goes to a person, ready to use, at its time."""

from __future__ import annotations

from datetime import date
from typing import NoReturn

from campaignbot.platforms.composing import link_below
from campaignbot.platforms.errors import PermissionMissing
from campaignbot.platforms.limits import Limit, Limits
from campaignbot.platforms.protocol import AdapterContext, Platform


def _open(_context: AdapterContext) -> NoReturn:
    raise PermissionMissing("a manual channel has no API: a person places the post")


PLATFORM = Platform(
    name="manual",
    label="platform.manual",
    limits=Limits(
        text=None,
        images=Limit(10, None, date(2026, 11, 24), "our own bound: a person carries the files"),
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
)
