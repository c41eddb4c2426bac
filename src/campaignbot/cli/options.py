"""Options that several commands share, and opening what they work on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbot.cli.texts import help_text, show_problem

if TYPE_CHECKING:
    from campaignbot.bootstrap import Application

Json = Annotated[bool, typer.Option("--json", help=help_text("cli.json"))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=help_text("cli.dry_run"))]


def workdir_of(context: typer.Context) -> Path:
    """Return the working folder that was chosen, else the current one."""
    chosen: Path | None = context.obj
    return chosen or Path()


@contextmanager
def opened(context: typer.Context) -> Iterator[Application]:
    """Open the application for one command."""
    # Loaded here: help and errors in how a command is called need none of it.
    from campaignbot.bootstrap import Application

    application = Application(workdir_of(context))
    try:
        yield application
    finally:
        application.close()


def warn_of_place(application: Application) -> None:
    """Say on standard error when the database file is not safe where it lies."""
    if (risk := application.place_risk()) is not None:
        show_problem(risk)
