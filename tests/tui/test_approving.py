"""What is approved is what this screen showed, once, and by a key press of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from tests.tui.hands import press, settle
from tests.tui.seed import GOOD, NOW, add, seeded, services
from textual.widgets import Input, OptionList, TextArea

from campaignbot.bootstrap import Application
from campaignbot.domain.people import Verdict
from campaignbot.domain.publication import Event, Publication, State
from campaignbot.domain.walltime import WallTime
from campaignbot.storage import publications, reviews
from campaignbot.tui.app import CampaignApp
from campaignbot.tui.screens.dialogs import AskDialog, ChoiceDialog
from campaignbot.tui.screens.edit import EditScreen
from campaignbot.tui.widgets.post_detail import PostDetail

NARROW, WIDE = (80, 24), (120, 40)
THEIRS = "Een collega schreef dit net anders."


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    """Five posts wait; the first is due first."""
    opened = seeded(tmp_path)
    for number in (5, 6, 7):
        add(opened, number, "linkedin", f"Bericht nummer {number} over de dijk.", State.IN_REVIEW)
    yield opened
    opened.close()


def stored(application: Application, number: int) -> Publication:
    with application.database.read() as tx:
        return publications.publication_by_id(tx, UUID(int=number))


def approved(application: Application) -> list[int]:
    return [n for n in (1, 2, 5, 6, 7) if stored(application, n).state is State.APPROVED]


def edited_elsewhere(application: Application, number: int, text: str = THEIRS) -> Publication:
    """Another person, at another screen, changes a post."""
    read = stored(application, number)
    content = replace(read.content, text=text)
    return application.reviews.edit(read, application.actor(), content=content)


def notices(app: CampaignApp) -> str:
    return "\n".join(note.message for note in app._notifications)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_colleagues_edit_is_never_approved_unseen(
    application: Application, size: tuple[int, int]
) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=size) as pilot:
        await press(pilot, *(["enter"] if size is NARROW else []))
        edited_elsewhere(application, 1)
        await press(pilot, "a")
        await settle(pilot)
        assert approved(application) == []
        assert "veranderde" in notices(app)
        shown = app.screen.query_one(PostDetail).item
        assert shown is not None and shown.publication.content.text == THEIRS
        await press(pilot, "a")
        await settle(pilot)
    after = stored(application, 1)
    assert after.state is State.APPROVED and after.content.text == THEIRS
    assert after.approved_hash == after.content_hash


async def test_a_change_between_showing_and_approving_is_refused_by_its_hash(
    application: Application,
) -> None:
    """Also where the words that came back are those that were there before."""
    shown = stored(application, 1)
    edited_elsewhere(application, 1)
    edited_elsewhere(application, 1, GOOD)
    with pytest.raises(publications.StaleVersion):
        application.reviews.approve(shown, application.actor())


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_mark_follows_a_post_that_is_moved(
    application: Application, size: tuple[int, int]
) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=size) as pilot:
        await press(pilot, "m")
        app.screen.query_one(Input).value = "2026-12-24 09:00"
        await press(pilot, "enter")
        await settle(pilot)
        queue = app.screen.query_one("#queue", OptionList)
        assert queue.highlighted == queue.option_count - 1
        assert queue.get_option_at_index(queue.option_count - 1).id == str(UUID(int=1))
        await press(pilot, *(["enter"] if size is NARROW else []), "a")
        await settle(pilot)
    assert approved(application) == [1]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_key_that_is_held_down_approves_one_post(
    application: Application, size: tuple[int, int]
) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=size) as pilot:
        await press(pilot, *(["enter"] if size is NARROW else []))
        await pilot.press(*"aaaaaaaa")
        await settle(pilot)
        assert approved(application) == [1]
        assert "WTR-0001 is goedgekeurd" in notices(app)
        await press(pilot, "n" if size is NARROW else "down", "a", "a")
        assert isinstance(app.screen, AskDialog), "the next one has an error: why may it pass?"
    assert approved(application) == [1]


async def test_in_a_list_that_shows_seventy_characters_nothing_is_approved(
    application: Application,
) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press(*"aaaa")
        await settle(pilot)
        assert "Lees het bericht eerst" in notices(app)
    assert approved(application) == []


async def test_a_mark_that_has_moved_on_before_its_post_is_there_approves_nothing(
    application: Application,
) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        screen = app.screen
        queue = screen.query_one("#queue", OptionList)
        queue.highlighted = 2
        assert screen.shown() is None  # type: ignore[attr-defined]
        await settle(pilot)
        assert screen.shown().publication.id == UUID(int=5)  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_an_approval_can_be_taken_back(
    application: Application, size: tuple[int, int]
) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=size) as pilot:
        await press(pilot, *(["enter"] if size is NARROW else []), "t")
        await settle(pilot)
        assert stored(application, 1).version == 1, "there is nothing to take back yet"
        await press(pilot, "a")
        await settle(pilot)
        assert approved(application) == [1]
        await press(pilot, "t")
        await settle(pilot)
    after = stored(application, 1)
    assert after.state is State.IN_REVIEW and after.approved_hash is None
    with application.database.read() as tx:
        taken = {decision.verdict for decision, _ in reviews.decisions_about(tx, after.id)}
    assert taken == {Verdict.APPROVED, Verdict.TAKEN_BACK}


async def test_what_is_being_sent_cannot_be_taken_back(application: Application) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, "enter", "a")
        await settle(pilot)
        with application.database.write() as tx:
            read = publications.publication_by_id(tx, UUID(int=1))
            publications.move(tx, read, Event.CLAIM, now=NOW, actor="worker")
        await press(pilot, "t")
        await settle(pilot)
    assert stored(application, 1).state is State.PUBLISHING


async def test_escape_asks_before_typed_words_go(application: Application) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, "e", "escape")
        assert not isinstance(app.screen, EditScreen | ChoiceDialog), "nothing was typed"
        await press(pilot, "e", *"Nieuw ", "escape")
        assert isinstance(app.screen, ChoiceDialog)
        await press(pilot, "escape")
        assert app.screen.query_one("#text", TextArea).text == f"Nieuw {GOOD}"
        await press(pilot, "escape", "down", "enter")
        await settle(pilot)
    assert stored(application, 1).version == 1


@pytest.mark.parametrize(
    ("choice", "text"),
    [(0, f"Nieuw {GOOD}"), (1, f"Nieuw {GOOD} En nog iets."), (2, THEIRS)],
    ids=["mine", "edit", "theirs"],
)
async def test_at_a_conflict_nobodys_words_are_lost(
    application: Application, choice: int, text: str
) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, "e", *"Nieuw ")
        edited_elsewhere(application, 1)
        await press(pilot, "ctrl+s")
        assert isinstance(app.screen, ChoiceDialog)
        assert THEIRS in app.screen._question
        await press(pilot, *["down"] * choice, "enter")
        if choice == 1:
            assert app.screen.query_one("#text", TextArea).text == f"Nieuw {GOOD}"
            await press(pilot, "escape")
            assert isinstance(app.screen, ChoiceDialog), "what was typed is offered once more"
            await press(pilot, "down", "enter")
            app.screen.query_one("#text", TextArea).text = text
            await press(pilot, "ctrl+s")
        await settle(pilot)
    assert stored(application, 1).content.text == text


async def test_what_a_colleague_changed_elsewhere_in_a_post_stays(
    application: Application,
) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, "e", *"Nieuw ")
        read = stored(application, 1)
        described = replace(read.content.media[0], alt_text="De Havenkade in mei.")
        application.reviews.edit(
            read, application.actor(), content=replace(read.content, media=(described,))
        )
        await press(pilot, "ctrl+s", "enter")
        await settle(pilot)
    content = stored(application, 1).content
    assert (content.text, content.media[0].alt_text) == (f"Nieuw {GOOD}", "De Havenkade in mei.")


@pytest.mark.parametrize("word", ["nu", "now"])
async def test_a_post_can_be_moved_to_now(application: Application, word: str) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, "m")
        app.screen.query_one(Input).value = word
        await press(pilot, "enter")
        await settle(pilot)
    assert stored(application, 1).due_at_utc == NOW


def test_the_minute_that_has_begun_is_not_past() -> None:
    planned = WallTime(datetime(2026, 11, 24, 9, 0), "Europe/Amsterdam")
    for seconds, past in ((0, False), (59, False), (60, True)):
        assert planned.is_past(NOW + timedelta(seconds=seconds)) is past


async def test_a_long_queue_comes_page_by_page(application: Application) -> None:
    for number in range(100, 320):
        add(application, number, "linkedin", f"Nog een bericht, nummer {number}.", State.IN_REVIEW)
    app = CampaignApp(services(application))
    async with app.run_test(size=NARROW) as pilot:
        await settle(pilot)
        queue = app.screen.query_one("#queue", OptionList)
        assert queue.option_count == 200
        await press(pilot, "end")
        await settle(pilot)
        assert queue.option_count == 225
        marked = queue.get_option_at_index(queue.highlighted or 0).id
        assert marked is not None and "Nog een bericht" in str(queue.get_option(marked).prompt)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_queue_has_the_keys_from_the_start_and_lines_as_wide_as_it_is(
    application: Application, size: tuple[int, int]
) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        queue = app.screen.query_one("#queue", OptionList)
        assert queue.has_focus
        first = str(queue.get_option_at_index(0).prompt).splitlines()[0]
        assert "LinkedIn" in first and "bewust" in first, "not cut where there is room"
        for number in (1, 2, 5, 6, 7):
            application.reviews.cancel(stored(application, number), application.actor())
        await press(pilot, "2", "1")
        assert not app.screen.query_one("#review").display
        add(application, 8, "linkedin", "Er komt er een bij.", State.IN_REVIEW)
        await press(pilot, "2", "1")
        await settle(pilot)
        assert queue.has_focus and queue.option_count == 1
