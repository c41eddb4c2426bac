"""A restore is looked through first, replaces nothing by surprise, and holds everything."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.workdirs import approve_one, opened, stored

from campaignbot.backups.making import make_backup
from campaignbot.backups.restoring import Restored, restore
from campaignbot.bootstrap import Application
from campaignbot.domain.accounts import HoldScope
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.errors import UserError
from campaignbot.domain.publication import Publication, State
from campaignbot.settings import load_settings
from campaignbot.starter import make_workdir
from campaignbot.storage import publications
from campaignbot.storage.database import Database
from campaignbot.storage.workers import Worker, beat
from campaignbot.yamlfiles import change_yaml


def quietly(_what: str, _done: int, _of: int) -> None:
    pass


def put_back(file: Path, folder: Path, clock: SimulatedClock, **options: bool) -> Restored:
    return restore(file, folder, clock, quietly, environment={}, **options)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class Original:
    """A working folder with one approved post that people publish, and one backup of it."""

    def __init__(self, folder: Path, clock: SimulatedClock, database: str | None = None) -> None:
        self.folder = folder
        make_workdir(folder)
        change_yaml(
            folder / "config" / "campaignbot.yaml",
            {"database": database, "key_file": "config/vault.key"},
        )
        with opened(folder, clock) as application:
            self.publication = approve_one(application, "manual", "Een bericht met een beeld.")
        self.backup = make_backup(folder, clock, quietly, to=folder.parent / "b.zip").path


@pytest.fixture
def original(tmp_path: Path, clock: SimulatedClock) -> Original:
    return Original(tmp_path / "original", clock)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere" / "new"


def add_one(folder: Path, clock: SimulatedClock) -> Publication:
    with opened(folder, clock) as application:
        return approve_one(application, "manual", "Na de back-up gemaakt.")


def references(application: Application) -> set[str]:
    with application.database.read() as tx:
        return {p.reference for p in publications.list_publications(tx)}


def test_a_new_folder_gets_everything_and_stands_still(
    original: Original, new: Path, clock: SimulatedClock
) -> None:
    restored = put_back(original.backup, new, clock)
    ours = {n: d for n, d in tree(original.folder).items() if not n.startswith("data/")}
    theirs = {n: d for n, d in tree(new).items() if not n.startswith("data/")}
    assert theirs == ours
    assert restored.set_aside == ()
    assert restored.settled.by_hand == (original.publication.reference,)
    with opened(new, clock) as application:
        holds = application.overview().holds
        assert [(h.scope, h.reason.key) for h in holds] == [(HoldScope.ALL, "hold.restored")]
        assert application.media.read(original.publication.content.media[0])
        application.publisher("new").tick()
        assert stored(application, original.publication).state is State.APPROVED
    assert not list(new.glob(".restore*"))


def test_a_folder_in_use_is_refused_and_left_as_it_is(
    original: Original, clock: SimulatedClock
) -> None:
    before = tree(original.folder)
    with pytest.raises(UserError, match=r"restore\.in_use"):
        put_back(original.backup, original.folder, clock)
    assert tree(original.folder) == before


def test_what_was_there_is_set_aside_and_still_whole(
    original: Original, clock: SimulatedClock
) -> None:
    later = add_one(original.folder, clock)
    restored = put_back(original.backup, original.folder, clock, replace=True)
    [aside] = restored.set_aside
    old = Path(aside) / "data" / "campaignbot.db"
    database = Database(f"sqlite:///{old}")
    with database.read() as tx:
        assert publications.publication_by_id(tx, later.id).state is State.APPROVED
    database.close()
    with opened(original.folder, clock) as application:
        assert references(application) == {original.publication.reference}


@pytest.mark.parametrize("left", [b"", b"SQLite format 3\0" + b"\xff" * 8192, b"no database" * 99])
def test_a_database_that_cannot_be_read_is_replaced(
    original: Original, clock: SimulatedClock, left: bytes
) -> None:
    data = original.folder / "data"
    for log in data.glob("campaignbot.db-*"):
        log.unlink()
    (data / "campaignbot.db").write_bytes(left)
    put_back(original.backup, original.folder, clock, replace=True)
    with opened(original.folder, clock) as application:
        assert references(application) == {original.publication.reference}


def test_a_database_that_is_damaged_inside_is_replaced(
    original: Original, clock: SimulatedClock
) -> None:
    path = original.folder / "data" / "campaignbot.db"
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    put_back(original.backup, original.folder, clock, replace=True)
    with opened(original.folder, clock) as application:
        assert references(application) == {original.publication.reference}


def test_the_key_stays_where_the_settings_look_for_it(
    original: Original, clock: SimulatedClock
) -> None:
    (original.folder / "config" / "vault.key").write_text("the-key")
    put_back(original.backup, original.folder, clock, replace=True)
    assert (original.folder / "config" / "vault.key").read_text() == "the-key"


def test_a_restore_that_fails_half_way_puts_everything_back(
    original: Original, clock: SimulatedClock
) -> None:
    # A folder that cannot be replaced: a file stands where its parts should be set aside.
    (original.folder / "before-restore-20261123T080000Z").write_text("in the way")
    before = tree(original.folder)
    with pytest.raises(UserError, match=r"restore\.not_written"):
        put_back(original.backup, original.folder, clock, replace=True)
    assert tree(original.folder) == before


def test_nothing_is_swapped_while_a_daemon_is_alive(
    original: Original, clock: SimulatedClock
) -> None:
    def note(stopped: bool) -> None:
        now = clock.now()
        with opened(original.folder, clock) as application, application.database.write() as tx:
            beat(tx, Worker("host:1", now, now, now if stopped else None))

    note(stopped=False)
    with pytest.raises(UserError, match=r"restore\.daemon_alive"):
        put_back(original.backup, original.folder, clock, replace=True)
    note(stopped=True)
    put_back(original.backup, original.folder, clock, replace=True)


def test_a_daemon_of_the_backup_is_not_taken_for_alive(
    original: Original, new: Path, clock: SimulatedClock
) -> None:
    with opened(original.folder, clock) as application, application.database.write() as tx:
        beat(tx, Worker("host:1", clock.now(), clock.now()))
    backup = make_backup(original.folder, clock, quietly).path
    put_back(backup, new, clock)
    with opened(new, clock) as application:
        assert not application.overview().alive
    put_back(backup, new, clock, replace=True)


def test_a_rehearsal_tells_the_same_and_changes_nothing(
    original: Original, new: Path, clock: SimulatedClock
) -> None:
    would = put_back(original.backup, new, clock, dry_run=True)
    assert not new.parent.exists()
    assert put_back(original.backup, new, clock).settled == would.settled


def tampered(original: Original, change: str) -> Path:
    """Return a copy of the backup in which one thing is wrong."""
    wrong = original.backup.with_name("wrong.zip")
    with zipfile.ZipFile(original.backup) as source, zipfile.ZipFile(wrong, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "config/accounts.yaml" and change == "bytes":
                data = data.replace(b"a", b"b", 1)
            if name == "config/accounts.yaml" and change == "missing":
                continue
            if name == "manifest.json":
                manifest = json.loads(data)
                if change == "outside":
                    told = manifest["parts"].pop("config/accounts.yaml")
                    manifest["parts"]["config/../../evil.yaml"] = told
                if change == "newer":
                    manifest["schema"] = "9999"
                if change == "format":
                    manifest["format"] = 99
                data = json.dumps(manifest).encode()
            target.writestr(name, data)
    return wrong


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("bytes", r"backup\.damaged"),
        ("missing", r"backup\.damaged"),
        ("outside", r"backup\.damaged"),
        ("newer", r"storage\.newer"),
        ("format", r"backup\.newer_format"),
    ],
)
def test_a_backup_that_is_not_what_it_says_changes_nothing(
    original: Original, new: Path, clock: SimulatedClock, change: str, said: str
) -> None:
    before = tree(original.folder)
    wrong = tampered(original, change)
    for folder, replace in ((new, False), (original.folder, True)):
        with pytest.raises(UserError, match=said):
            put_back(wrong, folder, clock, replace=replace)
    assert tree(original.folder) == before
    assert not new.parent.exists()


@pytest.mark.parametrize("data", [b"", b"not a zip at all", None])
def test_a_file_that_is_no_backup_is_said(
    tmp_path: Path, new: Path, clock: SimulatedClock, data: bytes | None
) -> None:
    file = tmp_path / "file.zip"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(UserError, match=r"backup\.(damaged|cannot_read)"):
        put_back(file, new, clock)
    assert not new.parent.exists()


def test_a_cut_off_backup_changes_nothing(
    original: Original, new: Path, clock: SimulatedClock
) -> None:
    whole = original.backup.read_bytes()
    original.backup.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UserError, match=r"backup\.damaged"):
        put_back(original.backup, new, clock)
    assert not new.parent.exists()


def test_a_restored_folder_never_works_on_the_database_of_the_original(
    tmp_path: Path, new: Path, clock: SimulatedClock
) -> None:
    place = tmp_path / "shared" / "campaign.db"
    place.parent.mkdir()
    original = Original(tmp_path / "original", clock, f"sqlite:///{place}")
    before = place.read_bytes()
    put_back(original.backup, new, clock)
    assert load_settings(new).database is None
    with opened(new, clock) as application:
        add_one(new, clock)
        assert len(references(application)) == 2
    assert place.read_bytes() == before


@pytest.fixture
def on_server(tmp_path: Path, clock: SimulatedClock, postgres_url: str) -> Iterator[Original]:
    yield Original(tmp_path / "original", clock, postgres_url)


def test_a_server_is_backed_up_and_restored_with_its_old_tables_set_aside(
    on_server: Original, clock: SimulatedClock
) -> None:
    later = add_one(on_server.folder, clock)
    clock.advance(timedelta(minutes=1))
    with pytest.raises(UserError, match=r"restore\.in_use"):
        put_back(on_server.backup, on_server.folder, clock)
    restored = put_back(on_server.backup, on_server.folder, clock, replace=True)
    assert restored.set_aside[-1] == "before_restore_20261123t080100z"
    with opened(on_server.folder, clock) as application:
        assert references(application) == {on_server.publication.reference}
        assert [h.scope for h in application.overview().holds] == [HoldScope.ALL]
        with application.database.read() as tx:
            kept = tx.exec_driver_sql(f"SELECT reference FROM {restored.set_aside[-1]}.publication")
            assert later.reference in set(kept.scalars())
    # What was set aside is not carried along.
    clock.advance(timedelta(minutes=1))
    again = make_backup(on_server.folder, clock, quietly).path
    put_back(again, on_server.folder, clock, replace=True)


def test_a_dump_that_cannot_be_loaded_leaves_the_server_as_it_was(
    on_server: Original, clock: SimulatedClock
) -> None:
    (on_server.folder / "before-restore-20261123T080000Z").write_text("in the way")
    with pytest.raises(UserError, match=r"restore\.not_written"):
        put_back(on_server.backup, on_server.folder, clock, replace=True)
    with opened(on_server.folder, clock) as application:
        assert references(application) == {on_server.publication.reference}
        assert application.overview().holds == ()


def test_a_server_that_is_in_use_is_not_filled_from_a_new_folder(
    on_server: Original, new: Path, clock: SimulatedClock
) -> None:
    with pytest.raises(UserError, match=r"restore\.database_in_use"):
        put_back(on_server.backup, new, clock)
    assert not new.parent.exists()


def test_a_backup_of_a_server_does_not_go_into_a_folder_with_a_file(
    on_server: Original, new: Path, clock: SimulatedClock
) -> None:
    make_workdir(new)
    with pytest.raises(UserError, match=r"restore\.other_kind"):
        put_back(on_server.backup, new, clock, replace=True)
