"""Options that several commands share, and opening what they work on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbot.cli.texts import help_text, say, show_problem
from campaignbot.domain.errors import user_error
from campaignbot.domain.walltime import Occurs, WallTime

if TYPE_CHECKING:
    from campaignbot.bootstrap import Application

Json = Annotated[bool, typer.Option("--json", help=help_text("cli.json"))]
ActingAs = Annotated[str | None, typer.Option("--as", metavar="NAME", help=help_text("cli.as"))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=help_text("cli.dry_run"))]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen for whatever command follows; None where nothing was."""

    workdir: Path | None = None
    acting_as: str | None = None


def chosen_in(context: typer.Context) -> Chosen:
    return context.obj or Chosen()


def workdir_of(context: typer.Context) -> Path:
    """Return the working folder that was chosen, else the current one."""
    return chosen_in(context).workdir or Path()


@contextmanager
def opened(context: typer.Context) -> Iterator[Application]:
    """Open the application for one command."""
    # Loaded here: help and errors in how a command is called need none of it.
    from campaignbot.bootstrap import Application

    chosen = chosen_in(context)
    application = Application(chosen.workdir or Path(), acting_as=chosen.acting_as)
    try:
        yield application
    finally:
        application.close()


def warn_of_place(application: Application) -> None:
    """Say on standard error when the database file is not safe where it lies."""
    if (risk := application.place_risk()) is not None:
        show_problem(risk)


def warn_of_actor(application: Application) -> None:
    """Say on standard error when nobody knows who works here, so that they can only look."""
    from campaignbot.domain.policy import unknown_problem

    if (problem := unknown_problem(application.policy, application.actor())) is not None:
        show_problem(problem)


_NOW = frozenset({"now", "nu"})


def wall_time(text: str, zone: str, now: datetime) -> WallTime:
    """Read "2026-12-01 09:00" or "now" as a time on the wall; UserError when it is none.

    What becomes of a time that the clocks skip, or show twice, is said.
    """
    if text.strip().lower() in _NOW:
        return WallTime.at(now, zone).to_the_minute()
    try:
        planned = WallTime(datetime.strptime(text.strip(), "%Y-%m-%d %H:%M"), zone)
    except ValueError:
        raise user_error("cli.bad_time", remedy="cli.bad_time.remedy", value=text) from None
    if planned.occurs is not Occurs.ONCE:
        say(f"cli.time_{planned.occurs}", at=f"{planned.local:%H:%M}", goes=planned.instant)
    return planned
