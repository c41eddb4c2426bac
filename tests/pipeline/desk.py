"""What a marketer does with briefs and vacancies, for tests."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from campaignbot import pipeline
from campaignbot.bootstrap import Application
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.publication import Publication, State
from campaignbot.platforms.protocol import Platform
from campaignbot.reviewing.vacancies import VacancyChange
from campaignbot.storage import publications

BRIEF = "adviseur-omgevingsrecht"


class Desk:
    """One working folder and the hands of the person who works in it."""

    def __init__(self, application: Application, clock: SimulatedClock) -> None:
        self.application, self.clock = application, clock

    @property
    def page(self) -> Path:
        return self.application.workdir / "briefs" / f"{BRIEF}.html"

    def plan(
        self, key: str = BRIEF, platforms: Mapping[str, Platform] | None = None
    ) -> pipeline.Made:
        """Plan the sample brief, under another name or for other platforms if wanted."""
        app = self.application
        brief = app.workdir / "briefs" / f"{key}.yaml"
        if not brief.exists():
            shutil.copy(app.workdir / "briefs" / f"{BRIEF}.yaml", brief)
        proposal = pipeline.propose(
            app.workdir,
            brief,
            app.settings,
            frozenset(app.entries),
            self.clock,
            app.new_id,
            pipeline.taken_on(app.database, self.clock.now()),
        )
        studio = pipeline.open_studio(app.workdir, proposal.brief.brand, app.media)
        return pipeline.make(
            proposal,
            app.database,
            app.settings,
            platforms or app.platforms,
            studio,
            self.clock,
            app.new_id,
            mentions=app.mentions,
        )

    def rewrite(self, old: str, new: str) -> None:
        """Change the vacancy's page."""
        text = self.page.read_text(encoding="utf-8")
        assert old in text
        self.page.write_text(text.replace(old, new), encoding="utf-8")

    def read_again(self, *, dry_run: bool = False) -> VacancyChange:
        app = self.application
        return pipeline.import_vacancy(
            str(self.page),
            self.page.read_bytes(),
            app.database,
            app.settings.zone,
            self.clock,
            app.new_id,
            dry_run=dry_run,
        ).change

    def posts(self, *facts: str) -> tuple[Publication, ...]:
        """Return the publications that use all of these facts of the vacancy."""
        with self.application.database.read() as tx:
            listed = publications.list_publications(tx)
        return tuple(p for p in listed if {f"vacancy.{f}" for f in facts} <= set(p.post.facts))

    def approve(self, publication: Publication) -> Publication:
        return self.application.reviews.approve(publication, self.application.actor())

    def state(self, publication: Publication) -> State:
        with self.application.database.read() as tx:
            return publications.publication_by_id(tx, publication.id).state

    def codes(self, publication: Publication) -> set[str]:
        """Return what keeps a publication from being approved."""
        return {f.code for f in self.application.reviews.item(publication.id).blocking}
