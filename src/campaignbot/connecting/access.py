"""What every step of connecting works with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from threading import Lock
from uuid import UUID

from campaignbot.domain.accounts import Account
from campaignbot.domain.clock import Clock
from campaignbot.domain.errors import UserError, user_error
from campaignbot.gateways.credentials import Vault
from campaignbot.platforms.consent import Consent, Credentials, RegisteredApp
from campaignbot.platforms.protocol import AccountIdentity, Adapter, Platform
from campaignbot.platforms.registry import load_platform
from campaignbot.storage import accounts
from campaignbot.storage.credentials import Stored
from campaignbot.storage.database import Database, Tx


@dataclass
class Unsaved:
    """Renewed credentials that the database did not take yet: the only ones that may still work."""

    by_account: dict[UUID, tuple[Stored, Credentials]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True)
class Access:
    """The accounts of one working folder, and how to reach them.

    `keys` are those of `config/accounts.yaml`; the database remembers accounts that left it.
    `open_adapter` takes the secrets to try, `open_consent` the registered app to ask with, and the
    permissions to leave out.
    `vault(make)` returns the vault, with a new key where there is none yet and one may be made.
    `apps` tells by account the name under which its app is registered, where it has one of its own.
    """

    database: Database
    clock: Clock
    keys: Collection[str]
    platforms: Mapping[str, Platform]
    open_adapter: Callable[[Account, Credentials], Adapter]
    vault: Callable[[bool], Vault]
    open_consent: Callable[[Account, RegisteredApp, frozenset[str]], Consent]
    apps: Mapping[str, str] = field(default_factory=dict)
    unsaved: Unsaved = field(default_factory=Unsaved)

    def account(self, tx: Tx, key: str) -> Account:
        """Return an account; UserError that names those that exist when there is none such."""
        found = accounts.account_by_key(tx, key)
        if found is None:
            raise self._unknown(key)
        return found

    def platform(self, account: Account) -> Platform:
        """Return the account's platform; UserError when no such adapter is installed."""
        return self.platforms.get(account.platform) or load_platform(account.platform)

    def by_hand(self, account: Account) -> bool:
        """Tell whether people serve the account, so that there is nothing to connect."""
        return account.key in self.keys and self.platforms[account.platform].hands_over

    def require_platform(self, account: Account) -> None:
        """Raise UserError where no platform can be asked about the account."""
        if account.key not in self.keys:
            raise self._unknown(account.key)
        if self.by_hand(account):
            raise user_error("account.by_hand", remedy="account.by_hand.remedy", key=account.key)

    def identity(self, account: Account, given: Credentials) -> AccountIdentity:
        """Ask the platform whom credentials speak for; raises a PlatformError."""
        with closing(self.open_adapter(account, given)) as adapter:
            return adapter.verify()

    def _unknown(self, key: str) -> UserError:
        return user_error(
            "account.unknown",
            remedy="account.unknown.remedy",
            name=key,
            known=", ".join(self.keys),
        )
