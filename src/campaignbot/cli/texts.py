"""What the command line says, and in which language."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import textwrap
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import structlog
import typer

from campaignbot.domain.cleaning import clean
from campaignbot.domain.errors import Place, Problem, UserError
from campaignbot.domain.messages import Param
from campaignbot.i18n import Translator, asked_language

_MOST_WIDE = 100


@cache
def translator() -> Translator:
    """Return the translator of whoever sits here: CAMPAIGNBOT_LANG, else LANG, else Dutch."""
    asked = asked_language(os.environ)
    return Translator(asked or ("en" if os.environ.get("LANG", "").startswith("en") else "nl"))


def tell_of_language() -> None:
    """Say on standard error which languages there are, where another one is asked for."""
    asked = os.environ.get("CAMPAIGNBOT_LANG", "").strip()
    if asked and asked_language(os.environ) is None:
        say("cli.other_language", asked=asked)


def help_text(key: str) -> str:
    return translator()(key)


def say(key: str, /, **params: Param) -> None:
    """Narrate on standard error."""
    typer.echo(clean(translator()(key, **params)), err=True)


def tell(text: str) -> None:
    """Print data on standard output; a terminal is handed nothing that it would obey."""
    typer.echo(clean(text))


def tell_json(value: Mapping[str, Any], *, dry_run: bool = False) -> None:
    """Print one JSON object on standard output; one that tells of a dry run says so."""
    told = {**value, "dry_run": True} if dry_run else value
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2, default=str))


def width() -> int:
    """Return how many columns a line may take: those of the window, where that is not too wide."""
    return min(shutil.get_terminal_size((80, 24)).columns, _MOST_WIDE)


def tell_indented(text: str, indent: int) -> None:
    """Print data within the width of the window, its later lines under its first."""
    blanks = " " * indent
    wrapped = textwrap.wrap(
        text,
        width(),
        initial_indent=blanks,
        subsequent_indent=blanks,
        break_long_words=False,
        break_on_hyphens=False,
    )
    tell("\n".join(wrapped))


def show_error(error: UserError) -> None:
    """Print every problem: where, what, and what to do."""
    for problem in error.problems:
        show_problem(problem)


def show_problem(problem: Problem, *, err: bool = True) -> None:
    """Print one problem: where, what, and what to do."""
    t = translator()
    where = f"{_shown(problem.place)}: " if problem.place else ""
    typer.echo(clean(f"{where}{t.text(problem.what)}"), err=err)
    if problem.remedy is not None:
        typer.echo(clean(f"  → {t.text(problem.remedy)}"), err=err)


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
