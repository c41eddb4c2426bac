"""What the command line says, and in which language."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import Any

import structlog
import typer

from campaignbot.domain.errors import Place, Problem, UserError
from campaignbot.domain.messages import Param
from campaignbot.i18n import Translator, asked_language

_MOST_WIDE = 100


@cache
def translator() -> Translator:
    """Return the translator of whoever sits here: CAMPAIGNBOT_LANG, else LANG, else Dutch."""
    asked = asked_language(os.environ)
    return Translator(asked or ("en" if os.environ.get("LANG", "").startswith("en") else "nl"))


def help_text(key: str) -> str:
    return translator()(key)


def say(key: str, /, **params: Param) -> None:
    """Narrate on standard error."""
    typer.echo(translator()(key, **params), err=True)


def tell(text: str) -> None:
    """Print data on standard output."""
    typer.echo(text)


def width() -> int:
    """Return how many characters a line may hold: as many as the window, but no more than read."""
    return min(shutil.get_terminal_size((80, 24)).columns, _MOST_WIDE)


def fitted(line: str) -> str:
    """Return a line that keeps within the window; what is cut off is shown to be."""
    return line if len(line) <= width() else f"{line[: width() - 1].rstrip()}…"


def tell_json(value: Any) -> None:
    """Print one JSON object on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def show_error(error: UserError) -> None:
    """Print every problem: where, what, and what to do."""
    for problem in error.problems:
        show_problem(problem)


def show_problem(problem: Problem, *, err: bool = True) -> None:
    """Print one problem: where, what, and what to do."""
    t = translator()
    where = f"{_shown(problem.place)}: " if problem.place else ""
    typer.echo(f"{where}{t.text(problem.what)}", err=err)
    if problem.remedy is not None:
        typer.echo(f"  → {t.text(problem.remedy)}", err=err)


def _shown(place: Place) -> str:
    if place.file is None:
        return str(place)
    try:
        file = place.file.resolve().relative_to(Path.cwd())
    except ValueError:
        file = place.file
    return str(Place(file, place.line, place.field))


def log_to_terminal(level: int = logging.WARNING) -> None:
    """Let the log go to standard error: readable on a terminal, JSON elsewhere."""
    if sys.stderr.isatty():
        # Plain tracebacks: a pretty one would show local variables, and those can hold secrets.
        written: list[Any] = [
            structlog.dev.ConsoleRenderer(
                colors="NO_COLOR" not in os.environ,
                exception_formatter=structlog.dev.plain_traceback,
            )
        ]
    else:
        written = [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *written,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def quiet_libraries(*names: str) -> None:
    """Keep the logs of libraries off the terminal, where our own words say the same once."""
    for name in names:
        logger = logging.getLogger(name)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False


class Steps:
    """Shows the progress of long work on standard error: a line a step, a count on a terminal."""

    def __init__(self) -> None:
        self._current: str | None = None
        self._live = sys.stderr.isatty()

    def __call__(self, what: str, done: int, of: int) -> None:
        if what != self._current:
            self._end_line()
            self._current = what
            sys.stderr.write(help_text(f"step.{what}") + ("" if self._live else "\n"))
        if self._live and of > 1:
            sys.stderr.write(f"\r{help_text(f'step.{what}')} {done}/{of}")
        sys.stderr.flush()

    def end(self) -> None:
        self._end_line()
        self._current = None

    def _end_line(self) -> None:
        if self._current is not None and self._live:
            sys.stderr.write("\n")
