"""Renewing access: early, once, on any number of machines, and never for the worse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from tests.conftest import MONDAY
from tests.connected import Office, office
from tests.consents import FAMILIES, consented
from tests.postgres import PostgresServer
from tests.workdirs import account_of, approve_one, opened, stored

from campaignbot.bootstrap import Application
from campaignbot.connecting import apps
from campaignbot.connecting.check import Verdict, check
from campaignbot.connecting.connect import disconnect
from campaignbot.connecting.pause import pause
from campaignbot.connecting.renew import LEASE, Renewal
from campaignbot.daemon import Daemon
from campaignbot.domain.accounts import AccountState
from campaignbot.domain.alerts import AlertKind
from campaignbot.domain.publication import State
from campaignbot.domain.secrets import Secret
from campaignbot.sandbox.fault import Fault
from campaignbot.storage import accounts, credentials

DAY = timedelta(days=1)
PLATFORMS = tuple(FAMILIES)


def test_the_daemon_renews_an_access_of_two_hours_for_a_week(tmp_path: Path) -> None:
    with office(tmp_path, "x") as ours:
        daemon, used = Daemon(ours.application), {ours.secrets("x")["refresh_token"]}
        for hour in range(1, 7 * 24):
            ours.later(timedelta(hours=1))
            daemon.renew()
            used.add(ours.secrets("x")["refresh_token"])
            assert ours.state("x") is AccountState.ACTIVE, hour
        assert len(used) > 80
        assert ours.publishes("x", "Na een week nog steeds verbonden.")
        assert ours.alerts("x") == []


def test_an_access_is_renewed_well_before_it_ends(tmp_path: Path) -> None:
    early = {"linkedin": 50 * DAY, "facebook": 50 * DAY, "instagram": 50 * DAY}
    early["x"] = timedelta(minutes=80)
    with office(tmp_path, *PLATFORMS) as ours:
        for key in PLATFORMS:
            at = ours.kept(key).lifetime.renew_at_utc
            assert at == MONDAY + early[key], key
        before = {key: ours.secrets(key) for key in PLATFORMS}
        ours.later(50 * DAY - timedelta(minutes=1))
        assert ours.application.renew_due() == {Renewal.RENEWED: 1}
        ours.later(timedelta(minutes=1))
        assert ours.application.renew_due() == {Renewal.RENEWED: 3}
        assert all(ours.secrets(key) != before[key] for key in PLATFORMS)
        for key in PLATFORMS:
            assert ours.publishes(key, f"Vernieuwd en geplaatst op {key}.")


def test_renewing_linkedin_never_moves_the_end_of_the_year(tmp_path: Path) -> None:
    with office(tmp_path, "linkedin") as ours:
        # A year is longer than this version of LinkedIn's API still lasts.
        ours.sandbox.world.versions_end = False
        ends = MONDAY + 365 * DAY
        told: list[AlertKind] = []
        for _ in range(360):
            ours.later(DAY)
            ours.application.renew_due()
            if ours.kept("linkedin").lifetime.renew_at_utc is not None:
                assert account_of(ours.application, "linkedin").token_expires_at_utc == ends
            told += ours.alerts("linkedin")
        # The last access outlives the refresh token: that is the day on which a person is needed.
        last = ours.kept("linkedin").lifetime
        assert last.renew_at_utc is None and last.expires_at_utc is not None
        assert account_of(ours.application, "linkedin").token_expires_at_utc == last.expires_at_utc
        assert ours.publishes("linkedin", "Op de 360e dag.")


def test_the_end_that_needs_a_person_is_told_14_7_and_1_days_before(tmp_path: Path) -> None:
    with office(tmp_path, "facebook") as ours:
        ends = account_of(ours.application, "facebook").token_expires_at_utc
        assert ends == MONDAY + 90 * DAY
        for left, told in ((15, False), (14, True), (7, True), (1, True)):
            ours.at(ends - left * DAY)
            ours.application.renew_due()
            assert account_of(ours.application, "facebook").token_expires_at_utc == ends
            assert (ours.alerts("facebook") == [AlertKind.EXPIRES]) is told, left


@pytest.mark.parametrize("key", PLATFORMS)
def test_a_platform_that_fails_costs_no_access_and_is_asked_again(tmp_path: Path, key: str) -> None:
    with office(tmp_path, key) as ours:
        due = ours.kept(key).lifetime.renew_at_utc
        assert due is not None
        before = ours.secrets(key)
        platform = "facebook" if key == "instagram" else key
        for number, kind in enumerate(("http_500", "http_503", "drop_after", "malformed", "empty")):
            if key == "x" and kind in {"drop_after", "malformed", "empty"}:
                continue  # there the one use of the refresh token is gone: see the next test
            due = ours.kept(key).lifetime.renew_at_utc
            assert due is not None
            ours.at(due)
            ours.fail(platform, kind)
            assert ours.application.renew_due() == {Renewal.FAILED: 1}, kind
            ours.sandbox.world.faults.clear()
            assert ours.secrets(key) == before and ours.state(key) is AccountState.ACTIVE
            assert ours.kept(key).renewing.failures == number + 1
            # Not at once, and not for ever.
            assert ours.application.renew_due() == {}
            assert ours.publishes(key, f"Terwijl vernieuwen mislukt: {kind}.")
        ours.later(timedelta(hours=1))
        assert ours.application.renew_due() == {Renewal.RENEWED: 1}
        assert ours.kept(key).renewing == credentials.Renewing()
        assert ours.secrets(key) != before


def test_a_refused_refresh_token_keeps_the_access_and_calls_a_person(tmp_path: Path) -> None:
    with office(tmp_path, "x") as ours:
        ours.later(timedelta(minutes=80))
        ours.fail("x", "drop_after")
        assert ours.application.renew_due() == {Renewal.FAILED: 1}
        ours.sandbox.world.faults.clear()
        before = ours.secrets("x")
        for _ in range(3):
            ours.later(timedelta(minutes=5))
            assert ours.application.renew_due() == {Renewal.REFUSED: 1}
        assert ours.secrets("x") == before
        assert AlertKind.EXPIRES in ours.alerts("x")
        # Asking for ever helps nobody.
        ours.later(timedelta(hours=3))
        assert ours.application.renew_due() == {}
        assert AlertKind.EXPIRED in ours.alerts("x")
        consented(ours.application, "x")
        assert ours.alerts("x") == []
        assert ours.publishes("x", "Opnieuw gekoppeld.")


def test_failures_that_go_on_are_told_before_the_access_ends(tmp_path: Path) -> None:
    with office(tmp_path, "linkedin") as ours:
        ours.later(50 * DAY)
        ours.fail("linkedin", "http_500", times=1000)
        for _ in range(12):
            ours.application.renew_due()
            ours.later(timedelta(hours=6))
        assert ours.alerts("linkedin") == [AlertKind.EXPIRES]
        ours.sandbox.world.faults.clear()
        assert ours.application.renew_due() == {Renewal.RENEWED: 1}
        assert ours.alerts("linkedin") == []


def test_a_single_use_refresh_token_is_used_once_by_two_workers(
    tmp_path: Path, database_url: str
) -> None:
    with office(tmp_path, "x", database_url=database_url) as ours:
        ours.later(timedelta(minutes=80))
        asked = ours.asked("x")
        with opened(tmp_path, ours.clock) as other:
            workers, done = [ours.application, other], list[Mapping[Renewal, int]]()
            ready = Barrier(len(workers))

            def renew(worker: Application) -> None:
                assert worker.database
                ready.wait()
                done.append(worker.renew_due())

            threads = [Thread(target=renew, args=(worker,)) for worker in workers]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert ours.asked("x") == asked + 1
        assert sum(report.get(Renewal.RENEWED, 0) for report in done) == 1
        assert ours.publishes("x", "Door twee werkers bewaakt.")


def test_a_worker_that_died_while_renewing_is_followed_by_another(
    tmp_path: Path, database_url: str
) -> None:
    with office(tmp_path, "linkedin", database_url=database_url) as ours:
        ours.later(50 * DAY)
        now = ours.clock.now()
        with ours.application.database.write() as tx:
            seen = credentials.stored_of(tx, account_of(ours.application, "linkedin").id)
            assert seen is not None
            assert credentials.take_to_renew(tx, seen, now=now, until=now + LEASE)
        assert ours.application.renew_due() == {}
        ours.later(LEASE)
        assert ours.application.renew_due() == {Renewal.RENEWED: 1}


@contextmanager
def while_renewing(ours: Office, platform: str) -> Iterator[list[Mapping[Renewal, int]]]:
    """Hold the platform's answer to a renewal meanwhile; the list gets what became of it."""
    fault = Fault(platform, "oauth", "hold_after")
    ours.sandbox.world.faults.append(fault)
    done: list[Mapping[Renewal, int]] = []
    renewing = Thread(target=lambda: done.append(ours.application.renew_due()))
    renewing.start()
    assert fault.gate.reached.wait(30)
    try:
        yield done
    finally:
        fault.gate.let_go()
        renewing.join()


def test_who_connects_while_it_is_renewed_goes_first(tmp_path: Path) -> None:
    with office(tmp_path, "linkedin") as ours:
        ours.later(50 * DAY)
        with while_renewing(ours, "linkedin") as done:
            with opened(tmp_path, ours.clock) as other:
                consented(other, "linkedin")
            newest = ours.secrets("linkedin")
        assert done == [{Renewal.OVERTAKEN: 1}] and ours.secrets("linkedin") == newest


def test_an_account_that_is_given_up_while_it_is_renewed_stays_given_up(tmp_path: Path) -> None:
    with office(tmp_path, "linkedin") as ours:
        ours.later(50 * DAY)
        with while_renewing(ours, "linkedin"), opened(tmp_path, ours.clock) as other:
            disconnect(other.access, "linkedin", by="Anna")
        with ours.application.database.read() as tx:
            found = credentials.sealed_of(tx, account_of(ours.application, "linkedin").id)
        assert found is None and ours.state("linkedin") is AccountState.NOT_CONNECTED


def test_what_a_lost_database_did_not_take_is_saved_when_it_is_back(
    tmp_path: Path, own_server: PostgresServer
) -> None:
    url = own_server.new_database()
    with office(tmp_path, "x", database_url=url) as ours:
        before = ours.secrets("x")
        ours.later(timedelta(minutes=80))
        with while_renewing(ours, "x") as done:
            own_server.kill()
        own_server.start()
        assert done == [{Renewal.UNSAVED: 1}] and ours.secrets("x") == before
        ours.application.renew_due()
        assert ours.secrets("x") != before
        assert ours.publishes("x", "De enige geldige sleutel ging niet verloren.")


def test_what_was_not_saved_yet_is_saved_before_a_used_refresh_token_is_tried_again(
    tmp_path: Path, own_server: PostgresServer
) -> None:
    """The database was away for longer than a lease, and a post is due before the next renewing."""
    url = own_server.new_database()
    with office(tmp_path, "x", database_url=url) as ours:
        after_a_night(ours)
        with while_renewing(ours, "x") as done:
            own_server.kill()
        own_server.start()
        assert done == [{Renewal.UNSAVED: 1}]
        ours.later(timedelta(minutes=6))
        publication, asked = approve_one(ours.application, "x", "Na de storing."), ours.asked("x")
        publisher = ours.application.publisher("test")
        publisher.tick()
        assert ours.state("x") is AccountState.ACTIVE and ours.asked("x") == asked
        ours.later(timedelta(minutes=1))
        publisher.tick()
        assert stored(ours.application, publication).state is State.PUBLISHED


def test_a_paused_account_keeps_its_access(tmp_path: Path) -> None:
    with office(tmp_path, "x") as ours:
        pause(ours.application.access, "x", by="Anna", reason="vakantie")
        ours.later(timedelta(minutes=80))
        assert ours.application.renew_due() == {Renewal.RENEWED: 1}
        assert ours.state("x") is AccountState.PAUSED


def after_a_night(ours: Office) -> None:
    """Let the machine sleep beyond the end of an access on X."""
    ours.later(timedelta(hours=8))


def test_a_refused_access_is_renewed_once_and_the_post_goes_out(tmp_path: Path) -> None:
    with office(tmp_path, "x") as ours:
        after_a_night(ours)
        publication, asked = approve_one(ours.application, "x", "Na de nacht."), ours.asked("x")
        publisher = ours.application.publisher("test")
        publisher.tick()
        waits = stored(ours.application, publication)
        assert waits.state is State.RETRY_WAITING and waits.reason is not None
        assert waits.reason.key == "publishing.auth_renewed"
        assert ours.state("x") is AccountState.ACTIVE and ours.alerts("x") == []
        ours.later(timedelta(minutes=1))
        publisher.tick()
        assert stored(ours.application, publication).state is State.PUBLISHED
        assert ours.asked("x") == asked + 1


def test_a_live_post_is_taken_down_by_an_access_that_ended_meanwhile(tmp_path: Path) -> None:
    """Nothing ran that would have renewed it in time."""
    with office(tmp_path, "x") as ours:
        publication = approve_one(ours.application, "x", "Gaat er weer af.")
        ours.application.publisher("test").tick()
        after_a_night(ours)
        live, person = stored(ours.application, publication), ours.application.actor()
        asked = ours.asked("x")
        ours.application.take_down(live, person, "verkeerd")
        assert stored(ours.application, publication).state is State.REMOVED
        assert [post.deleted for post in ours.sandbox.world.posts] == [True]
        assert ours.asked("x") == asked + 1


def test_an_access_that_is_refused_although_it_is_new_holds_the_account(tmp_path: Path) -> None:
    with office(tmp_path, "x") as ours:
        after_a_night(ours)
        publication, asked = approve_one(ours.application, "x", "Geblokkeerd."), ours.asked("x")
        ours.sandbox.world.accounts.pop(("x", "900004"))
        publisher = ours.application.publisher("test")
        for _ in range(30):
            publisher.tick()
            ours.later(timedelta(seconds=30))
        assert ours.state("x") is AccountState.TOKEN_EXPIRED
        assert ours.asked("x") == asked + 1
        assert stored(ours.application, publication).state is State.RETRY_WAITING


def test_a_refused_access_waits_for_a_platform_that_cannot_renew_it_now(tmp_path: Path) -> None:
    with office(tmp_path, "x") as ours:
        after_a_night(ours)
        publication = approve_one(ours.application, "x", "Even geduld.")
        ours.fail("x", "http_503", times=2)
        publisher = ours.application.publisher("test")
        for _ in range(6):
            publisher.tick()
            assert ours.state("x") is AccountState.ACTIVE
            ours.later(timedelta(minutes=2))
        assert stored(ours.application, publication).state is State.PUBLISHED


def test_a_read_back_and_a_reading_renew_what_was_refused(tmp_path: Path) -> None:
    with office(tmp_path, "x") as ours:
        assert ours.publishes("x", "Straks gemeten.")
        after_a_night(ours)
        ours.application.collect()
        assert ours.state("x") is AccountState.ACTIVE
        assert ours.application.collect().posts == 1
        after_a_night(ours)
        ours.sandbox.world.faults.append(Fault("x", "create", "drop_after"))
        ours.application.renew_due()
        publication = approve_one(ours.application, "x", "Het antwoord ging verloren.")
        publisher = ours.application.publisher("test")
        publisher.tick()
        assert stored(ours.application, publication).state is State.UNCERTAIN
        after_a_night(ours)
        for _ in range(3):
            publisher.tick()
            assert ours.state("x") is AccountState.ACTIVE
            ours.later(timedelta(minutes=10))
        assert stored(ours.application, publication).state is State.PUBLISHED


def test_a_check_renews_before_it_calls_an_access_expired(tmp_path: Path) -> None:
    with office(tmp_path, "x") as ours:
        after_a_night(ours)
        (found,) = check(ours.application.access, "x")
        assert found.verdict is Verdict.FINE and ours.state("x") is AccountState.ACTIVE


def test_an_account_that_was_held_goes_on_once_it_is_renewed(tmp_path: Path) -> None:
    with office(tmp_path, "x") as ours:
        after_a_night(ours)
        with ours.application.database.write() as tx:
            accounts.set_account_state(
                tx,
                account_of(ours.application, "x").id,
                AccountState.TOKEN_EXPIRED,
                now=ours.clock.now(),
                actor="test",
            )
        assert ours.application.renew_due() == {Renewal.RENEWED: 1}
        assert ours.state("x") is AccountState.ACTIVE


def test_an_app_that_was_forgotten_costs_no_access(tmp_path: Path) -> None:
    with office(tmp_path, "linkedin") as ours:
        apps.forget(ours.application.access, "linkedin")
        ours.later(50 * DAY)
        before = ours.secrets("linkedin")
        assert ours.application.renew_due() == {Renewal.FAILED: 1}
        assert ours.kept("linkedin").renewing.said == "app.none"
        assert ours.secrets("linkedin") == before
        assert ours.publishes("linkedin", "De toegang zelf werkt nog.")


def test_an_app_without_refresh_tokens_is_told_of_as_such(tmp_path: Path) -> None:
    with office(tmp_path, "linkedin", refreshes=False) as ours:
        assert ours.kept("linkedin").lifetime.renew_at_utc is None
        ends = account_of(ours.application, "linkedin").token_expires_at_utc
        assert ends == MONDAY + 60 * DAY
        ours.at(ends - 7 * DAY)
        assert ours.alerts("linkedin") == [AlertKind.EXPIRES]


def test_connecting_again_without_a_refresh_token_keeps_the_one_of_this_app(
    tmp_path: Path,
) -> None:
    with office(tmp_path, "linkedin") as ours:
        kept = ours.secrets("linkedin")["refresh_token"]
        ends = ours.kept("linkedin").lifetime.person_by_utc
        app = ours.sandbox.world.grants.app("linkedin", "app-linkedin")
        assert app is not None
        ours.sandbox.world.grants.register(replace(app, refreshes=False))
        ours.later(3 * DAY)
        consented(ours.application, "linkedin")
        assert ours.secrets("linkedin")["refresh_token"] == kept
        assert ours.kept("linkedin").lifetime.person_by_utc == ends
        ours.later(50 * DAY)
        assert ours.application.renew_due() == {Renewal.RENEWED: 1}


def test_a_refresh_token_of_another_app_does_not_outlive_that_app(tmp_path: Path) -> None:
    with office(tmp_path, "linkedin") as ours:
        first = ours.sandbox.world.grants.app("linkedin", "app-linkedin")
        assert first is not None and "refresh_token" in ours.secrets("linkedin")
        second = replace(first, client_id="app-linkedin-2", refreshes=False)
        ours.sandbox.world.grants.register(second)
        access = ours.application.access
        known = apps.registered(access, "linkedin")
        assert known is not None
        app = replace(known, client_id=second.client_id)
        apps.register(access, "linkedin", app, secret_optional=False)
        consented(ours.application, "linkedin")
        assert ours.secrets("linkedin")["client_id"] == "app-linkedin-2"
        assert "refresh_token" not in ours.secrets("linkedin"), "it is good for the other app only"
        assert ours.kept("linkedin").lifetime.renew_at_utc is None


def test_a_pasted_token_is_no_longer_renewed_by_the_clock(tmp_path: Path) -> None:
    with office(tmp_path, "x") as ours:
        known = ours.sandbox.world.account("x", "900004")
        assert known is not None
        ours.application.connect("x", {"access_token": Secret(known.token)})
        assert ours.kept("x").lifetime == credentials.Lifetime()
        ours.later(5 * DAY)
        assert ours.application.renew_due() == {}
        assert ours.publishes("x", "Met een geplakt token.")
