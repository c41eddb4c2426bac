"""The place for pictures, as the settings choose it, in a whole working folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import loopback
from tests.e2e.commands import campaignbot
from tests.workdirs import account_of, approve_one, opened, sandboxed, stored

from campaignbot.domain.clock import SystemClock
from campaignbot.domain.errors import UserError
from campaignbot.domain.publication import State
from campaignbot.gateways.media import MediaHost
from campaignbot.i18n import Translator
from campaignbot.settings import load_settings
from campaignbot.starter import make_workdir
from campaignbot.yamlfiles import change_yaml

SECRET = "geheime-sleutel-van-de-opslag"
NAME = "campagnebeelden"


def choose(folder: Path, media: dict[str, Any]) -> None:
    change_yaml(folder / "config" / "campaignbot.yaml", {"media": media})


@pytest.mark.parametrize(
    ("media", "key", "field"),
    [
        ({"public_url": "https://a.example", "facebook": "facebook"}, "settings.media_places", ""),
        ({"s3": {"bucket": "b"}, "facebook": "facebook"}, "settings.media_places", ""),
        ({"folder": "/mnt/www"}, "settings.media_folder", "media.folder"),
        ({"public_url": "media.a.example"}, "settings.bad_address", "media.public_url"),
        ({"s3": {"bucket": "b", "endpoint": "s3.a"}}, "settings.bad_address", "media.s3.endpoint"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_their_place(
    tmp_path: Path, media: dict[str, Any], key: str, field: str
) -> None:
    make_workdir(tmp_path)
    choose(tmp_path, media)
    with pytest.raises(UserError) as refused:
        load_settings(tmp_path)
    problem = refused.value.problems[0]
    assert problem.what.key == key and problem.place is not None
    assert field in str(problem.place)


@pytest.mark.parametrize("name", ["secret", "secret_key", "aws_secret_access_key"])
def test_a_secret_in_the_settings_is_refused(tmp_path: Path, name: str) -> None:
    make_workdir(tmp_path)
    choose(tmp_path, {"s3": {"bucket": "b", name: SECRET}})
    with pytest.raises(UserError) as refused:
        load_settings(tmp_path)
    assert SECRET not in repr(refused.value.problems)


def test_a_place_that_is_down_keeps_the_post_waiting_with_a_plain_sentence(tmp_path: Path) -> None:
    with sandboxed(tmp_path) as sandbox:
        choose(tmp_path, {"public_url": "http://127.0.0.1:9/"})
        with opened(tmp_path, SystemClock()) as application:
            publication = approve_one(application, "instagram", "Zonder beeldadres.")
            application.publisher("test").tick()
            now = stored(application, publication)
            assert now.state is State.RETRY_WAITING and now.reason is not None
            said = Translator("nl", "Europe/Amsterdam").text(now.reason)
            assert "is niet op te halen" in said and "account check" in said
        assert not sandbox.world.posts and not sandbox.world.requests["facebook upload"]


def test_a_folder_of_the_web_server_gets_copies_which_can_be_tidied_away(tmp_path: Path) -> None:
    site = MediaHost(tmp_path / "www")
    site.start()
    with sandboxed(tmp_path / "work") as sandbox:
        folder = tmp_path / "work"
        choose(folder, {"public_url": site.url, "folder": str(tmp_path / "www")})
        with opened(folder, SystemClock()) as application:
            done = approve_one(application, "instagram", "Geplaatst.", pictures=2)
            application.publisher("test").tick()
            assert stored(application, done).state is State.PUBLISHED
            waiting = approve_one(application, "instagram", "Wacht nog.", pictures=1)
            names = {f"{item.sha256}.jpg" for item in done.content.media}
            assert {p.name for p in site_files(tmp_path)} == names
            kept = {f"{item.sha256}.jpg" for item in waiting.content.media}
            over = [n.removesuffix(".jpg") for n in names - kept]
            assert application.hosting.tidy(dry_run=True) == over
            assert {p.name for p in site_files(tmp_path)} == names
            application.hosting.tidy()
            assert {p.name for p in site_files(tmp_path)} == kept
        assert len(sandbox.world.posts) == 1
    site.stop()


def site_files(folder: Path) -> list[Path]:
    return list((folder / "www").iterdir())


def test_a_check_of_the_accounts_tries_the_pictures_as_well(tmp_path: Path) -> None:
    with sandboxed(tmp_path):
        ran = campaignbot(tmp_path, "account", "check", "instagram", "--json")
        host = ran.data["instagram"]["media_host"]
        assert ran.code == 0 and host["problem"] is None and host["address"].endswith(".jpg")
        sample = host["address"].rpartition("/")[2]
        assert not list((tmp_path / "media").rglob(sample)), "the sample is taken away again"
        choose(tmp_path, {"public_url": "http://127.0.0.1:9/"})
        ran = campaignbot(tmp_path, "account", "check", "instagram")
        assert ran.code == 1 and "cannot be fetched" in ran.err
        assert "the access works" in ran.out, "the access itself is"


def test_a_page_of_the_folder_holds_the_pictures(tmp_path: Path) -> None:
    with sandboxed(tmp_path) as sandbox:
        choose(tmp_path, {"facebook": "facebook"})
        with opened(tmp_path, SystemClock()) as application:
            publication = approve_one(application, "instagram", "Via de pagina.", pictures=2)
            application.publisher("test").tick()
            assert stored(application, publication).state is State.PUBLISHED
        assert [post.platform for post in sandbox.world.posts] == ["instagram"]


@pytest.mark.parametrize(
    ("key", "problem"),
    [("linkedin", "media.no_such_page"), ("nergens", "media.no_such_page")],
)
def test_a_place_that_is_no_page_is_refused(tmp_path: Path, key: str, problem: str) -> None:
    with sandboxed(tmp_path):
        choose(tmp_path, {"facebook": key})
        with opened(tmp_path, SystemClock()) as application, pytest.raises(UserError) as refused:
            application.hosting.try_out()
        assert refused.value.problems[0].what.key == problem


def test_a_page_that_is_not_connected_says_so(tmp_path: Path) -> None:
    with sandboxed(tmp_path):
        choose(tmp_path, {"facebook": "facebook"})
        assert campaignbot(tmp_path, "account", "disconnect", "facebook").code == 0
        with opened(tmp_path, SystemClock()) as application, pytest.raises(UserError) as refused:
            application.hosting.try_out()
        assert refused.value.problems[0].what.key == "media.page_unconnected"


@pytest.fixture
def storage() -> Iterator[str]:
    with loopback.storage() as url, loopback.bucket_owner(url, NAME, SECRET):
        yield url


def test_the_key_of_a_storage_is_tried_kept_unreadable_and_used(
    tmp_path: Path, storage: str
) -> None:
    with sandboxed(tmp_path) as sandbox:
        s3 = {"bucket": NAME, "endpoint": storage, "region": "eu-central-1", "key_id": "AKIAVOORB"}
        choose(tmp_path, {"s3": s3})
        ran = campaignbot(tmp_path, "media", "check")
        assert ran.code == 1 and "media connect" in ran.err
        assert campaignbot(tmp_path, "media", "connect", "--dry-run").code == 0
        ran = campaignbot(tmp_path, "media", "connect", stdin=f"{SECRET}\n")
        assert ran.code == 0 and SECRET not in ran.out + ran.err, ran.err
        for file in (tmp_path / "data").glob("campaignbot.db*"):
            assert SECRET.encode() not in file.read_bytes()
        with opened(tmp_path, SystemClock()) as application:
            publication = approve_one(application, "instagram", "Uit de opslag.", pictures=2)
            application.publisher("test").tick()
            assert stored(application, publication).state is State.PUBLISHED
            assert account_of(application, "instagram").key == "instagram"
        assert len(sandbox.world.posts) == 1
        ran = campaignbot(tmp_path, "media", "tidy", "--json")
        assert sorted(ran.data["removed"]) == sorted({i.sha256 for i in publication.content.media})
        assert campaignbot(tmp_path, "media", "disconnect", "--json").data == {"disconnected": True}


def test_a_key_of_a_storage_that_does_not_work_is_not_kept(tmp_path: Path) -> None:
    with sandboxed(tmp_path):
        s3 = {"bucket": NAME, "endpoint": "http://127.0.0.1:9", "key_id": "AKIAVOORB"}
        choose(tmp_path, {"s3": s3})
        ran = campaignbot(tmp_path, "media", "connect", stdin=f"{SECRET}\n")
        assert ran.code == 2 and NAME in ran.err and SECRET not in ran.err
        ran = campaignbot(tmp_path, "media", "disconnect", "--json")
        assert ran.data == {"disconnected": False}


def test_without_a_storage_there_is_no_key_to_give(tmp_path: Path) -> None:
    with sandboxed(tmp_path):
        ran = campaignbot(tmp_path, "media", "connect", stdin="iets\n")
        assert ran.code == 2 and "key_id" in ran.err


@pytest.mark.parametrize("served", [False, True])
def test_a_folder_that_the_daemon_serves_can_be_tried_with_and_without_it(
    tmp_path: Path, served: bool
) -> None:
    make_workdir(tmp_path)
    free = MediaHost(tmp_path)
    free.close()
    choose(tmp_path, {"serve_port": free.port, "public_url": free.url})
    with opened(tmp_path) as application:
        daemon = application.hosting.media_host() if served else None
        if daemon is not None:
            daemon.start()
        assert application.hosting.try_out().startswith(free.url)
        if daemon is not None:
            daemon.stop()


def test_an_address_at_which_nobody_listens_is_told_in_words(tmp_path: Path) -> None:
    make_workdir(tmp_path)
    nobody = MediaHost(tmp_path)
    nobody.close()
    change_yaml(tmp_path / "config" / "campaignbot.yaml", {"simulated": True})
    choose(tmp_path, {"public_url": nobody.url})
    ran = campaignbot(tmp_path, "media", "check")
    assert ran.code == 1 and "no connection" in ran.err and "Error" not in ran.err
