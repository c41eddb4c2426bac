"""What an account's access allows, as far as its platform tells."""

from __future__ import annotations

from campaignbot.connecting.access import Access
from campaignbot.domain.accounts import Account
from campaignbot.platforms.consent import Credentials, Permission
from campaignbot.platforms.protocol import AccountIdentity, Platform
from campaignbot.storage import credentials


def granted_by(identity: AccountIdentity, given: Credentials) -> frozenset[str] | None:
    """Return the permissions of credentials: as told now, else as told when they were given."""
    return given.permissions if identity.permissions is None else identity.permissions


def granted_before(access: Access, account: Account, sealed: bytes) -> frozenset[str] | None:
    """Return what was last told of the permissions of stored secrets; None where nothing was."""
    with access.database.read() as tx:
        stored = credentials.stored_of(tx, account.id)
    return stored.permissions if stored is not None and stored.sealed == sealed else None


def remember(
    access: Access, account: Account, sealed: bytes, granted: frozenset[str] | None
) -> None:
    """Keep what the platform tells of stored secrets now, where that is news."""
    if granted is not None and granted != granted_before(access, account, sealed):
        with access.database.write() as tx:
            credentials.note_permissions(tx, account.id, sealed, granted)


def lacking(platform: Platform, granted: frozenset[str] | None) -> tuple[Permission, ...]:
    """Return what the program asks for and was not granted; nothing where that is not told."""
    return platform.connecting.lacking(granted) if platform.connecting else ()
