"""Scenarios of the practice platforms, as files: which there are, and reading one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaignbot.cli.standings import tell_block
from campaignbot.cli.texts import tell
from campaignbot.cli.texts import translator as t
from campaignbot.domain.errors import Problem, UserError, user_error
from campaignbot.domain.messages import Message
from campaignbot.yamlfiles import place_in, read_yaml

if TYPE_CHECKING:
    from campaignbot.sandbox import Scenario
    from campaignbot.settings import AccountEntry

FOLDER = Path("config") / "scenarios"


def scenario_files(workdir: Path) -> tuple[Path, ...]:
    """Return the scenarios of a working folder; those that are shipped where it has none."""
    from campaignbot.starter import starter_files

    own = sorted((workdir / FOLDER).glob("*.yaml"))
    shipped = [source for target, source in starter_files().items() if target.parent == FOLDER]
    return tuple(own or shipped)


def read_scenario(workdir: Path, asked: str, entries: Sequence[AccountEntry]) -> Scenario:
    """Read a scenario by its name or its file; raises one UserError with all that is wrong.

    An account may be named by its key.
    """
    from campaignbot.sandbox import Scenario
    from campaignbot.sandbox.scenario import complaints

    path = _path(workdir, asked)
    scenario = read_yaml(path, Scenario)
    problems = [
        _problem(path, found.location, f"scenario.{found.problem}")
        for found in complaints(scenario)
    ]
    ids = {e.key: e.external_id for e in entries if e.external_id}
    steps = []
    for number, step in enumerate(scenario.steps):
        if step.account and step.account not in {*ids, *ids.values()}:
            known = {"account": step.account, "known": ", ".join(sorted(ids))}
            problems.append(
                _problem(path, ("steps", number, "account"), "scenario.unknown_account", **known)
            )
        steps.append(replace(step, account=ids.get(step.account or "", step.account)))
    if problems:
        raise UserError(*problems)
    return replace(scenario, steps=tuple(steps))


def _path(workdir: Path, asked: str) -> Path:
    path = Path(asked)
    if path.suffix in {".yaml", ".yml"} or path.exists():
        return path if path.exists() or path.is_absolute() else workdir / path
    known = {file.stem: file for file in scenario_files(workdir)}
    if asked not in known:
        raise user_error(
            "scenario.not_found",
            remedy="scenario.not_found.remedy",
            name=asked,
            known=", ".join(sorted(known)),
        )
    return known[asked]


def _problem(path: Path, location: tuple[str | int, ...], key: str, **params: str) -> Problem:
    place = place_in(path, *location)
    return Problem(Message(key, params), Message(f"{key}.remedy", params), place)


def list_scenarios(workdir: Path, entries: Sequence[AccountEntry]) -> list[dict[str, Any]]:
    found = [(file, read_scenario(workdir, str(file), entries)) for file in scenario_files(workdir)]
    return [
        {
            "name": file.stem,
            "file": str(file),
            "title": scenario.title,
            "about": scenario.about.strip(),
            "steps": len(scenario.steps),
        }
        for file, scenario in found
    ]


def show_scenarios(rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        tell_block(f"{row['name']} · {row['title']}", row["about"])
    tell("")
    tell(t()("scenario.how"))
