"""Connecting an account: tried first, kept encrypted, and never worse than before."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.commands import campaignbot
from tests.workdirs import account_of, approve_one, opened, sandboxed, stored

from campaignbot.domain.accounts import AccountState
from campaignbot.domain.clock import SystemClock
from campaignbot.domain.publication import State


def test_a_good_token_is_tried_and_kept_unreadable(tmp_path: Path) -> None:
    with sandboxed(tmp_path) as sandbox:
        known = sandbox.world.account("x", "900004")
        assert known is not None
        known.token = "nieuw-geheim-9876543210"
        ran = campaignbot(tmp_path, "account", "connect", "x", stdin=f"{known.token}\n")
        assert ran.code == 0, ran.err
        assert "connected as" in ran.err and known.token not in ran.err + ran.out
        database = tmp_path / "data" / "campaignbot.db"
        for file in (database, *tmp_path.glob("data/*-wal")):
            assert known.token.encode() not in file.read_bytes()


def test_a_wrong_token_leaves_the_working_one_alone(tmp_path: Path) -> None:
    with sandboxed(tmp_path):
        ran = campaignbot(tmp_path, "account", "connect", "linkedin", stdin="fout\n")
        assert ran.code == 2 and "Invalid access token" in ran.err
        with opened(tmp_path, SystemClock()) as application:
            assert account_of(application, "linkedin").state is AccountState.ACTIVE
            publication = approve_one(application, "linkedin", "De oude werkt nog.")
            application.publisher("test").tick()
            assert stored(application, publication).state is State.PUBLISHED


def test_a_running_program_uses_a_token_that_was_renewed_beside_it(tmp_path: Path) -> None:
    with sandboxed(tmp_path) as sandbox, opened(tmp_path, SystemClock()) as application:
        publisher = application.publisher("test")
        first = approve_one(application, "x", "Met de eerste sleutel.")
        publisher.tick()
        assert stored(application, first).state is State.PUBLISHED
        known = sandbox.world.account("x", "900004")
        assert known is not None
        known.token = "vernieuwd-geheim-123"
        assert campaignbot(tmp_path, "account", "connect", "x", stdin=f"{known.token}\n").code == 0
        adapter = application.open_adapter(account_of(application, "x"))
        assert adapter.verify().external_id == "900004"


def test_without_a_key_it_says_where_to_put_one(tmp_path: Path) -> None:
    with sandboxed(tmp_path):
        settings = tmp_path / "config" / "campaignbot.yaml"
        settings.write_text(settings.read_text().replace("key_file: data/vault.key\n", ""))
        ran = campaignbot(tmp_path, "account", "connect", "x", stdin="geheim\n")
        assert ran.code == 2 and "key_file" in ran.err
