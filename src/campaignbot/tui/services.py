"""What the screens are given; nothing else of the program reaches them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from textual.widget import Widget

from campaignbot.bootstrap import Application
from campaignbot.domain.accounts import HoldScope
from campaignbot.domain.clock import Clock
from campaignbot.domain.content import MediaItem
from campaignbot.domain.people import Person
from campaignbot.domain.publication import Publication
from campaignbot.i18n import Translator
from campaignbot.publishing import stopping
from campaignbot.reviewing.reviews import Reviews
from campaignbot.storage import publications
from campaignbot.storage.overview import Overview

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
    person: Person
    simulated: bool
    reviews: Reviews
    window: timedelta
    overview: Callable[[], Overview]
    calendar: Callable[[], tuple[Publication, ...]]
    picture: Callable[[MediaItem], Path]
    stop_all: Callable[[str], None]
    resume_all: Callable[[], None]
    show_picture: ShowPicture | None = None


def services_of(application: Application, show_picture: ShowPicture | None = None) -> TuiServices:
    """Return the services of an opened working folder, for whoever works there."""
    person = application.person()

    def calendar() -> tuple[Publication, ...]:
        with application.database.read() as tx:
            return publications.list_publications(tx)

    def stop_all(reason: str) -> None:
        stopping.stop(
            application.database,
            application.clock,
            application.new_id,
            by=person.name,
            reason=reason,
            scope=HoldScope.ALL,
        )

    def resume_all() -> None:
        stopping.resume(application.database, application.clock, by=person.name)

    return TuiServices(
        t=application.translator(person.language),
        zone=application.settings.zone,
        clock=application.clock,
        person=person,
        simulated=application.settings.simulated,
        reviews=application.reviews,
        window=timedelta(hours=application.settings.publishing.grace_h),
        overview=application.overview,
        calendar=calendar,
        picture=application.media.path,
        stop_all=stop_all,
        resume_all=resume_all,
        show_picture=show_picture,
    )
