"""How an X account is connected; loads no SDK."""

from __future__ import annotations

from datetime import timedelta

from campaignbot.platforms.consent import Connecting, Consent, ConsentContext, Permission

PERMISSIONS = (
    Permission("tweet.read", "permission.read_back", required=True),
    Permission("tweet.write", "permission.post", required=True),
    Permission("users.read", "permission.identity", required=True),
    Permission("media.write", "permission.pictures"),
    Permission("offline.access", "permission.renew"),
)
RENEW_BEFORE = timedelta(minutes=40)
"""An access lasts two hours: room for an outage of X, and for a machine that sleeps a little."""


def _open(context: ConsentContext) -> Consent:
    from campaignbot_x.consent import XConsent

    return XConsent(context)


CONNECTING = Connecting(
    app="x",
    permissions=PERMISSIONS,
    open_consent=_open,
    renews_by="refresh_token",
    renew_before=RENEW_BEFORE,
    # X takes no "localhost".
    redirect_host="127.0.0.1",
    secret_optional=True,
)
