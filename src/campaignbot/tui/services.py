"""What the screens are given; nothing else of the program reaches them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from textual.widget import Widget

from campaignbot.bootstrap import Application
from campaignbot.domain.clock import Clock
from campaignbot.domain.content import MediaItem
from campaignbot.domain.people import Actor
from campaignbot.domain.policy import Act, Policy
from campaignbot.domain.publication import Publication
from campaignbot.i18n import Translator
from campaignbot.pipeline.own_media import Said
from campaignbot.platforms.protocol import Platform
from campaignbot.publishing import stopping
from campaignbot.publishing.stopping import Holdable, HoldInForce
from campaignbot.reviewing.correcting import Correct
from campaignbot.reviewing.placing import Placing
from campaignbot.reviewing.reviews import Reviews
from campaignbot.reviewing.taking_down import TakenDown
from campaignbot.storage.overview import Overview
from campaignbot.storage.views import CalendarRow, Place, QueuePage, calendar_rows

ShowPicture = Callable[[Path], Widget]


@dataclass(frozen=True)
class TuiServices:
    """The functions that the screens call.

    `show_picture` makes a widget for a file; None where the terminal shows no pictures, or a test
    wants none.
    """

    t: Translator
    zone: str
    clock: Clock
    person: Actor
    policy: Policy
    simulated: bool
    reviews: Reviews
    queue: Callable[[Place | None], QueuePage]
    platforms: Mapping[str, Platform]
    placing: Placing
    window: timedelta
    overview: Callable[[], Overview]
    calendar: Callable[[date, date], tuple[CalendarRow, ...]]
    picture: Callable[[MediaItem], Path]
    holds: Callable[[], tuple[HoldInForce, ...]]
    holdable: Callable[[Publication | None], tuple[Holdable, ...]]
    stop: Callable[[Holdable, str], None]
    resume: Callable[[Holdable], None]
    take_down: Callable[[Publication, Actor, str], TakenDown]
    correct: Correct
    take: Callable[[Path, Said, Platform], MediaItem]
    slides_of: Callable[[Sequence[MediaItem], Said], MediaItem]
    size: Callable[[MediaItem], int]
    show_picture: ShowPicture | None = None


def services_of(application: Application, show_picture: ShowPicture | None = None) -> TuiServices:
    """Return the services of an opened working folder, for whoever works there."""
    person = application.actor()

    def calendar(first: date, last: date) -> tuple[CalendarRow, ...]:
        with application.database.read() as tx:
            return calendar_rows(tx, first, last)

    def stop(what: Holdable, reason: str) -> None:
        application.policy.may(person, Act.HOLD).require()
        stopping.stop(
            application.database,
            application.clock,
            application.new_id,
            by=person.name,
            reason=reason,
            scope=what.scope,
            scope_id=what.scope_id,
        )

    def resume(what: Holdable) -> None:
        application.policy.may(person, Act.RESUME).require()
        stopping.resume(
            application.database,
            application.clock,
            by=person.name,
            scope=what.scope,
            scope_id=what.scope_id,
        )

    return TuiServices(
        t=application.translator(person.person.language),
        zone=application.settings.zone,
        clock=application.clock,
        person=person,
        policy=application.policy,
        simulated=application.settings.simulated,
        reviews=application.reviews,
        queue=application.reviews.page,
        platforms=application.platforms,
        placing=application.placing,
        window=timedelta(hours=application.settings.publishing.grace_h),
        overview=application.overview,
        calendar=calendar,
        picture=application.media.path,
        holds=lambda: stopping.holds_in_force(application.database, application.clock),
        holdable=lambda publication: stopping.holdable(application.database, publication),
        stop=stop,
        resume=resume,
        take_down=application.take_down,
        correct=application.correct,
        take=lambda path, said, platform: application.own_media.take(path, said, platform, person),
        slides_of=lambda items, said: application.own_media.slides_of(items, said, person).item,
        size=application.media_size,
        show_picture=show_picture,
    )
