"""The demonstration goes the whole way, and can be run again."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from tests.e2e.commands import Ran, campaignbot

DAY = ("--today", "2026-11-24")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    folder = tmp_path_factory.mktemp("demo")
    return folder, campaignbot(folder, "demo", "--json", *DAY)


def test_it_publishes_on_every_platform_and_hands_over(demo: tuple[Path, Ran]) -> None:
    folder, ran = demo
    assert ran.code == 0, ran.err
    states = ran.data["publications"]
    for platform in ("linkedin", "facebook", "instagram", "x"):
        assert states[platform]["published"] >= 5
    assert states["manual"]["handed_over"] >= 1
    assert not {"failed", "missed", "uncertain"} & {s for row in states.values() for s in row}
    assert ran.data["simulated"] is True
    assert ran.data["waiting_for_review"] >= 5
    assert (folder / "reports" / "handover").is_dir()


def test_its_summaries_hold_their_own_pictures_and_say_that_numbers_are_simulated(
    demo: tuple[Path, Ran],
) -> None:
    _, ran = demo
    pages = [Path(p).read_text() for p in ran.data["summaries"] if p.endswith(".html")]
    assert len(pages) == 4
    for page in pages:
        assert "Practice figures" in page and "data:image/jpeg;base64," in page
        assert 'src="http' not in page
    texts = [Path(p).read_text() for p in ran.data["summaries"] if p.endswith(".txt")]
    assert all("Practice figures" in text for text in texts)
    assert max(len(line) for text in texts for line in text.splitlines()) <= 100


def test_each_week_tells_what_was_planned_for_the_next_and_nothing_of_later_days(
    demo: tuple[Path, Ran],
) -> None:
    folder, ran = demo
    texts = [Path(p).read_text() for p in ran.data["summaries"] if p.endswith(".txt")]
    for text in texts[:-1]:
        assert "Er staat nog niets gepland" not in text
    weeks = [
        campaignbot(folder, "report", "week", f"2026-W{n}", "--json").data for n in range(44, 48)
    ]
    for week, following in pairwise(weeks):
        due = {post["reference"] for post in week["coming"]}
        assert {post["reference"] for post in following["posts"]} <= due


def test_a_week_that_is_over_says_the_same_whenever_it_is_told(demo: tuple[Path, Ran]) -> None:
    folder, ran = demo
    written = [Path(p) for p in ran.data["summaries"] if p.endswith(".txt")]
    for path in written:
        week = "-".join(path.name.split("-")[1:3])
        told = campaignbot(folder, "report", "week", week).out
        assert told.strip() == path.read_text().strip()


def test_report_week_gives_its_numbers_as_json(demo: tuple[Path, Ran]) -> None:
    folder, _ = demo
    told = campaignbot(folder, "report", "week", "2026-W46", "--json").data
    assert (told["week"], told["from"], told["until"]) == ("2026-W46", "2026-11-09", "2026-11-15")
    assert told["simulated"] is True
    since = told["totals"]["since_start"]
    assert since["impressions"] > told["totals"]["this_week"]["impressions"] > 0
    groups = told["phases_since_start"], told["channels_since_start"]
    for group in groups:
        assert sum(row["posts"] for row in group.values()) == since["posts"]
    assert told["goals"][0]["target"] and told["posts"][0]["reference"].startswith("WTR-")


def test_status_tells_where_it_stands(demo: tuple[Path, Ran]) -> None:
    folder, _ = demo
    ran = campaignbot(folder, "status", "--json")
    # Approved posts are due and no daemon runs: that needs somebody.
    assert ran.code == 1, ran.err
    assert ran.data["needs_attention"] is True and ran.data["daemon_alive"] is False
    assert ran.data["publications"]["linkedin"]["published"] >= 5


def test_report_week_prints_any_week(demo: tuple[Path, Ran]) -> None:
    folder, _ = demo
    ran = campaignbot(folder, "report", "week", "2026-W46")
    assert ran.code == 0 and "Summary of week 46" in ran.out
    dutch = campaignbot(folder, "report", "week", "2026-W46", language="nl")
    assert "Weekoverzicht week 46" in dutch.out
    wrong = campaignbot(folder, "report", "week", "week zes")
    assert wrong.code == 2 and "2026-W48" in wrong.err


def test_stop_and_resume_are_one_hold(demo: tuple[Path, Ran]) -> None:
    folder, _ = demo
    assert campaignbot(folder, "stop", "--reason", "storm").code == 0
    again = campaignbot(folder, "stop", "--reason", "again")
    assert again.code == 0 and "stopped already" in again.err
    assert "Demo-goedkeurder" in again.err and "storm" in again.err
    held = campaignbot(folder, "status", "--json").data["holds"]
    assert len(held) == 1 and "storm" in held[0]
    assert campaignbot(folder, "resume").code == 0
    assert campaignbot(folder, "status", "--json").data["holds"] == []


def test_no_token_stands_readable_in_any_file(demo: tuple[Path, Ran]) -> None:
    """What the sandbox knows as tokens is nowhere in what the program itself stores."""
    import json

    folder, _ = demo
    state = json.loads((folder / "data" / "sandbox" / "state.json").read_text())
    tokens = [account["token"].encode() for account in state["accounts"]]
    ours = [p for p in folder.rglob("*") if p.is_file() and "sandbox" not in p.parts]
    for path in ours:
        data = path.read_bytes()
        assert not any(token in data for token in tokens), path


def test_it_can_be_run_again(demo: tuple[Path, Ran]) -> None:
    folder, first = demo
    again = campaignbot(folder, "demo", "--json", *DAY)
    assert again.code == 0, again.err
    assert again.data["publications"] == first.data["publications"]


def test_it_refuses_a_folder_with_other_things_in_it(tmp_path: Path) -> None:
    (tmp_path / "brief.docx").write_text("mine")
    ran = campaignbot(tmp_path, "demo")
    assert ran.code == 2 and "not empty" in ran.err
    assert [p.name for p in tmp_path.iterdir()] == ["brief.docx"]
