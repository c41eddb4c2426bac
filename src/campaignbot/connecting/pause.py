"""Pausing an account: nothing is published to it, and nothing read from it, until it goes on."""

from __future__ import annotations

from campaignbot.connecting.access import Access
from campaignbot.domain.accounts import AccountState
from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.errors import user_error
from campaignbot.storage import accounts, credentials, standings


def pause(
    access: Access, key: str, *, by: str, reason: str, dry_run: bool = False
) -> AuditEvent | None:
    """Pause an account; return the earlier pause where it is paused already, else None.

    UserError when it is not connected: there is nothing to pause.
    """
    if not reason.strip():
        raise user_error("account.no_reason", remedy="account.no_reason.remedy", key=key)
    now = access.clock.now()
    with access.database.write() as tx:
        account = access.account(tx, key)
        if account.state is AccountState.PAUSED:
            return standings.pause_of(tx, account) or AuditEvent(
                now, "?", "set_state", "account", account.id
            )
        if account.state is AccountState.NOT_CONNECTED:
            raise user_error(
                "account.nothing_to_pause", remedy="account.nothing_to_pause.remedy", key=key
            )
        if not dry_run:
            accounts.set_account_state(
                tx, account.id, AccountState.PAUSED, now=now, actor=by, reason=reason.strip()
            )
    return None


def resume(access: Access, key: str, *, by: str, dry_run: bool = False) -> AccountState | None:
    """End the pause of an account; return how it stands then, None when it was not paused.

    The pause mends nothing: what needed a new connection before or during it still does.
    """
    with access.database.write() as tx:
        account = access.account(tx, key)
        if account.state is not AccountState.PAUSED:
            return None
        usable = access.by_hand(account) or credentials.sealed_of(tx, account.id) is not None
        state = accounts.state_after_pause(tx, account.id)
        state = state if usable else AccountState.NOT_CONNECTED
        if not dry_run:
            accounts.end_pause(tx, account.id, state, now=access.clock.now(), actor=by)
        return state
