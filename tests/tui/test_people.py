"""A reader, an editor and approvers at the screens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from tests.tui.hands import press, settle
from tests.tui.seed import NOW, seeded
from tests.tui.test_screens import stored
from textual.pilot import Pilot
from textual.widgets import OptionList

from campaignbot.bootstrap import Application
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.publication import State
from campaignbot.gateways.login import login_name
from campaignbot.storage import audit
from campaignbot.tui.app import CampaignApp
from campaignbot.tui.screens.dialogs import AskDialog
from campaignbot.tui.services import services_of
from campaignbot.tui.widgets.title_bar import TitleBar
from campaignbot.yamlfiles import change_yaml

SIZE = (120, 30)
TEAM = [
    {"name": "Anna", "role": "approver"},
    {"name": "Bram", "role": "approver"},
    {"name": "Chris", "role": "editor"},
    {"name": "Dewi", "role": "reader"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    seeded(tmp_path).close()
    change_yaml(tmp_path / "config" / "campaignbot.yaml", {"people": TEAM})
    return tmp_path


@contextmanager
def screens(folder: Path, name: str | None) -> Iterator[tuple[CampaignApp, Application]]:
    application = Application(folder, SimulatedClock(NOW), environment={}, acting_as=name)
    try:
        yield CampaignApp(services_of(application)), application
    finally:
        application.close()


def notices(app: CampaignApp) -> str:
    return " ".join(notice.message for notice in app._notifications)


def title(app: CampaignApp) -> str:
    return str(app.screen.query_one(TitleBar).render())


def actors(application: Application, number: int = 1) -> list[str]:
    with application.database.read() as tx:
        return [event.actor for event in audit.history(tx, UUID(int=number))[1:]]


async def hold(pilot: Pilot[None], *, reason: str | None) -> None:
    await press(pilot, "s", "enter")
    if reason is not None and isinstance(pilot.app.screen, AskDialog):
        await press(pilot, *reason, "enter")
    await settle(pilot)


async def test_the_one_who_presses_stands_under_it(folder: Path) -> None:
    with screens(folder, "Bram") as (app, application):
        async with app.run_test(size=SIZE) as pilot:
            await press(pilot, "a")
            await settle(pilot)
            assert "Bram" in title(app)
        assert stored(application, 1).state is State.APPROVED
        assert actors(application) == ["Bram"]


@pytest.mark.parametrize(("name", "keys"), [("Dewi", "acremb"), ("Chris", "acr")])
async def test_a_key_that_the_role_does_not_allow_says_so_and_does_nothing(
    folder: Path, name: str, keys: str
) -> None:
    with screens(folder, name) as (app, application):
        async with app.run_test(size=SIZE) as pilot:
            for key in keys:
                await press(pilot, key)
                await pilot.pause()
                assert len(app.screen_stack) <= 2 and not isinstance(app.screen, AskDialog)
                assert f"{name} heeft de rol" in notices(app)
                assert "Anna, Bram" in notices(app)
            await settle(pilot)
        assert actors(application) == []


@pytest.mark.parametrize("key", ["p", "x", "d"])
async def test_a_reader_is_refused_before_anything_is_asked(folder: Path, key: str) -> None:
    with screens(folder, "Dewi") as (app, application):
        async with app.run_test(size=SIZE) as pilot:
            await press(pilot, "2")
            await settle(pilot)
            events = app.screen.query_one(OptionList)
            of = {"p": UUID(int=4), "x": UUID(int=4), "d": UUID(int=3)}[key]
            events.highlighted = events.get_option_index(str(of))
            await press(pilot, key)
            assert not isinstance(app.screen, AskDialog)
            assert "Dewi heeft de rol" in notices(app)
        assert stored(application, of.int).state in {State.HANDED_OVER, State.PUBLISHED}


async def test_an_editor_holds_and_an_approver_lets_go(folder: Path) -> None:
    with screens(folder, "Chris") as (app, application):
        async with app.run_test(size=SIZE) as pilot:
            await hold(pilot, reason="storm")
            assert [h.by for h in application.overview().holds] == ["Chris"]
            await hold(pilot, reason=None)
            assert "Chris heeft de rol" in notices(app)
        assert len(application.overview().holds) == 1
    with screens(folder, "Anna") as (app, application):
        async with app.run_test(size=SIZE) as pilot:
            await hold(pilot, reason=None)
        assert application.overview().holds == ()


async def test_whoever_is_unknown_reads_so_at_the_top_and_in_a_notice(folder: Path) -> None:
    login = login_name() or "?"
    with screens(folder, None) as (app, application):
        async with app.run_test(size=SIZE) as pilot:
            await settle(pilot)
            assert f"onbekend ({login}), leest mee" in title(app)
            assert f"Zet “login: {login}”" in notices(app)
            await press(pilot, "a")
            await settle(pilot)
        assert actors(application) == []


async def test_the_queue_says_who_approved_and_how_many_are_needed(folder: Path) -> None:
    change_yaml(folder / "config" / "campaignbot.yaml", {"review": {"approvers": 2}})
    with screens(folder, "Anna") as (app, application):
        async with app.run_test(size=SIZE) as pilot:
            await press(pilot, "a")
            await settle(pilot)
            assert "jouw goedkeuring" in notices(app)
            line = str(app.screen.query_one("#queue", OptionList).get_option_at_index(0).prompt)
            assert "goedgekeurd door Anna" in line
            await press(pilot, "a")
            await settle(pilot)
            assert "al goedgekeurd" in notices(app) and "Bram" in notices(app)
        assert stored(application, 1).state is State.IN_REVIEW
    with screens(folder, "Bram") as (app, application):
        async with app.run_test(size=SIZE) as pilot:
            await press(pilot, "a")
            await settle(pilot)
            assert "is goedgekeurd" in notices(app)
        assert stored(application, 1).state is State.APPROVED
        assert actors(application) == ["Anna", "Bram"]
