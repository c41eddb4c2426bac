"""Connecting, checking, pausing and giving up accounts, against practice platforms that answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.workdirs import account_of, approve_one, opened, sandboxed, stored

from campaignbot.bootstrap import Application
from campaignbot.connecting.check import Verdict, check
from campaignbot.connecting.connect import disconnect
from campaignbot.connecting.pause import pause, resume
from campaignbot.domain.accounts import AccountState
from campaignbot.domain.audit import AuditEvent
from campaignbot.domain.clock import SystemClock
from campaignbot.domain.errors import UserError
from campaignbot.domain.publication import State
from campaignbot.domain.secrets import Secret
from campaignbot.sandbox import Sandbox, SandboxAccount
from campaignbot.sandbox.fault import Fault
from campaignbot.storage import accounts, audit, credentials
from campaignbot.storage.standings import standings

PLATFORMS = ("linkedin", "facebook", "instagram", "x")


@contextmanager
def office(folder: Path) -> Iterator[tuple[Sandbox, Application]]:
    with sandboxed(folder) as sandbox, opened(folder, SystemClock()) as application:
        yield sandbox, application


def known(sandbox: Sandbox, application: Application, key: str) -> SandboxAccount:
    entry = application.entries[key]
    found = sandbox.world.account(entry.platform, entry.external_id)
    assert found is not None
    return found


def stranger(sandbox: Sandbox, platform: str) -> SandboxAccount:
    other = SandboxAccount(
        platform,
        "urn:li:organization:424242" if platform == "linkedin" else "424242",
        "Bakkerij Bol",
        f"token-of-a-stranger-{platform}",
    )
    sandbox.seed_accounts([other])
    return other


def state(application: Application, key: str) -> AccountState:
    return account_of(application, key).state


def sealed(application: Application, key: str) -> bytes | None:
    with application.database.read() as tx:
        found = credentials.sealed_of(tx, account_of(application, key).id)
    return found[0] if found else None


def trail(application: Application, key: str) -> tuple[AuditEvent, ...]:
    with application.database.read() as tx:
        return audit.history(tx, account_of(application, key).id)


def expire(application: Application, key: str) -> None:
    with application.database.write() as tx:
        accounts.set_account_state(
            tx,
            account_of(application, key).id,
            AccountState.TOKEN_EXPIRED,
            now=application.clock.now(),
            actor="test",
        )


def refusal(error: UserError) -> str:
    return error.problems[0].what.key


def test_all_connected_accounts_are_in_order(tmp_path: Path) -> None:
    with office(tmp_path) as (_, application):
        found = check(application.access)
        assert {c.account.key: c.verdict for c in found} == dict.fromkeys(PLATFORMS, Verdict.FINE)
        assert all(c.identity and c.identity.name for c in found)


@pytest.mark.parametrize("key", ["linkedin", "facebook", "x"])
def test_a_token_of_another_page_is_refused_and_the_stored_one_stays(
    tmp_path: Path, key: str
) -> None:
    with office(tmp_path) as (sandbox, application):
        before, other = sealed(application, key), stranger(sandbox, key)
        with pytest.raises(UserError) as refused:
            application.connect(key, {"access_token": Secret(other.token)})
        told = refused.value.problems[0].what
        assert told.key == "account.other_identity"
        assert told.params["their_id"] == other.external_id
        assert told.params["our_id"] == application.entries[key].external_id
        assert sealed(application, key) == before and state(application, key) == "active"
        publication = approve_one(application, key, "De oude werkt nog.")
        application.publisher("test").tick()
        assert stored(application, publication).state is State.PUBLISHED


@pytest.mark.parametrize("key", ["linkedin", "facebook", "x"])
def test_a_check_says_whose_token_is_stored_when_it_is_another_pages(
    tmp_path: Path, key: str
) -> None:
    with office(tmp_path) as (sandbox, application):
        ours, other = known(sandbox, application, key), stranger(sandbox, key)
        ours.token, other.token = "changed", ours.token
        (found,) = check(application.access, key)
        assert found.verdict is Verdict.OTHER_IDENTITY and found.identity is not None
        assert found.identity.external_id == other.external_id
        assert state(application, key) == "active"


def test_a_check_finds_a_refused_token_and_a_good_one_ends_it(tmp_path: Path) -> None:
    with office(tmp_path) as (sandbox, application):
        ours = known(sandbox, application, "x")
        good, ours.token = ours.token, "withdrawn"
        (found,) = check(application.access, "x")
        assert found.verdict is Verdict.EXPIRED and found.said
        assert found.account.state is state(application, "x") is AccountState.TOKEN_EXPIRED
        ours.token = good
        (found,) = check(application.access, "x")
        assert found.verdict is Verdict.FINE
        assert found.account.state is state(application, "x") is AccountState.ACTIVE
        told = [(e.actor, e.after.get("state")) for e in trail(application, "x")][-2:]
        assert told == [("system:check", "token_expired"), ("system:check", "active")]


@pytest.mark.parametrize("before", [AccountState.ACTIVE, AccountState.TOKEN_EXPIRED])
def test_no_answer_to_a_check_changes_nothing(tmp_path: Path, before: AccountState) -> None:
    with office(tmp_path) as (sandbox, application):
        if before is AccountState.TOKEN_EXPIRED:
            expire(application, "linkedin")
        kept, lines = sealed(application, "linkedin"), trail(application, "linkedin")
        sandbox.world.faults.append(Fault("linkedin", "any", "http_500"))
        (found,) = check(application.access, "linkedin")
        assert found.verdict is Verdict.SILENT and state(application, "linkedin") is before
        assert sealed(application, "linkedin") == kept
        assert trail(application, "linkedin") == lines


def test_a_missing_permission_is_told_and_does_not_end_the_access(tmp_path: Path) -> None:
    with office(tmp_path) as (sandbox, application):
        known(sandbox, application, "linkedin").scopes = ("w_organization_social",)
        (found,) = check(application.access, "linkedin")
        assert found.verdict is Verdict.LACKS_PERMISSION and "permission" in found.said
        assert state(application, "linkedin") == "active"


def test_a_check_knows_what_is_not_connected_and_what_people_serve(tmp_path: Path) -> None:
    with office(tmp_path) as (_, application):
        by_hand = next(k for k, e in application.entries.items() if e.platform == "manual")
        disconnect(application.access, "x", by="Anna")
        assert [c.verdict for c in check(application.access, "x")] == [Verdict.NOT_CONNECTED]
        assert "x" not in {c.account.key for c in check(application.access)}
        for asked, said in ((by_hand, "account.by_hand"), ("nowhere", "account.unknown")):
            with pytest.raises(UserError) as refused:
                check(application.access, asked)
            assert refusal(refused.value) == said


def test_a_paused_account_publishes_nothing_until_it_goes_on(tmp_path: Path) -> None:
    with office(tmp_path) as (_, application):
        publication = approve_one(application, "x", "Wacht even.")
        assert pause(application.access, "x", by="Anna", reason="crisis in de stad") is None
        application.publisher("test").tick()
        assert stored(application, publication).state is State.APPROVED
        with application.database.read() as tx:
            found = {s.account.key: s for s in standings(tx, application.clock.now())}["x"]
        assert found.waiting == 1 and found.paused is not None
        assert found.paused.actor == "Anna"
        assert found.paused.after["reason"] == "crisis in de stad"
        assert resume(application.access, "x", by="Bea") is AccountState.ACTIVE
        application.publisher("test").tick()
        assert stored(application, publication).state is State.PUBLISHED


def test_a_paused_account_is_not_read_from(tmp_path: Path) -> None:
    with office(tmp_path) as (sandbox, application):
        approve_one(application, "x", "Al geplaatst.")
        application.publisher("test").tick()
        pause(application.access, "x", by="Anna", reason="even niet")
        later = SystemClock().now() + timedelta(days=2)
        asked = sandbox.world.requests.copy()
        sandbox.world.set_clock(later)
        application.collect()
        assert sandbox.world.requests == asked


def test_pausing_twice_keeps_the_first_reason(tmp_path: Path) -> None:
    with office(tmp_path) as (_, application):
        pause(application.access, "x", by="Anna", reason="eerste")
        earlier = pause(application.access, "x", by="Bea", reason="tweede")
        assert earlier is not None
        assert (earlier.actor, earlier.after["reason"]) == ("Anna", "eerste")
        assert resume(application.access, "x", by="Bea") is AccountState.ACTIVE
        assert resume(application.access, "x", by="Bea") is None


def test_a_pause_needs_a_reason_and_a_connection(tmp_path: Path) -> None:
    with office(tmp_path) as (_, application):
        with pytest.raises(UserError) as refused:
            pause(application.access, "x", by="Anna", reason="  ")
        assert refusal(refused.value) == "account.no_reason"
        disconnect(application.access, "x", by="Anna")
        with pytest.raises(UserError) as refused:
            pause(application.access, "x", by="Anna", reason="even niet")
        assert refusal(refused.value) == "account.nothing_to_pause"


def test_nothing_but_a_person_ends_a_pause(tmp_path: Path) -> None:
    with office(tmp_path) as (sandbox, application):
        ours = known(sandbox, application, "x")
        pause(application.access, "x", by="Anna", reason="even niet")
        expire(application, "x")
        assert state(application, "x") == "paused"
        good, ours.token = ours.token, "withdrawn"
        (found,) = check(application.access, "x")
        assert found.verdict is Verdict.EXPIRED and state(application, "x") == "paused"
        ours.token = good
        assert check(application.access, "x")[0].verdict is Verdict.FINE
        application.connect("x", {"access_token": Secret(good)})
        assert state(application, "x") == "paused"


def test_a_disconnected_account_loses_its_secrets_and_its_posts_wait(tmp_path: Path) -> None:
    with office(tmp_path) as (sandbox, application):
        others = {k: sealed(application, k) for k in PLATFORMS if k != "x"}
        publication = approve_one(application, "x", "Wacht op een nieuwe koppeling.")
        assert disconnect(application.access, "x", by="Anna")
        assert sealed(application, "x") is None and state(application, "x") == "not_connected"
        assert {k: sealed(application, k) for k in others} == others
        assert all(state(application, k) == "active" for k in others)
        application.publisher("test").tick()
        assert stored(application, publication).state is State.APPROVED
        assert not disconnect(application.access, "x", by="Anna")
        token = known(sandbox, application, "x").token
        lines = trail(application, "x")
        assert ("Anna", "disconnect") in {(e.actor, e.action) for e in lines}
        assert token not in repr(lines)
        application.connect("x", {"access_token": Secret(token)})
        names = {e.actor for e in trail(application, "x") if e.action == "connect"}
        assert names == {application.actor().name}
        application.publisher("test").tick()
        assert stored(application, publication).state is State.PUBLISHED


def test_a_running_publisher_does_not_call_a_given_up_account_expired(tmp_path: Path) -> None:
    with office(tmp_path) as (_, application):
        disconnect(application.access, "x", by="Anna")
        expire(application, "x")
        assert state(application, "x") == "not_connected"


def test_a_new_token_does_not_inherit_the_end_of_the_old_one(tmp_path: Path) -> None:
    with office(tmp_path) as (sandbox, application):
        account, now = account_of(application, "x"), application.clock.now()
        with application.database.write() as tx:
            ended = replace(account, token_expires_at_utc=now - timedelta(days=1))
            accounts.set_account_state(
                tx,
                account.id,
                AccountState.TOKEN_EXPIRED,
                now=now,
                actor="test",
                token_expires_at_utc=ended.token_expires_at_utc,
            )
        application.connect("x", {"access_token": Secret(known(sandbox, application, "x").token)})
        assert account_of(application, "x").token_expires_at_utc is None
        assert state(application, "x") == "active"
