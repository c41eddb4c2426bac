"""Commands that connect: an account by its consent page or its secrets, and an app."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaignbot.cli.commands import apps
from campaignbot.cli.connections import (
    account_of,
    ask,
    tell_by_hand,
    tell_connected,
    tell_would_ask,
    tell_would_consent,
    worded,
)
from campaignbot.cli.options import DryRun, Json, opened
from campaignbot.cli.texts import help_text, say
from campaignbot.cli.texts import translator as t
from campaignbot.domain.errors import Problem, UserError, user_error
from campaignbot.domain.messages import Message
from campaignbot.domain.policy import Act

if TYPE_CHECKING:
    from collections.abc import Sequence

    from campaignbot.bootstrap import Application
    from campaignbot.domain.accounts import Account
    from campaignbot.platforms.consent import (
        Connecting,
        Grant,
        Page,
        RegisteredApp,
    )

_ = help_text


def add_to(account: typer.Typer) -> None:
    account.command("connect", help=_("cli.account_connect"))(connect)
    account.command("app", help=_("cli.account_app"))(apps.app)


def connect(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help=_("cli.account_connect_key"))],
    token: Annotated[bool, typer.Option("--token", help=_("cli.connect_token"))] = False,
    keys: Annotated[bool, typer.Option("--keys", help=_("cli.connect_keys"))] = False,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help=_("cli.connect_browser"))
    ] = True,
    paste: Annotated[bool, typer.Option("--paste", help=_("cli.connect_paste"))] = False,
    page: Annotated[str | None, typer.Option("--page", help=_("cli.connect_page"))] = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", help=_("cli.connect_without"))
    ] = None,
    wait: Annotated[
        float | None, typer.Option("--wait", min=0, max=120, help=_("cli.connect_wait"))
    ] = None,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Connect an account: through the platform's consent page, or by secrets typed in."""
    with opened(context) as application:
        application.require_actor(Act.CONNECT)
        account = account_of(application, key)
        if account is None or application.access.by_hand(account):
            tell_by_hand(application, account, json=json, dry_run=dry_run)
            return
        platform = application.access.platform(account)
        if keys and not platform.key_fields:
            raise user_error("account.no_keys", remedy="account.no_keys.remedy", key=account.key)
        registered = None if token or keys else _registered(application, account)
        if registered is None:
            fields = platform.key_fields if keys else platform.credential_fields
            if not token and not keys and platform.connecting is not None:
                say("account.no_app", platform=platform.label, key=account.key)
            _by_secrets(application, account, fields, json=json, dry_run=dry_run)
        elif dry_run:
            tell_would_consent(account, platform, registered, json=json)
        else:
            wait_min = application.settings.connect.wait_min if wait is None else wait
            left_out = _left_out(application, account, without or [])
            asked = _Asked(browser, paste, page, wait_min * 60, left_out)
            _by_consent(application, account, registered, asked, json=json)


class _Asked:
    """What was chosen on the command line for one consent."""

    def __init__(
        self,
        browser: bool,
        paste: bool,
        page: str | None,
        wait_s: float,
        without: frozenset[str],
    ) -> None:
        self.browser, self.paste, self.page = browser, paste, page
        self.wait_s, self.without = wait_s, without


def _left_out(application: Application, account: Account, names: list[str]) -> frozenset[str]:
    """Return the permissions not to ask for; UserError where one of them cannot be left out."""
    from campaignbot.connecting.apps import connecting_of

    known = connecting_of(application.access, account).permissions
    optional = [p.name for p in known if not p.required]
    for name in names:
        if name not in optional:
            can = ", ".join(optional)
            raise user_error("consent.needed", remedy="consent.needed.remedy", name=name, can=can)
    return frozenset(names)


def _registered(application: Application, account: Account) -> RegisteredApp | None:
    from campaignbot.connecting import apps

    access = application.access
    if access.platform(account).connecting is None:
        return None
    return apps.registered(access, apps.app_name(access, account))


def _by_secrets(
    application: Application,
    account: Account,
    fields: Sequence[str],
    *,
    json: bool,
    dry_run: bool,
) -> None:
    application.access.require_platform(account)
    if dry_run:
        tell_would_ask(account, fields, json=json)
        return
    # Whoever lacks the key hears so before the secret is typed in.
    application.access.vault(True)
    given = {name: ask(name) for name in fields}
    tell_connected(application, account, application.connect(account.key, given), json=json)


def _by_consent(
    application: Application,
    account: Account,
    registered: RegisteredApp,
    asked: _Asked,
    *,
    json: bool,
) -> None:
    """Let a person consent, choose the page, and keep what they granted."""
    from dataclasses import replace

    from campaignbot.cli.answers import answer_to
    from campaignbot.connecting import consent as consenting
    from campaignbot.connecting.apps import connecting_of
    from campaignbot.connecting.connect import connect_granted

    access = application.access
    label, connecting = t()(access.platform(account).label), connecting_of(access, account)
    with closing(access.open_consent(account, registered, asked.without)) as consent:
        question = consenting.Question()
        answer = answer_to(
            consent.address(question.state, question.challenge),
            registered.redirect,
            lambda given: consenting.code_in(question, given, label),
            browser=asked.browser,
            paste=asked.paste,
            wait_s=asked.wait_s,
        )
        code = consenting.code_in(question, answer, label)
        grant, pages = consenting.exchanged(consent, code, question, label)
        _require_permissions(connecting, grant, label)
        page = _choose(pages, account, label, asked.page)
        granted = consenting.for_page(consent, grant, page.external_id, label)
    wanted = replace(account, external_id=page.external_id, name=account.name or page.name)
    identity = connect_granted(
        access,
        wanted,
        granted,
        lambda: _write_down(application, account, page),
        by=application.actor().name,
    )
    tell_connected(application, wanted, identity, granted, json=json)


def _require_permissions(connecting: Connecting, grant: Grant, platform: str) -> None:
    """Raise UserError that names the permissions without which nothing can be published."""
    lacking = [p for p in connecting.lacking(grant.credentials.permissions) if p.required]
    if lacking:
        told = [Problem(Message("consent.lacks", worded(p))) for p in lacking]
        there = {"platform": platform}
        end = Problem(Message("consent.lacking", there), Message("consent.lacking.remedy", there))
        raise UserError(*told, end)


def _choose(pages: Sequence[Page], account: Account, platform: str, asked: str | None) -> Page:
    """Return the page to connect, asked for on a terminal where it is not clear."""
    from campaignbot.connecting.pages import chosen, require_choice, require_may_post

    found = chosen(pages, account, platform, asked)
    if found is not None:
        return found
    if not sys.stdin.isatty():
        require_choice(pages, account)
    if account.external_id:
        say("consent.not_ours", key=account.key, page=account.external_id)
    for number, page in enumerate(pages, 1):
        typer.echo(f"  {number}  {page.name} ({page.external_id})", err=True)
    number = 0
    while not 1 <= number <= len(pages):
        answer = str(typer.prompt(t()("consent.which_page", n=len(pages)), err=True)).strip()
        number = int(answer) if answer.isdecimal() else 0
    return require_may_post(pages[number - 1])


def _write_down(application: Application, account: Account, page: Page) -> None:
    """Write the page into accounts.yaml, unless it stands there already."""
    from campaignbot.yamlfiles import change_row

    entry = application.entries.get(account.key)
    if entry is not None and entry.external_id == page.external_id:
        return
    file = application.workdir / "config" / "accounts.yaml"
    changes: dict[str, Any] = {"external_id": page.external_id}
    if entry is None:
        changes = {"platform": account.platform, "name": page.name, **changes}
    change_row(file, "accounts", account.key, changes)
    say("consent.written", key=account.key, page=page.external_id)
