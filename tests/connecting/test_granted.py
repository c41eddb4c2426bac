"""What an account's access may do: remembered from the consent, asked anew, never guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.connected import Office, office
from tests.consents import FAMILIES, consented
from tests.workdirs import account_of

from campaignbot.connecting import apps
from campaignbot.connecting.check import Checked, Verdict, check
from campaignbot.connecting.connect import disconnect
from campaignbot.connecting.renew import Renewal
from campaignbot.domain.accounts import AccountState
from campaignbot.domain.secrets import Secret
from campaignbot.platforms.registry import load_platform
from campaignbot.sandbox import SandboxAccount

PLATFORMS = tuple(FAMILIES)
OPTIONAL = {
    "linkedin": "w_organization_social_feed",
    "facebook": "read_insights",
    "instagram": "instagram_manage_contents",
    "x": "media.write",
}
REQUIRED = {
    "linkedin": "w_organization_social",
    "facebook": "pages_manage_posts",
    "instagram": "instagram_content_publish",
    "x": "tweet.write",
}
DAY = timedelta(days=1)


def asked_for(key: str) -> frozenset[str]:
    connecting = load_platform(key).connecting
    assert connecting is not None
    return frozenset(permission.name for permission in connecting.permissions)


def checked(ours: Office, key: str) -> Checked:
    (found,) = check(ours.application.access, key)
    return found


def lacking(ours: Office, key: str) -> list[str]:
    return [permission.name for permission in checked(ours, key).lacking]


def withdraw(ours: Office, key: str, name: str) -> None:
    """Take one permission from everything that was granted, as a person can at the platform."""
    grants = ours.sandbox.world.grants
    for value, token in list(grants.tokens.items()):
        if token.family == FAMILIES[key]:
            kept = tuple(scope for scope in token.scopes if scope != name)
            grants.tokens[value] = replace(token, scopes=kept)


def paste(ours: Office, key: str, token: str | None = None) -> None:
    ours_there = account_of(ours.application, key).external_id
    known = ours.sandbox.world.account(key, ours_there)
    assert known is not None
    ours.application.connect(key, {"access_token": Secret(token or known.token)})


@pytest.mark.parametrize("key", PLATFORMS)
def test_an_access_with_all_permissions_lacks_none(tmp_path: Path, key: str) -> None:
    with office(tmp_path, key) as ours:
        found = checked(ours, key)
        assert found.verdict is Verdict.FINE and found.lacking == ()
        assert found.granted is not None and found.granted >= asked_for(key)


@pytest.mark.parametrize("key", PLATFORMS)
def test_what_was_not_granted_is_told_by_every_later_check(tmp_path: Path, key: str) -> None:
    with office(tmp_path, key) as ours:
        consented(ours.application, key, without=[OPTIONAL[key]])
        for _ in range(2):
            assert lacking(ours, key) == [OPTIONAL[key]]
            # It publishes all the same.
            assert checked(ours, key).verdict is Verdict.FINE
        consented(ours.application, key, without=[REQUIRED[key]])
        for _ in range(2):
            assert lacking(ours, key) == [REQUIRED[key]]
            assert checked(ours, key).verdict is Verdict.LACKS_PERMISSION


@pytest.mark.parametrize("key", PLATFORMS)
def test_renewing_forgets_no_permission(tmp_path: Path, key: str) -> None:
    with office(tmp_path, key) as ours:
        consented(ours.application, key, without=[OPTIONAL[key]])
        granted = ours.kept(key).permissions
        assert granted is not None and OPTIONAL[key] not in granted
        ours.later(51 * DAY)
        assert ours.application.renew_due() == {Renewal.RENEWED: 1}
        assert ours.kept(key).permissions == granted
        assert lacking(ours, key) == [OPTIONAL[key]]


@pytest.mark.parametrize("key", ["linkedin", "x"])
def test_what_a_renewed_access_may_do_is_what_its_platform_says(tmp_path: Path, key: str) -> None:
    with office(tmp_path, key) as ours:
        withdraw(ours, key, REQUIRED[key])
        ours.later(51 * DAY)
        assert ours.application.renew_due() == {Renewal.RENEWED: 1}
        assert lacking(ours, key) == [REQUIRED[key]]


def seeded(ours: Office, key: str) -> SandboxAccount:
    found = ours.sandbox.world.account(key, account_of(ours.application, key).external_id)
    assert found is not None
    return found


TOLD = ("linkedin", "facebook", "instagram")
"""Platforms that answer an app about its tokens."""


@pytest.mark.parametrize("key", TOLD)
def test_a_pasted_token_is_asked_about_through_the_app_that_is_kept(
    tmp_path: Path, key: str
) -> None:
    with office(tmp_path) as ours:
        account = seeded(ours, key)
        account.scopes = tuple(sorted(asked_for(key) - {OPTIONAL[key]}))
        account.token_expires_at = ours.clock.now() + 40 * DAY
        paste(ours, key)
        assert ours.kept(key).permissions == asked_for(key) - {OPTIONAL[key]}
        assert ours.kept(key).lifetime.expires_at_utc == account.token_expires_at
        assert account_of(ours.application, key).token_expires_at_utc is not None
        assert lacking(ours, key) == [OPTIONAL[key]]
        assert checked(ours, key).verdict is Verdict.FINE
        account.scopes = tuple(sorted(asked_for(key) - {REQUIRED[key]}))
        assert lacking(ours, key) == [REQUIRED[key]]
        assert checked(ours, key).verdict is Verdict.LACKS_PERMISSION
        addresses = " ".join(ours.sandbox.world.addresses)
        assert account.token not in addresses


@pytest.mark.parametrize("key", TOLD)
def test_the_end_of_a_token_that_was_pasted_before_is_learnt_by_a_check(
    tmp_path: Path, key: str
) -> None:
    with office(tmp_path) as ours:
        account = seeded(ours, key)
        access = ours.application.access
        app = apps.require_app(access, account_of(ours.application, key))
        name = apps.app_name(access, account_of(ours.application, key))
        assert apps.forget(access, name)
        paste(ours, key)
        assert ours.kept(key).permissions is None
        apps.register(access, name, app, secret_optional=False)
        account.token_expires_at = ours.clock.now() + 40 * DAY
        assert check(access, key, dry_run=True)[0].granted is not None
        assert ours.kept(key).lifetime.expires_at_utc is None, "a dry run stores nothing"
        checked(ours, key)
        assert ours.kept(key).lifetime.expires_at_utc == account.token_expires_at
        assert account_of(ours.application, key).token_expires_at_utc is not None


@pytest.mark.parametrize("key", TOLD)
def test_a_missing_permission_ends_once_the_platform_says_that_all_is_there(
    tmp_path: Path, key: str
) -> None:
    with office(tmp_path) as ours:
        paste(ours, key)
        account = seeded(ours, key)
        account.scopes = tuple(sorted(asked_for(key) - {REQUIRED[key]}))
        assert not ours.publishes(key, "Nog niet.")
        assert ours.state(key) is AccountState.LACKS_PERMISSION
        assert checked(ours, key).verdict is Verdict.LACKS_PERMISSION
        assert ours.state(key) is AccountState.LACKS_PERMISSION
        account.scopes = tuple(sorted(asked_for(key)))
        (tried,) = check(ours.application.access, key, dry_run=True)
        assert tried.verdict is Verdict.FINE
        assert ours.state(key) is AccountState.LACKS_PERMISSION, "a dry run ends nothing"
        found = checked(ours, key)
        assert found.verdict is Verdict.FINE and found.account.lacks is None
        assert ours.state(key) is AccountState.ACTIVE
        assert ours.publishes(key, "Nu wel.")


@pytest.mark.parametrize("key", PLATFORMS)
def test_of_a_pasted_token_that_no_app_can_ask_about_nothing_is_claimed(
    tmp_path: Path, key: str
) -> None:
    with office(tmp_path, key) as ours:
        access, account = ours.application.access, account_of(ours.application, key)
        app, name = apps.require_app(access, account), apps.app_name(access, account)
        apps.forget(access, name)
        paste(ours, key)
        for _ in range(2):
            found = checked(ours, key)
            assert found.verdict is Verdict.FINE
            assert found.granted is None and found.lacking == ()
        assert ours.kept(key).permissions is None
        apps.register(access, name, app, secret_optional=True)
        consented(ours.application, key)
        assert checked(ours, key).granted is not None


@pytest.mark.parametrize("key", ["facebook", "instagram"])
def test_what_a_person_withdraws_at_meta_is_told_and_remembered(tmp_path: Path, key: str) -> None:
    with office(tmp_path, key) as ours:
        withdraw(ours, key, REQUIRED[key])
        assert checked(ours, key).verdict is Verdict.LACKS_PERMISSION
        assert lacking(ours, key) == [REQUIRED[key]]
        assert ours.kept(key).permissions == asked_for(key) - {REQUIRED[key]} | {"public_profile"}


@pytest.mark.parametrize("key", ["facebook", "instagram"])
def test_where_the_token_of_the_person_is_over_what_was_told_before_stays(
    tmp_path: Path, key: str
) -> None:
    with office(tmp_path, key) as ours:
        consented(ours.application, key, without=[OPTIONAL[key]])
        ours.later(61 * DAY)
        found = checked(ours, key)
        assert found.verdict is Verdict.FINE
        assert [permission.name for permission in found.lacking] == [OPTIONAL[key]]


def test_a_pasted_token_of_a_person_tells_its_permissions(tmp_path: Path) -> None:
    with office(tmp_path, "instagram") as ours:
        consented(ours.application, "instagram", without=["instagram_manage_comments"])
        person = ours.secrets("instagram")["user_token"]
        disconnect(ours.application.access, "instagram", by="Anna")
        paste(ours, "instagram", person)
        assert lacking(ours, "instagram") == ["instagram_manage_comments"]
