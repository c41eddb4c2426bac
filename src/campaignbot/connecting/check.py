"""Asking the platforms whether the access that is stored still does what it must."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from campaignbot.connecting.access import Access
from campaignbot.connecting.permitted import (
    granted_before,
    granted_by,
    inspected,
    lacking,
    remember,
)
from campaignbot.connecting.renew import renew_refused
from campaignbot.domain.accounts import Account, AccountState
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.consent import Credentials, Inspected, Permission
from campaignbot.platforms.errors import (
    AuthError,
    PermissionMissing,
    PlatformError,
    PlatformUnavailable,
    RateLimitReached,
)
from campaignbot.platforms.protocol import AccountIdentity
from campaignbot.storage import accounts, credentials
from campaignbot.storage.database import Tx


class Verdict(StrEnum):
    """What a check found. Only `FINE` is in order: it can publish, as far as anybody tells."""

    FINE = "fine"
    LACKS_PERMISSION = "lacks_permission"
    OTHER_IDENTITY = "other_identity"
    EXPIRED = "expired"
    SILENT = "silent"
    UNCLEAR = "unclear"
    NOT_CONNECTED = "not_connected"


@dataclass(frozen=True, slots=True)
class Checked:
    """An account after its check. `said` keeps the platform's own words where it refused.

    `granted` are its permissions by the platform's own names, None where nothing tells them;
    `lacking` are those that the program asks for and were not granted. `complete` says that the
    platform itself told just now that none lacks; `inspected` is what it told of the token.
    """

    account: Account
    verdict: Verdict
    identity: AccountIdentity | None = None
    said: str = ""
    granted: frozenset[str] | None = None
    lacking: tuple[Permission, ...] = ()
    complete: bool = False
    inspected: Inspected | None = None


def check(access: Access, key: str | None = None, *, dry_run: bool = False) -> tuple[Checked, ...]:
    """Ask the platform of one account, or of all that are connected, whom the token speaks for.

    A refused token makes the account TOKEN_EXPIRED, and a good one ends that. No answer changes
    nothing, nor does anything end a pause. A lack of permission that stopped a post ends where the
    platform says that every permission is there.
    A dry run only asks: it renews and stores nothing.
    """
    with access.database.read() as tx:
        if key is None:
            chosen = [a for a in accounts.list_accounts(tx) if a.key in access.keys]
        else:
            chosen = [access.account(tx, key)]
            access.require_platform(chosen[0])
        found = [(account, _sealed(tx, account)) for account in chosen]
    checked = []
    for account, sealed in found:
        if sealed is not None and dry_run:
            checked.append(_as_known(_asked(access, account, sealed)))
        elif sealed is not None:
            checked.append(_settled(access, *_asked_with_renewal(access, account, sealed)))
        elif key is not None:
            checked.append(Checked(account, Verdict.NOT_CONNECTED))
    return tuple(checked)


def _sealed(tx: Tx, account: Account) -> bytes | None:
    # An account that came to another platform still has the secrets of the one before.
    if account.state is AccountState.NOT_CONNECTED:
        return None
    sealed = credentials.sealed_of(tx, account.id)
    return sealed[0] if sealed else None


def _asked_with_renewal(access: Access, account: Account, sealed: bytes) -> tuple[Checked, bytes]:
    """Ask, and once more where a refused access could be renewed; return what was asked with."""
    began = access.clock.now()
    checked = _asked(access, account, sealed)
    if checked.verdict is Verdict.EXPIRED and renew_refused(access, account, began):
        with access.database.read() as tx:
            renewed = _sealed(tx, account)
        if renewed is not None and renewed != sealed:
            return _asked(access, account, renewed), renewed
    return checked, sealed


def _asked(access: Access, account: Account, sealed: bytes) -> Checked:
    before = granted_before(access, account, sealed)
    given = Credentials(access.vault(False).open(sealed), permissions=before)
    try:
        identity = access.identity(account, given)
    except AuthError as error:
        return Checked(account, Verdict.EXPIRED, said=str(error))
    except PermissionMissing as error:
        return Checked(account, Verdict.LACKS_PERMISSION, said=str(error))
    except (PlatformUnavailable, RateLimitReached) as error:
        return Checked(account, Verdict.SILENT, said=str(error))
    except PlatformError as error:
        return Checked(account, Verdict.UNCLEAR, said=str(error))
    if identity.external_id != account.external_id:
        return Checked(account, Verdict.OTHER_IDENTITY, identity)
    told = inspected(access, account, given) if identity.permissions is None else None
    granted = told.permissions if told is not None else granted_by(identity, given)
    missing = lacking(access.platform(account), granted)
    cannot = identity.missing_permissions or any(p.required for p in missing)
    verdict = Verdict.LACKS_PERMISSION if cannot else Verdict.FINE
    complete = not missing and (told is not None or identity.permissions is not None)
    return Checked(
        account,
        verdict,
        identity,
        granted=granted,
        lacking=missing,
        complete=complete and verdict is Verdict.FINE,
        inspected=told,
    )


def _settled(access: Access, checked: Checked, sealed: bytes) -> Checked:
    """Store what the answer means for the account, unless it was connected anew meanwhile."""
    remember(access, checked.account, sealed, checked.granted, checked.inspected)
    if checked.verdict not in {Verdict.FINE, Verdict.EXPIRED}:
        return checked
    account_id, now, actor = checked.account.id, access.clock.now(), "system:check"
    with access.database.write() as tx:
        if _sealed(tx, accounts.account_by_id(tx, account_id)) == sealed:
            if checked.verdict is Verdict.FINE:
                accounts.end_expiry(tx, account_id, now=now, actor=actor)
                if checked.complete and _can_be_told(accounts.account_by_id(tx, account_id)):
                    accounts.end_lack(tx, account_id, now=now, actor=actor)
            else:
                state = AccountState.TOKEN_EXPIRED
                accounts.set_account_state(tx, account_id, state, now=now, actor=actor)
        after = accounts.account_by_id(tx, account_id)
    return _as_known(replace(checked, account=after))


def _can_be_told(account: Account) -> bool:
    """Tell whether what an account lacks is one of the permissions that platforms tell of.

    Of what an app may do, on top of what people granted to it, they tell nothing.
    """
    lacks = account.lacks
    told = {Advice.GRANT_PERMISSION, Advice.PAGE_ROLE}
    return lacks is not None and lacks.params.get("advice") in told


def _as_known(checked: Checked) -> Checked:
    """A good token alone proves nothing about the permission that was refused."""
    lacks = checked.account.lacks
    if checked.verdict is not Verdict.FINE or lacks is None:
        return checked
    if checked.complete and _can_be_told(checked.account):
        # A dry run: it would end.
        return checked
    return replace(checked, verdict=Verdict.LACKS_PERMISSION, said=str(lacks.params["said"]))
