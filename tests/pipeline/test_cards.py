"""Drafts bring the card of their link, and the ids of whom they mention."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.pipeline.conftest import START
from tests.pipeline.desk import BRIEF, Desk
from tests.workdirs import opened

from campaignbot.domain.clock import SimulatedClock
from campaignbot.pipeline.arranging import link_alone
from campaignbot.starter import make_workdir


def test_a_draft_has_a_card_where_the_platform_needs_one_and_its_picture_stays(
    empty_desk: Desk,
) -> None:
    app = empty_desk.application
    platforms = {
        name: replace(platform, needs_preview=name == "linkedin")
        for name, platform in app.platforms.items()
    }
    made = empty_desk.plan(platforms=platforms)
    seen = set()
    for publication in made.publications:
        content, platform = publication.content, app.reviews.item(publication.id).platform
        seen.add(platform.name)
        assert len(content.media) == 1
        if platform.name != "linkedin":
            assert content.preview is None
            continue
        assert content.preview is not None and content.preview.title
        assert content.preview.picture == content.media[0]
        alone = link_alone(content, platform)
        assert alone.media == () and alone.preview == content.preview
    assert "linkedin" in seen and len(seen) > 1


def test_a_draft_mentions_whom_its_account_knows(tmp_path: Path) -> None:
    make_workdir(tmp_path)
    accounts = tmp_path / "config" / "accounts.yaml"
    named = "- key: facebook\n    mentions:\n      Gemeente Waterrijk: '900007'\n"
    accounts.write_text(accounts.read_text().replace("- key: facebook\n", named, 1))
    brief = tmp_path / "briefs" / f"{BRIEF}.yaml"
    brief.write_text(brief.read_text().replace("Waterrijk bouwt", "@Gemeente Waterrijk bouwt"))
    clock = SimulatedClock(START)
    with opened(tmp_path, clock) as application:
        made = Desk(application, clock).plan()
        found = {
            (application.reviews.item(p.id).platform.name, tuple(p.content.mentions.items()))
            for p in made.publications
            if "@Gemeente Waterrijk" in p.content.text
        }
    assert ("facebook", (("Gemeente Waterrijk", "900007"),)) in found
    assert {name for name, mentions in found if mentions} == {"facebook"}
