"""How a Facebook page and an Instagram account are connected; loads no SDK."""

from __future__ import annotations

from datetime import timedelta

from campaignbot.platforms.consent import Connecting, Consent, ConsentContext, Permission

APP = "meta"
RENEWS_BY = "user_token"
RENEW_BEFORE = timedelta(days=10)
"""The token of the person lasts 60 days; that of the page has no end of its own."""

_PAGES = (
    Permission("pages_show_list", "permission.pages", required=True),
    Permission("pages_read_engagement", "permission.read_back", required=True),
)
# Videos need no more: https://developers.facebook.com/docs/graph-api/reference/page/videos/ asks
# for these (read 2026-11-25), and an app that asks for publish_video, as the guide to posts does,
# must pass a review for live videos.
FACEBOOK_PERMISSIONS = (
    Permission("pages_manage_posts", "permission.post", required=True),
    *_PAGES,
    Permission("read_insights", "permission.statistics"),
    Permission("pages_manage_engagement", "permission.comment"),
)
INSTAGRAM_PERMISSIONS = (
    Permission("instagram_basic", "permission.identity", required=True),
    Permission("instagram_content_publish", "permission.post", required=True),
    *_PAGES,
    Permission("instagram_manage_insights", "permission.statistics"),
    Permission("instagram_manage_comments", "permission.comment"),
    Permission("instagram_manage_contents", "permission.take_down"),
)


def _open_facebook(context: ConsentContext) -> Consent:
    from campaignbot_meta.consent import FacebookConsent

    return FacebookConsent(context, FACEBOOK_PERMISSIONS)


def _open_instagram(context: ConsentContext) -> Consent:
    from campaignbot_meta.consent import InstagramConsent

    return InstagramConsent(context, INSTAGRAM_PERMISSIONS)


FACEBOOK = Connecting(APP, FACEBOOK_PERMISSIONS, _open_facebook, RENEWS_BY, RENEW_BEFORE)
INSTAGRAM = Connecting(APP, INSTAGRAM_PERMISSIONS, _open_instagram, RENEWS_BY, RENEW_BEFORE)
