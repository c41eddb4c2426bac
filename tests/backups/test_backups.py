"""A backup holds all that a restore needs, never the key, and is whole or not there."""

from __future__ import annotations

import json
import os
import stat
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.workdirs import approve_one, opened

from campaignbot.backups.making import make_backup
from campaignbot.bootstrap import Application
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.errors import UserError
from campaignbot.starter import make_workdir
from campaignbot.yamlfiles import change_yaml


def quietly(_what: str, _done: int, _of: int) -> None:
    pass


@pytest.fixture
def application(tmp_path: Path, clock: SimulatedClock) -> Iterator[Application]:
    folder = tmp_path / "werkmap"
    make_workdir(folder)
    with opened(folder, clock) as application:
        approve_one(application, "manual", "Een bericht met een beeld.")
        yield application


def names_in(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*.part")]


def test_everything_that_a_restore_needs_is_in_it(
    application: Application, clock: SimulatedClock
) -> None:
    folder = application.workdir
    (folder / "reports" / "week.html").write_text("<p>Week 48</p>")
    made = make_backup(folder, clock, quietly)
    assert made.path == folder / "data" / "backups" / "campaignbot-20261123T080000Z.zip"
    names = names_in(made.path)
    pictures = {p.relative_to(folder).as_posix() for p in (folder / "media").rglob("*.jpg")}
    assert pictures and pictures <= names
    assert {
        "manifest.json",
        "data/campaignbot.db",
        "config/accounts.yaml",
        "briefs/adviseur-omgevingsrecht.yaml",
        "reports/week.html",
    } <= names
    assert any(name.startswith("creatives/fonts/") for name in names)
    assert made.files == len(names) - 1
    with zipfile.ZipFile(made.path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert set(manifest["parts"]) == names - {"manifest.json"}
    assert manifest["made_at"] == "2026-11-23T08:00:00+00:00"
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert left_over(folder) == []


@pytest.mark.parametrize("place", ["config/geheim.txt", "data/vault.key", "media/sleutel"])
def test_the_key_is_never_in_it_wherever_it_lies(
    application: Application, clock: SimulatedClock, place: str
) -> None:
    folder = application.workdir
    key = folder / place
    key.write_text("this-is-the-key")
    os.link(key, folder / "config" / "copy-of-it.txt")
    (folder / "config" / "old.key").write_text("this-is-the-key")
    change_yaml(folder / "config" / "campaignbot.yaml", {"key_file": place})
    made = make_backup(folder, clock, quietly)
    assert made.key == key
    with zipfile.ZipFile(made.path) as archive:
        assert not any(b"this-is-the-key" in archive.read(name) for name in archive.namelist())


def test_only_older_ones_of_the_default_folder_make_room(
    application: Application, clock: SimulatedClock
) -> None:
    folder = application.workdir
    made = []
    for _ in range(4):
        made.append(make_backup(folder, clock, quietly).path)
        clock.advance(timedelta(days=1))
    mine = made[0].with_name("from-another-machine.zip")
    mine.write_bytes(b"kept")
    rehearsed = make_backup(folder, clock, quietly, keep=3, dry_run=True)
    assert rehearsed.removed == tuple(made[:2]) and all(path.exists() for path in made)
    last = make_backup(folder, clock, quietly, keep=3)
    assert last.removed == tuple(made[:2])
    assert set(last.path.parent.iterdir()) == {*made[2:], last.path, mine}
    with pytest.raises(UserError, match=r"backup\.keep_elsewhere"):
        make_backup(folder, clock, quietly, to=folder.parent, keep=3)


def test_a_rehearsal_writes_nothing(application: Application, clock: SimulatedClock) -> None:
    would = make_backup(application.workdir, clock, quietly, dry_run=True)
    assert not would.path.parent.exists()
    done = make_backup(application.workdir, clock, quietly)
    assert (would.path, would.files) == (done.path, done.files)


def test_a_file_that_is_there_is_left_alone(
    application: Application, clock: SimulatedClock, tmp_path: Path
) -> None:
    taken = tmp_path / "taken.zip"
    taken.write_text("mine")
    with pytest.raises(UserError, match=r"backup\.exists"):
        make_backup(application.workdir, clock, quietly, to=taken)
    assert taken.read_text() == "mine"


@pytest.mark.parametrize("stage", ["copy", "pack", "verify"])
def test_an_interruption_leaves_no_half_file(
    application: Application, clock: SimulatedClock, stage: str
) -> None:
    def interrupt(what: str, _done: int, _of: int) -> None:
        if what == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_backup(application.workdir, clock, interrupt)
    assert list((application.workdir / "data" / "backups").iterdir()) == []


def test_a_damaged_database_makes_no_backup(tmp_path: Path, clock: SimulatedClock) -> None:
    make_workdir(tmp_path)
    with opened(tmp_path, clock) as application:
        approve_one(application, "manual", "Een bericht.")
    database = tmp_path / "data" / "campaignbot.db"
    data = bytearray(database.read_bytes())
    data[-4096:] = b"\xff" * 4096
    database.write_bytes(data)
    with pytest.raises(UserError, match=r"storage\.malformed"):
        make_backup(tmp_path, clock, quietly)
    assert list((tmp_path / "data").glob("backups/*")) == []


def test_a_folder_without_a_database_is_said_and_gets_none(
    tmp_path: Path, clock: SimulatedClock
) -> None:
    make_workdir(tmp_path)
    with pytest.raises(UserError, match=r"backup\.no_database"):
        make_backup(tmp_path, clock, quietly)
    assert list((tmp_path / "data").iterdir()) == []


def test_a_link_out_of_the_folder_is_not_followed_and_is_named(
    application: Application, clock: SimulatedClock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = application.workdir
    elsewhere = tmp_path_factory.mktemp("elders") / "geheim.yaml"
    elsewhere.write_text("geheim: ja")
    (folder / "config" / "geheim.yaml").symlink_to(elsewhere)
    (folder / "config" / "zelf.yaml").symlink_to(folder / "config" / "channels.yaml")
    made = make_backup(folder, clock, quietly)
    assert made.left_out == (folder / "config" / "geheim.yaml",)
    names = names_in(made.path)
    assert "config/zelf.yaml" in names and "config/geheim.yaml" not in names
