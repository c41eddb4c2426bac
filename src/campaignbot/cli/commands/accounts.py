"""Commands for accounts: list, connect, check, look at, pause, resume, disconnect."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaignbot.cli import standings
from campaignbot.cli.commands import connecting
from campaignbot.cli.commands.hosting import try_pictures
from campaignbot.cli.connections import permissions_data, worded
from campaignbot.cli.options import DryRun, Json, opened
from campaignbot.cli.texts import help_text, say, tell_json
from campaignbot.cli.texts import translator as t
from campaignbot.domain.accounts import AccountState
from campaignbot.domain.policy import Act
from campaignbot.platforms.registry import load_platform

if TYPE_CHECKING:
    from datetime import datetime

    from campaignbot.bootstrap import Application
    from campaignbot.connecting.check import Checked
    from campaignbot.domain.accounts import Account
    from campaignbot.domain.messages import Message

_ = help_text
_STILL_WAITS = {
    AccountState.NOT_CONNECTED: "account.resumed_unconnected",
    AccountState.TOKEN_EXPIRED: "account.resumed_expired",
    AccountState.LACKS_PERMISSION: "account.resumed_lacking",
}
Key = Annotated[str, typer.Argument(help=_("cli.account_key"))]


def register(app: typer.Typer) -> None:
    account = typer.Typer(help=_("cli.account"), no_args_is_help=True)
    account.command("list", help=_("cli.account_list"))(list_accounts)
    connecting.add_to(account)
    account.command("check", help=_("cli.account_check"))(check)
    account.command("posts", help=_("cli.account_posts"))(posts)
    account.command("pause", help=_("cli.account_pause"))(pause)
    account.command("resume", help=_("cli.account_resume"))(resume)
    account.command("disconnect", help=_("cli.account_disconnect"))(disconnect)
    app.add_typer(account, name="account")


def list_accounts(context: typer.Context, json: Json = False) -> None:
    """List the accounts: whether they are connected, and what they wait for."""
    from campaignbot.storage.standings import standings as read

    with opened(context) as application:
        now = application.clock.now()
        with application.database.read() as tx:
            listed = read(tx, now)
    if json:
        tell_json({found.account.key: standings.data(found, now) for found in listed})
        return
    for found in listed:
        standings.show(found, now)


def check(
    context: typer.Context,
    key: Annotated[str | None, typer.Argument(help=_("cli.account_check_key"))] = None,
    json: Json = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("cli.account_check_dry_run"))
    ] = False,
) -> None:
    """Ask the platforms whether the access works; exit code 1 when one account is not in order."""
    from campaignbot.connecting import check as checking

    with opened(context) as application:
        checked = checking.check(application.access, key, dry_run=dry_run)
        now = application.clock.now()
        fetching = [a for a in checked if application.platforms[a.account.platform].public_media]
        pictures = try_pictures(application) if fetching and not dry_run else {}
    if json:
        data = {found.account.key: _checked_data(found, now) for found in checked}
        for found in fetching:
            data[found.account.key]["media_host"] = pictures or None
        tell_json(data, dry_run=dry_run)
    else:
        for found in checked:
            _show_checked(found, now)
        if pictures.get("address"):
            standings.tell_block(t()("media.reachable", address=pictures["address"]))
        if not checked:
            say("account.check.none")
    wrong = any(found.verdict is not checking.Verdict.FINE for found in checked)
    if wrong or pictures.get("problem"):
        raise typer.Exit(1)


def posts(
    context: typer.Context,
    key: Key,
    days: Annotated[int, typer.Option("--days", min=1, max=365, help=_("cli.recent_days"))] = 30,
    json: Json = False,
) -> None:
    """Show what stands on an account, and which of it is ours; exit code 1 when that is amiss."""
    from campaignbot.cli import standing_posts

    with opened(context) as application:
        since = application.clock.now() - timedelta(days=days)
        with application.database.read() as tx:
            account = application.access.account(tx, key)
        application.access.require_platform(account)
        recent = application.recent_posts(account, since)
    if json:
        tell_json(standing_posts.plain(recent, since))
    else:
        standing_posts.show(recent, days)
    if recent.doubled or recent.absent:
        raise typer.Exit(1)


def pause(
    context: typer.Context,
    key: Key,
    reason: Annotated[str, typer.Option("--reason", help=_("cli.reason"))],
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Publish nothing to an account, and read nothing from it, until it goes on."""
    from campaignbot.connecting import pause as pausing

    with opened(context) as application:
        by = application.require_actor(Act.PAUSE_ACCOUNT).name
        waiting = _waiting(application, key)
        earlier = pausing.pause(application.access, key, by=by, reason=reason, dry_run=dry_run)
    if json:
        told = {"paused": key, "already": earlier is not None, "waiting": waiting}
        tell_json(told, dry_run=dry_run)
    elif earlier is not None:
        why = str(earlier.after.get("reason", "-"))
        say(
            "account.already_paused",
            key=key,
            by=t().actor(earlier.actor),
            since=earlier.at_utc,
            reason=why,
        )
    elif dry_run:
        say("account.would_pause", key=key, n=waiting)
    else:
        say("account.paused_now", key=key, n=waiting)


def resume(context: typer.Context, key: Key, json: Json = False, dry_run: DryRun = False) -> None:
    """End the pause of an account."""
    from campaignbot.connecting import pause as pausing

    with opened(context) as application:
        by = application.require_actor(Act.PAUSE_ACCOUNT).name
        waiting = _waiting(application, key)
        state = pausing.resume(application.access, key, by=by, dry_run=dry_run)
    if json:
        told = {"resumed": key if state else None, "state": state, "waiting": waiting}
        tell_json(told, dry_run=dry_run)
    elif state is None:
        say("account.not_paused", key=key)
    elif dry_run:
        say("account.would_resume", key=key, n=waiting)
    elif state in _STILL_WAITS:
        say(_STILL_WAITS[state], key=key)
    else:
        say("account.resumed", key=key, n=waiting)


def disconnect(
    context: typer.Context, key: Key, json: Json = False, dry_run: DryRun = False
) -> None:
    """Delete an account's secrets; its posts wait until it is connected again."""
    from campaignbot.connecting.connect import disconnect as give_up

    with opened(context) as application:
        by = application.require_actor(Act.CONNECT).name
        waiting = _waiting(application, key)
        done = give_up(application.access, key, by=by, dry_run=dry_run)
    if json:
        told = {"disconnected": key if done else None, "waiting": waiting}
        tell_json(told, dry_run=dry_run)
    elif not done:
        say("account.was_not_connected", key=key)
    elif dry_run:
        say("account.would_disconnect", key=key, n=waiting)
    else:
        say("account.disconnected", key=key, n=waiting)


def _waiting(application: Application, key: str) -> int:
    """Return how many posts wait for an account; UserError when there is none such."""
    from campaignbot.storage.standings import posts_waiting

    with application.database.read() as tx:
        return posts_waiting(tx).get(application.access.account(tx, key).id, 0)


def _show_checked(found: Checked, now: datetime) -> None:
    words, account, identity = t(), found.account, found.identity
    lacks = [p.name for p in found.lacking if p.required]
    missing = [*(identity.missing_permissions if identity else ()), *lacks]
    told = [
        words(
            f"account.check.{_how(found)}",
            key=account.key,
            name=identity.name if identity else "-",
            id=identity.external_id if identity else "-",
            missing=", ".join(missing) or found.said,
            ours=account.name,
            our_id=account.external_id or "-",
            said=found.said,
        )
    ]
    told += [words("account.not_granted", **worded(permission)) for permission in found.lacking]
    remedy = f"account.check.{_how(found)}.remedy"
    if words.has(remedy):
        name = identity.external_id if identity else "-"
        told.append(f"→ {words(remedy, key=account.key, id=name)}")
    if account.state is AccountState.PAUSED:
        told.append(words("account.still_paused", key=account.key))
    told += [words.text(warning) for warning in _version_warnings(account, now)]
    standings.tell_block(*told)


def _how(found: Checked) -> str:
    """Return how a check ended; what works is in order only where nothing is known to lack."""
    if found.verdict != "fine":
        return found.verdict
    if found.granted is None:
        return "untold"
    return "partly" if found.lacking else found.verdict


def _version_warnings(account: Account, now: datetime) -> tuple[Message, ...]:
    return standings.version_warnings([load_platform(account.platform)], now)


def _checked_data(found: Checked, now: datetime) -> dict[str, Any]:
    identity = found.identity
    return {
        "verdict": found.verdict,
        "state": found.account.state,
        "expected_id": found.account.external_id,
        "external_id": identity.external_id if identity else None,
        "name": identity.name if identity else None,
        **permissions_data(
            found.granted, found.lacking, identity.missing_permissions if identity else ()
        ),
        "said": t().reason(found.said) or None,
        "warnings": [t().text(warning) for warning in _version_warnings(found.account, now)],
    }
