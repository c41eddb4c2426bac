"""Bad input gets one clear error: what, where, what to do; exit code 2; nothing written."""

from __future__ import annotations

import shutil
import socket
import sqlite3
from pathlib import Path

import pytest
from tests.e2e.commands import Ran, campaignbot

from campaignbot.starter import make_workdir

BRIEF = "briefs/adviseur-omgevingsrecht.yaml"


@pytest.fixture
def workdir(tmp_path: Path) -> Path:
    make_workdir(tmp_path)
    return tmp_path


def change(workdir: Path, file: str, old: str, new: str) -> None:
    path = workdir / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def refused(ran: Ran, *words: str) -> None:
    assert ran.code == 2, f"{ran.code}: {ran.out}{ran.err}"
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err, ran.err


def nothing_planned(workdir: Path) -> None:
    database = workdir / "data" / "campaignbot.db"
    if database.exists():
        with sqlite3.connect(database) as connection:
            assert connection.execute("SELECT count(*) FROM publication").fetchone() == (0,)
        connection.close()


def test_a_wrong_field_is_named_with_its_line_and_the_right_one(workdir: Path) -> None:
    change(workdir, BRIEF, "personas: [", "persona: [")
    ran = campaignbot(workdir, "plan", BRIEF)
    refused(ran, f"{BRIEF}:", "“persona”", "“personas”")
    nothing_planned(workdir)


def test_an_unknown_persona_is_named_with_those_that_exist(workdir: Path) -> None:
    change(workdir, BRIEF, "[ervaren-vergunningjurist,", "[ervaren-jurist,")
    ran = campaignbot(workdir, "plan", BRIEF)
    refused(ran, BRIEF, "“ervaren-jurist”", "ervaren-vergunningjurist")
    nothing_planned(workdir)


def test_a_page_without_a_vacancy_says_what_was_looked_for(workdir: Path) -> None:
    page = workdir / "briefs" / "adviseur-omgevingsrecht.html"
    page.write_text("<html><body><h1>Lunch</h1></body></html>")
    refused(campaignbot(workdir, "plan", BRIEF), "JobPosting")
    refused(campaignbot(workdir, "vacancy", "import", str(page)), "JobPosting")
    nothing_planned(workdir)


def test_a_closing_date_in_the_past_is_refused(workdir: Path) -> None:
    page = "briefs/adviseur-omgevingsrecht.html"
    change(workdir, page, "2026-12-20T23:59:00+01:00", "2020-01-20T23:59:00+01:00")
    refused(campaignbot(workdir, "plan", BRIEF), "closing date", "2020")
    nothing_planned(workdir)


def test_importing_a_vacancy_that_has_closed_is_refused(workdir: Path) -> None:
    page = "briefs/adviseur-omgevingsrecht.html"
    change(workdir, page, "2026-12-20T23:59:00+01:00", "2020-01-20T23:59:00+01:00")
    refused(campaignbot(workdir, "vacancy", "import", page), page, "closing date", "2020")
    refused(campaignbot(workdir, "vacancy", "import", page, "--dry-run"), "closing date")
    with sqlite3.connect(workdir / "data" / "campaignbot.db") as connection:
        assert connection.execute("SELECT count(*) FROM vacancy").fetchone() == (0,)
    connection.close()


DAMAGES = ("creatives/photos/polder-met-molen.jpg", "creatives/brands/waterrijk/logo.png")


@pytest.mark.parametrize("file", DAMAGES)
@pytest.mark.parametrize("keep", [0, 700], ids=["no picture", "cut short"])
@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)], ids=["plan", "dry run"])
def test_a_damaged_picture_is_named_before_anything_is_drawn(
    workdir: Path, file: str, keep: int, dry_run: tuple[str, ...]
) -> None:
    data = (workdir / file).read_bytes()
    (workdir / file).write_bytes(data[:keep] or b"no picture at all")
    ran = campaignbot(workdir, "plan", BRIEF, *dry_run)
    refused(ran, file, "damaged")
    assert ran.out == "", "no proposal that cannot be made"
    assert list((workdir / "media").iterdir()) == []
    nothing_planned(workdir)


@pytest.mark.parametrize("name", ["media", "data/renders"])
def test_a_file_where_pictures_go_is_named(workdir: Path, name: str) -> None:
    in_the_way(workdir / name)
    ran = campaignbot(workdir, "plan", BRIEF)
    refused(ran, name, "must be a folder")
    assert ran.out == ""
    nothing_planned(workdir)


def in_the_way(place: Path) -> None:
    if place.is_dir():
        place.rmdir()
    place.write_text("in the way")


def test_a_template_that_names_a_missing_photo_says_where(workdir: Path) -> None:
    change(workdir, "creatives/templates/scene.yaml", "[landscape,", "[zeppelin,")
    for dry_run in [(), ("--dry-run",)]:
        ran = campaignbot(workdir, "plan", BRIEF, *dry_run)
        refused(ran, "scene.yaml:3", "“zeppelin”", "landscape")
        assert ran.out == "", "no proposal that cannot be made"
    nothing_planned(workdir)


def test_a_database_of_a_newer_version_is_left_alone(workdir: Path) -> None:
    assert campaignbot(workdir, "init").code == 0
    with sqlite3.connect(workdir / "data" / "campaignbot.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    refused(campaignbot(workdir, "status"), "newer version", "9999")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_an_empty_database_file_is_refused_and_not_made_anew(workdir: Path, language: str) -> None:
    path = workdir / "data" / "campaignbot.db"
    path.parent.mkdir(exist_ok=True)
    path.touch()
    for command in (("post", "list"), ("init",), ("status",), ("backup",)):
        ran = campaignbot(workdir, *command, language=language)
        refused(ran, "campaignbot.db", "campaignbot restore", "campaignbot init")
        assert ran.out == "" and path.stat().st_size == 0
    looked = campaignbot(workdir, "check-database", language=language)
    assert looked.code == 1 and "campaignbot restore" in looked.out + looked.err
    path.unlink()
    assert campaignbot(workdir, "init", language=language).code == 0


def test_a_port_in_use_is_said(workdir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = campaignbot(workdir, "sandbox", "--port", port)
        refused(ran, port, "--port")
        assert "token" not in ran.err, "a token that leads nowhere helps nobody"


@pytest.mark.parametrize("port", ["0", "99999"])
def test_a_port_that_cannot_be_is_refused(workdir: Path, port: str) -> None:
    refused(campaignbot(workdir, "sandbox", "--port", port), "--port")


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000], ids=["30 digits", "5000 digits"])
@pytest.mark.parametrize(
    "command",
    [("alerts", "list", "--limit"), ("account", "connect", "linkedin", "--dry-run", "--wait")],
    ids=["limit", "wait"],
)
def test_a_number_of_many_digits_is_refused_in_words(
    workdir: Path, command: tuple[str, ...], number: str
) -> None:
    ran = campaignbot(workdir, *command, number)
    refused(ran, f"The value of {command[-1]} is not right: give ")


def test_a_sandbox_that_cannot_keep_anything_says_so(workdir: Path) -> None:
    (workdir / "data").mkdir(exist_ok=True)
    (workdir / "data" / "sandbox").write_text("in the way")
    refused(campaignbot(workdir, "sandbox", "--port", "1025"), "cannot be written")


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    ran = campaignbot(blocked / "werkmap", "init")
    refused(ran, "cannot be written")


def test_a_folder_without_settings_says_how_to_make_one(tmp_path: Path) -> None:
    refused(campaignbot(tmp_path, "status"), "campaignbot init")


def test_a_missing_answer_is_asked_for_with_its_reason(workdir: Path) -> None:
    change(workdir, BRIEF, "goals:", "goals: []\nignored:")
    ran = campaignbot(workdir, "plan", BRIEF)
    refused(ran, "“ignored”")
    text = (workdir / BRIEF).read_text()
    start, end = text.index("ignored:"), text.index("# Step 2")
    (workdir / BRIEF).write_text(text[:start] + text[end:])
    refused(campaignbot(workdir, "plan", BRIEF), "goal is missing", "cannot be steered")
    nothing_planned(workdir)


def test_dutch_is_spoken_to_who_asks_for_it(tmp_path: Path) -> None:
    ran = campaignbot(tmp_path, "status", language="nl")
    refused(ran, "geen werkmap")


@pytest.mark.parametrize(
    ("language", "no_folder", "or_else"),
    [("nl", "De map {data} is er niet", "cd"), ("en", "There is no folder {data}", "cd")],
)
def test_a_folder_without_its_database_says_which_one_and_what_to_do(
    workdir: Path, language: str, no_folder: str, or_else: str
) -> None:
    data = workdir / "data"
    shutil.rmtree(data, ignore_errors=True)
    for command in (("status",), ("post", "list"), ("plan", BRIEF)):
        ran = campaignbot(workdir, *command, language=language)
        refused(ran, no_folder.format(data=data), "campaignbot init", or_else, "--workdir")
        assert "sqlite" not in ran.err and not data.exists()
    ran = campaignbot(workdir, "check-database", language=language)
    refused(ran, str(data / "campaignbot.db"), "campaignbot init")
    assert "sqlite:" not in ran.err


def test_a_folder_that_is_no_working_folder_is_named_in_full(tmp_path: Path) -> None:
    refused(campaignbot(tmp_path, "--workdir", ".", "status"), str(tmp_path), "campaignbot init")
