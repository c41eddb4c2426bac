"""What users of other schedulers suffered on LinkedIn, each as a case that ours must survive.

Named after the issue threads of gitroomhq/postiz-app (P) and inovector/mixpost (M).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from tests.e2e.commands import campaignbot
from tests.workdirs import account_of, approve_one, opened, sandboxed, stored

from campaignbot.bootstrap import Application
from campaignbot.cli.commands import status
from campaignbot.domain.accounts import AccountState
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content
from campaignbot.domain.publication import Publication, State
from campaignbot.i18n import Translator
from campaignbot.platforms.registry import load_platform
from campaignbot.sandbox import Sandbox
from campaignbot.sandbox.fault import Fault

MINUTE = timedelta(minutes=1)
VERSION = load_platform("linkedin").api_version
assert VERSION is not None
LAST_DAY = datetime.combine(VERSION.sunset_on, time(9), UTC) - timedelta(days=1)


@dataclass
class Team:
    """A team with a connected page, on the last day of the API's version."""

    folder: Path
    sandbox: Sandbox
    clock: SimulatedClock
    application: Application

    def publishes(self, text: str, pictures: int = 0) -> Publication:
        """Let a post come due, and its turn with the account be over."""
        approved = approve_one(self.application, "linkedin", text, pictures)
        self.tick()
        return self.now(approved)

    def tick(self) -> None:
        self.application.publisher("test").tick()
        self.later(10 * MINUTE)

    def later(self, by: timedelta) -> None:
        self.clock.advance(by)
        self.sandbox.world.set_clock(self.clock.now())

    def now(self, publication: Publication) -> Publication:
        return stored(self.application, publication)

    def said(self, publication: Publication) -> str:
        assert publication.reason is not None
        return Translator("en").text(publication.reason)

    def fails(self, on: str, kind: str) -> None:
        self.sandbox.world.faults.append(Fault("linkedin", on, kind))

    def posts(self) -> list[str]:
        account = account_of(self.application, "linkedin")
        return [p.text for p in self.sandbox.world.live("linkedin", str(account.external_id))]


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    clock = SimulatedClock(LAST_DAY)
    with sandboxed(tmp_path) as sandbox, opened(tmp_path, clock) as application:
        sandbox.world.set_clock(LAST_DAY)
        yield Team(tmp_path, sandbox, clock, application)


@pytest.mark.parametrize("pictures", [0, 1])
def test_a_version_that_linkedin_ends_loses_no_post(team: Team, pictures: int) -> None:
    """P#2005, M#167: 426 NONEXISTENT_VERSION once a hard-coded version has ended."""
    assert team.publishes("Nog net op tijd.", pictures).state is State.PUBLISHED
    team.later(timedelta(days=1))
    waiting = team.publishes("Te laat voor deze versie.", pictures)
    assert waiting.state is State.RETRY_WAITING
    assert "is not active" in team.said(waiting), "LinkedIn's own words"
    assert "install a newer version of campaignbot" in team.said(waiting)
    assert account_of(team.application, "linkedin").state is AccountState.ACTIVE
    # A newer program speaks a version that is known.
    team.sandbox.world.set_clock(LAST_DAY)
    team.application.publisher("newer").tick()
    assert team.now(waiting).state is State.PUBLISHED and len(team.posts()) == 2


@pytest.mark.parametrize(("days", "told"), [(61, False), (60, True), (1, True), (0, True)])
def test_a_version_that_ends_is_told_before_it_does(team: Team, days: int, told: bool) -> None:
    """P#2005: nobody knew until nothing went out any more."""
    assert VERSION is not None
    now = datetime.combine(VERSION.sunset_on, time(9), UTC) - timedelta(days=days)
    warning = VERSION.warning("LinkedIn", now.date())
    assert (warning is not None) is told
    if warning is not None:
        for language in ("nl", "en"):
            said = Translator(language).text(warning)
            assert "LinkedIn" in said and "campaignbot" in said and "2027" in said


def test_status_and_account_check_tell_what_there_is_to_know_of_versions(tmp_path: Path) -> None:
    """P#2005: the marketer reads it where they look anyway."""
    assert VERSION is not None
    due = VERSION.warning("LinkedIn", datetime.now(UTC).date())
    with sandboxed(tmp_path):
        stands = campaignbot(tmp_path, "status", "--json").data
        checked = campaignbot(tmp_path, "account", "check", "linkedin", "--json").data
    expected = [Translator("en").text(due)] if due else []
    assert stands["warnings"] == checked["linkedin"]["warnings"] == expected


@pytest.mark.parametrize(("days", "told"), [(61, False), (60, True), (0, True)])
def test_status_shows_a_version_that_ends(
    team: Team, capsys: pytest.CaptureFixture[str], days: int, told: bool
) -> None:
    """P#2005."""
    team.later(timedelta(days=1 - days))
    standing = status._standing(team.application)
    capsys.readouterr()
    status._show(standing)
    shown = " ".join(capsys.readouterr().out.split())
    assert ("nieuwere versie" in shown) is told
    assert standing.needs_attention is (days == 0)


def test_a_post_that_landed_elsewhere_is_not_called_published(team: Team) -> None:
    """P#989: reported as posted to a page when it was not."""
    team.fails("create", "wrong_author")
    strayed = team.publishes("Op de verkeerde plek.")
    assert strayed.state is State.FAILED and strayed.external_id is None
    assert "urn:li:person:sandbox" in team.said(strayed)
    for _ in range(5):
        team.tick()
    assert team.now(strayed).state is State.FAILED, "a person decides"
    assert len(team.sandbox.world.posts) == 1 and team.posts() == []


def test_a_post_of_another_page_is_never_taken_for_ours(team: Team) -> None:
    """P#989."""
    account = account_of(team.application, "linkedin")
    team.fails("create", "wrong_author")
    team.publishes("Op de verkeerde plek.")
    with opened(team.folder, team.clock) as application:
        found = application.open_adapter(account).find_published(
            Content("Op de verkeerde plek."), LAST_DAY - timedelta(days=1), None
        )
    assert found is None


def test_a_picture_that_is_refused_without_a_word_is_told_in_words(team: Team) -> None:
    """P#1058: image posts fail with an empty error."""
    team.fails("upload", "http_400_empty")
    refused = team.publishes("Met beeld.", 1)
    assert refused.state is State.FAILED
    said = team.said(refused)
    assert "no reason given: POST /linkedin/rest/images: 400 Bad Request" in said
    assert "Choose a picture as JPG or PNG." in said


def test_a_text_with_every_reserved_character_comes_whole(team: Team) -> None:
    """Text was cut at an unescaped bracket, without any error."""
    text = (
        r"Adviseur (32 uur) [schaal 11] {v/m/x} <nu> a|b @jou #WerkenVoorJou a\b *a* _b_ ~c~ einde"
    )
    published = team.publishes(text)
    assert published.state is State.PUBLISHED and published.reason is None
    (shown,) = team.posts()
    assert shown.startswith(text)


def test_a_text_that_is_cut_all_the_same_is_told(team: Team) -> None:
    """Text was cut at an unescaped bracket, without any error."""
    team.fails("create", "cut_text")
    published = team.publishes("Adviseur water (32 uur) gezocht.")
    assert published.state is State.PUBLISHED
    assert "it ends at “Adviseur water”" in team.said(published)
    ran = campaignbot(team.folder, "post", "show", published.reference)
    assert "it ends at “Adviseur water”" in " ".join(ran.out.split())
