"""Commands that keep a working folder safe: backup, restore, check-database."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbot.cli.options import DryRun, Json, workdir_of
from campaignbot.cli.texts import Steps, help_text, say, show_problem, tell, tell_json
from campaignbot.cli.texts import translator as t

if TYPE_CHECKING:
    from campaignbot.backups.restoring import Restored

_ = help_text
INTERRUPTED = 130


def register(app: typer.Typer) -> None:
    app.command("backup", help=_("cli.backup"))(backup)
    app.command("restore", help=_("cli.restore"))(restore)
    app.command("check-database", help=_("cli.check_database"))(check_database)


@contextmanager
def _interruptible() -> Iterator[Steps]:
    """Show progress; let Ctrl-C and SIGTERM end the work with everything tidied up."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    steps = Steps()
    try:
        yield steps
    except KeyboardInterrupt:
        steps.end()
        say("keeping.interrupted")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        steps.end()


def backup(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option("--to", help=_("cli.backup_to"))] = None,
    keep: Annotated[int | None, typer.Option("--keep", min=1, help=_("cli.backup_keep"))] = None,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Make a backup; the daemon may run."""
    from campaignbot.backups.making import make_backup
    from campaignbot.domain.clock import SystemClock

    with _interruptible() as steps:
        made = make_backup(
            workdir_of(context), SystemClock(), steps, to=to, keep=keep, dry_run=dry_run
        )
    if json:
        tell_json(
            {
                "file": str(made.path.resolve()),
                "made_at": made.made_at_utc.isoformat(),
                "files": made.files,
                "size_bytes": made.size_bytes,
                "removed": [str(path) for path in made.removed],
                "left_out": [str(path) for path in made.left_out],
                "key_included": False,
                "dry_run": dry_run,
            }
        )
        return
    if dry_run:
        say("backup.would", path=str(made.path), files=made.files)
    else:
        tell(str(made.path))
        say("backup.done", files=made.files, size=_size(made.size_bytes))
    for path in made.removed:
        say("backup.would_remove" if dry_run else "backup.removed", path=str(path))
    for path in made.left_out:
        say("backup.left_out", path=str(path))
    say("backup.key_file" if made.key else "backup.key", path=str(made.key or ""))


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help=_("cli.restore_file"))],
    replace: Annotated[bool, typer.Option("--replace", help=_("cli.restore_replace"))] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Put a backup back; everything is held until a person has looked."""
    from campaignbot.backups.restoring import restore as put_back
    from campaignbot.domain.clock import SystemClock

    folder = workdir_of(context)
    with _interruptible() as steps:
        restored = put_back(
            file,
            folder,
            SystemClock(),
            steps,
            environment=os.environ,
            replace=replace,
            dry_run=dry_run,
        )
    if json:
        tell_json(
            {
                "folder": str(folder.resolve()),
                "made_at": restored.made_at_utc.isoformat(),
                "program": restored.program,
                "files": restored.files,
                "set_aside": list(restored.set_aside),
                "held": True,
                "key_missing": restored.key_missing,
                "dry_run": dry_run,
                **asdict(restored.settled),
            }
        )
    else:
        _show(restored, folder, dry_run)


def _show(restored: Restored, folder: Path, dry_run: bool) -> None:
    say(
        "restore.would" if dry_run else "restore.done",
        folder=str(folder.resolve()),
        at=restored.made_at_utc,
        files=restored.files,
    )
    for name in restored.set_aside:
        say("restore.set_aside", name=name)
    settled = restored.settled
    for key, references in (
        ("restore.unsure", settled.unsure),
        ("restore.by_hand", settled.by_hand),
        ("restore.undecided", settled.undecided),
    ):
        if references:
            say(key, n=len(references), refs=", ".join(references))
    if restored.key_missing:
        say("restore.no_key")
    if not dry_run:
        say("restore.next")


def check_database(context: typer.Context, json: Json = False) -> None:
    """Look whether the database and the pictures are whole; exit code 1 when they are not."""
    from campaignbot.backups.looking import look_through

    with _interruptible() as steps:
        looked = look_through(workdir_of(context), steps)
    words = t()
    if json:
        tell_json(
            {
                "whole": not looked.problems,
                "publications": looked.publications,
                "pictures": looked.pictures,
                "problems": [
                    {
                        "code": problem.what.key,
                        "reference": problem.place.field if problem.place else None,
                        "what": words.text(problem.what),
                        "remedy": words.text(problem.remedy) if problem.remedy else None,
                    }
                    for problem in looked.problems
                ],
            }
        )
    elif looked.problems:
        for problem in looked.problems:
            show_problem(problem, err=False)
    else:
        tell(words("integrity.whole", posts=looked.publications, pictures=looked.pictures))
    if looked.problems:
        raise typer.Exit(1)


def _size(size_bytes: int) -> str:
    return f"{t().number(round(size_bytes / 1_000_000, 1))} MB"
