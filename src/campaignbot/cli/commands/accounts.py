"""Commands for accounts: connect, list."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from campaignbot.cli.options import DryRun, Json, opened
from campaignbot.cli.texts import help_text, say, tell, tell_json
from campaignbot.cli.texts import translator as t
from campaignbot.domain.errors import user_error
from campaignbot.domain.secrets import Secret

_ = help_text


def register(app: typer.Typer) -> None:
    account = typer.Typer(help=_("cli.account"), no_args_is_help=True)
    account.command("list", help=_("cli.account_list"))(list_accounts)
    account.command("connect", help=_("cli.account_connect"))(connect)
    app.add_typer(account, name="account")


def list_accounts(context: typer.Context, json: Json = False) -> None:
    """List the accounts and whether they are connected."""
    with opened(context) as application:
        accounts = sorted(application.overview().accounts.values(), key=lambda a: a.key)
    if json:
        tell_json({a.key: {"platform": a.platform, "state": a.state} for a in accounts})
        return
    for account in accounts:
        tell(f"{account.key:<14} {account.platform:<10} {t()(f'account.{account.state}')}")


def connect(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help=_("cli.account_key"))],
    dry_run: DryRun = False,
) -> None:
    """Ask for an account's secrets, try them, and keep them encrypted."""
    with opened(context) as application:
        entry = application.entries.get(key)
        if entry is None:
            raise user_error(
                "account.unknown",
                remedy="account.unknown.remedy",
                name=key,
                known=", ".join(application.entries),
            )
        fields = application.platforms[entry.platform].credential_fields
        if dry_run or not fields:
            say("account.needs", key=key, fields=", ".join(fields) or "-")
            return
        identity = application.connect(key, {name: _ask(name) for name in fields})
        say("account.connected", key=key, name=identity.name)
        for permission in identity.missing_permissions:
            say("account.permission_missing", name=permission)


def _ask(name: str) -> Secret:
    """Ask for a secret without showing it; from a pipe, read a line."""
    if not sys.stdin.isatty():
        return Secret(sys.stdin.readline().strip())
    return Secret(typer.prompt(name, hide_input=True, err=True).strip())
