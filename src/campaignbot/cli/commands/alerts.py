"""Commands for alerts: connect, disconnect, test, list."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaignbot.cli.options import DryRun, Json, opened
from campaignbot.cli.texts import help_text, say, tell, tell_json
from campaignbot.cli.texts import translator as t
from campaignbot.domain.errors import user_error
from campaignbot.domain.policy import Act
from campaignbot.domain.secrets import Secret

if TYPE_CHECKING:
    from campaignbot.storage.alerts import Raised
    from campaignbot.watching.secrets import Service

_ = help_text
ServiceName = Annotated[str, typer.Argument(help=_("cli.alerts_service"))]


def register(app: typer.Typer) -> None:
    alerts = typer.Typer(help=_("cli.alerts"), no_args_is_help=True)
    alerts.command("list", help=_("cli.alerts_list"))(list_alerts)
    alerts.command("test", help=_("cli.alerts_test"))(test)
    alerts.command("connect", help=_("cli.alerts_connect"))(connect)
    alerts.command("disconnect", help=_("cli.alerts_disconnect"))(disconnect)
    app.add_typer(alerts, name="alerts")


def connect(
    context: typer.Context, service: ServiceName, json: Json = False, dry_run: DryRun = False
) -> None:
    """Ask for a secret, try it, and only then keep it encrypted."""
    from campaignbot.watching import connecting

    with opened(context) as application:
        application.require_actor(Act.CONNECT)
        chosen = _service(service)
        connecting.require_settings(application.watched, chosen)
        mail = application.settings.mail
        named = {"user": mail.user or "", "host": mail.host} if mail else {}
        question = t()(f"alerts.ask.{chosen}", **named)
        if dry_run:
            ways = ", ".join(connecting.tried_on(application.watched, chosen)) or chosen
            if json:
                tell_json({"connected": chosen}, dry_run=True)
            else:
                say("alerts.would_ask", what=question, ways=ways)
            return
        secret = ask_secret(question)
        if not secret:
            raise user_error(
                "alerts.nothing_given", remedy="alerts.nothing_given.remedy", service=chosen
            )
        connecting.connect(application.watched, chosen, secret, application.new_id().hex)
        if json:
            tell_json({"connected": chosen})
        else:
            say("alerts.connected", service=chosen)


def disconnect(
    context: typer.Context, service: ServiceName, json: Json = False, dry_run: DryRun = False
) -> None:
    """Forget a secret that was kept."""
    from campaignbot.watching.secrets import VARIABLES

    with opened(context) as application:
        application.require_actor(Act.CONNECT)
        chosen = _service(service)
        secrets = application.watched.secrets
        forgotten = secrets.forget(chosen, dry_run=dry_run)
        if json:
            tell_json({"disconnected": chosen if forgotten else None}, dry_run=dry_run)
        elif not forgotten:
            say("alerts.not_known", service=chosen)
        else:
            did = "alerts.would_disconnect" if dry_run else "alerts.disconnected"
            say(did, service=chosen)
        if secrets.given(chosen) is not None:
            say("alerts.still_given", service=chosen, variable=VARIABLES[chosen])


def test(context: typer.Context, json: Json = False, dry_run: DryRun = False) -> None:
    """Send a test on every way; exit code 1 when one does not take it."""
    from campaignbot.watching import connecting

    with opened(context) as application:
        ways = connecting.all_ways(application.watched)
        if not ways:
            raise user_error("alerts.no_ways", remedy="alerts.no_ways.remedy")
        if dry_run:
            if json:
                tell_json({way.name: "not_sent" for way in ways}, dry_run=True)
                return
            for way in ways:
                tell(t()("alerts.test.would", way=way.name))
            return
        failed = connecting.try_all(application.watched, ways, application.new_id().hex)
    told = {way.name: failed.get(way.name) for way in ways}
    if json:
        tell_json({name: t().text(why) if why else "sent" for name, why in told.items()})
    else:
        for name, why in told.items():
            said = t().text(why) if why else ""
            tell(t()("alerts.test.failed" if why else "alerts.test.sent", way=name, said=said))
    if failed:
        raise typer.Exit(1)


def list_alerts(
    context: typer.Context,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=10_000, help=_("cli.alerts_limit"))
    ] = 20,
    json: Json = False,
) -> None:
    """List what was told, newest first."""
    from campaignbot.storage.alerts import latest_alerts

    with opened(context) as application:
        with application.database.read() as tx:
            listed = latest_alerts(tx, limit)
    if json:
        tell_json({"alerts": [_row(raised) for raised in listed]})
        return
    if not listed:
        say("alerts.none")
    for raised in listed:
        _show(raised)


def _show(raised: Raised) -> None:
    words = t()
    tell(f"{words.instant(raised.raised_at_utc)}  {words.text(raised.alert.message)}")
    for delivery in raised.deliveries:
        if delivery.sent_at_utc is not None:
            tell("  " + words("alerts.list.sent", way=delivery.way, at=delivery.sent_at_utc))
            continue
        tell(
            "  "
            + words(
                "alerts.list.waiting",
                way=delivery.way,
                tries=delivery.tries,
                at=delivery.next_try_at_utc,
            )
        )
        if delivery.problem:
            tell(f"    {words.text(delivery.problem)}")


def _row(raised: Raised) -> dict[str, Any]:
    words = t()
    return {
        "key": raised.alert.key,
        "kind": raised.alert.kind,
        "subject": raised.alert.subject,
        "message": words.text(raised.alert.message),
        "permalink": raised.alert.permalink,
        "raised_at": raised.raised_at_utc.isoformat(),
        "deliveries": [
            {
                "way": d.way,
                "sent_at": d.sent_at_utc.isoformat() if d.sent_at_utc else None,
                "tries": d.tries,
                "problem": words.text(d.problem) if d.problem else None,
            }
            for d in raised.deliveries
        ],
    }


def _service(name: str) -> Service:
    from campaignbot.watching.secrets import TELLING

    found = next((service for service in TELLING if service == name), None)
    if found is None:
        raise user_error(
            "alerts.unknown_service",
            remedy="alerts.unknown_service.remedy",
            name=name,
            known=", ".join(TELLING),
        )
    return found


def ask_secret(question: str) -> Secret:
    """Ask for a secret without showing it; from a pipe, read a line."""
    if not sys.stdin.isatty():
        return Secret(sys.stdin.readline().strip())
    return Secret(typer.prompt(question, hide_input=True, err=True).strip())
