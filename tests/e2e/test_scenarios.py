"""Scenarios of the practice platforms from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.e2e.commands import campaignbot
from tests.workdirs import approve_one, opened, sandboxed, stored

from campaignbot.cli.scenarios import read_scenario
from campaignbot.domain.clock import SystemClock
from campaignbot.domain.publication import State
from campaignbot.settings import load_accounts
from campaignbot.starter import make_workdir


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    make_workdir(tmp_path)
    return tmp_path


def test_the_scenarios_are_listed_with_what_they_teach(workdir: Path) -> None:
    ran = campaignbot(workdir, "sandbox", "--list-scenarios")
    assert ran.code == 0 and "slechte-maandag · Een slechte maandag" in ran.out
    rows = campaignbot(workdir, "sandbox", "--list-scenarios", "--json").data["scenarios"]
    assert {"name", "file", "title", "about", "steps"} == set(rows[0])
    (workdir / "config" / "scenarios" / "eigen.yaml").write_text(
        "title: Van onszelf\nsteps:\n  - trouble: empty\n"
    )
    assert "eigen · Van onszelf" in campaignbot(workdir, "sandbox", "--list-scenarios").out


def test_what_would_begin_is_told_and_nothing_begins(workdir: Path) -> None:
    ran = campaignbot(workdir, "sandbox", "--scenario", "slechte-maandag", "--dry-run")
    assert ran.code == 0 and "“Een slechte maandag” would begin, with 5 steps" in ran.err
    assert not (workdir / "data" / "sandbox").exists()


def test_every_mistake_of_a_scenario_is_named_with_its_line(workdir: Path) -> None:
    file = workdir / "eigen.yaml"
    file.write_text(
        "title: Van onszelf\n"
        "steps:\n"
        "  - trouble: slow\n"
        "    account: nergens\n"
        "  - trouble: empty\n"
        "    times: 2\n"
        "    share: 0.5\n"
    )
    ran = campaignbot(workdir, "sandbox", "--scenario", "eigen.yaml")
    assert ran.code == 2 and "Traceback" not in ran.err
    for words in (
        "eigen.yaml:3, steps.0.seconds",
        "eigen.yaml:4, steps.0.account: There is no account “nergens”",
        "facebook, instagram, linkedin, x",
        "eigen.yaml:7, steps.1.share",
    ):
        assert words in ran.err, ran.err
    file.write_text("title: Van onszelf\nsteps:\n  - trouble: ontploft\n    platfrom: x\n")
    ran = campaignbot(workdir, "sandbox", "--scenario", "eigen.yaml")
    assert ran.code == 2
    assert "eigen.yaml:3" in ran.err and "eigen.yaml:4" in ran.err and "“platform”" in ran.err
    assert not (workdir / "data" / "sandbox").exists()


def test_an_unknown_scenario_is_answered_with_those_that_exist(workdir: Path) -> None:
    ran = campaignbot(workdir, "sandbox", "--scenario", "goede-maandag")
    assert ran.code == 2 and "slechte-maandag" in ran.err


def test_the_bad_monday_puts_a_post_on_linkedin_once(tmp_path: Path) -> None:
    with sandboxed(tmp_path) as sandbox, opened(tmp_path, SystemClock()) as application:
        scenario = read_scenario(tmp_path, "slechte-maandag", load_accounts(tmp_path))
        playing = sandbox.play(scenario)
        publication = approve_one(application, "linkedin", "Op een slechte maandag.")
        application.publisher("test").tick()
        assert playing.faults[0].struck == 1
        assert len(sandbox.world.posts) == 1
        assert stored(application, publication).state in {State.UNCERTAIN, State.PUBLISHED}
