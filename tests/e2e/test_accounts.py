"""Connecting an account: tried first, kept encrypted, and never worse than before."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.e2e.commands import campaignbot
from tests.workdirs import account_of, approve_one, opened, sandboxed, stored

from campaignbot.domain.accounts import AccountState, BudgetOwner, RateBudget
from campaignbot.domain.clock import SystemClock
from campaignbot.domain.publication import State
from campaignbot.sandbox import SandboxAccount
from campaignbot.storage import accounts, budgets


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


@pytest.mark.parametrize(
    ("language", "left", "limit"),
    [
        ("en", "9 days left", "“posts in 24 hours”"),
        ("nl", "nog 9 dagen", "“berichten in 24 uur”"),
    ],
)
def test_the_list_says_what_an_account_waits_for_in_80_columns(
    tmp_path: Path, language: str, left: str, limit: str
) -> None:
    reason = "een lange reden waarom hier voorlopig niets op mag verschijnen, " * 2
    with sandboxed(tmp_path):
        with opened(tmp_path, SystemClock()) as application:
            approve_one(application, "linkedin", "Wacht.", due_in=timedelta(hours=3))
            now, soon = application.clock.now(), timedelta(days=9, hours=1)
            with application.database.write() as tx:
                accounts.set_account_state(
                    tx,
                    account_of(application, "linkedin").id,
                    AccountState.ACTIVE,
                    now=now,
                    actor="test",
                    token_expires_at_utc=now + soon,
                )
                used_up = RateBudget(BudgetOwner.APP, "create-24h", 0, now + soon)
                budgets.save_budgets(tx, account_of(application, "x"), [used_up])
        assert campaignbot(tmp_path, "account", "pause", "x", "--reason", reason).code == 0
        ran = campaignbot(tmp_path, "account", "list", language=language)
        assert ran.code == 0 and max(map(len, ran.out.splitlines())) <= 80
        assert limit in ran.out, ran.out
        assert left in ran.out and "campaignbot account connect linkedin" in ran.out
        assert "een lange reden" in ran.out and "Vaknieuwsbrief" in ran.out
        data = campaignbot(tmp_path, "account", "list", "--json").data
        assert data["linkedin"]["waiting"] == 1 and data["linkedin"]["token_days_left"] == 9
        assert data["x"]["state"] == "paused" and data["x"]["pause_reason"] == reason.strip()


def test_a_check_that_finds_something_ends_with_1_and_says_what_to_do(tmp_path: Path) -> None:
    with sandboxed(tmp_path) as sandbox:
        ran = campaignbot(tmp_path, "account", "check")
        assert ran.code == 0 and ran.out.count("the access works") == 4
        known = sandbox.world.account("x", "900004")
        assert known is not None
        stored_token, known.token = known.token, "withdrawn"
        ran = campaignbot(tmp_path, "account", "check", "x")
        assert ran.code == 1 and "account connect x" in ran.out
        assert stored_token not in ran.out + ran.err
        other = SandboxAccount("x", "424242", "Bakkerij Bol", stored_token, username="bol")
        sandbox.seed_accounts([other])
        ran = campaignbot(tmp_path, "account", "check", "x")
        told = " ".join(ran.out.split())
        assert ran.code == 1
        assert "this token is for bol (424242), not for Gemeente Waterrijk (900004)" in told
        ran = campaignbot(tmp_path, "account", "check", "--json")
        assert ran.code == 1
        assert {k: v["verdict"] for k, v in ran.data.items() if v["verdict"] != "fine"} == {
            "x": "other_identity"
        }


def test_what_would_be_done_is_said_and_not_done(tmp_path: Path) -> None:
    with sandboxed(tmp_path):
        for command in (["pause", "x", "--reason", "even niet"], ["disconnect", "x"]):
            ran = campaignbot(tmp_path, "account", *command, "--dry-run")
            assert ran.code == 0 and ran.err.startswith("Would")
        assert "not paused" in campaignbot(tmp_path, "account", "resume", "x", "--dry-run").err
        with opened(tmp_path, SystemClock()) as application:
            assert account_of(application, "x").state is AccountState.ACTIVE
            assert application.open_adapter(account_of(application, "x")) is not None


def test_an_account_is_paused_resumed_and_disconnected(tmp_path: Path) -> None:
    with sandboxed(tmp_path):
        why = ["--reason", "crisis"]
        told = campaignbot(tmp_path, "account", "pause", "x", *why, "--json").data
        assert told == {"paused": "x", "already": False, "waiting": 0}
        ran = campaignbot(tmp_path, "account", "pause", "x", "--reason", "again")
        assert ran.code == 0 and "already" in ran.err and "crisis" in ran.err
        assert campaignbot(tmp_path, "status", "--json").data["paused"] == ["x"]
        assert "“x” is paused" in campaignbot(tmp_path, "status").out
        told = campaignbot(tmp_path, "account", "resume", "x", "--json").data
        assert told == {"resumed": "x", "state": "active", "waiting": 0}
        told = campaignbot(tmp_path, "account", "disconnect", "x", "--json").data
        assert told == {"disconnected": "x", "waiting": 0}
        assert "was not connected" in campaignbot(tmp_path, "account", "disconnect", "x").err
        assert campaignbot(tmp_path, "account", "check", "x").code == 1
