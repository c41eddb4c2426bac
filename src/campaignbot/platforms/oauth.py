"""What the consents of several platforms have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from campaignbot.domain.secrets import Secret
from campaignbot.platforms import reasons
from campaignbot.platforms.consent import Credentials, RegisteredApp
from campaignbot.platforms.errors import AuthError, PlatformUnavailable, RateLimitReached
from campaignbot.platforms.redaction import redact
from campaignbot.platforms.waiting import retry_after

if TYPE_CHECKING:
    import requests

CLIENT_ID = "client_id"
"""Kept beside the tokens: a refresh token is good only for the app that it was given to."""


def permissions_in(text: str) -> frozenset[str]:
    """Return the permissions that a list with blanks or commas names."""
    return frozenset(part for part in re.split(r"[\s,]+", text) if part)


def permissions_told(
    answer: Mapping[str, Any], before: Credentials | None = None
) -> frozenset[str] | None:
    """Return the permissions that an answer with a token tells, else those from before."""
    told = answer.get("scope")
    if isinstance(told, str):
        return permissions_in(told)
    return before.permissions if before else None


def code_form(app: RegisteredApp, code: str, verifier: str | None = None) -> dict[str, str]:
    """Return the form that asks for tokens by a code; no verifier where there is no PKCE."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": app.redirect,
    }
    return form if verifier is None else {**form, "code_verifier": verifier}


def refresh_form(credentials: Credentials, platform: str) -> tuple[dict[str, str], Secret]:
    """Return the form that asks for renewal, and the secret in it; AuthError where none is kept."""
    kept = credentials.secrets.get("refresh_token")
    if not kept:
        raise AuthError(reasons.NO_REFRESH_TOKEN)
    return {"grant_type": "refresh_token", "refresh_token": kept.reveal()}, kept


def ends_in(now: datetime, seconds: Any) -> datetime | None:
    """Return the instant that many seconds from now; None where no number was told."""
    try:
        return now + timedelta(seconds=int(seconds)) if seconds else None
    except (TypeError, ValueError, OverflowError):
        return None


def token_in(answer: Mapping[str, Any], name: str) -> Secret:
    """Return a token of an answer; PlatformUnavailable where it holds none."""
    value = answer.get(name)
    if not isinstance(value, str) or not value.strip():
        raise PlatformUnavailable(reasons.about(reasons.GARBLED, name))
    return Secret(value)


def secrets_of(
    app: RegisteredApp, answer: Mapping[str, Any], before: Mapping[str, Secret] | None = None
) -> dict[str, Secret]:
    """Return the tokens of an answer with the app that they belong to.

    What was there before stays unless it was given anew: not every platform sends a refresh token
    each time.
    """
    found = {**(before or {}), "access_token": token_in(answer, "access_token")}
    if answer.get("refresh_token"):
        found["refresh_token"] = token_in(answer, "refresh_token")
    return {**found, CLIENT_ID: Secret(app.client_id)}


def renewal(expires: datetime | None, before: timedelta, can: bool) -> datetime | None:
    """Return when to renew an access; None where nothing can be renewed, or nothing ends."""
    return expires - before if can and expires is not None else None


def token_answer(
    response: requests.Response, secrets: Iterable[Secret], now: datetime
) -> dict[str, Any]:
    """Return the JSON object with which an OAuth 2.0 server answers a request for tokens.

    Raises AuthError where it refuses (https://www.rfc-editor.org/rfc/rfc6749#section-5.2), and
    PlatformUnavailable for all that is no answer of such a server.
    """
    try:
        body = response.json()
    except ValueError:
        body = None
    told: Mapping[str, Any] = body if isinstance(body, dict) else {}
    words = told.get("error_description") or told.get("error") or response.reason
    said, status = redact(str(words), secrets), response.status_code
    until = retry_after(response.headers, now)
    if status == 429:
        raise RateLimitReached(said, until)
    if 400 <= status < 500 and isinstance(body, dict):
        raise AuthError(said)
    if not 200 <= status < 300 or not isinstance(body, dict):
        raise PlatformUnavailable(f"{status}: {said}", until)
    return body
