"""Who works with a folder: as they say, as the environment says, or by their login."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from campaignbot.bootstrap import Application
from campaignbot.domain.errors import UserError
from campaignbot.domain.people import Actor, HowKnown, Role
from campaignbot.gateways.login import login_name
from campaignbot.starter import make_workdir
from campaignbot.yamlfiles import change_yaml

ME = login_name() or "?"
TEAM: tuple[Mapping[str, Any], ...] = (
    {"name": "Anna", "role": "approver", "login": "anna"},
    {"name": "Bram", "role": "editor", "login": ["bram", ME]},
    {"name": "Chris", "role": "reader"},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_workdir(tmp_path)
    return team(tmp_path, *TEAM)


def team(folder: Path, *people: Mapping[str, Any]) -> Path:
    change_yaml(
        folder / "config" / "campaignbot.yaml", {"people": [dict(person) for person in people]}
    )
    return folder


@contextmanager
def opened(
    folder: Path, asked: str | None = None, variable: str | None = None
) -> Iterator[Application]:
    environment = {} if variable is None else {"CAMPAIGNBOT_PERSON": variable}
    application = Application(folder, environment=environment, acting_as=asked)
    try:
        yield application
    finally:
        application.close()


def actor(folder: Path, asked: str | None = None, variable: str | None = None) -> Actor:
    with opened(folder, asked, variable) as application:
        return application.actor()


def problem(folder: Path, asked: str | None = None, variable: str | None = None) -> Any:
    with pytest.raises(UserError) as caught:
        actor(folder, asked, variable)
    return caught.value.problems[0]


def test_what_is_said_goes_before_the_variable_and_that_before_the_login(folder: Path) -> None:
    known = [
        actor(folder, "Anna", "Chris"),
        actor(folder, None, "Chris"),
        actor(folder, None, " "),
        actor(folder),
    ]
    assert [(a.name, a.role, a.how_known) for a in known] == [
        ("Anna", Role.APPROVER, HowKnown.OPTION),
        ("Chris", Role.READER, HowKnown.VARIABLE),
        ("Bram", Role.EDITOR, HowKnown.LOGIN),
        ("Bram", Role.EDITOR, HowKnown.LOGIN),
    ]


def test_a_login_names_a_person_as_their_name_does(folder: Path) -> None:
    assert [actor(folder, word).name for word in ("anna", "ANNA", "bram", ME)] == [
        *("Anna", "Anna", "Bram", "Bram")
    ]


@pytest.mark.parametrize("name", ["Dewi", "", " "])
def test_whoever_is_asked_for_and_not_there_is_one_error_that_lists_who_is(
    folder: Path, name: str
) -> None:
    wrong = problem(folder, name)
    assert wrong.what.key == "person.no_such"
    assert wrong.remedy.params["known"] == f"Anna (anna), Bram (bram, {ME}), Chris"
    # The variable is not looked at instead.
    assert problem(folder, name, "Anna").what.key == "person.no_such"


def test_a_variable_that_names_nobody_is_an_error_and_not_the_login(folder: Path) -> None:
    assert problem(folder, None, "Dewi").what.key == "person.no_such_variable"


def test_one_person_without_a_login_is_not_taken_for_whoever_comes(folder: Path) -> None:
    team(folder, {"name": "Anna", "role": "approver"})
    found = actor(folder)
    assert (found.role, found.how_known, found.name) == (Role.READER, HowKnown.UNKNOWN, ME)


def test_the_starter_knows_whoever_made_it(tmp_path: Path) -> None:
    make_workdir(tmp_path)
    found = actor(tmp_path)
    assert (found.role, found.how_known) == (Role.APPROVER, HowKnown.LOGIN)
    # What was there before is left as it was.
    team(tmp_path, {"name": "Anna", "role": "approver"})
    make_workdir(tmp_path)
    assert actor(tmp_path).how_known is HowKnown.UNKNOWN


def test_a_rule_about_a_channel_that_is_not_there_names_those_that_are(folder: Path) -> None:
    settings = folder / "config" / "campaignbot.yaml"
    change_yaml(settings, {"review": {"where": [{"channel": "linkedn", "approvers": 1}]}})
    wrong = problem(folder)
    assert wrong.what.key == "settings.no_channel" and "linkedin" in wrong.remedy.params["known"]
    assert wrong.place.line is not None and wrong.place.field == "review.where.0.channel"
