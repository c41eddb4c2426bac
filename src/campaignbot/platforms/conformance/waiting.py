"""Cases on what a platform says about time: budgets, rate limits, Retry-After."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from campaignbot.domain.accounts import RateBudget
from campaignbot.platforms import outcomes
from campaignbot.platforms.conformance.acts import Calls, draft, expect, publish
from campaignbot.platforms.conformance.stand import WAIT, Case, NotApplicable, Stand


def _budgets_after_publishing(stand: Stand, text: str) -> tuple[RateBudget, ...]:
    adapter = stand.adapter()
    try:
        assert not adapter.budgets(), "nothing was asked yet"
        outcome = adapter.publish(draft(stand, text), resume=None, before_create=Calls())
        expect(outcome, outcomes.Published)
        return tuple(adapter.budgets())
    finally:
        adapter.close()


def _tells_budgets(stand: Stand) -> None:
    told = _budgets_after_publishing(stand, "Wat mag er nog?")
    if not stand.tells_budgets:
        assert not told
        raise NotApplicable("the platform tells nothing of its limits")
    assert told and len({(b.owner, b.bucket) for b in told}) == len(told)
    for budget in told:
        assert budget.bucket and budget.remaining > 0, budget
        assert stand.clock.now() < budget.resets_at_utc <= stand.clock.now() + timedelta(days=1)


def _tells_a_budget_that_is_used_up(stand: Stand) -> None:
    if not stand.tells_budgets:
        raise NotApplicable("the platform tells nothing of its limits")
    stand.fail("create", "rate_limit")
    adapter = stand.adapter()
    outcome = adapter.publish(draft(stand, "Op."), resume=None, before_create=Calls())
    assert isinstance(outcome, outcomes.RateLimited), outcome
    assert outcome.until_utc is not None and outcome.until_utc > stand.clock.now()
    assert 0 in {budget.remaining for budget in adapter.budgets()}
    adapter.close()


def _passes_over_unreadable_headers(stand: Stand) -> None:
    stand.fail("create", "odd_headers")
    for budget in _budgets_after_publishing(stand, "Rare kopregels."):
        assert budget.remaining > 0 and budget.resets_at_utc > stand.clock.now()


def _is_limited_without_a_time(kind: str) -> Callable[[Stand], None]:
    def run(stand: Stand) -> None:
        stand.fail("create", kind)
        outcome = publish(stand, draft(stand, "Te veel, wie weet hoe lang."))
        assert isinstance(outcome, outcomes.RateLimited), outcome
        assert outcome.until_utc is None or outcome.until_utc > stand.clock.now()
        assert stand.posts() == 0

    return run


def _waits_as_told(on: str, kind: str) -> Callable[[Stand], None]:
    def run(stand: Stand) -> None:
        stand.fail(on, kind)
        outcome = publish(stand, draft(stand, "Straks weer."))
        assert isinstance(outcome, outcomes.RateLimited), outcome
        # A date of HTTP has whole seconds.
        assert outcome.until_utc is not None
        wait = outcome.until_utc - stand.clock.now()
        assert WAIT - timedelta(seconds=1) <= wait <= WAIT, wait
        assert stand.posts() == 0

    return run


def _busy_on_create_stays_unknown(stand: Stand) -> None:
    stand.fail("create", "http_503_retry_after")
    expect(publish(stand, draft(stand, "Druk.")), outcomes.Unknown)


def _tells_a_rate_limit(stand: Stand) -> None:
    stand.fail("create", "rate_limit")
    expect(publish(stand, draft(stand, "Te veel.")), outcomes.RateLimited)
    assert stand.posts() == 0


CASES = (
    Case("a rate limit is RateLimited", _tells_a_rate_limit),
    Case("tells what is left of the limits", _tells_budgets),
    Case("tells a limit that is used up", _tells_a_budget_that_is_used_up),
    Case("passes over headers that cannot be read", _passes_over_unreadable_headers),
    Case("a rate limit without headers", _is_limited_without_a_time("rate_limit_bare")),
    Case("a rate limit with unreadable headers", _is_limited_without_a_time("rate_limit_odd")),
    Case("waits for the seconds of Retry-After", _waits_as_told("create", "retry_after")),
    Case("waits for the date of Retry-After", _waits_as_told("create", "retry_after_date")),
    Case(
        "503 with Retry-After before create waits", _waits_as_told("upload", "http_503_retry_after")
    ),
    Case("503 with Retry-After on create is Unknown", _busy_on_create_stays_unknown),
)
