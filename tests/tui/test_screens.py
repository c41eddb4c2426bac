"""The screens, by keyboard, at 80 by 24."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.tui.hands import press, settle, walk
from tests.tui.seed import GOOD, NOW, add, seeded, services
from textual.pilot import Pilot
from textual.widgets import DataTable, Input, OptionList, Static, TextArea
from textual.widgets._toast import Toast

from campaignbot.bootstrap import Application
from campaignbot.domain.accounts import AccountState, HoldScope
from campaignbot.domain.brief import Persona
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.people import Role
from campaignbot.domain.publication import Event, Placement, Publication, State
from campaignbot.i18n import Translator
from campaignbot.reviewing.items import Background
from campaignbot.reviewing.reviews import Reviews
from campaignbot.starter import make_workdir
from campaignbot.storage import accounts, publications, reviews
from campaignbot.tui.app import CampaignApp
from campaignbot.tui.screens.dialogs import AskDialog
from campaignbot.tui.widgets.hold_bar import HoldBar

SIZE = (80, 24)


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    opened = seeded(tmp_path)
    yield opened
    opened.close()


def stored(application: Application, number: int) -> Publication:
    with application.database.read() as tx:
        return publications.publication_by_id(tx, UUID(int=number))


async def test_a_approves_exactly_what_is_shown(application: Application) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "enter", "a")
        await settle(pilot)
    after = stored(application, 1)
    assert after.state is State.APPROVED
    assert after.approved_hash == after.content_hash
    assert after.content.text == GOOD


async def test_an_error_asks_for_a_reason_before_it_is_approved(application: Application) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "down", "enter", "a", "enter")
        assert stored(application, 2).state is State.IN_REVIEW, "an empty reason is none"
        app.screen.query_one(Input).value = "Het is de naam van een hond op de foto."
        await press(pilot, "enter")
        await settle(pilot)
    after = stored(application, 2)
    assert after.state is State.APPROVED
    with application.database.read() as tx:
        digest = after.content_hash
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
        assert any("bewaard" in note.message for note in app._notifications)
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


async def test_the_monitor_counts_what_waits_for_a_decision(application: Application) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=(100, 24)) as pilot:
        await press(pilot, "2")
        await settle(pilot)
        assert "2 wachten op een oordeel: druk op 1." in str(
            app.screen.query_one("#pulse", Static).render()
        )


async def test_posts_without_anything_due_are_no_empty_folder(tmp_path: Path) -> None:
    make_workdir(tmp_path)
    opened = Application(tmp_path, SimulatedClock(NOW), environment={})
    add(opened, 1, "linkedin", GOOD, State.IN_REVIEW)
    app = CampaignApp(services(opened))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2")
        await settle(pilot)
        assert "1 wacht op een oordeel" in str(app.screen.query_one("#pulse", Static).render())
        assert str(app.screen.query_one("#about", Static).render()) == ""
    opened.close()


async def test_a_long_line_of_the_monitor_fills_the_width_and_says_that_it_goes_on(
    application: Application,
) -> None:
    add(application, 6, "linkedin", "Werken aan de dijk. " * 20, State.IN_REVIEW)
    with application.database.write() as tx:
        tx.execute(text("UPDATE publication SET state = 'missed' WHERE reference = 'WTR-0006'"))
    app = CampaignApp(services(application))
    async with app.run_test(size=(160, 24)) as pilot:
        await press(pilot, "2")
        await settle(pilot)
        events = app.screen.query_one("#events", OptionList)
        line = str(events.get_option(str(UUID(int=6))).prompt)
        assert line.endswith("…") and 140 <= len(line) <= 156


async def test_the_calendar_opens_at_today(application: Application) -> None:
    for number in range(10, 50):
        old = add(application, number, "linkedin", f"Bericht {number}.", State.IN_REVIEW)
        with application.database.write() as tx:
            day = (NOW - timedelta(days=number - 9)).date().isoformat()
            statement = text("UPDATE publication SET planned_local = :at WHERE id = :id")
            tx.execute(statement, {"at": f"{day} 09:00:00.000000", "id": old.id.hex})
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "3")
        await settle(pilot)
        table = app.screen.query_one(DataTable)
        top = round(table.scroll_y)
        assert top <= table.cursor_row < top + table.size.height
        assert table.get_row_at(table.cursor_row)[0] == "wo 25 nov"


async def test_today_is_marked_where_days_are_written_long(application: Application) -> None:
    add(application, 0, "linkedin", "Vandaag.", State.IN_REVIEW)
    app = CampaignApp(replace(services(application), t=Translator("en")))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "3")
        await settle(pilot)
        assert "Tue 24 Nov*" in app.export_screenshot().replace("&#160;", " ")


async def test_the_detail_says_first_what_the_checks_found_and_who_it_is_for(
    application: Application,
) -> None:
    given = services(application)
    named = Persona("planoloog", "De planoloog", "b", False, ("d",), ())
    known = Reviews(
        application.database,
        application.clock,
        application.platforms,
        application.checks.findings,
        application.new_id,
        background_of=lambda _: Background((), named),
    )
    app = CampaignApp(replace(given, reviews=known))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "down", "enter")
        await settle(pilot)
        lines = [str(line.render()) for line in app.screen.query(Static)]
        heading = next(line for line in lines if line.startswith("Facebook"))
        assert "1 fout" in heading
        assert any("De planoloog" in line for line in lines)
        finding = next(i for i, line in enumerate(lines) if line.startswith("!!"))
        picture = next(i for i, line in enumerate(lines) if line.startswith("Beeld"))
        assert finding < picture


async def test_a_channel_by_hand_is_named_in_the_queue(application: Application) -> None:
    add(application, 6, "manual", "Nog een voor de nieuwsbrief.", State.IN_REVIEW)
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot)
        queue = app.screen.query_one("#queue", OptionList)
        assert "Vaknieuwsbrief" in str(queue.get_option(str(UUID(int=6))).prompt)
        await settle(pilot)


async def test_no_notice_lies_over_a_dialog(application: Application) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        app.screen.notify("een bericht")
        await press(pilot, "r")
        app.notify("nog een")
        await pilot.pause()
        assert not any(toast.region for toast in app.screen.query(Toast))


def bar(pilot: Pilot[None]) -> str | None:
    """Return what the line about stopped things says, None where it is not there."""
    line = pilot.app.screen.query_one(HoldBar)
    return str(line.render()) if line.display else None


def choices(pilot: Pilot[None]) -> list[str]:
    listed = pilot.app.screen.query_one("#choices", OptionList)
    return [str(listed.get_option_at_index(i).prompt) for i in range(listed.option_count)]


async def test_s_stops_everything_with_one_hold_and_every_screen_says_so(
    application: Application,
) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        assert bar(pilot) is None
        await press(pilot, "2", "s", "enter", "enter")
        assert application.overview().holds == (), "an empty reason is none"
        await press(pilot, *"storm", "enter")
        await settle(pilot)
        assert [h.by for h in application.overview().holds] == ["Mira de Wit"]
        for screen in "123":
            await press(pilot, screen)
            await settle(pilot)
            assert bar(pilot) == " GESTOPT: alles — storm"
        await press(pilot, "1", "enter")
        await settle(pilot)
        assert bar(pilot) == " GESTOPT: alles — storm", "also beside one post"
        await press(pilot, "escape", "s")
        shown = "\n".join(choices(pilot))
        assert "Mira de Wit, di 24 nov 09:00" in shown and "storm" in shown
        await press(pilot, "enter")
        await settle(pilot)
        assert bar(pilot) is None
    assert application.overview().holds == ()


@pytest.mark.parametrize(
    ("downs", "scope", "name"),
    [(1, HoldScope.ACCOUNT, "het account linkedin"), (2, HoldScope.PUBLICATION, "WTR-0001")],
)
async def test_what_is_looked_at_can_be_stopped_alone(
    application: Application, downs: int, scope: HoldScope, name: str
) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "s", *["down"] * downs, "enter", *"wacht", "enter")
        await settle(pilot)
        assert name in (bar(pilot) or "")
    (hold,) = application.overview().holds
    assert hold.scope is scope
    wanted = stored(application, 1)
    assert hold.scope_id == {
        HoldScope.ACCOUNT: wanted.account_id,
        HoldScope.PUBLICATION: wanted.id,
    }.get(scope)


async def test_each_hold_is_lifted_by_itself(application: Application) -> None:
    given = services(application)
    everything, account, _ = given.holdable(stored(application, 1))
    given.stop(account, "personeelswissel")
    given.stop(everything, "storm")
    app = CampaignApp(given)
    async with app.run_test(size=SIZE) as pilot:
        assert bar(pilot) == " GESTOPT: alles (en nog 1) — storm"
        await press(pilot, "s", "down", "enter")
        await settle(pilot)
        assert bar(pilot) == " GESTOPT: alles — storm"
    assert [h.scope for h in application.overview().holds] == [HoldScope.ALL]


async def test_escape_stops_nothing(application: Application) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "3", "s", "escape", "s", "enter", *"x", "escape", "down", "enter")
        await settle(pilot)
    assert application.overview().holds == ()


async def chosen(pilot: Pilot[None], publication: Publication) -> None:
    """Walk to a publication in the monitor."""
    await press(pilot, "2")
    await settle(pilot)
    events = pilot.app.screen.query_one("#events", OptionList)
    events.highlighted = events.get_option_index(str(publication.id))
    await pilot.pause()


async def test_a_live_post_is_taken_down_with_a_reason(application: Application) -> None:
    app = CampaignApp(services(application))
    live = stored(application, 3)
    async with app.run_test(size=SIZE) as pilot:
        await chosen(pilot, live)
        await press(pilot, "d", "escape")
        assert stored(application, 3).state is State.PUBLISHED
        await press(pilot, "d", *"fout", "enter")
        await settle(pilot)
        told = [note.message for note in app._notifications]
        assert any("https://x.com/i/web/status/1" in line for line in told)
    after = stored(application, 3)
    assert after.state is State.REMOVED
    assert after.reason is not None and after.reason.params["why"] == "fout"


async def test_when_a_post_cannot_be_taken_down_that_is_said(application: Application) -> None:
    with application.database.write() as tx:
        tx.execute(text("UPDATE publication SET external_id = '1' WHERE reference = 'WTR-0003'"))
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await chosen(pilot, stored(application, 3))
        await press(pilot, "d", *"fout", "enter")
        await settle(pilot)
        told = [note.message for note in app._notifications]
        assert any("staat er nog" in line and "account connect x" in line for line in told)
    assert stored(application, 3).state is State.PUBLISHED


async def test_enter_pressed_twice_answers_a_question_once(application: Application) -> None:
    app = CampaignApp(services(application))
    answers: list[str | None] = []
    async with app.run_test(size=SIZE) as pilot:
        dialog = AskDialog("Waarom?", "Enter: bewaren", "Zomaar")
        await app.push_screen(dialog, answers.append)
        answered = Input.Submitted(dialog.query_one(Input), "Zomaar")
        dialog.on_input_submitted(answered)
        dialog.on_input_submitted(answered)
        await settle(pilot)
        assert not isinstance(app.screen, AskDialog)
    assert answers == ["Zomaar"]


async def test_only_what_is_live_is_taken_down(application: Application) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await chosen(pilot, stored(application, 4))
        await press(pilot, "d")
        await settle(pilot)
        assert not isinstance(app.screen, AskDialog)
    assert stored(application, 4).state is State.HANDED_OVER


def uncertain(application: Application) -> Publication:
    lost = add(application, 5, "linkedin", "Antwoord kwijt.", State.IN_REVIEW)
    digest = lost.content_hash
    for event in (Event.APPROVE, Event.CLAIM, Event.LOSE_SIGHT):
        with application.database.write() as tx:
            lost = publications.move(tx, lost, event, now=NOW, actor="seed", approved_hash=digest)
    return lost


async def test_the_monitor_says_until_when_a_post_waits_and_why(application: Application) -> None:
    spaced = add(application, 5, "linkedin", "Zo meteen.", State.IN_REVIEW)
    digest = spaced.content_hash
    with application.database.write() as tx:
        owner = spaced.account_id
        accounts.set_account_state(tx, owner, AccountState.ACTIVE, now=NOW, actor="seed")
        accounts.postpone_account(tx, owner, spaced.due_at_utc + timedelta(minutes=9))
        publications.move(tx, spaced, Event.APPROVE, now=NOW, actor="seed", approved_hash=digest)
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await chosen(pilot, spaced)
        told = str(app.screen.query_one("#about", Static).render())
        assert "niet vlak na elkaar" in told and "Tot zo 29 nov 14:09" in told, told


async def test_a_person_says_that_an_uncertain_post_is_not_there(application: Application) -> None:
    lost = uncertain(application)
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await chosen(pilot, lost)
        assert "Druk op n" in str(app.screen.query_one("#about", Static).render())
        await press(pilot, "n", *"gekeken", "enter")
        await settle(pilot)
    assert stored(application, 5).state is State.FAILED


async def test_a_person_says_where_an_uncertain_post_is(application: Application) -> None:
    lost = uncertain(application)
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await chosen(pilot, lost)
        await press(pilot, "p")
        app.screen.query_one(Input).value = "https://a.example/5"
        await press(pilot, "enter")
        await settle(pilot)
    assert stored(application, 5).state is State.PUBLISHED


async def test_a_time_that_the_clocks_skip_is_said_in_the_review(application: Application) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "m")
        app.screen.query_one(Input).value = "2027-03-28 02:30"
        await press(pilot, "enter")
        await settle(pilot)
        queue = app.screen.query_one("#queue", OptionList)
        queue.highlighted = queue.get_option_index(str(UUID(int=1)))
        await press(pilot, "enter")
        await settle(pilot)
        shown = " ".join(str(s.render()) for s in app.screen.query(Static))
    assert "02:30 uur bestaat op" in shown and "03:30" in shown


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


async def test_what_hangs_on_a_wall_is_noted_with_a_remark(application: Application) -> None:
    app = CampaignApp(services(application))
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "2")
        await settle(pilot)
        await press(pilot, "p")
        app.screen.query_one(Input).value = "Prikbord in het gemeentehuis"
        await press(pilot, "enter")
        await settle(pilot)
    after = stored(application, 4)
    assert after.state is State.PUBLISHED and after.permalink is None
    assert after.placement == Placement("Prikbord in het gemeentehuis")


@pytest.mark.parametrize("keys", [("2",), ("s",)], ids=["stopped", "hold-dialog"])
def test_looks_while_something_is_stopped(
    application: Application, snap_compare: object, keys: tuple[str, ...]
) -> None:
    given = services(application)
    everything, account, _ = given.holdable(stored(application, 1))
    given.stop(everything, "Storm aan de kust: eerst helpen, dan werven.")
    given.stop(account, "De redactie wisselt.")
    assert callable(snap_compare)
    assert snap_compare(CampaignApp(given), run_before=walk(*keys), terminal_size=SIZE)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["narrow", "wide"])
@pytest.mark.parametrize("keys", [(), ("2",), ("3",)], ids=["review", "monitor", "calendar"])
def test_looks(
    application: Application,
    snap_compare: object,
    keys: tuple[str, ...],
    size: tuple[int, int],
) -> None:
    assert callable(snap_compare)
    assert snap_compare(
        CampaignApp(services(application)), run_before=walk(*keys), terminal_size=size
    )
