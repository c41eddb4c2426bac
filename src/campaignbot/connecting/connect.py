"""Connecting an account, and giving the connection up."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from campaignbot.connecting.access import Access
from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.errors import UserError, user_error
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.credentials import Vault
from campaignbot.platforms.errors import PlatformError, PlatformUnavailable, RateLimitReached
from campaignbot.platforms.protocol import AccountIdentity
from campaignbot.storage import accounts, audit, credentials


def connect(access: Access, key: str, secrets: Mapping[str, Secret]) -> AccountIdentity:
    """Try an account's secrets at the platform, and only then seal and store them.

    UserError when the platform refuses them, does not answer, or says that they are another
    account's: what was stored before stays as it was. Secrets of other names stay stored. A pause
    stays a pause.
    """
    with access.database.read() as tx:
        account = access.account(tx, key)
    access.require_platform(account)
    _require_complete(account, secrets, access.platforms[account.platform].credential_fields)
    vault = access.vault(True)
    tried = {**_stored(access, account, vault), **secrets}
    identity = _identity(access, account, tried)
    now = access.clock.now()
    with access.database.write() as tx:
        credentials.save_sealed(tx, account.id, vault.seal(tried), None, now=now)
        accounts.forget_token_expiry(tx, account.id)
        if accounts.account_by_id(tx, account.id).state is not AccountState.PAUSED:
            accounts.set_account_state(
                tx, account.id, AccountState.ACTIVE, now=now, actor="system:connect"
            )
    return identity


def disconnect(access: Access, key: str, *, by: str, dry_run: bool = False) -> bool:
    """Delete an account's secrets, so that its posts wait; False when it has none."""
    with access.database.write() as tx:
        account = access.account(tx, key)
        if access.by_hand(account):
            raise user_error("account.by_hand", remedy="account.by_hand.remedy", key=key)
        if dry_run or credentials.sealed_of(tx, account.id) is None:
            return credentials.sealed_of(tx, account.id) is not None
        credentials.forget_sealed(tx, account.id)
        accounts.forget_token_expiry(tx, account.id)
        now, left = access.clock.now(), AccountState.NOT_CONNECTED
        audit.record(tx, AuditEvent(now, by, "disconnect", "account", account.id))
        accounts.set_account_state(tx, account.id, left, now=now, actor=by)
        return True


def _require_complete(
    account: Account, secrets: Mapping[str, Secret], fields: tuple[str, ...]
) -> None:
    """Refuse what is empty here: some platforms answer an empty token as if it were none."""
    for name in dict.fromkeys((*fields, *secrets)):
        given = secrets.get(name)
        if given is None or not given.reveal().strip():
            raise user_error(
                "account.empty", remedy="account.empty.remedy", key=account.key, field=name
            )


def _stored(access: Access, account: Account, vault: Vault) -> Mapping[str, Secret]:
    """Return the secrets that the account has; none where another key sealed them."""
    if account.state is AccountState.NOT_CONNECTED:
        # What may lie there is of the platform that the account was on before.
        return {}
    with access.database.read() as tx:
        sealed = credentials.sealed_of(tx, account.id)
    with suppress(UserError):
        return vault.open(sealed[0]) if sealed else {}
    return {}


def _identity(access: Access, account: Account, secrets: Mapping[str, Secret]) -> AccountIdentity:
    try:
        identity = access.identity(account, secrets)
    except (PlatformUnavailable, RateLimitReached) as error:
        raise user_error(
            "account.silent", remedy="account.silent.remedy", key=account.key, said=str(error)
        ) from error
    except PlatformError as error:
        raise user_error(
            "account.refused", remedy="account.refused.remedy", name=account.key, said=str(error)
        ) from error
    if identity.external_id != account.external_id:
        raise user_error(
            "account.other_identity",
            remedy="account.other_identity.remedy",
            theirs=identity.name or "-",
            their_id=identity.external_id,
            ours=account.name,
            our_id=account.external_id or "-",
        )
    return identity
