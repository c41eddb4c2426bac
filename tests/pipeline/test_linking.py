"""Where the link of a post goes, what that costs, and that the plan says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.pipeline.conftest import START
from tests.pipeline.desk import BRIEF, Desk
from tests.workdirs import opened

from campaignbot import pipeline
from campaignbot.bootstrap import Application
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.errors import UserError
from campaignbot.domain.money import Money
from campaignbot.domain.publication import Publication
from campaignbot.settings import load_accounts
from campaignbot.starter import make_workdir
from campaignbot.storage import accounts
from campaignbot.yamlfiles import change_yaml


def settle(folder: Path, key: str, **changed: Any) -> None:
    """Make a working folder in which one account has other settings."""
    make_workdir(folder)
    rows = []
    for entry in load_accounts(folder):
        row: dict[str, Any] = {"key": entry.key, "platform": entry.platform, "name": entry.name}
        row["external_id"] = entry.external_id
        rows.append(row | (changed if entry.key == key else {}))
    change_yaml(folder / "config" / "accounts.yaml", {"accounts": rows})


@contextmanager
def a_desk(folder: Path, **changed: Any) -> Iterator[Desk]:
    settle(folder, "x", **changed)
    clock = SimulatedClock(START)
    with opened(folder, clock) as application:
        yield Desk(application, clock)


def on_x(application: Application, made: pipeline.Made) -> list[Publication]:
    with application.database.read() as tx:
        account = accounts.account_by_key(tx, "x")
    assert account is not None
    return [p for p in made.publications if p.account_id == account.id]


def estimated(desk: Desk) -> tuple[pipeline.AccountEstimate, ...]:
    app = desk.application
    proposal = pipeline.propose(
        app.workdir,
        app.workdir / "briefs" / f"{BRIEF}.yaml",
        app.settings,
        frozenset(app.entries),
        desk.clock,
        app.new_id,
    )
    studio = pipeline.open_studio(app.workdir, proposal.brief.brand, app.media)
    return pipeline.estimate(proposal, app.database, app.settings, app.platforms, studio)


def price(application: Application, posts: list[Publication]) -> Money:
    platform = application.platforms["x"]
    total = Money(0, "USD")
    for post in posts:
        total += platform.cost(post.content) or Money(0, "USD")
    return total


@pytest.mark.parametrize("link", ["in_text", "in_reply", "in_picture"])
def test_what_the_plan_estimates_is_what_the_posts_cost(tmp_path: Path, link: str) -> None:
    with a_desk(tmp_path, link=link) as desk:
        [estimate] = estimated(desk)
        posts = on_x(desk.application, desk.plan())
        assert estimate.account.key == "x" and estimate.posts == len(posts) > 1
        assert estimate.total == price(desk.application, posts)


def test_a_link_in_a_reply_follows_its_post_and_saves_nothing(tmp_path: Path) -> None:
    with a_desk(tmp_path / "reply", link="in_reply") as desk:
        [in_reply] = estimated(desk)
        posts = on_x(desk.application, desk.plan())
        replies = {p.follows_id: p for p in posts if p.follows_id}
        tops = [p for p in posts if p.follows_id is None]
        assert replies.keys() == {p.id for p in tops}
        for top in tops:
            below = replies[top.id]
            assert top.content.link is None and below.content.link is not None
            assert below.tracking_code in below.content.link
            assert top.due_at_utc < below.due_at_utc < below.window_end_utc
            assert below.post == top.post
            assert not [f.code for f in desk.application.reviews.item(below.id).blocking]
        assert len({p.content.text for p in posts}) == len({p.reference for p in posts})
    with a_desk(tmp_path / "text") as desk:
        [in_text] = estimated(desk)
    assert in_reply.total.micros > in_text.total.micros and not in_reply.saved.micros


def test_a_link_in_the_picture_saves_the_price_of_links(tmp_path: Path) -> None:
    with a_desk(tmp_path / "text") as desk:
        [in_text] = estimated(desk)
    with a_desk(tmp_path / "picture", link="in_picture") as desk:
        [in_picture] = estimated(desk)
        posts = on_x(desk.application, desk.plan())
    bare = [p for p in posts if p.content.link is None]
    assert bare and in_picture.saved == Money.of("0.185", "USD") * len(bare)
    assert in_text.could_save == in_picture.saved
    assert in_text.total.micros - in_picture.total.micros == in_picture.saved.micros
    for post in bare:
        assert "QR-code leidt naar" in post.content.media[0].alt_text
    # Where the picture has no room for it, the link stays in the text.
    assert all(p.content.link in desk.application.platforms["x"].compose(p.content)
               for p in posts if p.content.link)  # fmt: skip


def test_the_plan_says_in_which_month_the_cap_would_be_passed(tmp_path: Path) -> None:
    with a_desk(tmp_path, monthly_cap="0.50 USD") as desk:
        [estimate] = estimated(desk)
        assert estimate.over
        month = estimate.over[0]
        assert month.cap == Money.of("0.50", "USD") and month.total.micros > month.cap.micros
        posts = on_x(desk.application, desk.plan())
        codes = [
            {f.code for f in desk.application.reviews.item(p.id).findings}
            for p in sorted(posts, key=lambda p: p.due_at_utc)
        ]
    # The first posts of the month are within the sum; what comes after them is warned of.
    assert "cost.cap" not in codes[0] and any("cost.cap" in found for found in codes[1:])


@pytest.mark.parametrize(
    ("key", "changed", "code"),
    [
        ("x", {"monthly_cap": "veel"}, "settings.bad_cap"),
        ("x", {"monthly_cap": "25.00 EUR"}, "settings.cap_currency"),
        ("linkedin", {"monthly_cap": "25.00 USD"}, "settings.cap_for_nothing"),
        ("nieuwsbrief", {"link": "in_reply"}, "settings.no_replies"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    tmp_path: Path, key: str, changed: dict[str, str], code: str
) -> None:
    settle(tmp_path, key, **changed)
    with pytest.raises(UserError) as refused:
        load_accounts(tmp_path)
    problem = refused.value.problems[0]
    assert problem.what.key == code and problem.remedy is not None
    assert problem.place is not None and problem.place.field is not None
    assert problem.place.field.split(".")[-1] in changed
    assert problem.place.file is not None and problem.place.file.name == "accounts.yaml"
    wrong = f"{next(iter(changed))}: {next(iter(changed.values()))}"
    lines = problem.place.file.read_text(encoding="utf-8").splitlines()
    assert problem.place.line is not None and wrong in lines[problem.place.line - 1]


def test_a_cap_may_be_written_with_a_comma(tmp_path: Path) -> None:
    with a_desk(tmp_path, monthly_cap="12,50 USD") as desk, desk.application.database.read() as tx:
        account = accounts.account_by_key(tx, "x")
    assert account is not None and account.monthly_cap == Money.of("12.50", "USD")
