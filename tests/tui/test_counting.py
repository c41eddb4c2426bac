"""One way to count: the editor, the checks and what is sent agree; and what a post costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.tui.hands import press, settle
from tests.tui.seed import NOW, add, services
from textual.widgets import Label, Static, TextArea

from campaignbot.bootstrap import Application
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.publication import State
from campaignbot.starter import make_workdir
from campaignbot.tui.app import CampaignApp

TEXTS = [
    "Korter.",
    "Kijk op waterrijk.nl/werk en www.waterrijk.nl.",
    "👩🏾‍🚒 en 🇳🇱 en 1️⃣",
    "e\u0301e\u0301n oud en nieuw",
    "水" * 200,
    "Een lange zin zonder einde. " * 12,
]


@pytest.fixture(params=["x", "linkedin", "facebook"])
def application(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Application]:
    make_workdir(tmp_path)
    opened = Application(tmp_path, SimulatedClock(NOW), environment={})
    add(opened, 1, request.param, "Het eerste.", State.IN_REVIEW)
    yield opened
    opened.close()


async def test_the_editor_counts_as_the_checks_and_the_platform_do(
    application: Application,
) -> None:
    [publication] = application.reviews.queue()
    item = application.reviews.item(publication.id)
    assert item.most is not None
    app = CampaignApp(services(application))
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "e")
        for text in TEXTS:
            app.screen.query_one("#text", TextArea).text = text
            await pilot.pause()
            told = str(app.screen.query_one("#count", Static).render())
            changed = replace(publication, content=replace(publication.content, text=text))
            length = item.platform.length(changed.content)
            shown = services(application).t.number(length)
            assert f"{shown} van" in told or f"{shown} tekens" in told
            found = {f.code: f for f in application.checks.findings(changed, item.account)}
            assert ("limit.text_too_long" in found) == (length > item.most)
            if length > item.most:
                assert found["limit.text_too_long"].what.params["length"] == length


async def test_a_reviewer_sees_what_a_post_costs(application: Application) -> None:
    [publication] = application.reviews.queue()
    item = application.reviews.item(publication.id)
    app = CampaignApp(services(application))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        labels = [str(label.render()) for label in app.screen.query(Label)]
    told = [label for label in labels if label.startswith("Kost naar schatting")]
    assert bool(told) == (item.cost is not None) == (item.platform.name == "x")
    if told:
        # A link, and the description of one picture.
        assert "0,205" in told[0]
