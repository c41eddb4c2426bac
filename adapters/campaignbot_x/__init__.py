"""X, through tweepy's client for API v2."""

from __future__ import annotations

from datetime import date

from campaignbot.domain.content import Content, MediaKind
from campaignbot.domain.metrics import Metric
from campaignbot.domain.money import Money
from campaignbot.platforms.limits import Limit, Limits, VideoLimits
from campaignbot.platforms.protocol import Adapter, AdapterContext, ListDelay, Platform, Price
from campaignbot.platforms.style import DraftStyle
from campaignbot_x.addresses import addresses
from campaignbot_x.connecting import CONNECTING
from campaignbot_x.length import weighted_length

_READ = date(2026, 11, 24)
_MEDIA = "https://docs.x.com/x-api/media/quickstart/best-practices"

_PRICES = "https://docs.x.com/x-api/getting-started/pricing"
POST = Price("post", Money.of("0.015", "USD"), _PRICES, _READ)
POST_WITH_LINK = Price("post with an address", Money.of("0.20", "USD"), _PRICES, _READ)
DESCRIPTION = Price("description of a picture", Money.of("0.005", "USD"), _PRICES, _READ)
OWN_POST_READ = Price("own post read", Money.of("0.001", "USD"), _PRICES, _READ)


def compose(content: Content) -> str:
    """Return the text with the link on a line of its own."""
    return f"{content.text}\n{content.link}" if content.link else content.text


def cost(content: Content) -> Money:
    """Return what X charges for a post; an address makes it dear, wherever it stands in the text.

    A reply is a post like any other. Each description of a picture is a call of its own.
    """
    price = POST_WITH_LINK if addresses(compose(content)) else POST
    described = sum(1 for m in content.media if m.alt_text and m.kind is MediaKind.IMAGE)
    return price.amount + DESCRIPTION.amount * described


def _open(context: AdapterContext) -> Adapter:
    from campaignbot_x.adapter import XAdapter

    return XAdapter(context)


PLATFORM = Platform(
    name="x",
    label="X",
    limits=Limits(
        text=Limit(280, "https://docs.x.com/fundamentals/counting-characters", _READ),
        images=Limit(4, _MEDIA, _READ),
        alt_text=Limit(1000, "https://docs.x.com/x-api/media/metadata-create", _READ),
        image_bytes=Limit(5 * 1024 * 1024, _MEDIA, _READ),
        gif_bytes=Limit(15 * 1024 * 1024, _MEDIA, _READ),
        image_mimes=("image/jpeg", "image/png", "image/gif"),
        moving_picture_alone=True,
        video=VideoLimits(
            bytes=Limit(512 * 1024 * 1024, _MEDIA, _READ),
            duration_min_ms=Limit(500, _MEDIA, _READ),
            duration_max_ms=Limit(140_000, _MEDIA, _READ),
        ),
    ),
    count=weighted_length,
    compose=compose,
    credential_fields=("access_token",),
    settling_s=60,
    list_delay=ListDelay(None, 1800, "X refuses a post it has; replies are searched for"),
    metrics_batch=100,
    metrics=(
        Metric.IMPRESSIONS,
        Metric.REACTIONS,
        Metric.COMMENTS,
        Metric.SHARES,
        Metric.SAVES,
        Metric.CLICKS,
    ),
    cost=cost,
    open_adapter=_open,
    can_reply=True,
    connecting=CONNECTING,
    key_fields=("consumer_key", "consumer_secret", "access_token", "access_token_secret"),
    read_price=OWN_POST_READ.amount,
    prices=(POST, POST_WITH_LINK, DESCRIPTION, OWN_POST_READ),
    style=DraftStyle("short", "wide", hashtags=1, hashtags_inline=True),
)
