"""Which account a name means, its secrets asked for, and how it is connected, in words."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import typer

from campaignbot.cli.texts import say, tell_json
from campaignbot.cli.texts import translator as t
from campaignbot.domain.accounts import AccountState
from campaignbot.domain.errors import user_error
from campaignbot.domain.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from campaignbot.bootstrap import Application
    from campaignbot.domain.accounts import Account
    from campaignbot.platforms.consent import Credentials, Permission, RegisteredApp
    from campaignbot.platforms.protocol import AccountIdentity, Platform


def account_of(application: Application, name: str) -> Account | None:
    """Return the account that a key or a platform's name means; None for `manual` as a whole.

    An account that is in no file yet is one to be written there.
    """
    from campaignbot.domain.accounts import Account
    from campaignbot.platforms.registry import load_platform, platform_names

    if name in application.entries:
        with application.database.read() as tx:
            return application.access.account(tx, name)
    of_platform = [e.key for e in application.entries.values() if e.platform == name]
    if len(of_platform) == 1:
        return account_of(application, of_platform[0])
    if name not in platform_names():
        with application.database.read() as tx:
            return application.access.account(tx, name)
    if load_platform(name).hands_over:
        return None
    if of_platform:
        known = ", ".join(of_platform)
        raise user_error("account.which", remedy="account.which.remedy", name=name, known=known)
    new = application.new_id()
    state, zone = AccountState.NOT_CONNECTED, application.settings.zone
    return Account(new, name, name, application.settings.organisation, "", zone, state, app=name)


def ask(name: str, *, optional: bool = False) -> Secret:
    """Ask for a secret without showing it; from a pipe, read a line."""
    if not sys.stdin.isatty():
        return Secret(sys.stdin.readline().strip())
    default = "" if optional else None
    given = typer.prompt(
        called(name), hide_input=True, err=True, default=default, show_default=False
    )
    return Secret(given.strip())


def called(name: str) -> str:
    """Return how a secret or an id is called at the platforms; its name, where that is unknown."""
    return t()(f"secret.{name}") if t().has(f"secret.{name}") else name


def tell_connected(
    application: Application,
    account: Account,
    identity: AccountIdentity,
    granted: Credentials | None = None,
    *,
    json: bool,
) -> None:
    from campaignbot.connecting.permitted import granted_by, lacking

    with application.database.read() as tx:
        state = application.access.account(tx, account.key).state
    told = granted_by(identity, granted) if granted else identity.permissions
    lacks = lacking(application.access.platform(account), told)
    paused = state is AccountState.PAUSED
    if json:
        tell_json(
            {
                "key": account.key,
                "external_id": identity.external_id,
                "name": identity.name,
                **permissions_data(told, lacks, identity.missing_permissions),
                "paused": paused,
                **(_lasting(granted) if granted else {}),
            }
        )
        return
    say("account.connected", key=account.key, name=identity.name)
    for permission in identity.missing_permissions:
        say("account.permission_missing", name=permission)
    for asked in lacks:
        say("consent.lacks", **worded(asked))
    if told is None:
        say("account.permissions_untold")
    if granted is not None and granted.renew_at_utc is not None:
        say("consent.renews")
    if granted is not None and (end := granted.person_by_utc or granted.expires_at_utc):
        if granted.person_by_utc or granted.renew_at_utc is None:
            say("consent.until", key=account.key, day=end.astimezone(t().zone).date())
    if paused:
        say("account.still_paused", key=account.key)


def permissions_data(
    told: Collection[str] | None, lacks: Iterable[Permission], others: Iterable[str] = ()
) -> dict[str, Any]:
    """Return permissions as data; what is missing is null too where nothing tells it."""
    missing = [*others, *(permission.name for permission in lacks)]
    return {
        "permissions": None if told is None else sorted(told),
        "missing_permissions": missing if missing or told is not None else None,
    }


def _lasting(granted: Credentials) -> Mapping[str, Any]:
    ends, by = granted.expires_at_utc, granted.person_by_utc
    return {
        "access_ends_at": ends.isoformat() if ends else None,
        "renews": granted.renew_at_utc is not None,
        "person_needed_at": by.isoformat() if by else None,
    }


def tell_by_hand(
    application: Application, account: Account | None, *, json: bool, dry_run: bool
) -> None:
    """Say that nothing is to be connected, and to whom the packs go."""
    entries = [
        entry
        for entry in application.entries.values()
        if (account is None and application.platforms[entry.platform].hands_over)
        or (account is not None and entry.key == account.key)
    ]
    if json:
        told = {entry.key: {"hand_over_to": list(entry.hand_over_to)} for entry in entries}
        tell_json(told, dry_run=dry_run)
        return
    if not entries:
        say("account.by_hand_none")
    for entry in entries:
        if entry.hand_over_to:
            to = ", ".join(entry.hand_over_to)
            say("account.by_hand_to", key=entry.key, to=to)
        else:
            say("account.by_hand_folder", key=entry.key)


def tell_would_consent(
    account: Account, platform: Platform, registered: RegisteredApp, *, json: bool
) -> None:
    if json:
        asked = platform.connecting.permissions if platform.connecting else ()
        how = {"client_id": registered.client_id, "permissions": [p.name for p in asked]}
        _would(account, how)
        return
    label = t()(platform.label)
    say("consent.would", platform=label, client_id=registered.client_id)
    for permission in platform.connecting.permissions if platform.connecting else ():
        say("consent.would_ask", **worded(permission))


def tell_would_ask(account: Account, fields: Sequence[str], *, json: bool) -> None:
    if json:
        _would(account, {"asks": list(fields)})
    else:
        say("account.needs", key=account.key, fields=", ".join(map(called, fields)) or "-")


def _would(account: Account, how: Mapping[str, Any]) -> None:
    known = {"key": account.key, "external_id": account.external_id or None, "name": account.name}
    paused = account.state is AccountState.PAUSED
    tell_json({**known, "paused": paused, **how}, dry_run=True)


def worded(permission: Permission) -> dict[str, str]:
    return {"name": permission.name, "purpose": t()(permission.purpose)}
