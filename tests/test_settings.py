"""The settings of a working folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from campaignbot.domain.errors import Problem, UserError
from campaignbot.domain.people import Role
from campaignbot.settings import load_accounts, load_settings

ROOT = Path(__file__).parents[1]


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    return tmp_path


def settings(workdir: Path, text: str) -> None:
    (workdir / "config" / "campaignbot.yaml").write_text(text)


def accounts(workdir: Path, text: str) -> None:
    (workdir / "config" / "accounts.yaml").write_text(text)


def settings_problem(workdir: Path) -> Problem:
    with pytest.raises(UserError) as caught:
        load_settings(workdir)
    return caught.value.problems[0]


def accounts_problem(workdir: Path) -> Problem:
    with pytest.raises(UserError) as caught:
        load_accounts(workdir)
    return caught.value.problems[0]


def test_the_sample_folder_is_right() -> None:
    sample = load_settings(ROOT)
    assert sample.organisation == "Gemeente Waterrijk"
    assert [person.role for person in sample.people] == [Role.APPROVER]
    keys = [entry.key for entry in load_accounts(ROOT)]
    assert keys == ["linkedin", "facebook", "instagram", "x", "nieuwsbrief"]


def test_what_is_not_said_has_a_value_that_works(workdir: Path) -> None:
    settings(workdir, "organisation: Gemeente Voorbeeld\n")
    read = load_settings(workdir)
    assert (read.language, read.zone, read.publishing.grace_h) == ("nl", "Europe/Amsterdam", 6)
    assert read.database is None and not read.simulated


def test_a_folder_without_settings_is_no_working_folder(tmp_path: Path) -> None:
    problem = settings_problem(tmp_path)
    assert problem.what.key == "settings.no_workdir"
    assert problem.what.params["folder"] == str(tmp_path)


@pytest.mark.parametrize(
    ("text", "key", "field"),
    [
        ("organisation: A\nlanguage: de\n", "file.not_one_of", "language"),
        ("organisation: A\nzone: Europe/Waterrijk\n", "settings.bad_zone", "zone"),
        ("organisation: A\nzone: ../../etc/passwd\n", "settings.bad_zone", "zone"),
        ("language: nl\n", "file.missing_field", "organisation"),
        ("organisation: A\npeople: [{name: B, role: chef}]\n",
         "file.not_one_of", "people.0.role"),
        ("organisation: A\npublishing: {parallel: -1}\n",
         "file.too_small", "publishing.parallel"),
        ("organisation: A\npublishing: {tick_s: -5}\n", "file.too_small", "publishing.tick_s"),
        ("organisation: A\nwatch: {http_port: 99999}\n", "file.too_large", "watch.http_port"),
        ("organisation: A\nconnect: {wait_min: 0}\n", "file.too_small", "connect.wait_min"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_named(workdir: Path, text: str, key: str, field: str) -> None:
    settings(workdir, text)
    problem = settings_problem(workdir)
    assert problem.what.key == key
    assert problem.place is not None and problem.place.field == field
    assert problem.place.file == workdir / "config" / "campaignbot.yaml"


def test_a_misspelt_setting_gets_a_suggestion(workdir: Path) -> None:
    settings(workdir, "organisation: A\npublishing: {grase_h: 3}\n")
    problem = settings_problem(workdir)
    assert problem.what.key == "file.unknown_field_near"
    assert problem.remedy is not None and problem.remedy.params["near"] == "grace_h"
    assert problem.place is not None and problem.place.line == 2


ACCOUNT = "accounts:\n  - {key: a, platform: linkedin, name: A, options: {%s: x}}\n"


@pytest.mark.parametrize("name", ["access_token", "client_secret", "Password", "wachtwoord"])
def test_a_secret_in_the_accounts_file_is_refused(workdir: Path, name: str) -> None:
    accounts(workdir, ACCOUNT % name)
    problem = accounts_problem(workdir)
    assert problem.what.key == "settings.secret"
    assert problem.place is not None and problem.place.field == f"accounts.0.options.{name}"
    assert "x" not in problem.what.params.values()


def test_an_option_that_is_no_secret_is_taken(workdir: Path) -> None:
    accounts(workdir, ACCOUNT % "api_version")
    assert load_accounts(workdir)[0].options == {"api_version": "x"}


def test_a_token_beside_the_fields_is_refused_as_unknown(workdir: Path) -> None:
    accounts(workdir, "accounts:\n  - {key: a, platform: x, name: A, token: geheim}\n")
    problem = accounts_problem(workdir)
    assert problem.what.key.startswith("file.unknown_field")
    assert "geheim" not in str(problem)


def test_a_key_that_stands_twice_is_refused(workdir: Path) -> None:
    entry = "  - {key: a, platform: x, name: A}\n"
    accounts(workdir, f"accounts:\n{entry}{entry}")
    problem = accounts_problem(workdir)
    assert problem.what.key == "settings.twice"
    assert problem.place is not None and problem.place.field == "accounts.1.key"


def test_packs_can_be_mailed_to_addresses_that_are_ones(workdir: Path) -> None:
    entry = "accounts:\n  - {key: a, platform: manual, name: A, hand_over_to: [%s]}\n"
    accounts(workdir, entry % "balie@waterrijk.example, 'x.y@a.example'")
    assert load_accounts(workdir)[0].hand_over_to == ("balie@waterrijk.example", "x.y@a.example")
    for wrong in ("balie", "a@b", "'a@b.nl, c@d.nl'", "'A <a@b.nl>'"):
        accounts(workdir, entry % wrong)
        problem = accounts_problem(workdir)
        assert problem.what.key == "settings.bad_email"
        assert problem.place is not None and problem.place.field == "accounts.0.hand_over_to"


PEOPLE = """organisation: A
people:
  - name: Anna
    role: approver
    login: [anna, a.vries]
  - name: Bram
    role: editor
    login: bram
"""


def test_logins_are_one_or_several(workdir: Path) -> None:
    settings(workdir, PEOPLE)
    assert [p.logins for p in load_settings(workdir).people] == [("anna", "a.vries"), ("bram",)]


@pytest.mark.parametrize(
    ("text", "key", "field", "line"),
    [
        (PEOPLE.replace("bram", "anna"), "settings.same_person", "people.1.login", 8),
        (PEOPLE.replace("login: bram", "login: Anna"), "settings.same_person", "people.1.login", 8),
        (PEOPLE.replace("name: Bram", "name: anna"), "settings.same_person", "people.1.name", 6),
        (PEOPLE.replace("login: bram", "login: ''"), "settings.empty_name", "people.1.login", 8),
        (f"{PEOPLE}review:\n  approvers: 2\n", "settings.few_approvers", "review.approvers", 10),
        (f"{PEOPLE}review:\n  approvers: 0\n", "settings.no_approvers", "review.approvers", 10),
        (
            f"{PEOPLE}review:\n  where:\n    - phase: action\n      approvers: 2\n",
            "settings.few_approvers",
            "review.where.0.approvers",
            12,
        ),
    ],
)
def test_rules_that_nobody_could_keep_are_refused_where_they_stand(
    workdir: Path, text: str, key: str, field: str, line: int
) -> None:
    settings(workdir, text)
    problem = settings_problem(workdir)
    assert problem.what.key == key
    assert problem.place is not None
    assert (problem.place.field, problem.place.line) == (field, line)
