"""A sign of life to an outside watchdog, because the dead cannot send mail."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import requests

from campaignbot.domain.alerts import NotTold
from campaignbot.domain.errors import user_error
from campaignbot.domain.messages import Message
from campaignbot.domain.secrets import Secret

_TIMEOUT_S = 5.0


def require_web_address(url: Secret) -> None:
    """Raise UserError unless it is a web address; it is not repeated, who has it can use it."""
    parts = urlsplit(url.reveal())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise user_error("ping.bad_url", remedy="ping.bad_url.remedy")


def ping(url: Secret, *, healthy: bool, timeout_s: float = _TIMEOUT_S) -> None:
    """Tell the watchdog that all is well, or at the same address with /fail that it is not.

    NotTold when it does not answer with a success.
    """
    try:
        with requests.get(
            _address(url, healthy), timeout=timeout_s, allow_redirects=False, stream=True
        ) as answer:
            status = answer.status_code
    except requests.RequestException as error:
        # The error names the address.
        raise NotTold(Message("ping.failed", {"said": type(error).__name__})) from None
    if not 200 <= status < 300:
        raise NotTold(Message("ping.failed", {"said": str(status)}))


def _address(url: Secret, healthy: bool) -> str:
    if healthy:
        return url.reveal()
    parts = urlsplit(url.reveal())
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/fail"))
