"""How the accounts of one working folder are reached: with which secrets, by which adapter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from uuid import UUID

from campaignbot.bootstrap.folder import WorkingFolder
from campaignbot.connecting.access import Access
from campaignbot.connecting.apps import connecting_of
from campaignbot.connecting.renew import renew_refused
from campaignbot.domain.accounts import Account
from campaignbot.platforms.calls import CallLog
from campaignbot.platforms.consent import Consent, ConsentContext, RegisteredApp
from campaignbot.platforms.errors import AuthError
from campaignbot.platforms.protocol import Adapter, AdapterContext, Credentials, MediaSource
from campaignbot.storage import accounts, credentials

Sealed = tuple[bytes, datetime | None]
"""The secrets of an account as they are stored, and when they end."""


class Connections:
    """Makes adapters and consents; `source` returns where adapters get their media from."""

    def __init__(self, folder: WorkingFolder, source: Callable[[], MediaSource]) -> None:
        self._folder, self._source = folder, source
        self.calls = CallLog()

    @cached_property
    def access(self) -> Access:
        """What connecting, checking and pausing accounts works with."""
        folder = self._folder
        return Access(
            folder.database,
            folder.clock,
            folder.entries,
            folder.platforms,
            self.open_with,
            folder.vault,
            self._open_consent,
            {entry.key: entry.app for entry in folder.entries.values() if entry.app},
        )

    def open_with(self, account: Account, secrets: Credentials) -> Adapter:
        """Return a new adapter that speaks for an account with these secrets."""
        context = self.context(account, secrets, self._source())
        return self.access.platform(account).open_adapter(context)

    def context(
        self, account: Account, secrets: Credentials, source: MediaSource
    ) -> AdapterContext:
        entry = self._folder.entry(account)
        return AdapterContext(
            external_id=account.external_id,
            credentials=secrets,
            media=source,
            clock=self._folder.clock,
            base_url=entry.base_url,
            timeout_s=entry.timeout_s,
            options=entry.options,
            calls=self.calls,
        )

    def renew_refused(self, account: Account, since: datetime) -> bool:
        """Renew an access that was refused in a call begun then; tell whether to try again."""
        return renew_refused(self.access, account, since)

    def require_secrets(self) -> None:
        """Raise UserError unless this machine has the key that opens all stored credentials."""
        if all(
            self._folder.platforms[entry.platform].hands_over
            for entry in self._folder.entries.values()
        ):
            return
        vault = self._folder.vault()
        with self._folder.database.read() as tx:
            sealed = [credentials.sealed_of(tx, a.id) for a in accounts.list_accounts(tx)]
        for found in sealed:
            if found is not None:
                vault.open(found[0])

    def _open_consent(
        self, account: Account, app: RegisteredApp, without: frozenset[str]
    ) -> Consent:
        entry = self._folder.entry(account)
        return connecting_of(self.access, account).open_consent(
            ConsentContext(
                app, self._folder.clock, entry.base_url, entry.timeout_s, self.calls, without
            )
        )


class OpenedAdapters:
    """The accounts' adapters, each opened once for the secrets that are stored now.

    Another process may connect an account again while this one runs.
    """

    def __init__(self, folder: WorkingFolder, connections: Connections) -> None:
        self._folder, self._connections = folder, connections
        self._opened: dict[UUID, tuple[bytes, Adapter]] = {}

    def of(self, account: Account) -> Adapter:
        """Return the adapter of an account; AuthError when it is not connected."""
        with self._folder.database.read() as tx:
            sealed = credentials.sealed_of(tx, account.id)
        return self.with_sealed(account, sealed)

    def with_sealed(self, account: Account, sealed: Sealed | None) -> Adapter:
        """Return the adapter of an account whose secrets were read already."""
        if sealed is None:
            raise AuthError(f"{account.key}: not connected yet")
        if account.id in self._opened and self._opened[account.id][0] == sealed[0]:
            return self._opened[account.id][1]
        secrets = Credentials(self._folder.vault().open(sealed[0]), sealed[1])
        adapter = self._connections.open_with(account, secrets)
        self._opened[account.id] = (sealed[0], adapter)
        return adapter

    def close(self) -> None:
        for _, adapter in self._opened.values():
            adapter.close()
        self._opened.clear()
