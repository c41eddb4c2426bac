"""A small working folder for the screens: posts in different states, and a frozen clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from campaignbot.bootstrap import Application
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.people import Role
from campaignbot.domain.phases import Phase
from campaignbot.domain.publication import Event, Post, Publication, State
from campaignbot.domain.walltime import WallTime
from campaignbot.starter import make_workdir
from campaignbot.storage import accounts, publications
from campaignbot.tui.services import TuiServices, services_of
from campaignbot.yamlfiles import change_yaml

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
GOOD = "Aan de Havenkade wonen sinds mei 140 gezinnen. Dat is werk dat blijft staan."
SHOUTS = "Ben jij een jonge hond? Kom dan bij ons team aan de dijk werken."


def seeded(folder: Path, database_url: str | None = None) -> Application:
    """Return an opened folder with two posts to review, one published and one handed over."""
    make_workdir(folder)
    if database_url is not None:
        change_yaml(folder / "config" / "campaignbot.yaml", {"database": database_url})
    application = Application(folder, SimulatedClock(NOW), environment={})
    add(application, 1, "linkedin", GOOD, State.IN_REVIEW)
    add(application, 2, "facebook", SHOUTS, State.IN_REVIEW)
    published = add(application, 3, "x", "Al geplaatst, gisteren.", State.IN_REVIEW)
    offered = add(application, 4, "manual", "Voor de nieuwsbrief.", State.IN_REVIEW)
    with application.database.write() as tx:
        for publication, events in (
            (published, (Event.APPROVE, Event.CLAIM, Event.PUBLISH)),
            (offered, (Event.APPROVE, Event.HAND_OVER)),
        ):
            digest = publication.content_hash
            for event in events:
                publication = publications.move(
                    tx, publication, event, now=NOW, actor="seed", approved_hash=digest,
                    published_at_utc=NOW if event is Event.PUBLISH else None,
                    permalink="https://x.com/i/web/status/1" if event is Event.PUBLISH else None,
                )  # fmt: skip
    return application


def add(
    application: Application, number: int, platform: str, text: str, state: State
) -> Publication:
    with application.database.read() as tx:
        account = next(a for a in accounts.list_accounts(tx) if a.platform == platform)
    due = NOW + timedelta(days=number, hours=number)
    post = Post(UUID(int=100 + number), None, None, Phase.AWARENESS, "planoloog", "angle", "nl")
    picture = MediaItem("0" * 64, "image/jpeg", 1200, 627, "Huizen aan het water.")
    new = Publication(
        id=UUID(int=number),
        reference=f"WTR-{number:04}",
        post=post,
        account_id=account.id,
        content=Content(
            text, f"https://werkenbij.waterrijk.example/?utm_id=code{number}", (picture,)
        ),
        tracking_code=f"code{number}",
        planned=WallTime.at(due, "Europe/Amsterdam"),
        due_at_utc=due,
        window_end_utc=due + timedelta(hours=6),
        state=state,
    )
    with application.database.write() as tx:
        publications.add_post(tx, post)
        publications.add_publication(tx, new, now=NOW, actor="seed")
    return new


def services(application: Application, role: Role = Role.APPROVER) -> TuiServices:
    given = services_of(application)
    known = given.person
    return replace(given, person=replace(known, person=replace(known.person, role=role)))
