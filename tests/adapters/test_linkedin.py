"""What is particular to LinkedIn: comments by their URN, duplicates that name the earlier post."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.adapters.stand import ACCOUNTS, NOW, SandboxStand

from campaignbot.domain.content import Content
from campaignbot.platforms import outcomes
from campaignbot.platforms.outcomes import Outcome
from campaignbot.sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    running = Sandbox()
    running.seed_accounts(replace(account) for account in ACCOUNTS)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def linkedin(sandbox: Sandbox, tmp_path: Path) -> Iterator[SandboxStand]:
    stand = SandboxStand("linkedin", sandbox, tmp_path)
    yield stand
    stand.close()


def publish(stand: SandboxStand, content: Content, reply_to: str | None = None) -> Outcome:
    return stand.adapter().publish(
        content, resume=None, before_create=lambda _receipt: None, reply_to=reply_to
    )


def test_a_duplicate_names_the_post_that_is_there(linkedin: SandboxStand) -> None:
    content = linkedin.content("Twee keer hetzelfde.")
    first = publish(linkedin, content)
    assert isinstance(first, outcomes.Published)
    again = publish(linkedin, content)
    assert isinstance(again, outcomes.Duplicate)
    assert again.external_id == first.external_id


def test_a_limit_without_a_time_ends_at_midnight_of_the_clock_that_was_given(
    linkedin: SandboxStand,
) -> None:
    linkedin.fail("create", "rate_limit")
    outcome = publish(linkedin, linkedin.content("Vandaag niet meer."))
    assert isinstance(outcome, outcomes.RateLimited)
    midnight = NOW.replace(hour=0, minute=0) + timedelta(days=1)
    assert outcome.until_utc == midnight


def test_a_comment_is_known_by_its_urn_and_can_be_opened(linkedin: SandboxStand) -> None:
    parent = publish(linkedin, linkedin.content("Het bericht."))
    assert isinstance(parent, outcomes.Published)
    text = "(v/m/x) met #streepjes_ en {haken}"
    reply = publish(linkedin, linkedin.content(text, pictures=0), parent.external_id)
    assert isinstance(reply, outcomes.Published) and reply.permalink is not None
    assert reply.external_id.startswith("urn:li:comment:(urn:li:activity:")
    assert "?commentUrn=urn%3Ali%3Acomment%3A%28" in reply.permalink
    found = linkedin.adapter().find_published(
        linkedin.content(text, pictures=0), NOW - timedelta(hours=1), None, parent.external_id
    )
    assert found is not None and found.external_id == reply.external_id
    assert found.text == text, "plain text: comments know no escapes"


def test_a_comment_needs_the_permission_for_comments(
    sandbox: Sandbox, linkedin: SandboxStand
) -> None:
    account = sandbox.world.account("linkedin", "urn:li:organization:1001")
    assert account is not None
    parent = publish(linkedin, linkedin.content("Het bericht."))
    assert isinstance(parent, outcomes.Published)
    account.scopes = ("w_organization_social",)
    outcome = publish(linkedin, linkedin.content("Mag niet.", pictures=0), parent.external_id)
    assert isinstance(outcome, outcomes.AuthExpired) and "Not enough permissions" in outcome.said
