"""The command line: data on standard output, narration on standard error, exit codes as told.

0 done · 1 something needs attention · 2 the input cannot be used · 130 interrupted.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from campaignbot.cli import texts
from campaignbot.cli.commands import (
    accounts,
    alerts,
    campaigns,
    keeping,
    posts,
    reports,
    running,
    service,
    starting,
    status,
    vacancies,
)
from campaignbot.domain.errors import UserError

_ = texts.help_text

app = typer.Typer(
    help=_("cli.help"),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (
    starting,
    vacancies,
    campaigns,
    reports,
    running,
    posts,
    accounts,
    alerts,
    service,
    status,
    keeping,
):
    module.register(app)


@app.callback()
def choose_workdir(
    context: typer.Context,
    workdir: Annotated[
        Path | None,
        typer.Option("--workdir", envvar="CAMPAIGNBOT_HOME", help=_("cli.workdir")),
    ] = None,
) -> None:
    """Remember the working folder for the command that follows."""
    context.obj = workdir


def main() -> None:
    """Run the command line, and turn what the user can mend into one clear message."""
    # Standard output is for data: unless it is told otherwise, the log would go there.
    texts.log_to_terminal()
    try:
        app()
    except UserError as error:
        texts.show_error(error)
        sys.exit(2)


if __name__ == "__main__":
    main()
