"""What an account's access allows, as far as its platform tells."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from campaignbot.connecting.access import Access
from campaignbot.connecting.apps import app_name, registered
from campaignbot.connecting.lasting import person_needed_at
from campaignbot.domain.accounts import Account
from campaignbot.platforms.consent import Credentials, Inspected, Permission
from campaignbot.platforms.errors import PlatformError
from campaignbot.platforms.protocol import AccountIdentity, Platform
from campaignbot.storage import accounts, credentials
from campaignbot.storage.credentials import Lifetime, Renewing


def granted_by(identity: AccountIdentity, given: Credentials) -> frozenset[str] | None:
    """Return the permissions of credentials: as told now, else as told when they were given."""
    return given.permissions if identity.permissions is None else identity.permissions


def inspected(access: Access, account: Account, given: Credentials) -> Inspected | None:
    """Ask about a token through the app that is kept; None where none is, or nothing is told."""
    token, connecting = given.secrets.get("access_token"), access.platform(account).connecting
    if token is None or connecting is None:
        return None
    app = registered(access, app_name(access, account))
    if app is None:
        return None
    try:
        with closing(access.open_consent(account, app, frozenset())) as consent:
            return consent.inspect(token)
    except PlatformError:
        # Whether the token is good is asked elsewhere; here nothing was learnt.
        return None


def with_inspected(given: Credentials, told: Inspected | None) -> Credentials:
    """Return credentials with what was told of them; what was known of their end stays."""
    if told is None:
        return given
    return replace(
        given,
        permissions=told.permissions,
        expires_at_utc=given.expires_at_utc or told.expires_at_utc,
        person_by_utc=given.person_by_utc or told.person_by_utc,
    )


def granted_before(access: Access, account: Account, sealed: bytes) -> frozenset[str] | None:
    """Return what was last told of the permissions of stored secrets; None where nothing was."""
    with access.database.read() as tx:
        stored = credentials.stored_of(tx, account.id)
    return stored.permissions if stored is not None and stored.sealed == sealed else None


def remember(
    access: Access,
    account: Account,
    sealed: bytes,
    granted: frozenset[str] | None,
    told: Inspected | None = None,
) -> None:
    """Keep what the platform tells of stored secrets now, where that is news.

    Their end is one of that only where nothing was known of it.
    """
    if granted is not None and granted != granted_before(access, account, sealed):
        with access.database.write() as tx:
            credentials.note_permissions(tx, account.id, sealed, granted)
    if told is None or not (told.expires_at_utc or told.person_by_utc):
        return
    lifetime = Lifetime(told.expires_at_utc, None, told.person_by_utc)
    with access.database.write() as tx:
        if credentials.note_end(tx, account.id, sealed, lifetime):
            accounts.set_token_end(tx, account.id, person_needed_at(lifetime, Renewing()))


def lacking(platform: Platform, granted: frozenset[str] | None) -> tuple[Permission, ...]:
    """Return what the program asks for and was not granted; nothing where that is not told."""
    return platform.connecting.lacking(granted) if platform.connecting else ()
