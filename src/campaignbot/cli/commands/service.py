"""The command that makes the daemon a service of the machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbot.cli.options import DryRun, Json, opened
from campaignbot.cli.texts import help_text, say, tell, tell_json
from campaignbot.domain.errors import user_error

if TYPE_CHECKING:
    from campaignbot.bootstrap import Application

_ = help_text
_KEY_FILE = "/etc/campaignbot/campaignbot.key"


def register(app: typer.Typer) -> None:
    app.command("service", help=_("cli.service"))(service)


def service(
    context: typer.Context,
    user: Annotated[bool, typer.Option("--user", help=_("cli.service_user"))] = False,
    write: Annotated[Path | None, typer.Option("--write", help=_("cli.service_write"))] = None,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Print the systemd unit of this working folder, or write it."""
    with opened(context) as application:
        text = _unit(application, user)
    if write is not None:
        _require_same(write, text)
        if not dry_run:
            _write(write, text)
    if json:
        told = {"unit": text, "path": str(write) if write else None, "of_user": user}
        tell_json(told, dry_run=dry_run)
    elif write is None:
        tell(text.rstrip("\n"))
    elif dry_run:
        say("service.would", path=str(write))
    else:
        systemctl = "systemctl --user" if user else "sudo systemctl"
        say(
            "service.written",
            path=str(write),
            reload=f"{systemctl} daemon-reload",
            enable=f"{systemctl} enable --now {write.name}",
        )


def _unit(application: Application, of_user: bool) -> str:
    from campaignbot.watching.unit import Unit, unit_file

    workdir = application.workdir.resolve()
    chosen = application.settings.key_file
    return unit_file(
        Unit(
            program=(sys.executable, "-m", "campaignbot", "--workdir", str(workdir)),
            workdir=workdir,
            key_file=workdir / chosen.expanduser() if chosen else Path(_KEY_FILE),
            slow_s=application.settings.publishing.lease_min * 60,
            of_user=of_user,
            run_as=workdir.owner(),
        )
    )


def _require_same(path: Path, text: str) -> None:
    """Refuse to write over a unit that somebody may have changed."""
    if path.exists() and path.read_text() != text:
        raise user_error("service.exists", remedy="service.exists.remedy", path=str(path))


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.part")
        unfinished.write_text(text)
        os.replace(unfinished, path)
    except OSError as error:
        raise user_error(
            "service.not_writable",
            remedy="service.not_writable.remedy",
            path=str(path),
            said=error.strerror or "",
        ) from None
