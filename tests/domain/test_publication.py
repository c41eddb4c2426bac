"""The life of a publication: nothing skips a person's approval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.domain.publication import (
    CLAIMABLE,
    TRANSITIONS,
    UNSENT,
    Event,
    IllegalTransition,
    State,
    next_state,
)

BY_A_PERSON = {Event.APPROVE, Event.REVIVE}
# A post that nobody looked at; everything else is reached from here.
FIRST = (State.DRAFT, State.IN_REVIEW)


def walked(start: State, events: list[Event]) -> list[tuple[Event, State]]:
    """Return the steps of a path; events that the table refuses are passed over."""
    state, path = start, []
    for event in events:
        if (state, event) in TRANSITIONS:
            state = next_state(state, event)
            path.append((event, state))
    return path


# Events are drawn often enough that long lives come up; refused ones cost nothing.
@given(st.sampled_from(FIRST), st.lists(st.sampled_from(Event), max_size=60))
def test_no_path_reaches_publishing_without_a_persons_approval(
    start: State, events: list[Event]
) -> None:
    approved = False
    for event, state in walked(start, events):
        approved = (approved and event is not Event.EDIT) or event in BY_A_PERSON
        if state in {State.PUBLISHING, State.PUBLISHED, State.HANDED_OVER}:
            assert approved, f"{event} led to {state} without approval"


def test_only_what_a_person_approved_can_be_claimed() -> None:
    seen, reached = set(FIRST), list(FIRST)
    while reached:
        state = reached.pop()
        for (before, event), after in TRANSITIONS.items():
            if before is state and event not in BY_A_PERSON and after not in seen:
                seen.add(after)
                reached.append(after)
    assert not seen & CLAIMABLE
    assert State.PUBLISHING not in seen


def test_every_state_can_be_reached_from_a_draft() -> None:
    seen, reached = {State.DRAFT}, [State.DRAFT]
    while reached:
        state = reached.pop()
        for (before, _event), after in TRANSITIONS.items():
            if before is state and after not in seen:
                seen.add(after)
                reached.append(after)
    assert seen == set(State)


@pytest.mark.parametrize("state", [State.PUBLISHING, State.UNCERTAIN, State.PUBLISHED])
def test_what_may_stand_on_the_platform_cannot_be_cancelled(state: State) -> None:
    assert state not in UNSENT
    with pytest.raises(IllegalTransition, match=f"{state} cannot cancel"):
        next_state(state, Event.CANCEL)


@pytest.mark.parametrize("state", sorted(UNSENT))
def test_what_was_surely_not_sent_can_be_cancelled(state: State) -> None:
    assert next_state(state, Event.CANCEL) is State.CANCELLED


@pytest.mark.parametrize("state", [s for s in State if (s, Event.EDIT) in TRANSITIONS])
def test_an_edit_never_leaves_a_publication_claimable(state: State) -> None:
    assert next_state(state, Event.EDIT) not in CLAIMABLE


@pytest.mark.parametrize("state", [s for s in State if s is not State.IN_REVIEW])
def test_only_what_is_in_review_can_be_approved(state: State) -> None:
    assert (state, Event.APPROVE) not in TRANSITIONS


@pytest.mark.parametrize(
    "state", [State.REJECTED, State.CANCELLED, State.REMOVED, State.SKIPPED, State.PUBLISHED]
)
def test_what_is_over_is_not_claimed_again(state: State) -> None:
    assert (state, Event.CLAIM) not in TRANSITIONS
    assert (state, Event.REVIVE) not in TRANSITIONS
