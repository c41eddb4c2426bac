"""The screens, by keyboard, at 80 by 24."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.tui.seed import GOOD, seeded, services
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static, TextArea

from campaignbot.bootstrap import Application
from campaignbot.domain.content import content_hash
from campaignbot.domain.people import Role
from campaignbot.domain.publication import Publication, State
from campaignbot.storage import publications, reviews
from campaignbot.tui.app import CampaignApp

SIZE = (80, 24)


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    opened = seeded(tmp_path)
    yield opened
    opened.close()


def stored(application: Application, number: int) -> Publication:
    with application.database.read() as tx:
        return publications.publication_by_id(tx, UUID(int=number))


async def settle(pilot: Pilot[None]) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys; a key may open a dialog that its worker waits for, so nothing is awaited."""
    for key in keys:
        await pilot.press(key)
        await pilot.pause()


async def test_a_approves_exactly_what_is_shown(application: Application) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "a")
        await settle(pilot)
    after = stored(application, 1)
    assert after.state is State.APPROVED
    assert after.approved_hash == content_hash(after.content, after.account_id)
    assert after.content.text == GOOD


async def test_an_error_asks_for_a_reason_before_it_is_approved(application: Application) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "down", "a", "enter")
        assert stored(application, 2).state is State.IN_REVIEW, "an empty reason is none"
        app.screen.query_one(Input).value = "Het is de naam van een hond op de foto."
        await press(pilot, "enter")
        await settle(pilot)
    after = stored(application, 2)
    assert after.state is State.APPROVED
    with application.database.read() as tx:
        digest = content_hash(after.content, after.account_id)
        assert reviews.waived_codes(tx, after.id, digest) == {"words.age_direct"}


async def test_rejecting_needs_a_reason(application: Application) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "r", "enter", "escape")
        assert stored(application, 1).state is State.IN_REVIEW
        await press(pilot, "r", *"dubbel", "enter")
        await settle(pilot)
    after = stored(application, 1)
    assert after.state is State.REJECTED
    assert after.reason is not None and after.reason.params["why"] == "dubbel"


async def test_editing_changes_the_text_and_counts_it(application: Application) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "e")
        app.screen.query_one("#text", TextArea).text = "Korter."
        await pilot.pause()
        count = str(app.screen.query_one("#count", Static).render())
        assert "van 3.000 tekens" in count
        await press(pilot, "ctrl+s")
        await settle(pilot)
    assert stored(application, 1).content.text == "Korter."
    assert stored(application, 1).state is State.IN_REVIEW


async def test_moving_refuses_a_time_that_has_passed(application: Application) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "m")
        app.screen.query_one(Input).value = "2026-11-01 09:00"
        await press(pilot, "enter")
        assert "voorbij" in str(app.screen.query_one("#wrong", Static).render())
        app.screen.query_one(Input).value = "2026-12-01 09:00"
        await press(pilot, "enter")
        await settle(pilot)
    moved = stored(application, 1)
    assert moved.planned.local.isoformat() == "2026-12-01T09:00:00"
    assert (moved.window_end_utc - moved.due_at_utc).total_seconds() == 6 * 3600


async def test_a_reader_cannot_approve(application: Application) -> None:
    app = CampaignApp(services(application, Role.READER))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "a")
        await settle(pilot)
    assert stored(application, 1).state is State.IN_REVIEW


async def test_the_monitor_says_that_no_daemon_ran_and_what_went_out(
    application: Application,
) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2")
        await settle(pilot)
        assert "nog niet gedraaid" in str(app.screen.query_one("#pulse", Static).render())
        events = app.screen.query_one("#events", OptionList)
        lines = [str(events.get_option_at_index(i).prompt) for i in range(events.option_count)]
        assert any("Al geplaatst" in line for line in lines)
        assert any("KLAARGEZET" in line for line in lines)


async def test_s_stops_everything_with_one_hold_and_goes_on_again(
    application: Application,
) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2", "s", *"storm", "enter")
        await settle(pilot)
        assert [h.by for h in application.overview().holds] == ["Mira de Wit"]
        await press(pilot, "s")
        await settle(pilot)
    assert application.overview().holds == ()


async def test_what_a_colleague_placed_is_noted_with_its_address(
    application: Application,
) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2")
        await settle(pilot)
        await press(pilot, "p")
        app.screen.query_one(Input).value = "https://nieuwsbrief.example/48"
        await press(pilot, "enter")
        await settle(pilot)
    after = stored(application, 4)
    assert after.state is State.PUBLISHED
    assert after.permalink == "https://nieuwsbrief.example/48"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["narrow", "wide"])
@pytest.mark.parametrize("keys", [(), ("2",), ("3",)], ids=["review", "monitor", "calendar"])
def test_looks(
    application: Application,
    snap_compare: object,
    keys: tuple[str, ...],
    size: tuple[int, int],
) -> None:
    assert callable(snap_compare)
    assert snap_compare(CampaignApp(services(application)), press=keys, terminal_size=size)
