"""LinkedIn's consent page and tokens, through python-linkedin-v2 brought up to date.

https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow and
…/programmatic-refresh-tokens (read 2026-11-24).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from linkedin_v2.linkedin import LinkedInAuthentication

from campaignbot.domain.clock import Clock
from campaignbot.domain.secrets import Secret
from campaignbot.platforms.consent import (
    ConsentContext,
    Credentials,
    Grant,
    Inspected,
    Page,
)
from campaignbot.platforms.oauth import (
    code_form,
    ends_in,
    permissions_told,
    refresh_form,
    renewal,
    secrets_of,
    token_answer,
)
from campaignbot_linkedin.client import VersionedApplication
from campaignbot_linkedin.connecting import PERMISSIONS, RENEW_BEFORE
from campaignbot_linkedin.errors import unreachable

_OAUTH = "https://www.linkedin.com/oauth/v2"
_REFRESH_TOKEN_LASTS = timedelta(days=365)
_MAY_POST = frozenset(
    {
        "ADMINISTRATOR",
        "CONTENT_ADMIN",
        "CONTENT_ADMINISTRATOR",
        "DIRECT_SPONSORED_CONTENT_POSTER",
    }
)


class Authentication(LinkedInAuthentication):  # type: ignore[misc]  # the package has no types
    """Speaks OAuth at its present addresses, with a state from outside, and knows refresh tokens.

    The package makes its states from a random number that can be guessed, keeps no refresh token,
    and reads errors in a way that fails on Python 3.
    """

    def __init__(self, context: ConsentContext) -> None:
        app = context.app
        super().__init__(
            app.client_id,
            app.client_secret.reveal(),
            app.redirect,
            context.asked_for(PERMISSIONS),
        )
        base = f"{context.base_url.rstrip('/')}/oauth/v2" if context.base_url else _OAUTH
        self.AUTHORIZATION_URL = f"{base}/authorization"
        self.ACCESS_TOKEN_URL = f"{base}/accessToken"
        self._clock: Clock = context.clock
        self._timeout_s, self._secret = context.timeout_s, app.client_secret
        self.session = requests.Session()
        context.calls.listen(self.session, "linkedin")

    def tokens(self, form: Mapping[str, str], given: Secret) -> dict[str, Any]:
        """Ask for tokens; everything secret stands in the body."""
        return self._asked(self.ACCESS_TOKEN_URL, form, given)

    def inspected(self, token: Secret) -> dict[str, Any]:
        """Ask about a token of this app.

        https://learn.microsoft.com/en-us/linkedin/shared/authentication/token-introspection
        """
        address = self.ACCESS_TOKEN_URL.replace("/accessToken", "/introspectToken")
        return self._asked(address, {"token": token.reveal()}, token)

    def _asked(self, address: str, form: Mapping[str, str], given: Secret) -> dict[str, Any]:
        sent = {**form, "client_id": self.key, "client_secret": self.secret}
        try:
            response = self.session.post(address, data=sent, timeout=self._timeout_s)
        except requests.RequestException as error:
            raise unreachable(error) from error
        return token_answer(response, (given, self._secret), self._clock.now())


class LinkedInConsent:
    """The consent of one app.

    Renewing gives a new access of 60 days and never moves the end of the refresh token, a year
    after the consent. Apps without the right to refresh tokens get none.
    """

    def __init__(self, context: ConsentContext) -> None:
        self._context, self._authentication = context, Authentication(context)

    def address(self, state: str, challenge: str) -> str:
        # LinkedIn has no PKCE for apps with a secret: the state alone binds the answer.
        self._authentication.state = state
        return str(self._authentication.authorization_url)

    def exchange(self, code: str, verifier: str) -> Grant:
        app = self._context.app
        answer = self._authentication.tokens(code_form(app, code), Secret(code))
        return Grant(self._lasting(secrets_of(app, answer), answer))

    def pages(self, grant: Grant) -> Sequence[Page]:
        api = VersionedApplication(
            grant.credentials.secrets["access_token"],
            self._context.base_url,
            self._context.timeout_s,
            self._context.clock,
        )
        self._context.calls.listen(api.session, "linkedin")
        try:
            return tuple(
                Page(urn, self._name(api, urn), bool(roles & _MAY_POST))
                for urn, roles in self._roles(api).items()
            )
        finally:
            api.session.close()

    def credentials(self, grant: Grant, external_id: str) -> Credentials:
        return grant.credentials

    def renew(self, credentials: Credentials, external_id: str) -> Credentials:
        form, kept = refresh_form(credentials, "LinkedIn")
        answer = self._authentication.tokens(form, kept)
        secrets = secrets_of(self._context.app, answer, credentials.secrets)
        return self._lasting(secrets, answer, credentials)

    def inspect(self, token: Secret) -> Inspected | None:
        answer = self._authentication.inspected(token)
        if answer.get("active") is not True or not isinstance(answer.get("scope"), str):
            return None
        granted = permissions_told(answer, None)
        try:
            ends = datetime.fromtimestamp(int(answer["expires_at"]), UTC)
        except (KeyError, TypeError, ValueError, OverflowError, OSError):
            ends = None
        return Inspected(granted, ends) if granted is not None else None

    def close(self) -> None:
        self._authentication.session.close()

    def _lasting(
        self,
        secrets: Mapping[str, Secret],
        answer: Mapping[str, Any],
        before: Credentials | None = None,
    ) -> Credentials:
        now, granted = self._context.clock.now(), permissions_told(answer, before)
        expires = ends_in(now, answer.get("expires_in"))
        if "refresh_token" not in secrets:
            return Credentials(secrets, expires, permissions=granted)
        told = ends_in(now, answer.get("refresh_token_expires_in"))
        first = before.person_by_utc if before else now + _REFRESH_TOKEN_LASTS
        person_by = min((end for end in (told, first) if end is not None), default=None)
        renew_at = renewal(expires, RENEW_BEFORE, can=True)
        if renew_at and person_by and renew_at >= person_by:
            # By then the refresh token is over: this access is the last one.
            return Credentials(secrets, expires, permissions=granted)
        return Credentials(secrets, expires, renew_at, person_by, granted)

    @staticmethod
    def _roles(api: VersionedApplication) -> Mapping[str, set[str]]:
        roles: dict[str, set[str]] = {}
        for row in api.listed("/rest/organizationAcls?q=roleAssignee&state=APPROVED"):
            urn = str(row.get("organization") or row.get("organizationTarget"))
            roles.setdefault(urn, set()).add(str(row.get("role")))
        return roles

    @staticmethod
    def _name(api: VersionedApplication, urn: str) -> str:
        answer = api.json("GET", f"/rest/organizations/{urn.rsplit(':', 1)[-1]}")
        return str(answer.get("localizedName") or urn)
