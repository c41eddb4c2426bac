"""The marketer's files: brief, personas and channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

from campaignbot.domain.brief import Brief, Channel, Persona
from campaignbot.domain.errors import Place, Problem, UserError, user_error
from campaignbot.domain.keys import is_key
from campaignbot.domain.messages import Message
from campaignbot.files import read_text
from campaignbot.yamlfiles import read_yaml

MOST_GOALS = 2


@dataclass(frozen=True, slots=True)
class Channels:
    """The contents of `config/channels.yaml`."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid"}
    channels: tuple[Channel, ...]


def load_personas(folder: Path) -> Mapping[str, Persona]:
    """Read every persona of a folder, by key."""
    found = (read_yaml(path, Persona) for path in sorted(folder.glob("*.yaml")))
    return {persona.key: persona for persona in found}


def load_channels(path: Path, accounts: frozenset[str]) -> Mapping[str, Channel]:
    """Read the channels, by key; UserError when one names an account that does not exist."""
    channels = read_yaml(path, Channels).channels
    for number, channel in enumerate(channels):
        if channel.account not in accounts:
            raise _unknown(path, channel.account, f"channels.{number}.account", accounts)
    return {channel.key: channel for channel in channels}


def read_brief(
    path: Path, personas: Mapping[str, Persona], channels: Mapping[str, Channel], today: date
) -> Brief:
    """Read a brief and check what it names; UserError with every problem that was found.

    What is still unanswered is no error here: see `completeness.missing_answers`.
    """
    brief = read_yaml(path, Brief)
    problems: list[Problem] = []
    if not is_key(path.stem):
        # It becomes the campaign's key, and stands in its links and reports.
        what = Message("brief.bad_name", {"name": path.name})
        problems.append(Problem(what, Message("brief.bad_name.remedy"), Place(path)))
    for field, names, known in (
        ("personas", brief.personas, frozenset(personas)),
        ("channels", brief.channels, frozenset(channels)),
    ):
        for name in names:
            if name not in known:
                problems += _unknown(path, name, field, known).problems
    if len(brief.goals) > MOST_GOALS:
        problems.append(_problem(path, "brief.too_many_goals", "goals", n=len(brief.goals)))
    for number, goal in enumerate(brief.goals):
        if goal.by < today:
            field = f"goals.{number}.by"
            problems.append(_problem(path, "brief.goal_past", field, day=goal.by))
    if not 1 <= brief.weeks <= 26:
        problems.append(_problem(path, "brief.bad_weeks", "weeks", n=brief.weeks))
    if problems:
        raise UserError(*problems)
    return brief


def require_open(last_day: date | None, today: date, source: str) -> None:
    """Raise UserError when the closing date of a vacancy lies in the past."""
    if last_day is not None and last_day < today:
        raise UserError(
            Problem(
                Message("brief.closing_past", {"day": last_day}),
                Message("brief.closing_past.remedy"),
                Place(Path(source)),
            )
        )


def _problem(path: Path, key: str, field: str, **params: int | date) -> Problem:
    last = field.rsplit(".", 1)[-1]
    place = Place(path, _line_of(path, f"{last}:"), field)
    return Problem(Message(key, params), Message(f"{key}.remedy", params), place)


def _unknown(path: Path, name: str, field: str, known: frozenset[str]) -> UserError:
    kind = field.rsplit(".", 1)[-1].rstrip("s")
    return user_error(
        f"brief.unknown_{kind}",
        remedy="brief.unknown.remedy",
        place=Place(path, _line_of(path, name), field),
        name=name,
        known=", ".join(sorted(known)) or "-",
    )


def _line_of(path: Path, word: str) -> int | None:
    lines = read_text(path).splitlines()
    return next((n for n, line in enumerate(lines, start=1) if word in line), None)
