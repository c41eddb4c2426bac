"""How a LinkedIn company page is connected; loads no SDK."""

from __future__ import annotations

from datetime import timedelta

from campaignbot.platforms.consent import Connecting, Consent, ConsentContext, Permission

PERMISSIONS = (
    Permission("w_organization_social", "permission.post", required=True),
    Permission("rw_organization_admin", "permission.pages", required=True),
    Permission("r_organization_social", "permission.read_back"),
    Permission("w_organization_social_feed", "permission.comment"),
    Permission("r_organization_social_feed", "permission.read_comments"),
)
RENEW_BEFORE = timedelta(days=10)
"""An access lasts 60 days."""


def _open(context: ConsentContext) -> Consent:
    from campaignbot_linkedin.consent import LinkedInConsent

    return LinkedInConsent(context)


CONNECTING = Connecting(
    app="linkedin",
    permissions=PERMISSIONS,
    open_consent=_open,
    renews_by="refresh_token",
    renew_before=RENEW_BEFORE,
)
