"""The calendar: when, where and in which phase. Pure: the same input gives the same plan."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from campaignbot.domain.brief import Brief, Channel, Persona
from campaignbot.domain.campaigns import ChannelProposal, Plan, Slot
from campaignbot.domain.messages import Message
from campaignbot.domain.phases import Phase
from campaignbot.domain.walltime import WallTime

LONGEST_GAP_DAYS = 10
"""No phase is absent for longer, where there are posts enough."""

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EARLY = {Phase.AWARENESS: 45, Phase.INTEREST: 30, Phase.DECISION: 15, Phase.ACTION: 10}
_LATE = {Phase.AWARENESS: 10, Phase.INTEREST: 20, Phase.DECISION: 30, Phase.ACTION: 40}
_MIDDAY = time(12, 30)
_REMIND_DAYS = 3
_AFTER_CLOSING = (2, 5, 8)
_APART = timedelta(minutes=7)
BETWEEN_CAMPAIGNS = timedelta(hours=2)
"""How far apart two campaigns post on one account, at least: followers see them as one voice."""


@dataclass(frozen=True, slots=True)
class PlanningInput:
    """All that a plan follows from; the same input always gives the same plan.

    `zone` is an IANA name; all other times are local to it. `occupied` are the times at which the
    accounts post already, by the account's key, for whichever campaign. A brief that has begun is
    planned from `not_before` on. Quiet hours last from one time to the other, over midnight where
    the first is the later; the same time twice means that there are none.
    """

    brief: Brief
    proposals: Sequence[ChannelProposal]
    personas: Sequence[Persona]
    zone: str
    closing_day: date | None
    holidays: frozenset[date] = frozenset()
    not_before: datetime | None = None
    quiet_from: time = time(21, 0)
    quiet_until: time = time(7, 0)
    occupied: Mapping[str, Sequence[datetime]] = field(default_factory=dict)

    @property
    def last_day(self) -> date:
        weeks = timedelta(weeks=self.brief.weeks, days=-1)
        return self.closing_day or self.brief.start + weeks

    @property
    def chosen(self) -> tuple[Channel, ...]:
        return tuple(p.channel for p in self.proposals if p.chosen)

    def is_quiet(self, at: time) -> bool:
        if self.quiet_from > self.quiet_until:
            return at >= self.quiet_from or at < self.quiet_until
        return self.quiet_from <= at < self.quiet_until


def make_plan(given: PlanningInput) -> Plan:
    """Return a plan over all four phases, from the brief's start to the closing day.

    The mix shifts from awareness to action, yet every phase comes back. Public holidays and quiet
    hours stay free, each channel and account keeps its spacing, also from what is planned already,
    and no two accounts post in the same minute. After the closing day a few posts turn to the
    talent pool.
    """
    first, last = given.brief.start, given.last_day
    by_key = {channel.key: channel for channel in given.chosen}
    times = _apart(
        sorted(
            (moment, channel.key)
            for channel in given.chosen
            for moment in _moments(channel, given)
            if given.not_before is None or moment > given.not_before
        ),
        by_key,
        given,
    )
    slots = _with_phases(times, by_key, given.personas, first, last, given.zone)
    after = _after_closing(given) if given.closing_day else ()
    counted = [
        replace(p, phases=Counter(s.phase for s in slots if s.channel == p.channel.key))
        for p in given.proposals
    ]
    return Plan(tuple(counted), (*slots, *after), first, last, _remarks(slots))


def _moments(channel: Channel, given: PlanningInput) -> list[datetime]:
    """Return the channel's times: its own and its personas' moments, as often as it bears."""
    first, last = given.brief.start, given.last_day
    wanted = list(dict.fromkeys([*_habits(channel, given.personas), *channel.moments]))
    found: list[datetime] = []
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        week = sorted(_in_week(monday, wanted[: channel.posts_per_week + 1], given))
        taken = 0
        for moment in week:
            if taken == channel.posts_per_week:
                break
            spaced = not found or moment - found[-1] >= timedelta(hours=channel.spacing_h)
            if first <= moment.date() <= last and moment.date() not in given.holidays and spaced:
                found.append(moment)
                taken += 1
        monday += timedelta(weeks=1)
    return found


def _habits(channel: Channel, personas: Sequence[Persona]) -> Iterable[str]:
    for persona in personas:
        for habit in persona.media:
            if habit.channel == channel.key:
                yield from habit.moments


def _in_week(monday: date, moments: Sequence[str], given: PlanningInput) -> Iterable[datetime]:
    for text in moments:
        weekday, _, clock = text.partition(" ")
        at = time.fromisoformat(clock)
        if not given.is_quiet(at):
            yield datetime.combine(monday + timedelta(days=_WEEKDAYS.index(weekday)), at)


def _apart(
    times: Sequence[tuple[datetime, str]],
    channels: Mapping[str, Channel],
    given: PlanningInput,
) -> list[tuple[datetime, str]]:
    """Move times that are taken apart, within the day and the spacing of channel and account.

    A time for which there is no room is left out.
    """
    minutes = {_minute(at) for planned in given.occupied.values() for at in planned}
    on_account = {key: sorted(planned) for key, planned in given.occupied.items()}
    last: dict[str, datetime] = {}
    kept: dict[datetime, str] = {}
    for moment, key in times:
        channel = channels[key]
        spacing = timedelta(hours=channel.spacing_h)
        planned = on_account.setdefault(channel.account, [])
        for free in _near(moment, given):
            spaced = key not in last or free - last[key] >= spacing
            if free not in minutes and spaced and _has_room(free, planned):
                kept[free], last[key] = key, free
                minutes.add(free)
                break
    return sorted(kept.items())


def _has_room(free: datetime, planned: Sequence[datetime]) -> bool:
    """Tell whether what the account posts for other campaigns leaves room around a time."""
    at = bisect_left(planned, free)
    around = planned[max(0, at - 1) : at + 1]
    return all(abs(free - other) >= BETWEEN_CAMPAIGNS for other in around)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _near(moment: datetime, given: PlanningInput) -> Iterator[datetime]:
    """Yield the moment, then those around it by turns, as far as they are not in quiet hours."""
    for step in range(40):
        for sign in (1, -1) if step else (1,):
            near = moment + sign * step * _APART
            if not given.is_quiet(near.time()):
                yield near


def _with_phases(
    times: Sequence[tuple[datetime, str]],
    channels: Mapping[str, Channel],
    personas: Sequence[Persona],
    first: date,
    last: date,
    zone: str,
) -> tuple[Slot, ...]:
    """Give each time the phase that is most behind its share there, and a story of that phase."""
    debt = dict.fromkeys(Phase, 0.0)
    seen = dict.fromkeys(Phase, first)
    told: Counter[tuple[str, Phase]] = Counter()
    length = max(1, (last - first).days)
    slots = []
    for moment, key in times:
        progress = (moment.date() - first).days / length
        for phase in Phase:
            debt[phase] += (_EARLY[phase] * (1 - progress) + _LATE[phase] * progress) / 100
        phase = _next_phase(debt, seen, channels[key], moment.date(), last)
        debt[phase] -= 1
        seen[phase] = moment.date()
        slots.append(
            Slot(
                channel=key,
                planned=WallTime(moment, zone),
                phase=phase,
                persona=_persona(phase, personas, told[key, phase]),
                story=told[key, phase],
            )
        )
        told[key, phase] += 1
    return tuple(slots)


def _next_phase(
    debt: Mapping[Phase, float],
    seen: Mapping[Phase, date],
    channel: Channel,
    day: date,
    last: date,
) -> Phase:
    if (last - day).days < _REMIND_DAYS and channel.phases.get(Phase.ACTION, 0):
        return Phase.ACTION
    longest = max(Phase, key=lambda phase: (day - seen[phase]).days)
    if (day - seen[longest]).days >= LONGEST_GAP_DAYS - 3:
        return longest
    return max(Phase, key=lambda phase: debt[phase] + channel.phases.get(phase, 0) * 0.06)


def _persona(phase: Phase, personas: Sequence[Persona], story: int) -> str:
    """Take turns, story by story; who is not looking gets no call to apply."""
    fitting = [p for p in personas if phase is not Phase.ACTION or not p.latent] or list(personas)
    return fitting[story % len(fitting)].key if fitting else ""


def _after_closing(given: PlanningInput) -> tuple[Slot, ...]:
    online = [c for c in given.chosen if not c.offline]
    minutes = {_minute(at) for planned in given.occupied.values() for at in planned}
    latent = (p.key for p in given.personas if p.latent)
    persona = next(latent, given.personas[0].key if given.personas else "")
    slots = []
    for number, days in enumerate(_AFTER_CLOSING[: len(online)]):
        day = given.last_day + timedelta(days=days)
        while day in given.holidays or day.weekday() >= 5:
            day += timedelta(days=1)
        at = datetime.combine(day, _MIDDAY) + number * _APART
        while at in minutes:
            at += _APART
        minutes.add(at)
        slots.append(
            Slot(online[number].key, WallTime(at, given.zone), Phase.ACTION, persona, number, True)
        )
    return tuple(slots)


def _remarks(slots: Sequence[Slot]) -> tuple[Message, ...]:
    """Say which phase stays away too long, because there are too few posts."""
    remarks = []
    for phase in Phase:
        days = sorted(s.planned.local.date() for s in slots if s.phase is phase)
        gaps = [(later - day).days for day, later in pairwise(days)]
        if not days:
            remarks.append(Message(f"plan.no_phase.{phase}"))
        elif gaps and max(gaps) > LONGEST_GAP_DAYS:
            remarks.append(Message(f"plan.gap.{phase}", {"n": max(gaps)}))
    return tuple(remarks)
