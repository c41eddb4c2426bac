"""X's consent page and tokens: OAuth 2.0 with PKCE, through tweepy's handler.

https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code (read 2026-11-24).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import requests
from tweepy import OAuth2UserHandler

from campaignbot.domain.secrets import Secret
from campaignbot.platforms.consent import ConsentContext, Credentials, Grant, Inspected, Page
from campaignbot.platforms.oauth import (
    code_form,
    ends_in,
    permissions_told,
    refresh_form,
    renewal,
    secrets_of,
    token_answer,
)
from campaignbot_x.client import BASE_URL, Client
from campaignbot_x.connecting import PERMISSIONS, RENEW_BEFORE
from campaignbot_x.errors import translated

_AUTHORIZE = "https://x.com/i/oauth2/authorize"


class _Handler(OAuth2UserHandler):  # type: ignore[misc]  # the package has no types
    """tweepy's handler, with a state and challenge from outside.

    Its way to the tokens is not taken: the library below it writes them to its debug log, takes
    fewer permissions than asked for as an error, and refuses a base address without TLS.
    """

    def address(self, state: str, challenge: str) -> str:
        address, _ = self.authorization_url(
            _AUTHORIZE, state=state, code_challenge=challenge, code_challenge_method="S256"
        )
        return str(address)

    def ask(self, url: str, form: Mapping[str, str], timeout_s: float) -> requests.Response:
        return requests.Session.request(
            self, "POST", url, data=form, auth=self.auth, timeout=timeout_s
        )


class XConsent:
    """The consent of one app. An access lasts two hours, each refresh token works once."""

    def __init__(self, context: ConsentContext) -> None:
        self._context, self._app = context, context.app
        self._base = (context.base_url or BASE_URL).rstrip("/")
        self._handler = _Handler(
            client_id=self._app.client_id,
            redirect_uri=self._app.redirect,
            scope=context.asked_for(PERMISSIONS),
            client_secret=self._app.client_secret.reveal() or None,
        )
        context.calls.listen(self._handler, "x")

    def address(self, state: str, challenge: str) -> str:
        address = self._handler.address(state, challenge)
        if self._context.base_url is None:
            return address
        return address.replace("https://x.com", self._base, 1)

    def exchange(self, code: str, verifier: str) -> Grant:
        given = Secret(code), Secret(verifier)
        answer = self._tokens(code_form(self._app, code, verifier), given)
        return Grant(self._lasting(secrets_of(self._app, answer), answer))

    def pages(self, grant: Grant) -> Sequence[Page]:
        secrets = grant.credentials.secrets
        client = Client(secrets, self._context.base_url, self._context.timeout_s)
        self._context.calls.listen(client.session, "x")
        try:
            with translated(secrets.values(), self._context.clock):
                user = client.get_me(user_auth=False).data
                return (Page(str(user.id), user.username),)
        finally:
            client.session.close()

    def credentials(self, grant: Grant, external_id: str) -> Credentials:
        return grant.credentials

    def renew(self, credentials: Credentials, external_id: str) -> Credentials:
        form, kept = refresh_form(credentials, "X")
        answer = self._tokens(form, (kept,))
        secrets = secrets_of(self._app, answer, credentials.secrets)
        return self._lasting(secrets, answer, credentials)

    def inspect(self, token: Secret) -> Inspected | None:
        # X has no question about tokens.
        return None

    def close(self) -> None:
        self._handler.close()

    def _lasting(
        self,
        secrets: Mapping[str, Secret],
        answer: Mapping[str, Any],
        before: Credentials | None = None,
    ) -> Credentials:
        expires = ends_in(self._context.clock.now(), answer.get("expires_in"))
        renew_at = renewal(expires, RENEW_BEFORE, "refresh_token" in secrets)
        granted = permissions_told(answer, before)
        return Credentials(secrets, expires, renew_at, permissions=granted)

    def _tokens(self, form: Mapping[str, str], given: tuple[Secret, ...]) -> dict[str, Any]:
        # A public client proves itself by its id in the body, one with a secret by a header.
        sent = {**form, "client_id": self._app.client_id}
        secrets = (self._app.client_secret, *given)
        with translated(secrets, self._context.clock):
            response = self._handler.ask(
                f"{self._base}/2/oauth2/token", sent, self._context.timeout_s
            )
            return token_answer(response, secrets, self._context.clock.now())
