"""Which angle for which slot: variation on every channel, the same story across channels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from campaignbot.domain.campaigns import Slot
from campaignbot.drafting.angles import Angle, Wording

REMIND = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Choice:
    """An angle in one of its wordings for a slot."""

    slot: Slot
    angle: Angle
    wording: Wording


def choose_angles(
    slots: Sequence[Slot],
    groups: Mapping[str, Sequence[Angle]],
    closing_day: date | None,
    told: Mapping[str, Collection[tuple[str, int]]] = MappingProxyType({}),
) -> tuple[tuple[Choice, ...], tuple[Slot, ...]]:
    """Return the choices, and the slots for which no unused wording is left.

    No wording is used twice on a channel; `told` are those that earlier campaigns used there, as
    the angle's key and the number of the wording. A story keeps its angle on every channel that
    tells it, so it returns there at another moment and in another length.
    """
    used = defaultdict(set, {channel: set(wordings) for channel, wordings in told.items()})
    choices, empty = [], []
    for slot in slots:
        for angle, number in _candidates(slot, groups, closing_day):
            if (angle.key, number) not in used[slot.channel]:
                used[slot.channel].add((angle.key, number))
                choices.append(Choice(slot, angle, angle.wordings[number]))
                break
        else:
            empty.append(slot)
    return tuple(choices), tuple(empty)


def _candidates(
    slot: Slot, groups: Mapping[str, Sequence[Angle]], closing_day: date | None
) -> Iterator[tuple[Angle, int]]:
    if slot.after_closing:
        yield from _from(groups["after"], slot.story)
        return
    day = slot.planned.local.date()
    if closing_day is not None and slot.phase == "action" and closing_day - day < REMIND:
        yield from _from(groups["last"], 0)
    yield from _from(groups[slot.phase], slot.story)


def _from(angles: Sequence[Angle], start: int) -> Iterator[tuple[Angle, int]]:
    """Yield angles from the start on, round and round, each round in the next wording."""
    if not angles:
        return
    for number in range(max(len(angle.wordings) for angle in angles)):
        for step in range(len(angles)):
            angle = angles[(start + step) % len(angles)]
            if number < len(angle.wordings):
                yield angle, number
