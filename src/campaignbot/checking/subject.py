"""What a check looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from campaignbot.domain.content import Content
from campaignbot.domain.facts import FactBook
from campaignbot.domain.money import Money
from campaignbot.domain.phases import Phase
from campaignbot.domain.vacancy import Vacancy
from campaignbot.domain.walltime import WallTime
from campaignbot.platforms.protocol import Platform


@dataclass(frozen=True, slots=True)
class PhotoUse:
    """A photo in the picture: who can be recognised, and until when they agreed.

    `people` is "none" for nobody, and empty where nobody said.
    """

    key: str
    people: str
    consent_until: date | None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another publication, near in time: on the same account or another."""

    reference: str
    same_account: bool
    text: str
    due_at_utc: datetime


@dataclass(frozen=True, slots=True)
class MonthlySum:
    """What an account costs in the month of a publication, up to and with it, and what it may."""

    account: str
    first_day: date
    total: Money
    cap: Money


@dataclass(frozen=True, slots=True)
class CheckSubject:
    """A publication with everything that its checks need to know.

    `book` holds the facts as they are now, `facts` those that the post told when it was made, key
    to hash. `talent_pool` says that it invites people for later. `follows` says that it is a
    comment on a post or a reply to it. `link_in_text` is False where the account puts links in a
    reply or in the picture. `month` is None where nothing bounds what the account
    costs. Quiet hours are local; the same time twice means that there are none. `media_sizes` are
    the bytes of the content's media, in their order; 0 where a size is not known.
    """

    content: Content
    platform: Platform
    phase: Phase
    latent_persona: bool
    planned: WallTime
    tracking_code: str
    talent_pool: bool = False
    vacancy: Vacancy | None = None
    book: FactBook = field(default_factory=FactBook)
    facts: Mapping[str, str] = field(default_factory=dict)
    needs_open_vacancy: bool = False
    photos: tuple[PhotoUse, ...] = ()
    weak_contrasts: tuple[str, ...] = ()
    neighbours: Sequence[Neighbour] = field(default=())
    holidays: frozenset[date] = frozenset()
    media_sizes: tuple[int, ...] = ()
    follows: bool = False
    link_in_text: bool = True
    month: MonthlySum | None = None
    quiet_from: time = time(21, 0)
    quiet_until: time = time(7, 0)

    @property
    def vacancy_closed(self) -> bool:
        return self.vacancy is not None and self.vacancy.closed_at_utc is not None
