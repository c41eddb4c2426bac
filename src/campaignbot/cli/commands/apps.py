"""The command for apps that the organisation registered at the platforms."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbot.cli.connections import account_of, ask, called
from campaignbot.cli.options import DryRun, Json, opened
from campaignbot.cli.texts import help_text, say, tell, tell_json
from campaignbot.domain.errors import user_error
from campaignbot.domain.policy import Act
from campaignbot.domain.secrets import Secret

if TYPE_CHECKING:
    from campaignbot.bootstrap import Application

_ = help_text
SECRET_VARIABLE = "CAMPAIGNBOT_CLIENT_SECRET"
"""Where `account app` finds the secret of the app, if it is not to be asked for."""


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
        application.require_actor(Act.CONNECT)
        account = account_of(application, name)
        if account is None or access.by_hand(account):
            raise user_error("app.by_hand", remedy="app.by_hand.remedy")
        connecting, stored_as = apps.connecting_of(access, account), apps.app_name(access, account)
        called = apps.label(access, stored_as)
        if forget:
            done = apps.registered(access, stored_as) is not None
            if done and not dry_run:
                apps.forget(access, stored_as)
            _tell_forgotten(stored_as, called, done=done, json=json, dry_run=dry_run)
            return
        usual = apps.usual_redirect(connecting, application.settings.connect.port)
        if dry_run:
            there = redirect or usual
            if json:
                told = {"app": stored_as, "client_id": client_id, "redirect": there}
                tell_json(told, dry_run=True)
            else:
                say("app.would", name=called, redirect=there)
            return
        # Whoever lacks the key hears so before the secret is typed in.
        access.vault(True)
        given = RegisteredApp(
            (client_id or _ask_plain("client_id")).strip(),
            _secret(optional=connecting.secret_optional),
            redirect or usual,
        )
        apps.register(access, stored_as, given, secret_optional=connecting.secret_optional)
    if json:
        tell_json({"app": stored_as, "client_id": given.client_id, "redirect": given.redirect})
        return
    say("app.stored", name=called, redirect=given.redirect, key=name)


def _list_apps(application: Application, *, json: bool) -> None:
    from campaignbot.connecting.apps import all_registered, label

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
        called = label(application.access, found.name)
        tell(f"{called} · {found.app.client_id} · {found.app.redirect}")
    if not listed:
        say("app.list_none")


def _tell_forgotten(name: str, called: str, *, done: bool, json: bool, dry_run: bool) -> None:
    if json:
        tell_json({"forgotten": name if done else None}, dry_run=dry_run)
    elif not done:
        say("app.unknown", name=called)
    else:
        say("app.would_forget" if dry_run else "app.forgotten", name=called)


def _secret(*, optional: bool) -> Secret:
    if given := os.environ.get(SECRET_VARIABLE, "").strip():
        return Secret(given)
    if optional and sys.stdin.isatty():
        say("app.secret_optional")
    return ask("client_secret", optional=optional)


def _ask_plain(name: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return str(typer.prompt(called(name), err=True))
