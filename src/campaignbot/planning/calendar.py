"""The calendar: when, where and in which phase. Pure: the same input gives the same plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
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
_QUIET_FROM, _QUIET_UNTIL = time(21, 0), time(7, 0)
_REMIND_DAYS = 3
_AFTER_CLOSING = (2, 5, 8)
_APART = timedelta(minutes=7)


def make_calendar(
    brief: Brief,
    proposals: Sequence[ChannelProposal],
    personas: Sequence[Persona],
    *,
    zone: str,
    closing_day: date | None,
    holidays: frozenset[date] = frozenset(),
    not_before: datetime | None = None,
) -> Plan:
    """Return a plan over all four phases, from the brief's start to the closing day.

    The mix shifts from awareness to action, yet every phase comes back. Public holidays and quiet
    hours stay free, each channel keeps its spacing, and no two accounts post in the same minute.
    After the closing day a few posts turn to the talent pool. `not_before` is a local time: a brief
    that has begun is planned from there on.
    """
    first = brief.start
    last = closing_day or first + timedelta(weeks=brief.weeks, days=-1)
    chosen = [p.channel for p in proposals if p.chosen]
    by_key = {channel.key: channel for channel in chosen}
    times = _apart(
        sorted(
            (moment, channel.key)
            for channel in chosen
            for moment in _moments(channel, personas, first, last, holidays)
            if not_before is None or moment > not_before
        ),
        by_key,
    )
    slots = _with_phases(times, by_key, personas, first, last, zone)
    after = _after_closing(chosen, personas, last, zone, holidays) if closing_day else ()
    counted = [
        replace(p, phases=Counter(s.phase for s in slots if s.channel == p.channel.key))
        for p in proposals
    ]
    return Plan(tuple(counted), (*slots, *after), first, last, _remarks(slots))


def _moments(
    channel: Channel,
    personas: Sequence[Persona],
    first: date,
    last: date,
    holidays: frozenset[date],
) -> list[datetime]:
    """Return the channel's times: its own and its personas' moments, as often as it bears."""
    wanted = list(dict.fromkeys([*_habits(channel, personas), *channel.moments]))
    found: list[datetime] = []
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        week = sorted(_in_week(monday, wanted[: channel.posts_per_week + 1]))
        taken = 0
        for moment in week:
            if taken == channel.posts_per_week:
                break
            spaced = not found or moment - found[-1] >= timedelta(hours=channel.spacing_h)
            if first <= moment.date() <= last and moment.date() not in holidays and spaced:
                found.append(moment)
                taken += 1
        monday += timedelta(weeks=1)
    return found


def _habits(channel: Channel, personas: Sequence[Persona]) -> Iterable[str]:
    for persona in personas:
        for habit in persona.media:
            if habit.channel == channel.key:
                yield from habit.moments


def _in_week(monday: date, moments: Sequence[str]) -> Iterable[datetime]:
    for text in moments:
        weekday, _, clock = text.partition(" ")
        at = time.fromisoformat(clock)
        if _QUIET_UNTIL <= at < _QUIET_FROM:
            yield datetime.combine(monday + timedelta(days=_WEEKDAYS.index(weekday)), at)


def _apart(
    times: Sequence[tuple[datetime, str]], channels: Mapping[str, Channel]
) -> list[tuple[datetime, str]]:
    """Move times that fall on the same minute apart, within the day and the channel's spacing.

    A time for which there is no room is left out.
    """
    taken: dict[datetime, str] = {}
    last: dict[str, datetime] = {}
    for moment, key in times:
        spacing = timedelta(hours=channels[key].spacing_h)
        for free in _near(moment):
            if free not in taken and (key not in last or free - last[key] >= spacing):
                taken[free], last[key] = key, free
                break
    return sorted(taken.items())


def _near(moment: datetime) -> Iterator[datetime]:
    """Yield the moment, then those around it by turns, as far as they are in daytime."""
    for step in range(20):
        for sign in (1, -1) if step else (1,):
            near = moment + sign * step * _APART
            if _QUIET_UNTIL <= near.time() < _QUIET_FROM:
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


def _after_closing(
    channels: Sequence[Channel],
    personas: Sequence[Persona],
    last: date,
    zone: str,
    holidays: frozenset[date],
) -> tuple[Slot, ...]:
    online = [c for c in channels if not c.offline]
    slots = []
    for number, days in enumerate(_AFTER_CLOSING[: len(online)]):
        day = last + timedelta(days=days)
        while day in holidays or day.weekday() >= 5:
            day += timedelta(days=1)
        at = datetime.combine(day, time(12, 30)) + number * _APART
        persona = next((p.key for p in personas if p.latent), personas[0].key if personas else "")
        slots.append(
            Slot(online[number].key, WallTime(at, zone), Phase.ACTION, persona, number, True)
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
