"""Connecting an account, and giving the connection up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from campaignbot.connecting.access import Access
from campaignbot.connecting.lasting import lifetime_of, person_needed_at
from campaignbot.connecting.permitted import granted_by, inspected, with_inspected
from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.errors import UserError, user_error
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.credentials import Vault
from campaignbot.platforms.consent import Credentials
from campaignbot.platforms.errors import PlatformError, PlatformUnavailable, RateLimitReached
from campaignbot.platforms.oauth import CLIENT_ID
from campaignbot.platforms.protocol import AccountIdentity, Platform
from campaignbot.storage import accounts, audit, credentials, publications
from campaignbot.storage.credentials import Renewing

BY_PROGRAM = "system:connect"
"""The actor where no person is known."""


def connect(
    access: Access, key: str, secrets: Mapping[str, Secret], *, by: str = BY_PROGRAM
) -> AccountIdentity:
    """Try secrets that a person typed in, and only then seal and store them.

    UserError when the platform refuses them, does not answer, or says that they are another
    account's: what was stored before stays as it was. Secrets of other names stay stored, but for
    those of another kind of access. A pause stays a pause.
    """
    with access.database.read() as tx:
        account = access.account(tx, key)
    access.require_platform(account)
    platform = access.platform(account)
    asked = platform.key_fields if set(secrets) & _only_keys(platform) else ()
    _require_complete(account, secrets, asked or platform.credential_fields)
    kept = {} if asked else _stored(access, account, access.vault(True))
    tried = {k: v for k, v in kept.items() if k not in _only_keys(platform)} | dict(secrets)
    return take_over(access, account, Credentials(tried), by=by)


def connect_granted(
    access: Access,
    account: Account,
    granted: Credentials,
    also: Callable[[], None],
    *,
    by: str = BY_PROGRAM,
) -> AccountIdentity:
    """Try what a person granted on the platform's consent page, and only then seal and store it.

    A grant without a refresh token leaves the stored one in place, where that is of the same app.
    `also` is called between trying and storing. UserError as in `connect`.
    """
    kept = _stored(access, account, access.vault(True))
    connecting = access.platform(account).connecting
    renews_by = connecting.renews_by if connecting else ""
    if renews_by not in granted.secrets and renews_by in kept:
        if kept.get(CLIENT_ID) == granted.secrets.get(CLIENT_ID):
            granted = _with_kept(access, account, granted, {renews_by: kept[renews_by]})
    return take_over(access, account, granted, also, by=by)


def take_over(
    access: Access,
    account: Account,
    given: Credentials,
    also: Callable[[], None] = lambda: None,
    *,
    by: str,
) -> AccountIdentity:
    """Try credentials at the platform, then let them take the place of those of the account."""
    vault = access.vault(True)
    identity = _identity(access, account, given)
    if identity.permissions is None and given.permissions is None:
        # A token that somebody pasted says nothing of itself; the app that is kept may ask.
        given = with_inspected(given, inspected(access, account, given))
    also()
    now, lifetime = access.clock.now(), lifetime_of(given)
    sealed, granted = vault.seal(given.secrets), granted_by(identity, given)
    with access.database.write() as tx:
        saved = accounts.save_account(tx, account)
        credentials.save_sealed(tx, saved.id, sealed, lifetime, now=now, permissions=granted)
        accounts.set_token_end(tx, saved.id, person_needed_at(lifetime, Renewing()))
        audit.record(tx, AuditEvent(now, by, "connect", "account", saved.id))
        accounts.note_connected(tx, saved.id, now=now, actor=by)
        publications.look_again(tx, saved.id, now)
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
        accounts.set_token_end(tx, account.id, None)
        now, left = access.clock.now(), AccountState.NOT_CONNECTED
        audit.record(tx, AuditEvent(now, by, "disconnect", "account", account.id))
        accounts.set_account_state(tx, account.id, left, now=now, actor=by)
        return True


def _only_keys(platform: Platform) -> frozenset[str]:
    """Return the secrets that only the other kind of access has."""
    return frozenset(platform.key_fields) - frozenset(platform.credential_fields)


def _with_kept(
    access: Access, account: Account, granted: Credentials, kept: Mapping[str, Secret]
) -> Credentials:
    """Return a grant with a refresh token that was there before, and how long that one lasts."""
    with access.database.read() as tx:
        stored = credentials.stored_of(tx, account.id)
    connecting, ends = access.platform(account).connecting, granted.expires_at_utc
    return replace(
        granted,
        secrets={**kept, **granted.secrets},
        renew_at_utc=ends - connecting.renew_before if ends and connecting else None,
        person_by_utc=stored.lifetime.person_by_utc if stored else None,
    )


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


def _identity(access: Access, account: Account, given: Credentials) -> AccountIdentity:
    try:
        identity = access.identity(account, given)
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
