"""Commands that connect: an account by its consent page or its secrets, and an app."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaignbot.cli.options import DryRun, Json, opened
from campaignbot.cli.texts import help_text, say, tell, tell_json
from campaignbot.cli.texts import translator as t
from campaignbot.domain.accounts import AccountState
from campaignbot.domain.errors import Problem, UserError, user_error
from campaignbot.domain.messages import Message
from campaignbot.domain.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from campaignbot.bootstrap import Application
    from campaignbot.domain.accounts import Account
    from campaignbot.platforms.consent import (
        Connecting,
        Credentials,
        Grant,
        Page,
        Permission,
        RegisteredApp,
    )
    from campaignbot.platforms.protocol import AccountIdentity, Platform

_ = help_text
SECRET_VARIABLE = "CAMPAIGNBOT_CLIENT_SECRET"
"""Where `account app` finds the secret of the app, if it is not to be asked for."""


def add_to(account: typer.Typer) -> None:
    account.command("connect", help=_("cli.account_connect"))(connect)
    account.command("app", help=_("cli.account_app"))(app)


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
    wait: Annotated[float | None, typer.Option("--wait", help=_("cli.connect_wait"))] = None,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Connect an account: through the platform's consent page, or by secrets typed in."""
    with opened(context) as application:
        account = _account(application, key)
        if account is None or application.access.by_hand(account):
            _tell_by_hand(application, account, json=json)
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
            _tell_plan(platform, registered)
        else:
            wait_min = application.settings.connect.wait_min if wait is None else wait
            asked = _Asked(browser, paste, page, wait_min * 60)
            _by_consent(application, account, registered, asked, json=json)


def app(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help=_("cli.account_app_name"))] = None,
    client_id: Annotated[
        str | None, typer.Option("--client-id", help=_("cli.account_app_id"))
    ] = None,
    redirect: Annotated[
        str | None, typer.Option("--redirect", help=_("cli.account_app_redirect"))
    ] = None,
    forget: Annotated[bool, typer.Option("--forget", help=_("cli.account_app_forget"))] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Keep the app that the organisation registered at a platform; without a name, list them."""
    from campaignbot.connecting import apps
    from campaignbot.platforms.consent import RegisteredApp

    with opened(context) as application:
        access = application.access
        if name is None:
            _list_apps(application, json=json)
            return
        account = _account(application, name)
        if account is None or access.by_hand(account):
            raise user_error("app.by_hand", remedy="app.by_hand.remedy")
        connecting, stored_as = apps.connecting_of(access, account), apps.app_name(access, account)
        if forget:
            done = apps.registered(access, stored_as) is not None
            if done and not dry_run:
                apps.forget(access, stored_as)
            _tell_forgotten(stored_as, done=done, json=json, dry_run=dry_run)
            return
        usual = apps.usual_redirect(connecting, application.settings.connect.port)
        if dry_run:
            say("app.would", name=stored_as, redirect=redirect or usual)
            return
        given = RegisteredApp(
            (client_id or _ask_plain("client_id")).strip(),
            _secret(optional=connecting.secret_optional),
            redirect or usual,
        )
        apps.register(access, stored_as, given, secret_optional=connecting.secret_optional)
    if json:
        tell_json({"app": stored_as, "client_id": given.client_id, "redirect": given.redirect})
        return
    say("app.stored", name=stored_as, redirect=given.redirect, key=name)


class _Asked:
    """What was chosen on the command line for one consent."""

    def __init__(self, browser: bool, paste: bool, page: str | None, wait_s: float) -> None:
        self.browser, self.paste, self.page, self.wait_s = browser, paste, page, wait_s


def _account(application: Application, name: str) -> Account | None:
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
        return _account(application, of_platform[0])
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
        say("account.needs", key=account.key, fields=", ".join(fields) or "-")
        return
    given = {name: _ask(name) for name in fields}
    _tell_connected(application, account, application.connect(account.key, given), json=json)


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
    with closing(access.open_consent(account, registered)) as consent:
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
        access, wanted, granted, lambda: _write_down(application, account, page)
    )
    lacking = connecting.lacking(grant.permissions)
    _tell_connected(application, wanted, identity, lacking, granted, json=json)


def _require_permissions(connecting: Connecting, grant: Grant, platform: str) -> None:
    """Raise UserError that names the permissions without which nothing can be published."""
    lacking = [p for p in connecting.lacking(grant.permissions) if p.required]
    if lacking:
        told = [Problem(Message("consent.lacks", _params(p))) for p in lacking]
        params = {"platform": platform}
        end = Problem(Message("consent.lacking", params), Message("consent.lacking.remedy", params))
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
        number = typer.prompt(t()("consent.which_page", n=len(pages)), type=int, err=True)
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


def _tell_connected(
    application: Application,
    account: Account,
    identity: AccountIdentity,
    lacking: Sequence[Permission] = (),
    granted: Credentials | None = None,
    *,
    json: bool,
) -> None:
    with application.database.read() as tx:
        state = application.access.account(tx, account.key).state
    missing = [*identity.missing_permissions, *(p.name for p in lacking)]
    paused = state is AccountState.PAUSED
    if json:
        tell_json(
            {
                "key": account.key,
                "external_id": identity.external_id,
                "name": identity.name,
                "missing_permissions": missing,
                "paused": paused,
                **(_lasting(granted) if granted else {}),
            }
        )
        return
    say("account.connected", key=account.key, name=identity.name)
    for permission in identity.missing_permissions:
        say("account.permission_missing", name=permission)
    for asked in lacking:
        say("consent.lacks", **_params(asked))
    if granted is not None and granted.renew_at_utc is not None:
        say("consent.renews")
    if granted is not None and (end := granted.person_by_utc or granted.expires_at_utc):
        if granted.person_by_utc or granted.renew_at_utc is None:
            say("consent.until", key=account.key, day=end.astimezone(t().zone).date())
    if paused:
        say("account.still_paused", key=account.key)


def _lasting(granted: Credentials) -> Mapping[str, Any]:
    ends, by = granted.expires_at_utc, granted.person_by_utc
    return {
        "access_ends_at": ends.isoformat() if ends else None,
        "renews": granted.renew_at_utc is not None,
        "person_needed_at": by.isoformat() if by else None,
    }


def _tell_by_hand(application: Application, account: Account | None, *, json: bool) -> None:
    """Say that nothing is to be connected, and to whom the packs go."""
    entries = [
        entry
        for entry in application.entries.values()
        if (account is None and application.platforms[entry.platform].hands_over)
        or (account is not None and entry.key == account.key)
    ]
    if json:
        tell_json({entry.key: {"hand_over_to": list(entry.hand_over_to)} for entry in entries})
        return
    if not entries:
        say("account.by_hand_none")
    for entry in entries:
        if entry.hand_over_to:
            to = ", ".join(entry.hand_over_to)
            say("account.by_hand_to", key=entry.key, to=to)
        else:
            say("account.by_hand_folder", key=entry.key)


def _tell_plan(platform: Platform, registered: RegisteredApp) -> None:
    label = t()(platform.label)
    say("consent.would", platform=label, client_id=registered.client_id)
    for permission in platform.connecting.permissions if platform.connecting else ():
        say("consent.would_ask", **_params(permission))


def _list_apps(application: Application, *, json: bool) -> None:
    from campaignbot.connecting.apps import all_registered

    listed = all_registered(application.access)
    if json:
        tell_json(
            {
                found.name: {
                    "client_id": found.app.client_id,
                    "redirect": found.app.redirect,
                    "since": found.since_utc.isoformat(),
                }
                for found in listed
            }
        )
        return
    for found in listed:
        tell(f"{found.name} · {found.app.client_id} · {found.app.redirect}")
    if not listed:
        say("app.list_none")


def _tell_forgotten(name: str, *, done: bool, json: bool, dry_run: bool) -> None:
    if json and not dry_run:
        tell_json({"forgotten": name if done else None})
    elif not done:
        say("app.unknown", name=name)
    else:
        say("app.would_forget" if dry_run else "app.forgotten", name=name)


def _params(permission: Permission) -> dict[str, str]:
    return {"name": permission.name, "purpose": t()(permission.purpose)}


def _secret(*, optional: bool) -> Secret:
    if given := os.environ.get(SECRET_VARIABLE, "").strip():
        return Secret(given)
    if optional and sys.stdin.isatty():
        say("app.secret_optional")
    return _ask("client_secret", optional=optional)


def _ask_plain(name: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return str(typer.prompt(name, err=True))


def _ask(name: str, *, optional: bool = False) -> Secret:
    """Ask for a secret without showing it; from a pipe, read a line."""
    if not sys.stdin.isatty():
        return Secret(sys.stdin.readline().strip())
    default = "" if optional else None
    return Secret(
        typer.prompt(name, hide_input=True, err=True, default=default, show_default=False).strip()
    )
