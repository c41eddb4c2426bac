"""Keeping secrets out of what is said."""

from __future__ import annotations

import re
from collections.abc import Iterable

from campaignbot.domain.secrets import Secret

_TOKEN_IN_URL = re.compile(r"((?:access_token|oauth_token|client_secret|input_token)=)[^&\s'\")]+")
_MAX = 500


def redact(text: str, secrets: Iterable[Secret] = ()) -> str:
    """Return the text without these secrets and without tokens in addresses; at most 500 long."""
    for secret in secrets:
        if secret:
            text = text.replace(secret.reveal(), "***")
    return _TOKEN_IN_URL.sub(r"\1***", text)[:_MAX]
