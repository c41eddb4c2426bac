"""A reader, an editor and approvers at one folder: who acts, and under which name it stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from tests.e2e.commands import Ran, campaignbot, commands
from tests.tui.seed import NOW, seeded
from tests.workdirs import opened

from campaignbot.demo import closing_day, move_dates
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.people import Actor
from campaignbot.gateways.login import login_name
from campaignbot.storage import audit, campaigns, publications
from campaignbot.yamlfiles import change_yaml

ME = login_name() or "?"
TEAM = [
    {"name": "Anna", "role": "approver"},
    {"name": "Bram", "role": "approver"},
    {"name": "Chris", "role": "editor"},
    {"name": "Dewi", "role": "reader"},
]
LATER = "2099-03-02 09:00"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with posts of tomorrow, whose people have no logins."""
    seeded(tmp_path).close()
    change_yaml(tmp_path / "config" / "campaignbot.yaml", {"people": TEAM})
    return tmp_path


def as_(name: str, *arguments: str) -> tuple[tuple[str, ...], str]:
    return ("--as", name, *arguments), ""


def refused(ran: Ran, *words: str) -> None:
    assert ran.code == 2 and "Traceback" not in ran.err, f"{ran.code}: {ran.out}{ran.err}"
    for word in words:
        assert word in ran.err, ran.err


def actors(folder: Path, reference: str = "WTR-0001") -> list[str]:
    """Return who did something to a post, after it was made."""
    with opened(folder) as application, application.database.read() as tx:
        found = publications.publication_by_reference(tx, reference)
        return [event.actor for event in audit.history(tx, found.id)[1:]]


def test_what_is_done_stands_under_the_name_of_who_did_it(folder: Path) -> None:
    moved, stopped, commented, resumed = commands(
        folder,
        as_("Chris", "post", "move", "WTR-0001", "--to", LATER),
        as_("Chris", "stop", "--post", "WTR-0001", "--reason", "storm"),
        as_("anna", "post", "move", "WTR-0001", "--to", "2099-03-03 09:00"),
        as_("Bram", "resume", "--post", "WTR-0001", "--json"),
    )
    assert [ran.code for ran in (moved, stopped, commented, resumed)] == [0, 0, 0, 0]
    assert actors(folder) == ["Chris", "Anna"]
    shown = campaignbot(folder, "post", "show", "WTR-0001")
    assert "(Chris)" in shown.out and "(Anna)" in shown.out
    with opened(folder) as application, application.database.read() as tx:
        (lifted,) = resumed.data["lifted"]
        held = audit.history(tx, UUID(lifted))
    assert [(event.action, event.actor) for event in held] == [("hold", "Chris"), ("lift", "Bram")]


def test_a_campaign_and_a_vacancy_keep_the_name_of_who_asked_for_them(folder: Path) -> None:
    move_dates(folder, closing_day(date.today()))
    planned, imported = commands(
        folder,
        as_("Chris", "plan", "briefs/adviseur-omgevingsrecht.yaml", "--json"),
        as_("Bram", "vacancy", "import", "briefs/adviseur-omgevingsrecht.html", "--json"),
    )
    assert (planned.code, imported.code) == (0, 0), planned.err + imported.err
    with opened(folder) as application, application.database.read() as tx:
        campaign = campaigns.require_campaign(tx, planned.data["campaign"])
        vacancy = campaigns.require_vacancy(tx, imported.data["vacancy"]["reference"])
        told = [audit.history(tx, found.id)[-1] for found in (campaign, vacancy)]
    assert [(event.action, event.actor) for event in told] == [
        *(("plan", "Chris"), ("import", "Bram")),
    ]


def test_a_role_keeps_from_what_is_not_its_own(folder: Path) -> None:
    reader = [
        as_("Dewi", *words)
        for words in (
            ("post", "move", "WTR-0001", "--to", LATER),
            ("post", "cancel", "WTR-0001"),
            ("post", "comment", "WTR-0001", "Meer weten?"),
            ("post", "placed", "WTR-0004", "https://krant.example/1"),
            ("post", "skip", "WTR-0004", "--reason", "vol"),
            ("post", "take-down", "WTR-0003", "--reason", "fout"),
            ("post", "media", "slides", "WTR-0001"),
            ("stop", "--reason", "storm"),
            ("plan", "briefs/adviseur-omgevingsrecht.yaml"),
            ("vacancy", "import", "briefs/adviseur-omgevingsrecht.html"),
        )
    ]
    editor = [
        as_("Chris", *words)
        for words in (
            ("post", "correct", "WTR-0003", "--text", "Anders.", "--reason", "fout"),
            ("resume",),
            ("account", "connect", "x"),
            ("account", "app", "x", "--client-id", "1"),
            ("account", "pause", "x", "--reason", "rust"),
            ("account", "resume", "x"),
            ("account", "disconnect", "x"),
            ("media", "connect"),
            ("media", "disconnect"),
            ("alerts", "connect", "mail"),
            ("alerts", "disconnect", "mail"),
        )
    ]
    ran = commands(folder, *reader, *editor)
    for done in ran[: len(reader)]:
        refused(done, "Dewi has the role reader", "Anna, Bram, Chris")
    for done in ran[len(reader) :]:
        refused(done, "Chris has the role editor", "Ask Anna, Bram,")
    assert actors(folder) == []


def test_whoever_is_unknown_looks_and_is_told_what_to_write_where(folder: Path) -> None:
    acted, looked, tried = commands(
        folder,
        (("post", "cancel", "WTR-0001"), ""),
        (("post", "list"), ""),
        (("post", "cancel", "WTR-0001", "--dry-run"), ""),
    )
    for ran in (acted, tried):
        refused(ran, f"“{ME}”", f"Write “login: {ME}”", "Anna, Bram, Chris, Dewi", '--as "Anna"')
    assert looked.code == 0 and "WTR-0001" in looked.out
    status = campaignbot(folder, "status", "--json")
    assert f"Write “login: {ME}”" in status.err
    assert status.data["acting"] == {"name": None, "role": "reader", "how_known": "unknown"}


def test_the_line_that_is_told_is_the_one_that_helps(folder: Path) -> None:
    named = [TEAM[0] | {"login": ME}, *TEAM[1:]]
    change_yaml(folder / "config" / "campaignbot.yaml", {"people": named})
    status = campaignbot(folder, "status")
    assert "You act as Anna (approver, known by your login)." in status.out
    assert ME not in status.err
    assert campaignbot(folder, "post", "cancel", "WTR-0001").code == 0
    assert actors(folder) == ["Anna"]


def test_a_name_that_is_not_there_is_one_error_that_lists_those_that_are(folder: Path) -> None:
    for words in (
        ("--as", "Eva", "status"),
        ("--as", "Eva", "tui"),
        ("tui", "--as", "Eva"),
        ("--as", "Eva", "post", "cancel", "WTR-0001"),
    ):
        ran = campaignbot(folder, *words)
        refused(ran, "Nobody is called “Eva” here", "Anna, Bram, Chris, Dewi")
    assert actors(folder) == []


def test_the_variable_names_who_acts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGNBOT_PERSON", "Chris")
    assert campaignbot(folder, "post", "cancel", "WTR-0001").code == 0
    assert campaignbot(folder, "--as", "Anna", "post", "cancel", "WTR-0002").code == 0
    assert (actors(folder), actors(folder, "WTR-0002")) == (["Chris"], ["Anna"])
    monkeypatch.setenv("CAMPAIGNBOT_PERSON", "Eva")
    refused(campaignbot(folder, "post", "list"), "CAMPAIGNBOT_PERSON names “Eva”", "Anna")


@pytest.fixture
def shared(tmp_path: Path, database_url: str) -> Iterator[Path]:
    """The same posts in each kind of database, where two have to approve."""
    seeded(tmp_path, database_url).close()
    change_yaml(
        tmp_path / "config" / "campaignbot.yaml", {"people": TEAM, "review": {"approvers": 2}}
    )
    yield tmp_path


def test_one_of_two_approvals_is_shown_and_who_must_give_the_next(shared: Path) -> None:
    def approve(name: str) -> Actor:
        with opened(shared, SimulatedClock(NOW), acting_as=name) as application:
            with application.database.read() as tx:
                waiting = publications.publication_by_reference(tx, "WTR-0001")
            application.reviews.approve(waiting, application.actor())
            return application.actor()

    approve("Anna")
    shown = campaignbot(shared, "post", "show", "WTR-0001")
    assert "approved by Anna, 1 more approval needed" in shown.out
    told = campaignbot(shared, "post", "show", "WTR-0001", "--json").data
    assert (told["state"], told["approved_by"], told["approvals_needed"]) == (
        *("in_review", ["Anna"]),
        1,
    )
    approve("Bram")
    told = campaignbot(shared, "post", "show", "WTR-0001", "--json").data
    assert told["state"] == "approved"
    assert {decision["by"] for decision in told["decisions"]} == {"Anna", "Bram"}
    assert [event["by"] for event in told["history"]][1:] == ["Anna", "Bram"]


def test_init_lets_whoever_made_the_folder_approve(tmp_path: Path) -> None:
    made = campaignbot(tmp_path, "init")
    assert made.code == 0 and f"by your login {ME}" in made.err
    assert f'login: "{ME}"' in (tmp_path / "config" / "campaignbot.yaml").read_text()
    stopped = campaignbot(tmp_path, "stop", "--reason", "storm")
    assert stopped.code == 0, stopped.err
    assert campaignbot(tmp_path, "resume").code == 0
    again = campaignbot(tmp_path, "init")
    assert again.code == 0 and "by your login" not in again.err
