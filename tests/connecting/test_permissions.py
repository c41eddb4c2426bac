"""A permission that lacks is no expired token: what it stops, and what ends it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.connected import Office, office
from tests.consents import consented
from tests.workdirs import account_of, approve_one, stored

from campaignbot.cli import standings as shown
from campaignbot.cli.commands import status
from campaignbot.connecting.check import Verdict, check
from campaignbot.connecting.pause import pause, resume
from campaignbot.connecting.renew import Renewal
from campaignbot.domain.accounts import AccountState
from campaignbot.domain.alerts import Alert, AlertKind
from campaignbot.domain.publication import Publication, State
from campaignbot.i18n import Translator
from campaignbot.sandbox.fault import Fault
from campaignbot.storage import accounts
from campaignbot.storage.standings import standings
from campaignbot.storage.watched import read_watched
from campaignbot.watching.find import Rules, find_alerts

HOUR = timedelta(hours=1)
LACKS, EXPIRED = AccountState.LACKS_PERMISSION, AccountState.TOKEN_EXPIRED


def without(ours: Office, key: str, *permissions: str) -> None:
    consented(ours.application, key, without=permissions)


def refused(ours: Office) -> Publication:
    """Let a post with a picture be refused by X for want of `media.write`."""
    without(ours, "x", "media.write")
    publication = approve_one(ours.application, "x", "Met een foto.")
    ours.application.publisher("test").tick()
    return publication


def said(publication: Publication, language: str = "en") -> str:
    assert publication.reason is not None
    return Translator(language).text(publication.reason)


def alerts(ours: Office, subject: str) -> list[Alert]:
    now = ours.clock.now()
    with ours.application.database.read() as tx:
        seen = read_watched(tx, now, due_since=now - 24 * HOUR, comments_since=None)
    return [alert for alert in find_alerts(seen, Rules()) if alert.subject == subject]


def listed(ours: Office, key: str, capsys: pytest.CaptureFixture[str]) -> str:
    now = ours.clock.now()
    with ours.application.database.read() as tx:
        found = {s.account.key: s for s in standings(tx, now)}[key]
    capsys.readouterr()
    shown.show(found, now)
    return " ".join(capsys.readouterr().out.split())


def status_of(ours: Office, capsys: pytest.CaptureFixture[str]) -> str:
    standing = status._standing(ours.application)
    capsys.readouterr()
    status._show(standing)
    return " ".join(capsys.readouterr().out.split())


def test_a_missing_permission_stops_the_account_until_it_is_connected_anew(
    tmp_path: Path, database_url: str
) -> None:
    """Renewing brings the same permissions, and so does a check of the token."""
    with office(tmp_path, database_url=database_url) as ours:
        publication = refused(ours)
        assert ours.state("x") is LACKS
        assert "Missing scope media.write" in said(stored(ours.application, publication))
        publisher = ours.application.publisher("test")
        for _ in range(2):
            ours.later(2 * HOUR)
            assert ours.application.renew_due() == {Renewal.RENEWED: 1}
            (found,) = check(ours.application.access, "x")
            assert found.verdict is Verdict.LACKS_PERMISSION and "media.write" in found.said
            publisher.tick()
            assert ours.state("x") is LACKS
        assert ours.sandbox.world.requests["x upload"] <= 1, "not tried in vain again"
        consented(ours.application, "x")
        assert account_of(ours.application, "x").lacks is None
        ours.later(timedelta(minutes=5))
        publisher.tick()
        assert ours.state("x") is AccountState.ACTIVE
        assert stored(ours.application, publication).state is State.PUBLISHED


def test_people_are_told_once_which_permission_lacks_and_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with office(tmp_path) as ours:
        refused(ours)
        keys = set()
        for _ in range(2):
            (alert,) = alerts(ours, "x")
            keys.add(alert.key)
            ours.later(2 * HOUR)
            ours.application.renew_due()
        assert alert.kind is AlertKind.LACKS_PERMISSION and len(keys) == 1
        for language in ("nl", "en"):
            assert "media.write" in Translator(language).text(alert.message)
            following = Translator(language)(f"alert.{alert.kind}.next", **alert.message.params)
            assert "campaignbot account connect x" in following
        for told in (listed(ours, "x", capsys), status_of(ours, capsys)):
            assert "mist een recht" in told and "media.write" in told
            assert "campaignbot account connect x" in told


def test_a_missed_post_says_which_permission_lacked(tmp_path: Path) -> None:
    with office(tmp_path) as ours:
        publication = refused(ours)
        ours.later(7 * HOUR)
        ours.application.publisher("test").tick()
        missed = stored(ours.application, publication)
        assert missed.state is State.MISSED
        for language in ("nl", "en"):
            assert "Missing scope media.write" in said(missed, language)


@pytest.mark.parametrize("state", [LACKS, EXPIRED])
def test_a_pause_mends_nothing(tmp_path: Path, state: AccountState) -> None:
    with office(tmp_path) as ours:
        refused(ours)
        access, account = ours.application.access, account_of(ours.application, "x")
        if state is EXPIRED:
            consented(ours.application, "x")
            with ours.application.database.write() as tx:
                accounts.set_account_state(tx, account.id, EXPIRED, now=ours.clock.now(), actor="x")
        pause(access, "x", by="Anna", reason="even niet")
        assert resume(access, "x", by="Anna", dry_run=True) is state
        assert ours.state("x") is AccountState.PAUSED
        assert resume(access, "x", by="Anna") is state is ours.state("x")


def test_what_ends_the_trouble_during_a_pause_shows_when_it_is_over(
    tmp_path: Path, database_url: str
) -> None:
    with office(tmp_path, database_url=database_url) as ours:
        refused(ours)
        access, account = ours.application.access, account_of(ours.application, "x")
        pause(access, "x", by="Anna", reason="even niet")
        consented(ours.application, "x")
        assert ours.state("x") is AccountState.PAUSED
        assert resume(access, "x", by="Anna") is AccountState.ACTIVE
        pause(access, "x", by="Anna", reason="nog eens")
        # A reading that was under way when the pause began.
        with ours.application.database.write() as tx:
            accounts.set_account_state(tx, account.id, EXPIRED, now=ours.clock.now(), actor="x")
        ours.later(2 * HOUR)
        assert ours.state("x") is AccountState.PAUSED
        ours.application.renew_due()
        assert resume(access, "x", by="Anna") is AccountState.ACTIVE


def test_a_renewal_of_an_expired_access_leaves_what_it_lacks(tmp_path: Path) -> None:
    with office(tmp_path) as ours:
        refused(ours)
        account = account_of(ours.application, "x")
        with ours.application.database.write() as tx:
            accounts.set_account_state(tx, account.id, EXPIRED, now=ours.clock.now(), actor="x")
        assert ours.state("x") is EXPIRED
        ours.later(2 * HOUR)
        assert ours.application.renew_due() == {Renewal.RENEWED: 1}
        assert ours.state("x") is LACKS


def lost(ours: Office) -> Publication:
    """Lose the answer to a post of a LinkedIn page that may not be read back."""
    without(ours, "linkedin", "r_organization_social")
    ours.sandbox.world.faults.append(Fault("linkedin", "create", "drop_after"))
    publication = approve_one(ours.application, "linkedin", "Het antwoord ging verloren.", 0)
    publisher = ours.application.publisher("test")
    for _ in range(3):
        publisher.tick()
        ours.later(timedelta(minutes=10))
    return stored(ours.application, publication)


def test_a_page_that_may_not_be_read_back_goes_on_and_a_person_is_asked(
    tmp_path: Path, database_url: str
) -> None:
    with office(tmp_path, database_url=database_url) as ours:
        publication = lost(ours)
        assert publication.state is State.UNCERTAIN
        assert ours.state("linkedin") is AccountState.ACTIVE
        for language in ("nl", "en"):
            told = said(publication, language)
            assert "Not enough permissions" in told and "campaignbot post settle" in told
        assert [a.kind for a in alerts(ours, publication.reference)] == [AlertKind.UNCERTAIN]
        asked = ours.sandbox.world.requests.copy()
        ours.later(HOUR)
        ours.application.publisher("test").tick()
        assert ours.sandbox.world.requests == asked, "not looked for in vain again"
        assert ours.publishes("linkedin", "De volgende gaat gewoon door.")


def test_what_could_not_be_looked_for_is_found_once_that_is_allowed(tmp_path: Path) -> None:
    with office(tmp_path) as ours:
        publication = lost(ours)
        consented(ours.application, "linkedin")
        ours.application.publisher("test").tick()
        assert stored(ours.application, publication).state is State.PUBLISHED


def test_statistics_without_permission_are_told_and_the_followers_still_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with office(tmp_path) as ours:
        without(ours, "facebook", "read_insights")
        assert ours.publishes("facebook", "Wie leest dit?")
        ours.later(HOUR)
        ours.application.collect()
        asked = ours.sandbox.world.requests.copy()
        ours.later(HOUR)
        ours.application.collect()
        assert ours.sandbox.world.requests == asked, "asked at the usual times only"
        assert ours.state("facebook") is AccountState.ACTIVE
        for told in (listed(ours, "facebook", capsys), status_of(ours, capsys)):
            assert "cijfers" in told and "read_insights" in told
        consented(ours.application, "facebook")
        assert "read_insights" not in listed(ours, "facebook", capsys)
