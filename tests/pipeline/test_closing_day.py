"""A post stays what it was made as, wherever it is moved: a call, or one for the talent pool."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from tests.pipeline.desk import Desk

from campaignbot.domain.errors import UserError
from campaignbot.domain.phases import Phase
from campaignbot.domain.publication import Publication, State
from campaignbot.domain.walltime import WallTime

NEW_YEARS_EVE = datetime(2026, 12, 31, 11, 7)


def moved(desk: Desk, post: Publication, to: datetime = NEW_YEARS_EVE) -> Publication:
    app = desk.application
    return app.reviews.edit(post, app.actor(), planned=WallTime(to, post.planned.zone))


def test_a_call_to_apply_cannot_be_approved_for_a_day_after_the_last_one(desk: Desk) -> None:
    call = next(p for p in desk.posts("last_day") if p.post.phase is Phase.ACTION)
    late = moved(desk, call)
    assert {"action.after_closing", "text.last_day_past"} <= desk.codes(late)
    with pytest.raises(UserError):
        desk.approve(late)


def test_without_its_pay_it_is_refused_there_as_well(desk: Desk) -> None:
    app = desk.application
    call = next(p for p in desk.posts("pay", "last_day") if p.post.phase is Phase.ACTION)
    poor = replace(call.content, text="Solliciteer nu in Waterrijk.")
    late = moved(desk, app.reviews.edit(call, app.actor(), content=poor))
    assert {"action.no_pay", "action.no_closing_day"} <= desk.codes(late)


def test_a_talent_pool_post_can_be_approved_after_the_closing_day(desk: Desk) -> None:
    pool = next(p for p in desk.posts() if p.post.talent_pool)
    assert pool.post.angle in {"closed_thanks", "keep_in_touch"}
    assert desk.approve(moved(desk, pool)).state is State.APPROVED


def test_its_approval_does_not_outlive_a_closing_day_that_comes_sooner(desk: Desk) -> None:
    """Right before it is sent, a call is stopped by the last day as it is known then."""
    about_it = (p for p in desk.posts() if p.post.needs_open_vacancy)
    call = next(p for p in reversed(tuple(about_it)) if "vacancy.last_day" not in p.post.facts)
    approved = desk.approve(call)
    desk.rewrite("2026-12-20T23:59", "2026-11-24T23:59")
    desk.read_again()
    account = desk.application.reviews.item(call.id).account
    left = {f.code for f in desk.application.checks.blocking(approved, account)}
    assert "action.after_closing" in left
