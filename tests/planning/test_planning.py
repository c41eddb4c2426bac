"""Channels and calendar: laws that hold for any brief."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.briefing.files import load_channels, load_personas, read_brief
from campaignbot.domain.brief import Brief, BriefKind, Channel, MediaHabit, Persona
from campaignbot.domain.campaigns import Plan, Slot
from campaignbot.domain.phases import Phase
from campaignbot.planning.calendar import (
    BETWEEN_CAMPAIGNS,
    LONGEST_GAP_DAYS,
    PlanningInput,
    make_plan,
)
from campaignbot.planning.channels import propose_channels
from campaignbot.planning.free_days import public_holidays

ROOT = Path(__file__).parents[2]
ZONE = "Europe/Amsterdam"
START, CLOSING = date(2026, 11, 23), date(2026, 12, 20)

moments = st.builds(
    lambda day, hour, minute: f"{day} {hour:02}:{minute:02}",
    st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]),
    # Few times, so that they often meet; some at the edges of the day, some in quiet hours.
    st.sampled_from([5, 7, 9, 20, 22]),
    st.sampled_from([0, 55]),
)
keys = st.sampled_from(["a", "b", "c", "d"])
channel_lists = st.lists(
    st.builds(
        Channel,
        key=keys,
        name=st.just("Kanaal"),
        account=st.just("konto"),
        posts_per_week=st.integers(1, 5),
        phases=st.fixed_dictionaries({phase.value: st.integers(0, 5) for phase in Phase}),
        moments=st.lists(moments, min_size=1, max_size=5).map(tuple),
        spacing_h=st.sampled_from([4, 20, 24, 48]),
        offline=st.booleans(),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda channel: channel.key,
)
persona_lists = st.lists(
    st.builds(
        Persona,
        key=st.sampled_from(["p", "q", "r"]),
        name=st.just("Iemand"),
        background=st.just(""),
        latent=st.booleans(),
        drivers=st.just(()),
        media=st.lists(
            st.builds(
                MediaHabit,
                channel=keys,
                weight=st.integers(1, 5),
                moments=st.lists(moments, max_size=2).map(tuple),
            ),
            max_size=3,
        ).map(tuple),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda persona: persona.key,
)
closings = st.none() | st.integers(3, 70).map(lambda days: START + timedelta(days=days))


def planned(
    channels: Sequence[Channel], personas: Sequence[Persona], closing: date | None, **more: Any
) -> Plan:
    names = tuple(channel.key for channel in channels)
    brief = Brief("Proef", BriefKind.VACANCY, "waterrijk", START, channels=names)
    return make_plan(
        PlanningInput(
            brief,
            propose_channels(brief, personas, channels),
            personas,
            zone=ZONE,
            closing_day=closing,
            holidays=frozenset({date(2026, 12, 25), date(2026, 12, 26)}),
            **more,
        )
    )


def before_closing(plan: Plan) -> list[Slot]:
    return [slot for slot in plan.slots if not slot.after_closing]


@given(channel_lists, persona_lists, closings)
def test_no_two_slots_fall_in_the_same_minute(
    channels: list[Channel], personas: list[Persona], closing: date | None
) -> None:
    times = [slot.planned.local for slot in planned(channels, personas, closing).slots]
    assert len(times) == len(set(times))


@given(channel_lists, persona_lists, closings)
def test_every_channel_keeps_its_distance_and_its_number_a_week(
    channels: list[Channel], personas: list[Persona], closing: date | None
) -> None:
    slots = before_closing(planned(channels, personas, closing))
    for channel in channels:
        times = [s.planned.local for s in slots if s.channel == channel.key]
        gaps = [later - earlier for earlier, later in pairwise(times)]
        assert all(gap >= timedelta(hours=channel.spacing_h) for gap in gaps)
        weeks = [time_.isocalendar()[:2] for time_ in times]
        assert all(weeks.count(week) <= channel.posts_per_week for week in weeks)


@given(channel_lists, persona_lists, closings)
def test_slots_lie_in_the_window_and_outside_quiet_hours_and_holidays(
    channels: list[Channel], personas: list[Persona], closing: date | None
) -> None:
    plan = planned(channels, personas, closing)
    for slot in plan.slots:
        day, clock = slot.planned.local.date(), slot.planned.local.time()
        assert time(7) <= clock < time(21)
        assert day not in {date(2026, 12, 25), date(2026, 12, 26)}
        assert day > plan.last_day if slot.after_closing else START <= day <= plan.last_day
    assert closing is None or plan.last_day == closing


@given(channel_lists, persona_lists, closings)
def test_the_same_brief_gives_the_same_plan(
    channels: list[Channel], personas: list[Persona], closing: date | None
) -> None:
    assert planned(channels, personas, closing) == planned(channels, personas, closing)


@given(channel_lists, persona_lists, closings)
def test_slots_come_in_order_of_time(
    channels: list[Channel], personas: list[Persona], closing: date | None
) -> None:
    plan = planned(channels, personas, closing)
    times = [slot.planned.local for slot in plan.slots]
    assert times == sorted(times)


@given(channel_lists, persona_lists, closings)
def test_who_is_not_looking_gets_no_call_to_apply(
    channels: list[Channel], personas: list[Persona], closing: date | None
) -> None:
    latent = {persona.key for persona in personas if persona.latent}
    someone_looks = len(latent) < len(personas)
    for slot in before_closing(planned(channels, personas, closing)):
        if slot.phase is Phase.ACTION and someone_looks:
            assert slot.persona not in latent


@given(channel_lists, persona_lists, st.sets(keys, max_size=3))
def test_only_chosen_channels_get_slots(
    channels: list[Channel], personas: list[Persona], named: set[str]
) -> None:
    brief = Brief("Proef", BriefKind.VACANCY, "waterrijk", START, channels=tuple(sorted(named)))
    proposals = propose_channels(brief, personas, channels)
    plan = make_plan(PlanningInput(brief, proposals, personas, zone=ZONE, closing_day=CLOSING))
    chosen = {p.channel.key for p in proposals if p.chosen}
    assert {slot.channel for slot in plan.slots} <= chosen
    assert not named or chosen == named & {channel.key for channel in channels}


@given(channel_lists, persona_lists)
def test_every_proposal_has_a_reason_or_is_good(
    channels: list[Channel], personas: list[Persona]
) -> None:
    brief = Brief("Proef", BriefKind.VACANCY, "waterrijk", START)
    proposals = propose_channels(brief, personas, channels)
    assert {p.channel.key for p in proposals} == {channel.key for channel in channels}
    assert all(p.reasons for p in proposals if not p.chosen)
    scores = [p.score for p in proposals]
    assert scores == sorted(scores, reverse=True)


def test_a_post_that_makes_way_still_keeps_its_distance() -> None:
    even = {phase.value: 3 for phase in Phase}
    first = Channel("a", "A", "a", 1, even, ("mon 20:55",))
    daily = Channel("b", "B", "b", 3, even, ("mon 20:55", "tue 20:55", "wed 20:55"))
    slots = planned([first, daily], [], CLOSING).slots
    times = [s.planned.local for s in slots if s.channel == "b" and not s.after_closing]
    assert len(times) == 12
    assert all(b - a >= timedelta(hours=24) for a, b in pairwise(times))
    assert all(t.time() < time(21) for t in times)


class TestSample:
    """The sample brief with its personas and channels."""

    @pytest.fixture(scope="class")
    def personas(self) -> Mapping[str, Persona]:
        return load_personas(ROOT / "config" / "personas")

    @pytest.fixture(scope="class")
    def channels(self) -> Mapping[str, Channel]:
        accounts = frozenset({"linkedin", "facebook", "instagram", "x", "nieuwsbrief"})
        return load_channels(ROOT / "config" / "channels.yaml", accounts)

    @pytest.fixture(scope="class")
    def brief(self, personas: Mapping[str, Persona], channels: Mapping[str, Channel]) -> Brief:
        path = ROOT / "briefs" / "adviseur-omgevingsrecht.yaml"
        return read_brief(path, personas, channels, START)

    @pytest.fixture(scope="class")
    def plan(
        self, brief: Brief, personas: Mapping[str, Persona], channels: Mapping[str, Channel]
    ) -> Plan:
        chosen = [personas[key] for key in brief.personas]
        return make_plan(
            PlanningInput(
                brief,
                propose_channels(brief, chosen, tuple(channels.values())),
                chosen,
                zone=ZONE,
                closing_day=CLOSING,
                holidays=public_holidays(START, CLOSING),
            )
        )

    @pytest.mark.parametrize("phase", list(Phase))
    def test_no_phase_stays_away_longer_than_ten_days(self, plan: Plan, phase: Phase) -> None:
        days = [s.planned.local.date() for s in before_closing(plan) if s.phase is phase]
        edges = [START, *days, CLOSING]
        assert days
        assert max((b - a).days for a, b in pairwise(edges)) <= LONGEST_GAP_DAYS

    def test_nothing_is_remarked_about_phases(self, plan: Plan) -> None:
        assert plan.remarks == ()

    def test_the_mix_shifts_from_awareness_to_action(self, plan: Plan) -> None:
        slots = before_closing(plan)
        first, second = slots[: len(slots) // 2], slots[len(slots) // 2 :]

        def count(part: list[Slot], phase: Phase) -> int:
            return sum(slot.phase is phase for slot in part)

        assert count(first, Phase.AWARENESS) > count(second, Phase.AWARENESS)
        assert count(first, Phase.ACTION) < count(second, Phase.ACTION)

    def test_the_last_days_remind(self, plan: Plan) -> None:
        last = [s for s in before_closing(plan) if (CLOSING - s.planned.local.date()).days < 3]
        assert last and all(slot.phase is Phase.ACTION for slot in last)

    def test_the_latent_persona_gets_no_action_post_before_closing(self, plan: Plan) -> None:
        action = [s for s in before_closing(plan) if s.phase is Phase.ACTION]
        assert {slot.persona for slot in action} == {"planoloog-op-zoek"}

    def test_after_closing_the_talent_pool_follows(self, plan: Plan) -> None:
        after = [slot for slot in plan.slots if slot.after_closing]
        assert len(after) == 3
        assert all(s.planned.local.date() not in public_holidays(CLOSING, CLOSING) for s in after)

    def test_the_marketers_channels_are_taken(self, plan: Plan, brief: Brief) -> None:
        assert {slot.channel for slot in plan.slots} == set(brief.channels)

    def test_every_channel_counts_its_phases(self, plan: Plan) -> None:
        for proposal in plan.channels:
            mine = [s for s in before_closing(plan) if s.channel == proposal.channel.key]
            assert sum(proposal.phases.values()) == len(mine)

    def test_left_to_itself_the_program_does_not_take_all_channels(
        self, brief: Brief, personas: Mapping[str, Persona], channels: Mapping[str, Channel]
    ) -> None:
        chosen = [personas[key] for key in brief.personas]
        proposals = propose_channels(replace(brief, channels=()), chosen, tuple(channels.values()))
        by_key = {p.channel.key: p for p in proposals}
        assert proposals[0].channel.key == "linkedin" and proposals[0].chosen
        assert not by_key["bewonersblad"].chosen
        assert by_key["bewonersblad"].reasons[-1].key == "channel.nobody"


def test_few_posts_are_remarked_on() -> None:
    one = Channel("a", "A", "a", 1, {phase.value: 3 for phase in Phase}, ("mon 09:00",))
    persona = Persona("p", "P", "", False, (), (MediaHabit("a", 5),))
    plan = planned([one], [persona], START + timedelta(days=13))
    assert any(remark.key.startswith("plan.no_phase.") for remark in plan.remarks)


def test_without_a_closing_day_the_weeks_of_the_brief_count() -> None:
    one = Channel("a", "A", "a", 1, {phase.value: 3 for phase in Phase}, ("mon 09:00",))
    plan = planned([one], [], None)
    assert plan.last_day == START + timedelta(weeks=4, days=-1)
    assert not any(slot.after_closing for slot in plan.slots)
    assert plan.slots[0].planned.local == datetime(2026, 11, 23, 9)


def test_dutch_holidays_cross_the_turn_of_the_year() -> None:
    free = public_holidays(date(2026, 12, 1), date(2027, 1, 31))
    assert {date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)} <= free


times_taken = st.lists(
    st.datetimes(datetime(2026, 11, 23, 7), datetime(2026, 12, 30, 20)).map(
        lambda at: at.replace(minute=at.minute // 5 * 5, second=0, microsecond=0)
    ),
    max_size=40,
    unique=True,
)


@given(channel_lists, persona_lists, closings, times_taken, st.booleans())
def test_what_other_campaigns_have_planned_stays_free(
    channels: list[Channel],
    personas: list[Persona],
    closing: date | None,
    taken: list[datetime],
    same_account: bool,
) -> None:
    account = "konto" if same_account else "ander"
    plan = planned(channels, personas, closing, occupied={account: sorted(taken)})
    assert not {s.planned.local for s in plan.slots} & set(taken), "no two in the same minute"
    if same_account:
        for slot in before_closing(plan):
            assert all(abs(slot.planned.local - at) >= BETWEEN_CAMPAIGNS for at in taken)


@given(channel_lists, persona_lists, closings, st.integers(0, 23), st.integers(0, 23))
def test_quiet_hours_are_those_of_the_settings(
    channels: list[Channel], personas: list[Persona], closing: date | None, begin: int, end: int
) -> None:
    quiet = {"quiet_from": time(begin), "quiet_until": time(end)}
    for slot in before_closing(planned(channels, personas, closing, **quiet)):
        hour = slot.planned.local.hour
        within = begin <= hour < end if begin <= end else hour >= begin or hour < end
        assert not within


def test_a_second_campaign_finds_its_own_times() -> None:
    personas = load_personas(ROOT / "config" / "personas")
    chosen = tuple(personas.values())
    accounts = frozenset({"linkedin", "facebook", "instagram", "x", "nieuwsbrief"})
    channels = tuple(load_channels(ROOT / "config" / "channels.yaml", accounts).values())
    first = planned(channels, chosen, CLOSING)
    by_key = {channel.key: channel.account for channel in channels}
    occupied: dict[str, list[datetime]] = {}
    for slot in first.slots:
        occupied.setdefault(by_key[slot.channel], []).append(slot.planned.local)
    second = planned(channels, chosen, CLOSING, occupied=occupied)
    assert len(second.slots) > len(first.slots) * 3 // 4, "there is room for both"
    assert not {s.planned.local for s in first.slots} & {s.planned.local for s in second.slots}
