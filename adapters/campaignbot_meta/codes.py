"""What Meta's error codes mean for whoever wants to post: which remedy, and what a person can do.

https://developers.facebook.com/docs/graph-api/guides/error-handling/,
https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/error-codes
and https://developers.facebook.com/docs/video-api/reference/error-codes/ (read 2026-11-24). What
these pages leave out was seen in answers of the API.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import (
    AuthError,
    ContentRefused,
    DuplicateRefused,
    PermissionMissing,
    PlatformError,
    PlatformUnavailable,
    RateLimitReached,
)


class NotReady(PlatformUnavailable):
    """Instagram does not publish this container now; nothing was created."""


class NoNumbersYet(ContentRefused):
    """Too few people saw the post for its numbers to be told."""


class OffsetDiffers(PlatformUnavailable):
    """The upload goes on from another byte than was thought; `start` and `end` are the right ones.

    None where Meta does not name them.
    """

    def __init__(self, said: str, start: int | None = None, end: int | None = None) -> None:
        super().__init__(said, advice=Advice.UPLOAD_AGAIN)
        self.start, self.end = start, end


Meaning = tuple[type[PlatformError], Advice]


def _all(kind: type[PlatformError], advice: Advice, *codes: int) -> dict[int, Meaning]:
    return dict.fromkeys(codes, (kind, advice))


BY_SUBCODE: Mapping[int, Meaning] = MappingProxyType(
    {
        # Tokens. 459 and 464: the person behind the token must log in at Meta first.
        **_all(AuthError, Advice.CONNECT_AGAIN, 458, 460, 463, 467),
        **_all(AuthError, Advice.ACCOUNT_BLOCKED, 459, 464),
        **_all(AuthError, Advice.PAGE_ROLE, 492),
        # Pages.
        **_all(DuplicateRefused, Advice.CHECK_MANUALLY, 1366051),
        **_all(RateLimitReached, Advice.SLOW_DOWN, 1390008),
        **_all(ContentRefused, Advice.CHANGE_CONTENT, 1346003, 1404102),
        **_all(
            PermissionMissing, Advice.ACCOUNT_BLOCKED, 1404006, 1404078, 1404112, 4854002, 2207050
        ),
        **_all(ContentRefused, Advice.CHANGE_LINK, 1609008, 2061006),
        **_all(ContentRefused, Advice.PICTURE_TOO_BIG, 1366046, 2207004),
        **_all(ContentRefused, Advice.PICTURE_KIND, 1349125, 2207005),
        **_all(PlatformUnavailable, Advice.WAIT, 1363047, 1609010, 2207001),
        # Videos of pages.
        **_all(PlatformUnavailable, Advice.UPLOAD_AGAIN, 1363019, 1363030, 1363033),
        **_all(OffsetDiffers, Advice.UPLOAD_AGAIN, 1363037),
        **_all(
            ContentRefused,
            Advice.VIDEO_UNFIT,
            *(1363008, 1363020, 1363022, 1363023, 1363024, 1363026, 1363031, 2069019),
            *(2207026, 2207077, 2207082, 2207085),
        ),
        **_all(PermissionMissing, Advice.PAGE_ROLE, 1363005, 1363042),
        # Instagram.
        **_all(PlatformUnavailable, Advice.MEDIA_UNREACHABLE, 2207003),
        **_all(ContentRefused, Advice.MEDIA_UNREACHABLE, 2207052),
        **_all(PlatformUnavailable, Advice.UPLOAD_AGAIN, 2207020, 2207032, 2207053),
        **_all(NotReady, Advice.WAIT, 2207008, 2207027),
        **_all(ContentRefused, Advice.CHANGE_CONTENT, 2207006, 2207018, 2207023, 2207057, 2207081),
        **_all(ContentRefused, Advice.CHANGE_CONTENT, 2207035, 2207036, 2207037),
        **_all(ContentRefused, Advice.PICTURE_SHAPE, 2207009),
        **_all(ContentRefused, Advice.PICTURE_NUMBER, 2207028),
        **_all(ContentRefused, Advice.SHORTEN_TEXT, 2207010),
        **_all(ContentRefused, Advice.FEWER_MENTIONS, 2207040),
        **_all(ContentRefused, Advice.CHECK_MANUALLY, 2207073),
        **_all(RateLimitReached, Advice.DAY_LIMIT, 2207042),
        **_all(RateLimitReached, Advice.ACCOUNT_BLOCKED, 2207051),
    }
)
"""What the finer number says; it decides where there is one that is known."""

BY_CODE: Mapping[int, Meaning] = MappingProxyType(
    {
        **_all(PlatformUnavailable, Advice.WAIT, -2, -1, 1, 2),
        **_all(PermissionMissing, Advice.APP_ACCESS, 3),
        **_all(RateLimitReached, Advice.WAIT, 4, 17, 32, 341, 613, 80001, 80002),
        **_all(RateLimitReached, Advice.DAY_LIMIT, 9),
        **_all(PermissionMissing, Advice.GRANT_PERMISSION, 10, *range(200, 300)),
        **_all(ContentRefused, Advice.CHANGE_CONTENT, 24, 100),
        **_all(PermissionMissing, Advice.ACCOUNT_BLOCKED, 25, 368),
        **_all(AuthError, Advice.CONNECT_AGAIN, 102, 190, 2500),
        **_all(ContentRefused, Advice.PICTURE_KIND, 324, 36001),
        **_all(ContentRefused, Advice.VIDEO_UNFIT, 352, 6000),
        **_all(DuplicateRefused, Advice.CHECK_MANUALLY, 506),
        **_all(ContentRefused, Advice.CHANGE_LINK, 1500, 1609005),
        **_all(ContentRefused, Advice.NEWER_PROGRAM, 2635),
        **_all(ContentRefused, Advice.MEDIA_UNREACHABLE, 9004),
        **_all(NotReady, Advice.WAIT, 9007),
        **_all(ContentRefused, Advice.PICTURE_TOO_BIG, 36000),
        **_all(ContentRefused, Advice.PICTURE_SHAPE, 36003),
        **_all(ContentRefused, Advice.SHORTEN_TEXT, 36004),
    }
)

BY_WORDS: tuple[tuple[str, Meaning], ...] = (
    ("Not enough viewers", (NoNumbersYet, Advice.WAIT)),
    ("must be posted to a page as the page itself", (AuthError, Advice.CONNECT_AGAIN)),
    ("not an Instagram Business", (PermissionMissing, Advice.CONNECT_AGAIN)),
    ("too long", (ContentRefused, Advice.SHORTEN_TEXT)),
    ("hashtags", (ContentRefused, Advice.FEWER_HASHTAGS)),
)
"""What only the words tell, where codes that stand for many things come with them."""


def meaning_of(code: int, subcode: int | None, said: str) -> Meaning | None:
    """Return what an error means; None for one that is not known."""
    if subcode is not None and subcode in BY_SUBCODE:
        return BY_SUBCODE[subcode]
    told = next((meaning for words, meaning in BY_WORDS if words in said), None)
    return told if told and code in {10, 36004, 100, 200} else BY_CODE.get(code)
