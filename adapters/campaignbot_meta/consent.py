"""Meta's consent page and tokens, for pages and for the Instagram accounts that belong to them.

https://developers.facebook.com/documentation/facebook-login/guides/advanced/manual-flow and
…/facebook-login/guides/access-tokens/get-long-lived (read 2026-11-24).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from facebook_business.api import FacebookAdsApi
from facebook_business.session import FacebookSession

from campaignbot.domain.clock import Clock
from campaignbot.domain.secrets import Secret
from campaignbot.platforms import reasons
from campaignbot.platforms.calls import CallLog
from campaignbot.platforms.consent import (
    ConsentContext,
    Credentials,
    Grant,
    Inspected,
    Page,
    Permission,
)
from campaignbot.platforms.errors import (
    AuthError,
    ContentRefused,
    PlatformError,
    PlatformUnavailable,
)
from campaignbot.platforms.oauth import CLIENT_ID, ends_in, renewal, token_in
from campaignbot_meta.connecting import RENEW_BEFORE, RENEWS_BY
from campaignbot_meta.errors import translated
from campaignbot_meta.granted import granted_to
from campaignbot_meta.graph import API_VERSION, Graph

_DIALOG = "https://www.facebook.com"
_DATA_ACCESS = timedelta(days=90)
"""How long an app may read on behalf of a person since their last consent or visit."""


@dataclass(frozen=True, slots=True)
class _Reached:
    credentials: Credentials
    clock: Clock
    base_url: str | None
    timeout_s: float
    calls: CallLog


class _App:
    """What is asked in the name of the app itself; everything secret stands in the body."""

    def __init__(self, context: ConsentContext) -> None:
        self._context, self._app = context, context.app
        session = FacebookSession(timeout=context.timeout_s)
        session.requests.params.clear()
        context.calls.listen(session.requests, "facebook")
        if context.base_url:
            session.GRAPH = context.base_url.rstrip("/")
        self._session = session
        self._api = FacebookAdsApi(session, api_version=API_VERSION)

    def token(self, form: Mapping[str, str], given: Secret) -> dict[str, Any]:
        """Ask for a token; AuthError where Meta refuses."""
        sent = {
            **form,
            "client_id": self._app.client_id,
            "client_secret": self._app.client_secret.reveal(),
        }
        try:
            body = self._post(("oauth", "access_token"), sent, given)
        except ContentRefused as error:
            # A code that was used, or is of another redirect address, is an invalid parameter.
            raise AuthError(str(error)) from error
        except PlatformUnavailable as error:
            if "client secret" in str(error):
                raise AuthError(str(error)) from error
            raise
        if not isinstance(body, dict):
            raise PlatformUnavailable(reasons.GARBLED)
        return body

    def inspected(self, token: Secret) -> dict[str, Any]:
        """Return what Meta tells of a token that it gave out for this app; empty where nothing.

        Asked as a batch of one, so that the token stands in a body and in no address.
        """
        inspected = urlencode({"input_token": token.reveal()})
        batch = [{"method": "GET", "relative_url": f"debug_token?{inspected}"}]
        secret = self._app.client_secret.reveal()
        form = {"batch": batch, "access_token": f"{self._app.client_id}|{secret}"}
        try:
            body = self._post((), form, token)
            told = json.loads(body[0]["body"])["data"]
        except (PlatformError, KeyError, IndexError, TypeError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}

    def close(self) -> None:
        self._session.requests.close()

    def _post(self, path: Sequence[str], form: Mapping[str, Any], given: Secret) -> Any:
        with (
            translated(given, self._context.clock),
            translated(self._app.client_secret, self._context.clock),
        ):
            answer = self._api.call("POST", path, params=dict(form))
            body = answer.json()
        if not 200 <= int(answer.status()) < 300:
            raise PlatformUnavailable(reasons.about(reasons.GARBLED, int(answer.status())))
        return body


def _instant(told: Mapping[str, Any], name: str) -> datetime | None:
    """Return an instant of an answer; None where it is 0, which is never, or not told."""
    try:
        return datetime.fromtimestamp(int(told[name]), UTC) if told.get(name) else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


class _MetaConsent:
    """The consent of one app.

    What lasts is the token of the page: it ends only when Meta withdraws it, or no longer lets
    the app read for the person. The person's own token is kept to fetch a new one.
    """

    FIELDS: ClassVar = "id,name,access_token,tasks"

    def __init__(self, context: ConsentContext, permissions: Sequence[Permission]) -> None:
        self._context, self._permissions = context, permissions
        self._app = _App(context)

    def address(self, state: str, challenge: str) -> str:
        # Meta documents no PKCE for apps with a secret: the state alone binds the answer.
        query = urlencode(
            {
                "client_id": self._context.app.client_id,
                "redirect_uri": self._context.app.redirect,
                "state": state,
                "response_type": "code",
                "scope": ",".join(self._context.asked_for(self._permissions)),
                # Asks again for what was declined the last time.
                "auth_type": "rerequest",
            }
        )
        base = (self._context.base_url or _DIALOG).rstrip("/")
        return f"{base}/{API_VERSION}/dialog/oauth?{query}"

    def exchange(self, code: str, verifier: str) -> Grant:
        form = {"redirect_uri": self._context.app.redirect, "code": code}
        short = token_in(self._app.token(form, Secret(code)), "access_token")
        credentials = self._long_lived(short, self._context.clock.now() + _DATA_ACCESS)
        with self._graph(credentials.secrets[RENEWS_BY]) as graph:
            return Grant(replace(credentials, permissions=granted_to(graph)))

    def pages(self, grant: Grant) -> Sequence[Page]:
        rows = self._rows(grant.credentials.secrets[RENEWS_BY])
        return tuple(page for row in rows if (page := self.page(row)) is not None)

    def credentials(self, grant: Grant, external_id: str) -> Credentials:
        return self._of_page(grant.credentials, external_id)

    def renew(self, credentials: Credentials, external_id: str) -> Credentials:
        kept = credentials.secrets.get(RENEWS_BY)
        if not kept:
            raise AuthError(reasons.NO_REFRESH_TOKEN)
        # No answer to a renewal tells the permissions: those from before stay the last word.
        person = self._long_lived(kept, credentials.person_by_utc)
        return self._of_page(replace(person, permissions=credentials.permissions), external_id)

    def inspect(self, token: Secret) -> Inspected | None:
        told = self._app.inspected(token)
        scopes = told.get("scopes")
        if told.get("is_valid") is not True or not isinstance(scopes, list):
            return None
        ends = [_instant(told, name) for name in ("expires_at", "data_access_expires_at")]
        return Inspected(frozenset(map(str, scopes)), *ends)

    def close(self) -> None:
        self._app.close()

    def page(self, row: Mapping[str, Any]) -> Page | None:
        """Return what a row of the person's pages stands for; None where it is nothing of ours."""
        tasks = row.get("tasks")
        return Page(
            str(row["id"]), str(row.get("name", "")), tasks is None or "CREATE_CONTENT" in tasks
        )

    def _of_page(self, person: Credentials, external_id: str) -> Credentials:
        for row in self._rows(person.secrets[RENEWS_BY]):
            page = self.page(row)
            if page is not None and page.external_id == external_id:
                secrets = {**person.secrets, "access_token": token_in(row, "access_token")}
                return replace(person, secrets=secrets, expires_at_utc=None)
        raise AuthError(reasons.about(reasons.PAGE_LOST, external_id))

    def _long_lived(self, token: Secret, data_ends: datetime | None) -> Credentials:
        form = {"grant_type": "fb_exchange_token", "fb_exchange_token": token.reveal()}
        answer = self._app.token(form, token)
        person, now = token_in(answer, "access_token"), self._context.clock.now()
        expires = ends_in(now, answer.get("expires_in"))
        data_ends = _instant(self._app.inspected(person), "data_access_expires_at") or data_ends
        secrets = {RENEWS_BY: person, CLIENT_ID: Secret(self._context.app.client_id)}
        return Credentials(secrets, expires, renewal(expires, RENEW_BEFORE, True), data_ends)

    def _rows(self, person: Secret) -> list[dict[str, Any]]:
        with self._graph(person) as graph:
            return list(graph.listed("me", "accounts", params={"fields": self.FIELDS}))

    @contextmanager
    def _graph(self, token: Secret) -> Iterator[Graph]:
        context = self._context
        reached = _Reached(
            Credentials({"access_token": token}),
            context.clock,
            context.base_url,
            context.timeout_s,
            context.calls,
        )
        graph = Graph(reached, "facebook")
        try:
            yield graph
        finally:
            graph.close()


class FacebookConsent(_MetaConsent):
    """Lets a person choose one of their pages."""


class InstagramConsent(_MetaConsent):
    """Lets a person choose one of the professional accounts that belong to their pages."""

    FIELDS: ClassVar = f"{_MetaConsent.FIELDS},instagram_business_account{{id,username}}"

    def page(self, row: Mapping[str, Any]) -> Page | None:
        account = row.get("instagram_business_account")
        if not isinstance(account, Mapping) or "id" not in account:
            return None
        tasks = row.get("tasks")
        name = str(account.get("username") or row.get("name", ""))
        return Page(str(account["id"]), name, tasks is None or "CREATE_CONTENT" in tasks)
