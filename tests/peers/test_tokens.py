"""What users of other schedulers suffered with tokens, each as a case that ours must survive.

Named after the issue threads of gitroomhq/postiz-app (P) and trypostit/trypost (T).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.connected import office
from tests.consents import consented
from tests.workdirs import account_of, approve_one, opened, sandboxed, stored

from campaignbot.connecting.check import Verdict, check
from campaignbot.connecting.renew import Renewal
from campaignbot.domain.accounts import AccountState
from campaignbot.domain.alerts import AlertKind
from campaignbot.domain.clock import SimulatedClock, SystemClock
from campaignbot.domain.errors import UserError
from campaignbot.domain.publication import State
from campaignbot.domain.secrets import Secret
from campaignbot.sandbox.fault import Fault
from campaignbot.storage import credentials
from campaignbot.yamlfiles import change_yaml

PLATFORMS = ("linkedin", "facebook", "instagram", "x")
BETWEEN = timedelta(hours=5)


@pytest.mark.parametrize("empty", ["", "   "])
@pytest.mark.parametrize("key", PLATFORMS)
def test_an_empty_token_is_refused_before_anything_is_sent(
    tmp_path: Path, key: str, empty: str
) -> None:
    """P#1328: connected with an empty token."""
    with sandboxed(tmp_path) as sandbox, opened(tmp_path, SystemClock()) as application:
        asked = sandbox.world.requests.copy()
        for given in ({"access_token": Secret(empty)}, {}):
            with pytest.raises(UserError) as refused:
                application.connect(key, given)
            assert refused.value.problems[0].what.key == "account.empty"
        assert sandbox.world.requests == asked
        assert account_of(application, key).state is AccountState.ACTIVE
        assert check(application.access, key)[0].verdict is Verdict.FINE


def test_an_empty_token_makes_no_key(tmp_path: Path) -> None:
    """P#1328: connected with an empty token."""
    with sandboxed(tmp_path):
        change_yaml(tmp_path / "config" / "campaignbot.yaml", {"key_file": "data/other.key"})
        with opened(tmp_path, SystemClock()) as application, pytest.raises(UserError):
            application.connect("x", {"access_token": Secret("")})
        assert not (tmp_path / "data" / "other.key").exists()


@pytest.mark.parametrize("key", PLATFORMS)
def test_a_failure_of_the_platform_does_not_disconnect(tmp_path: Path, key: str) -> None:
    """P PR#2003: the platform's own 5xx disconnects the channel, and the next posts fail."""
    clock = SimulatedClock(datetime.now(UTC))
    with sandboxed(tmp_path) as sandbox, opened(tmp_path, clock) as application:
        entry = application.entries[key]
        assert entry.external_id is not None
        token = sandbox.world.account(entry.platform, entry.external_id)
        assert token is not None
        sandbox.world.faults.append(Fault(key, "any", "http_500", times=2))
        assert check(application.access, key)[0].verdict is Verdict.SILENT
        with pytest.raises(UserError) as refused:
            application.connect(key, {"access_token": Secret(token.token)})
        assert refused.value.problems[0].what.key == "account.silent"
        sandbox.world.faults.clear()
        assert account_of(application, key).state is AccountState.ACTIVE
        posts = [
            approve_one(application, key, f"Na de storing, bericht {n}.", due_in=n * BETWEEN)
            for n in range(4)
        ]
        for publication in posts:
            clock.move_to(max(clock.now(), publication.due_at_utc))
            application.publisher("test").tick()
            assert stored(application, publication).state is State.PUBLISHED
        assert len(sandbox.world.live(entry.platform, entry.external_id)) == len(posts)


@pytest.mark.parametrize("key", PLATFORMS)
def test_an_expired_token_is_told_as_such(tmp_path: Path, key: str) -> None:
    """T#230: an expired token reads "resource does not exist"."""
    with sandboxed(tmp_path) as sandbox, opened(tmp_path, SystemClock()) as application:
        entry = application.entries[key]
        known = sandbox.world.account(entry.platform, entry.external_id)
        assert known is not None
        known.token_expires_at = sandbox.world.now()
        (found,) = check(application.access, key)
        assert found.verdict is Verdict.EXPIRED and "exist" not in found.said
        assert account_of(application, key).state is AccountState.TOKEN_EXPIRED


def test_connecting_again_keeps_the_secrets_that_were_not_given_anew(tmp_path: Path) -> None:
    """P PR#1884: reconnecting wiped the refresh token."""
    with sandboxed(tmp_path) as sandbox, opened(tmp_path, SystemClock()) as application:
        known = sandbox.world.account("x", application.entries["x"].external_id)
        assert known is not None
        access, account = application.access, account_of(application, "x")
        application.connect(
            "x", {"access_token": Secret(known.token), "refresh_token": Secret("refresh-me")}
        )
        for token in ("not-this-one", known.token):
            try:
                application.connect("x", {"access_token": Secret(token)})
            except UserError:
                assert token == "not-this-one"
            with application.database.read() as tx:
                sealed = credentials.sealed_of(tx, account.id)
            assert sealed is not None
            assert access.vault(False).open(sealed[0]) == {
                "access_token": Secret(known.token),
                "refresh_token": Secret("refresh-me"),
            }


def test_a_consent_without_a_refresh_token_leaves_the_stored_one(tmp_path: Path) -> None:
    """P PR#1884: reconnecting wiped the refresh token."""
    with office(tmp_path, "linkedin") as ours:
        kept = ours.secrets("linkedin")["refresh_token"]
        app = ours.sandbox.world.grants.app("linkedin", "app-linkedin")
        assert app is not None
        ours.sandbox.world.grants.register(replace(app, refreshes=False))
        consented(ours.application, "linkedin")
        assert ours.secrets("linkedin")["refresh_token"] == kept
        ours.later(timedelta(days=50))
        assert ours.application.renew_due() == {Renewal.RENEWED: 1}


@pytest.mark.parametrize("key", PLATFORMS)
def test_one_failure_to_renew_does_not_disconnect(tmp_path: Path, key: str) -> None:
    """P PR#1822: one transient refresh error disconnects the channel."""
    with office(tmp_path, key) as ours:
        due = ours.kept(key).lifetime.renew_at_utc
        assert due is not None
        ours.at(due)
        ours.fail("facebook" if key == "instagram" else key, "http_500")
        assert ours.application.renew_due() == {Renewal.FAILED: 1}
        assert ours.state(key) is AccountState.ACTIVE and ours.alerts(key) == []
        assert ours.publishes(key, "Nog steeds verbonden.")
        ours.later(timedelta(minutes=2))
        assert ours.application.renew_due() == {Renewal.RENEWED: 1}


def test_an_access_is_renewed_before_it_ends_and_its_last_end_is_told(tmp_path: Path) -> None:
    """P: refresh only at the instant of expiry, no warning before."""
    with office(tmp_path, *PLATFORMS) as ours:
        for key in PLATFORMS:
            lifetime = ours.kept(key).lifetime
            ends = lifetime.expires_at_utc or lifetime.person_by_utc
            assert lifetime.renew_at_utc is not None and ends is not None
            assert ends - lifetime.renew_at_utc >= timedelta(minutes=40)
        ends = account_of(ours.application, "facebook").token_expires_at_utc
        assert ends is not None
        ours.at(ends - timedelta(days=14))
        assert ours.alerts("facebook") == [AlertKind.EXPIRES]


@pytest.mark.parametrize("key", PLATFORMS)
def test_an_answer_without_a_token_connects_nothing(tmp_path: Path, key: str) -> None:
    """P#1328: connected with an empty token."""
    with office(tmp_path, key) as ours:
        before = ours.secrets(key)
        # The page and the decision come before the answer with the token.
        ours.fail("facebook" if key == "instagram" else key, "empty", skip=2)
        with pytest.raises(UserError) as refused:
            consented(ours.application, key)
        assert refused.value.problems[0].what.key == "consent.silent"
        assert ours.secrets(key) == before
