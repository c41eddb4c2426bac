"""What a person can do about a platform's refusal: one sentence each in the catalogue."""

from __future__ import annotations

from enum import StrEnum


class Advice(StrEnum):
    """The remedies that platforms' errors lead to; each value is a key of the catalogue.

    An adapter chooses the one that fits its platform's error; where none is chosen, the one that
    belongs to the outcome is said.
    """

    CONNECT_AGAIN = "advice.connect_again"
    GRANT_PERMISSION = "advice.grant_permission"
    PAGE_ROLE = "advice.page_role"
    APP_ACCESS = "advice.app_access"
    SHORTEN_TEXT = "advice.shorten_text"
    CHANGE_CONTENT = "advice.change_content"
    CHANGE_LINK = "advice.change_link"
    FEWER_HASHTAGS = "advice.fewer_hashtags"
    FEWER_MENTIONS = "advice.fewer_mentions"
    PICTURE_TOO_BIG = "advice.picture_too_big"
    PICTURE_KIND = "advice.picture_kind"
    PICTURE_SHAPE = "advice.picture_shape"
    PICTURE_NUMBER = "advice.picture_number"
    VIDEO_UNFIT = "advice.video_unfit"
    DOCUMENT_UNFIT = "advice.document_unfit"
    MEDIA_UNREACHABLE = "advice.media_unreachable"
    UPLOAD_AGAIN = "advice.upload_again"
    WAIT = "advice.wait"
    SLOW_DOWN = "advice.slow_down"
    DAY_LIMIT = "advice.day_limit"
    PAY = "advice.pay"
    ACCOUNT_BLOCKED = "advice.account_blocked"
    NEWER_PROGRAM = "advice.newer_program"
    CHECK_MANUALLY = "advice.check_manually"

    @property
    def for_permission(self) -> bool:
        """Whether it restores a missing permission; another token of the same grant cannot."""
        return self in {Advice.GRANT_PERMISSION, Advice.PAGE_ROLE, Advice.APP_ACCESS}
