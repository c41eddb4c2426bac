"""The other ways to tell a person, by Apprise: ntfy, a webhook, a chat."""

from __future__ import annotations

import logging
from hashlib import sha256

from campaignbot.domain.alerts import NotTold
from campaignbot.domain.errors import user_error
from campaignbot.domain.messages import Message
from campaignbot.domain.secrets import Secret


def require_known(url: Secret) -> None:
    """Raise UserError unless Apprise knows what to do with this address."""
    import apprise

    _hush()
    if not apprise.Apprise().add(url.reveal()):
        raise user_error("notify.bad_url", remedy="notify.bad_url.remedy", kind=kind_of(url))


def send(url: Secret, title: str, text: str) -> None:
    """Send a plain text; NotTold when it was not taken. The address is never repeated."""
    import apprise

    _hush()
    sender = apprise.Apprise()
    if not sender.add(url.reveal()):
        raise NotTold(Message("notify.bad_url", {"kind": kind_of(url)}))
    if not sender.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT):
        raise NotTold(Message("notify.failed", {"kind": kind_of(url)}))


def kind_of(url: Secret) -> str:
    """Return the kind of an address (ntfy, json, …): all of it that may be shown."""
    kind, separator, _ = url.reveal().partition("://")
    return kind[:20] if separator and kind.isalnum() else "?"


def name_of(url: Secret) -> str:
    """Return a name that tells this address from others and does not tell what it is."""
    return f"{kind_of(url)}:{sha256(url.reveal().encode()).hexdigest()[:8]}"


def _hush() -> None:
    # Apprise logs addresses, and those hold tokens.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
