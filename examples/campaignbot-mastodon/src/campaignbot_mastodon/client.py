"""Requests to one Mastodon server, and the one seam at which its errors become campaignbot's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import requests
from campaignbot.domain.accounts import BudgetOwner, RateBudget
from campaignbot.platforms import reasons
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import (
    AuthError,
    ContentRefused,
    PermissionMissing,
    PlatformError,
    PlatformUnavailable,
    RateLimitReached,
)
from campaignbot.platforms.protocol import AdapterContext
from campaignbot.platforms.redaction import redact
from campaignbot.platforms.waiting import retry_after


class Gone(ContentRefused):
    """What the request is about is not there (any more)."""


class Client:
    """Sends the token as a header, waits for no answer without end, and believes no answer."""

    def __init__(self, context: AdapterContext) -> None:
        token = context.credentials.secrets.get("access_token")
        if not token:
            raise AuthError(reasons.NO_TOKEN)
        if not context.base_url:
            raise AuthError(reasons.about(reasons.NO_ADDRESS, "base_url"))
        self._server, self._token = context.base_url.rstrip("/"), token
        self._timeout_s, self.clock = context.timeout_s, context.clock
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token.reveal()}"
        context.calls.listen(self._session, "mastodon")
        self._told: Mapping[str, str] = {}

    def object(self, method: str, path: str, needs: str, **request: Any) -> dict[str, Any]:
        """Send a request whose answer is an object that has a key."""
        body = self._json(method, path, **request)
        if not isinstance(body, dict) or needs not in body:
            raise PlatformUnavailable(reasons.about(reasons.GARBLED, needs))
        return body

    def objects(self, path: str, **request: Any) -> list[dict[str, Any]]:
        """Ask for a list of objects."""
        body = self._json("GET", path, **request)
        if not isinstance(body, list) or not all(isinstance(row, dict) for row in body):
            raise PlatformUnavailable(reasons.GARBLED)
        return body

    def send(self, method: str, path: str, **request: Any) -> requests.Response:
        """Send one request; raises a PlatformError for every answer that is not a success."""
        try:
            answer = self._session.request(
                method, f"{self._server}{path}", timeout=self._timeout_s, **request
            )
        except requests.RequestException as error:
            said = redact(f"{type(error).__name__}: {error}", [self._token])
            raise PlatformUnavailable(said) from error
        if method == "POST" and path.endswith("/statuses"):
            self._told = answer.headers
        if answer.status_code >= 400:
            raise self._error(answer)
        return answer

    def budgets(self) -> tuple[RateBudget, ...]:
        """Return what the latest answer to a create request told; nothing where it is nonsense."""
        remaining, resets = self._told.get("X-RateLimit-Remaining", ""), _reset(self._told)
        if not (remaining.isascii() and remaining.isdigit() and resets):
            return ()
        return (RateBudget(BudgetOwner.ACCOUNT, "create", int(remaining), resets),)

    def close(self) -> None:
        self._session.close()

    def _json(self, method: str, path: str, **request: Any) -> Any:
        answer = self.send(method, path, **request)
        try:
            return answer.json()
        except requests.JSONDecodeError as error:
            raise PlatformUnavailable(reasons.GARBLED) from error

    def _error(self, answer: requests.Response) -> PlatformError:
        status, now, said = answer.status_code, self.clock.now(), self._words(answer)
        until = retry_after(answer.headers, now)
        match status:
            case 401:
                return AuthError(said)
            case 403:
                return PermissionMissing(said)
            case 404 | 410:
                return Gone(said)
            case 429:
                return RateLimitReached(said, until or _reset(answer.headers))
            case 413 | 422:
                too_long = "character limit" in said
                return ContentRefused(said, advice=Advice.SHORTEN_TEXT if too_long else None)
            case _ if status < 500:
                return ContentRefused(said)
            case _:
                return PlatformUnavailable(said, until)

    def _words(self, answer: requests.Response) -> str:
        """Return the server's own words, else its status."""
        try:
            body = answer.json()
        except requests.JSONDecodeError:
            body = None
        said = body.get("error") if isinstance(body, dict) else None
        return redact(str(said or f"{answer.status_code} {answer.reason}"), [self._token])


def _reset(headers: Mapping[str, str]) -> datetime | None:
    try:
        resets = datetime.fromisoformat(headers.get("X-RateLimit-Reset", ""))
    except ValueError:
        return None
    return resets if resets.tzinfo else None
