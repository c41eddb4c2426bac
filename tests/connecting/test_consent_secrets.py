"""Nothing secret of a consent or a renewal is in a log, an error, an address or a file."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from tests.connected import Office, office
from tests.consents import CLIENT_SECRET, FAMILIES, consented, decide
from tests.workdirs import approve_one

from campaignbot.connecting import apps
from campaignbot.connecting.connect import connect_granted
from campaignbot.connecting.consent import Question, answer_in, code_in, exchanged, for_page
from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.errors import UserError, user_error
from campaignbot.domain.secrets import Secret
from campaignbot.platforms.protocol import AdapterContext
from campaignbot.storage import accounts


def handed_around(ours: Office) -> set[str]:
    """Return every token and code of this consent and what followed, and the client secrets."""
    grants = ours.sandbox.world.grants
    known = {CLIENT_SECRET.format(family=family) for family in FAMILIES.values()}
    return known | set(grants.tokens) | set(grants.codes)


def test_nothing_secret_is_logged_or_told_with_all_faults_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    structlog.reset_defaults()
    with office(tmp_path) as ours:
        known, told = set[str](), list[str]()
        for key in FAMILIES:
            platform = "facebook" if key == "instagram" else key
            for kind in ("drop_after", "http_500", "malformed", "empty", "rate_limit"):
                ours.fail(platform, kind, skip=2)
                with pytest.raises(UserError) as refused:
                    consented(ours.application, key)
                told.append(f"{refused.value!r} {refused.value.__cause__!r}")
                ours.sandbox.world.faults.clear()
            consented(ours.application, key)
            due = ours.kept(key).lifetime.renew_at_utc
            assert due is not None
            ours.at(max(due, ours.clock.now()))
            for kind in ("http_500", "rate_limit", "none"):
                ours.fail(platform, kind)
                known |= handed_around(ours)
                ours.application.renew_due()
                ours.sandbox.world.faults.clear()
                ours.later(timedelta(hours=1))
            approve_one(ours.application, key, f"Geplaatst op {key}.")
            ours.application.publisher("test").tick()
        known |= handed_around(ours)
        shown = capsys.readouterr()
        said = "\n".join((caplog.text, shown.out, shown.err, *told))
        assert "oauth" in said and len(known) > 20
        assert not [secret for secret in known if secret in said]
        for file in (tmp_path / "data").glob("campaignbot.db*"):
            data = file.read_bytes()
            assert not [secret for secret in known if secret.encode() in data]


def test_an_account_that_is_in_no_file_yet_is_tried_written_down_and_kept(tmp_path: Path) -> None:
    with office(tmp_path) as ours:
        application = ours.application
        entry = application.entries["x"]
        new = Account(
            application.new_id(), "tweede", "x", "", "", "Europe/Amsterdam",
            AccountState.NOT_CONNECTED, app="x",
        )  # fmt: skip
        access = replace(
            application.access,
            open_adapter=lambda account, secrets: application.platforms["x"].open_adapter(
                AdapterContext(
                    account.external_id,
                    secrets,
                    application.media,
                    application.clock,
                    entry.base_url,
                )
            ),
        )
        with application.database.read() as tx:
            known = access.account(tx, "x")
        consent = access.open_consent(known, apps.require_app(access, known), frozenset())
        question = Question()
        address = consent.address(question.state, question.challenge)
        sent_to = decide(address, follow=False).headers["Location"]
        code = code_in(question, answer_in(sent_to), "X")
        grant, (page,) = exchanged(consent, code, question, "X")
        granted = for_page(consent, grant, page.external_id, "X")
        consent.close()
        written: list[str] = []

        def refuse() -> None:
            raise user_error("file.unreadable", said="-")

        with pytest.raises(UserError):
            connect_granted(access, replace(new, external_id=page.external_id), granted, refuse)
        with application.database.read() as tx:
            assert accounts.account_by_key(tx, "tweede") is None
        wrong = replace(granted, secrets={"access_token": Secret("not-a-token")})
        wanted = replace(new, external_id=page.external_id)
        with pytest.raises(UserError):
            connect_granted(access, wanted, wrong, lambda: written.append("wrong"))
        connect_granted(access, wanted, granted, lambda: written.append("right"))
        assert written == ["right"]
        with application.database.read() as tx:
            found = accounts.account_by_key(tx, "tweede")
        assert found is not None and found.state is AccountState.ACTIVE
