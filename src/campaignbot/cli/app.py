"""The command line: data on standard output, narration on standard error, exit codes as told.

0 done · 1 something needs attention · 2 the input cannot be used · 70 something failed that
nobody foresaw · 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from contextvars import ContextVar
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from campaignbot.cli import mishaps, texts, usage
from campaignbot.cli.commands import (
    accounts,
    alerts,
    campaigns,
    hosting,
    keeping,
    posts,
    reports,
    running,
    service,
    starting,
    status,
    vacancies,
)
from campaignbot.cli.options import ActingAs, Chosen
from campaignbot.domain.errors import UserError

_ = texts.help_text
_CHOSEN: ContextVar[Path | None] = ContextVar("workdir", default=None)

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
    hosting,
    service,
    status,
    keeping,
):
    module.register(app)


def show_version(wanted: bool) -> None:
    if wanted:
        texts.tell(f"campaignbot {metadata.version('campaignbot')}")
        raise typer.Exit


@app.callback()
def choose_workdir(
    context: typer.Context,
    workdir: Annotated[
        Path | None,
        typer.Option("--workdir", envvar="CAMPAIGNBOT_HOME", help=_("cli.workdir")),
    ] = None,
    acting_as: ActingAs = None,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=show_version, help=_("cli.version"))
    ] = False,
) -> None:
    """Remember the working folder, and who acts, for the command that follows."""
    context.obj = Chosen(workdir, acting_as)
    _CHOSEN.set(workdir)


def main() -> None:
    """Run the command line; whatever fails is told in one clear message.

    CAMPAIGNBOT_TRACEBACK=1 shows the traceback of what nobody foresaw, instead of logging it.
    """
    # Standard output is for data: unless it is told otherwise, the log would go there.
    texts.log_to_terminal()
    texts.tell_of_language()
    try:
        code = usage.run(app)
    except UserError as error:
        texts.show_error(error)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        # Nothing is above this: what nobody foresaw is told here, or not at all.
        if os.environ.get("CAMPAIGNBOT_TRACEBACK"):
            raise
        texts.show_error(mishaps.told(error, _CHOSEN.get() or Path()))
        sys.exit(mishaps.EXIT_CODE)
    sys.exit(code)


if __name__ == "__main__":
    main()
