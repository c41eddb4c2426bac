"""Which angle for which slot: variation on every channel, the same story across channels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from campaignbot.domain.campaigns import Slot
from campaignbot.domain.vacancy import Vacancy
from campaignbot.drafting.angles import Angle, Wording
from campaignbot.drafting.words import Vocabulary

REMIND = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be told about one vacancy, or about the employer where there is none.

    `groups` are the angles that can be used, by phase, as `offered` returns them.
    """

    known: Vocabulary
    groups: Mapping[str, Sequence[Angle]]
    vacancy: Vacancy | None = None

    @property
    def closing_day(self) -> date | None:
        return self.vacancy.last_day if self.vacancy else None

    def open_on(self, day: date) -> bool:
        return self.closing_day is None or day <= self.closing_day


@dataclass(frozen=True, slots=True)
class Choice:
    """An angle in one of its wordings for a slot, worded from one offer."""

    slot: Slot
    angle: Angle
    wording: Wording
    offer: Offer


@dataclass(frozen=True)
class UsedWordings:
    """Which wordings a channel has told, and with which facts: other facts make another text."""

    _facts: dict[tuple[str, str, str], list[Mapping[str, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, channel: str, angle: str, wording: str, facts: Mapping[str, str]) -> None:
        self._facts[channel, angle, wording].append(facts)

    def __contains__(self, wanted: tuple[str, Choice]) -> bool:
        channel, choice = wanted
        earlier = self._facts.get((channel, choice.angle.key, choice.wording.id), ())
        if not earlier:
            return False
        told = facts_of(choice).items()
        return any(told <= facts.items() for facts in earlier)


def facts_of(choice: Choice) -> dict[str, str]:
    """Return the facts that a wording tells in any of its lengths, key to hash."""
    known = choice.offer.known
    return known.book.hashes(known.facts_in(choice.wording.patterns))


def choose_angles(
    slots: Sequence[Slot], offers: Sequence[Offer], used: UsedWordings | None = None
) -> tuple[tuple[Choice, ...], tuple[Slot, ...]]:
    """Return the choices, and the slots for which no unused wording is left.

    No wording is used twice with the same facts on a channel; `used` are those that earlier
    campaigns used, and is added to. Stories take turns among the vacancies that are open on their
    day. A story keeps its angle on every channel that tells it, so it returns there at another
    moment and in another length.
    """
    used = UsedWordings() if used is None else used
    choices, empty = [], []
    for slot in slots:
        for choice in _candidates(slot, offers):
            if (slot.channel, choice) not in used:
                used.add(slot.channel, choice.angle.key, choice.wording.id, facts_of(choice))
                choices.append(choice)
                break
        else:
            empty.append(slot)
    return tuple(choices), tuple(empty)


def _candidates(slot: Slot, offers: Sequence[Offer]) -> Iterator[Choice]:
    day = slot.planned.local.date()
    open_ones = offers if slot.after_closing else [o for o in offers if o.open_on(day)]
    for step in range(len(open_ones)):
        offer = open_ones[(slot.story + step) % len(open_ones)]
        for angle, wording in _wordings(slot, offer, slot.story // len(open_ones)):
            yield Choice(slot, angle, wording, offer)


def _wordings(slot: Slot, offer: Offer, start: int) -> Iterator[tuple[Angle, Wording]]:
    if slot.after_closing:
        yield from _from(offer.groups["after"], start)
        return
    closing, day = offer.closing_day, slot.planned.local.date()
    if closing is not None and slot.phase == "action" and closing - day < REMIND:
        yield from _from(offer.groups["last"], 0)
    yield from _from(offer.groups[slot.phase], start)


def _from(angles: Sequence[Angle], start: int) -> Iterator[tuple[Angle, Wording]]:
    """Yield angles from the start on, round and round, each round in the next wording."""
    if not angles:
        return
    for number in range(max(len(angle.wordings) for angle in angles)):
        for step in range(len(angles)):
            angle = angles[(start + step) % len(angles)]
            if number < len(angle.wordings):
                yield angle, angle.wordings[number]
