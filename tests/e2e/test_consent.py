"""Connecting through the consent page, as a person does it, on every platform."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.consents import FAMILIES, connecting, decide, with_apps
from tests.workdirs import account_of, approve_one, opened, sandboxed, stored

from campaignbot.connecting.check import Verdict, check
from campaignbot.connecting.connect import disconnect
from campaignbot.domain.accounts import AccountState
from campaignbot.domain.clock import SystemClock
from campaignbot.domain.publication import State

PLATFORMS = tuple(FAMILIES)


@pytest.mark.parametrize("key", PLATFORMS)
def test_a_consent_connects_an_account_that_then_publishes(tmp_path: Path, key: str) -> None:
    with sandboxed(tmp_path) as sandbox:
        with_apps(tmp_path, sandbox)
        with opened(tmp_path, SystemClock()) as application:
            disconnect(application.access, key, by="Anna")
        with connecting(tmp_path, key) as running:
            shown = decide(running.address())
            ran = running.end()
        assert ran.code == 0, ran.err
        assert shown.status_code == 200 and "Thank you" in shown.text
        assert "connected as" in ran.err and "renews the access by itself" in ran.err
        with opened(tmp_path, SystemClock()) as application:
            assert account_of(application, key).state is AccountState.ACTIVE
            assert check(application.access, key)[0].verdict is Verdict.FINE
            publication = approve_one(application, key, "Met toestemming geplaatst.")
            application.publisher("test").tick()
            assert stored(application, publication).state is State.PUBLISHED
