"""Who may do what, as a table and as laws."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.domain.people import Actor, HowKnown, Person, Role
from campaignbot.domain.phases import Phase
from campaignbot.domain.policy import (
    ROLE_FOR,
    Act,
    ApprovedContent,
    Policy,
    ReviewRule,
    unknown_problem,
)

TEAM = {"Anna": Role.APPROVER, "Bram": Role.APPROVER, "Chris": Role.EDITOR, "Dewi": Role.READER}
NAMES = st.sampled_from(("Anna", "Bram", "Eva"))


def who(name: str, role: Role = Role.APPROVER) -> Actor:
    return Actor(Person(UUID(int=1), name, role, "nl"), HowKnown.OPTION)


def content(**given: object) -> ApprovedContent:
    told = {"reference": "WTR-0001", "phase": Phase.ACTION, "channel": "linkedin", **given}
    return ApprovedContent(**told)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("act", Act)
def test_a_role_allows_what_the_table_says(act: Act, role: Role) -> None:
    ruling = Policy(people=TEAM).may(who("Chris", role), act)
    needed = ROLE_FOR[act]
    allowed = role is Role.APPROVER or (role is Role.EDITOR and needed is Role.EDITOR)
    assert ruling.allowed is allowed and needed is not Role.READER
    if ruling.refusal is not None:
        assert ruling.refusal.what.params["name"] == "Chris"
        assert ruling.refusal.remedy is not None
        assert "Anna" in str(ruling.refusal.remedy.params["people"])


@pytest.mark.parametrize("act", Act)
def test_whoever_is_unknown_only_looks_and_hears_which_line_to_add(act: Act) -> None:
    policy = Policy(people=TEAM)
    refusal = policy.may(Actor.unknown("jvries", "nl"), act).refusal
    assert refusal is not None and refusal.what.key == "policy.unknown"
    assert refusal.what.params["login"] == "jvries"
    assert unknown_problem(policy, Actor.unknown("jvries", "nl")) == refusal
    assert unknown_problem(policy, who("Dewi", Role.READER)) is None


def test_a_known_person_whose_role_is_reader_is_not_called_unknown() -> None:
    refusal = Policy(people=TEAM).may(who("Dewi", Role.READER), Act.EDIT).refusal
    assert refusal is not None and refusal.what.key == "policy.role"


RULES = st.builds(
    ReviewRule,
    st.integers(1, 3),
    st.booleans(),
    st.sampled_from((None, *Phase)),
    st.sampled_from((None, "linkedin", "x")),
)
CONTENTS = st.builds(
    ApprovedContent,
    st.just("WTR-0001"),
    st.sampled_from(Phase),
    st.sampled_from(("linkedin", "x")),
    st.none() | NAMES,
    st.lists(NAMES, unique=True).map(tuple),
)


@given(st.lists(RULES), CONTENTS, NAMES)
def test_no_rule_that_covers_a_content_is_ever_short_of_people(
    rules: list[ReviewRule], about: ApprovedContent, name: str
) -> None:
    policy = Policy(tuple(rules))
    if not policy.may(who(name), Act.APPROVE, about).allowed:
        return
    agreed = {*about.approved_by, name}
    for rule in rules:
        if rule.covers(about) and policy.completes(who(name), about):
            counted = agreed - {about.last_editor} if rule.not_the_last_editor else agreed
            assert len(counted) >= rule.approvers


@given(st.lists(RULES), CONTENTS, NAMES)
def test_nobody_is_asked_for_more_after_the_last_approval(
    rules: list[ReviewRule], about: ApprovedContent, name: str
) -> None:
    policy = Policy(tuple(rules))
    agreed = tuple(dict.fromkeys((*about.approved_by, name)))
    after = ApprovedContent("WTR-0001", about.phase, about.channel, about.last_editor, agreed)
    assert policy.completes(who(name), about) is (policy.still_needed(after) == 0)


def test_rules_are_per_phase_and_per_channel_and_the_strictest_counts() -> None:
    policy = Policy(
        (
            ReviewRule(),
            ReviewRule(2, phase=Phase.ACTION),
            ReviewRule(not_the_last_editor=True, channel="linkedin"),
        )
    )
    assert policy.rule_for(content()) == ReviewRule(2, not_the_last_editor=True)
    assert policy.rule_for(content(channel="x")) == ReviewRule(2)
    assert policy.rule_for(content(phase=Phase.INTEREST, channel="x")) == ReviewRule()


def test_an_approval_of_whoever_changed_it_last_does_not_count() -> None:
    policy = Policy((ReviewRule(2, not_the_last_editor=True),))
    about = content(last_editor="Anna", approved_by=("Anna",))
    assert not policy.completes(who("Bram"), about) and policy.still_needed(about) == 2
    assert policy.completes(who("Bram"), content(last_editor="Anna", approved_by=("Eva",)))


def test_a_live_post_is_corrected_alone_only_where_one_may_decide_alone() -> None:
    anna = who("Anna")
    assert Policy().may(anna, Act.CORRECT, content()).allowed
    for rule in (ReviewRule(2), ReviewRule(not_the_last_editor=True)):
        # Who approved the old words has not seen the new ones.
        refusal = Policy((rule,)).may(anna, Act.CORRECT, content(approved_by=("Bram",))).refusal
        assert refusal is not None and refusal.what.key == "policy.alone.correct"


def test_what_was_approved_by_enough_people_is_sent_again_by_one() -> None:
    policy = Policy((ReviewRule(2),))
    assert policy.may(who("Anna"), Act.SEND_AGAIN, content(approved_by=("Anna", "Bram"))).allowed
    refusal = policy.may(who("Anna"), Act.SEND_AGAIN, content(approved_by=("Anna",))).refusal
    assert refusal is not None and refusal.what.key == "policy.alone.send_again"
