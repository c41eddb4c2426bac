"""Commands for the place from which platforms fetch pictures: check, connect, tidy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from campaignbot.cli.commands.alerts import ask_secret
from campaignbot.cli.options import DryRun, Json, opened
from campaignbot.cli.texts import help_text, say, show_error, tell, tell_json
from campaignbot.cli.texts import translator as t
from campaignbot.domain.errors import UserError, user_error
from campaignbot.domain.policy import Act

if TYPE_CHECKING:
    from campaignbot.bootstrap import Application

_ = help_text


def register(app: typer.Typer) -> None:
    media = typer.Typer(help=_("cli.media"), no_args_is_help=True)
    media.command("check", help=_("cli.media_check"))(check)
    media.command("connect", help=_("cli.media_connect"))(connect)
    media.command("disconnect", help=_("cli.media_disconnect"))(disconnect)
    media.command("tidy", help=_("cli.media_tidy"))(tidy)
    app.add_typer(media, name="media")


def check(context: typer.Context, json: Json = False) -> None:
    """Put a picture on the web and look whether it can be fetched; exit code 1 when it cannot."""
    with opened(context) as application:
        told = try_pictures(application)
    if json:
        tell_json(told)
    elif told["address"]:
        tell(t()("media.reachable", address=told["address"]))
    if told["problem"]:
        raise typer.Exit(1)


def try_pictures(application: Application) -> dict[str, Any]:
    """Return at which address a picture could be fetched, or why not; narrate the latter."""
    try:
        return {"address": application.hosting.try_out(), "problem": None}
    except UserError as error:
        show_error(error)
        return {"address": None, "problem": t().text(error.problems[0].what)}


def connect(context: typer.Context, json: Json = False, dry_run: DryRun = False) -> None:
    """Ask for the secret key of the storage, try it, and only then keep it encrypted."""
    from campaignbot.watching.secrets import Service

    with opened(context) as application:
        application.require_actor(Act.CONNECT)
        s3 = application.settings.media.s3
        if s3 is None or s3.key_id is None:
            raise user_error("media.no_s3", remedy="media.no_s3.remedy")
        if dry_run:
            if json:
                tell_json({"connected": s3.bucket, "address": None}, dry_run=True)
            else:
                say("media.would_ask", key=s3.key_id, bucket=s3.bucket)
            return
        secret = ask_secret(t()("media.ask", key=s3.key_id))
        if not secret:
            raise user_error("media.nothing_given", remedy="media.nothing_given.remedy")
        address = application.hosting.try_out(secret)
        application.watched.secrets.keep(Service.S3, secret)
    if json:
        tell_json({"connected": s3.bucket, "address": address})
    else:
        say("media.connected", bucket=s3.bucket)


def disconnect(context: typer.Context, json: Json = False, dry_run: DryRun = False) -> None:
    """Forget the secret key of the storage."""
    from campaignbot.watching.secrets import Service

    with opened(context) as application:
        application.require_actor(Act.CONNECT)
        forgotten = application.watched.secrets.forget(Service.S3, dry_run=dry_run)
    if json:
        tell_json({"disconnected": forgotten}, dry_run=dry_run)
    elif not forgotten:
        say("media.not_known")
    else:
        say("media.would_disconnect" if dry_run else "media.disconnected")


def tidy(context: typer.Context, json: Json = False, dry_run: DryRun = False) -> None:
    """Take pictures off the web that no waiting post needs any more."""
    with opened(context) as application:
        over = application.hosting.tidy(dry_run=dry_run)
    if json:
        tell_json({"removed": [] if dry_run else over, "over": over}, dry_run=dry_run)
    else:
        say("media.would_tidy" if dry_run else "media.tidied", n=len(over))
