"""Media and corrections, by keyboard, at 80 by 24."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests import media_files
from tests.tui.hands import press, settle, walk
from tests.tui.seed import GOOD, NOW, add, seeded, services
from tests.tui.test_screens import SIZE, stored
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static, TextArea

from campaignbot.bootstrap import Application
from campaignbot.domain.content import LinkPreview, MediaItem
from campaignbot.domain.people import Role
from campaignbot.domain.publication import Event, State
from campaignbot.storage import attempts, media, publications
from campaignbot.tui.app import CampaignApp
from campaignbot.tui.screens.form import FormDialog
from campaignbot.tui.screens.media import MediaScreen

VIDEO = MediaItem(
    "b" * 64, "video/mp4", 1280, 720, "Ans loopt over de dijk en vertelt over haar dag.",
    "Een dag op de dijk", duration_ms=72_500,
)  # fmt: skip
PAGES = MediaItem("c" * 64, "application/pdf", 595, 842, "", "Vijf vragen", pages=12)


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    opened = seeded(tmp_path)
    yield opened
    opened.close()


async def fill(pilot: Pilot[None], **given: str) -> None:
    """Fill in the form that is open and give it; wait until it was taken, or said what is wrong."""
    form = pilot.app.screen
    assert isinstance(form, FormDialog)
    for name, text in given.items():
        form.query_one(f"#{name}", Input).value = text
    wrong = form.query_one("#wrong", Static)
    await pilot.press("ctrl+s")
    busy = pilot.app.screen is form
    while busy:
        await pilot.pause()
        said = str(wrong.render()) if pilot.app.screen is form else ""
        busy = pilot.app.screen is form and said in {"", "Even geduld …"}


def listed(pilot: Pilot[None]) -> list[str]:
    options = pilot.app.screen.query_one("#media", OptionList).options
    return [str(option.prompt) for option in options]


async def test_a_picture_is_added_put_first_and_saved(
    application: Application, tmp_path: Path
) -> None:
    file = media_files.picture(tmp_path / "brug.jpg")
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "b", "n")
        await fill(pilot, file=str(file), alt="Een brug.", people="none")
        assert len(listed(pilot)) == 2 and "Een brug." in listed(pilot)[1]
        await press(pilot, "down", "less_than_sign")
        assert "Een brug." in listed(pilot)[0]
        await press(pilot, "ctrl+s")
        await settle(pilot)
    after = stored(application, 1)
    assert [item.alt_text for item in after.content.media] == ["Een brug.", "Huizen aan het water."]
    assert after.state is State.IN_REVIEW and after.content.text == GOOD
    with application.database.read() as tx:
        known = media.media_provenance(tx, after.content.media[0].sha256)
    assert (known["people"], known["given_by"]) == ("none", app.services.person.name)


async def test_a_wrong_file_is_said_in_the_form_and_nothing_changes(
    application: Application, tmp_path: Path
) -> None:
    (tmp_path / "brief.txt").write_text("Geachte lezer")
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "b", "n")
        await fill(pilot, file=str(tmp_path / "brief.txt"))
        said = str(app.screen.query_one("#wrong", Static).render())
        assert "brief.txt" in said and "JPEG" in said
        app.screen.query_one("#wrong", Static).update("")
        await fill(pilot, until="morgen")
        assert "2027-06-30" in str(app.screen.query_one("#wrong", Static).render())
        await press(pilot, "escape", "escape")
        assert app.screen.query_one("#until", Input).value == "morgen", "typed words are kept"
        await press(pilot, "escape", "down", "enter")
        assert len(listed(pilot)) == 1
        await press(pilot, "escape")
        await settle(pilot)
    assert stored(application, 1).version == 1


async def test_a_video_takes_the_place_of_the_pictures_and_can_be_given_words(
    application: Application, tmp_path: Path
) -> None:
    file = media_files.video(tmp_path / "film.mp4")
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "b", "n")
        await fill(pilot, file=str(file))
        assert len(listed(pilot)) == 1 and "nog geen beschrijving" in listed(pilot)[0]
        await press(pilot, "w")
        await fill(pilot, alt="Ans loopt.", title="Een dag")
        assert "Een dag" in listed(pilot)[0] and "Ans loopt." in listed(pilot)[0]
        await press(pilot, "ctrl+s")
        await settle(pilot)
    (item,) = stored(application, 1).content.media
    assert (item.mime, item.title, item.alt_text) == ("video/mp4", "Een dag", "Ans loopt.")


async def test_pictures_become_a_document(application: Application, tmp_path: Path) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "b", "d")
        for colour in ("navy", "red"):
            await press(pilot, "n")
            file = media_files.picture(tmp_path / f"{colour}.jpg", colour=colour)
            await fill(pilot, file=str(file), alt=colour, people="none")
        await press(pilot, "p")
        await fill(pilot, title="Twee vragen")
        assert "2 bladzijden" in listed(pilot)[0]
        await press(pilot, "ctrl+s")
        await settle(pilot)
    (item,) = stored(application, 1).content.media
    assert (item.mime, item.pages, item.title) == ("application/pdf", 2, "Twee vragen")


async def test_a_link_alone_gets_its_card(application: Application) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "b", "l")
        await fill(pilot, title="Bouwen aan de kade", text="Gemeente Waterrijk")
        assert listed(pilot) == []
        assert "Bouwen aan de kade" in str(app.screen.query_one("#beside", Static).render())
        await press(pilot, "ctrl+s")
        await settle(pilot)
    content = stored(application, 1).content
    assert content.media == () and content.preview is not None
    assert content.preview.title == "Bouwen aan de kade"
    assert content.preview.picture is not None
    assert content.preview.picture.alt_text == "Huizen aan het water."


async def test_enter_goes_through_the_form_and_takes_it_at_its_end(
    application: Application, tmp_path: Path
) -> None:
    file = media_files.picture(tmp_path / "brug.jpg")
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "b", "n")
        form = app.screen
        form.query_one("#file", Input).value = str(file)
        await press(pilot, "enter", *"brug", "enter", "enter", *"none", "enter", "enter")
        while app.screen is form:
            await pilot.pause()
        assert isinstance(app.screen, MediaScreen) and "brug" in listed(pilot)[1]


async def test_a_reader_arranges_nothing(application: Application) -> None:
    app = CampaignApp(services(application, Role.READER))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "b")
        await settle(pilot)
        assert not isinstance(app.screen, MediaScreen)


async def test_the_words_of_a_document_are_its_title(application: Application) -> None:
    before = stored(application, 1)
    with_pages = replace(before.content, media=(PAGES,))
    application.reviews.edit(before, application.actor(), content=with_pages)
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "e")
        assert app.screen.query_one("#alt", TextArea).text == "Vijf vragen"
        app.screen.query_one("#alt", TextArea).text = "Zes vragen"
        await press(pilot, "ctrl+s")
        await settle(pilot)
    (item,) = stored(application, 1).content.media
    assert item == replace(PAGES, title="Zes vragen")


async def test_a_live_post_that_a_person_placed_is_corrected_and_its_place_is_told(
    application: Application,
) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2", "down", "v")
        app.screen.query_one("#text", TextArea).text = "Vandaag geplaatst."
        await press(pilot, "ctrl+s", *"fout", "enter")
        await settle(pilot)
        told = [note.message for note in app._notifications]
        assert any("https://x.com/i/web/status/1" in note for note in told), told
    after = stored(application, 3)
    assert (after.state, after.content.text) == (State.PUBLISHED, "Vandaag geplaatst.")
    assert after.approved_hash == after.content_hash


async def test_a_platform_that_cannot_correct_says_so_before_anybody_writes(
    application: Application,
) -> None:
    live = add(application, 5, "instagram", "Op de foto.", State.IN_REVIEW)
    digest = live.content_hash
    with application.database.write() as tx:
        for event in (Event.APPROVE, Event.CLAIM, Event.PUBLISH):
            live = publications.move(
                tx, live, event, now=NOW, actor="seed", approved_hash=digest, external_id="17",
                published_at_utc=NOW + timedelta(minutes=1),
            )  # fmt: skip
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2", "down", "v")
        await settle(pilot)
        assert not app.screen.query("#text")
        assert any("take-down" in note.message for note in app._notifications)


async def test_the_monitor_says_how_far_an_upload_is(application: Application) -> None:
    waiting = stored(application, 1)
    digest = waiting.content_hash
    with application.database.write() as tx:
        for event in (Event.APPROVE, Event.CLAIM):
            waiting = publications.move(
                tx, waiting, event, now=NOW, actor="seed", approved_hash=digest
            )
        until = NOW + timedelta(minutes=10)
        (held,) = attempts.begin_attempts(tx, [waiting.id], "seed", NOW, until).values()
        attempts.renew_lease(tx, held, now=NOW, lease_end_utc=until, upload_percent=43)
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2")
        await settle(pilot)
        shown = app.screen.query_one("#events", OptionList).options
        assert any("bezig met uploaden: 43 %" in str(option.prompt) for option in shown)


@pytest.mark.parametrize(
    "keys", [("b",), ("b", "n"), ("question_mark",)], ids=["media", "add", "help"]
)
def test_looks(application: Application, snap_compare: object, keys: tuple[str, ...]) -> None:
    assert callable(snap_compare)
    assert snap_compare(
        CampaignApp(services(application)), run_before=walk(*keys), terminal_size=SIZE
    )


@pytest.mark.parametrize("shown", ["video", "document", "card"])
def test_looks_of_a_post(application: Application, snap_compare: object, shown: str) -> None:
    before, person = add(application, 6, "manual", GOOD, State.IN_REVIEW), application.actor()
    for number in (1, 2):
        application.reviews.cancel(stored(application, number), person)
    card = LinkPreview("Bouwen aan de kade", "Gemeente Waterrijk", before.content.media[0])
    content = {
        "video": replace(before.content, media=(VIDEO,)),
        "document": replace(before.content, media=(PAGES,)),
        "card": replace(before.content, media=(), preview=card),
    }[shown]
    application.reviews.edit(before, person, content=content)
    assert callable(snap_compare)
    assert snap_compare(
        CampaignApp(services(application)), run_before=walk("enter", "end"), terminal_size=SIZE
    )
