"""Vacancies are one row each, however often they are read and however many campaigns use them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import uuid4

from tests.storage.rows import Rows

from campaignbot.domain.campaigns import BriefVersion, Campaign
from campaignbot.domain.clock import SimulatedClock
from campaignbot.storage import campaigns
from campaignbot.storage.database import Database


def test_another_reading_keeps_the_id_of_the_first(
    database: Database, clock: SimulatedClock
) -> None:
    known = Rows(database, clock).vacancy()
    read = replace(known, id=uuid4(), last_day=date(2026, 12, 27))
    with database.write() as tx:
        stored = campaigns.save_vacancy(tx, read, now=clock.now())
        assert stored == replace(read, id=known.id)
        assert campaigns.vacancy_by_id(tx, known.id) == stored
        assert campaigns.vacancy_by_reference(tx, known.reference) == stored


def test_two_campaigns_can_be_about_one_vacancy(database: Database, clock: SimulatedClock) -> None:
    rows = Rows(database, clock)
    first, vacancy = rows.campaign(), rows.vacancy()
    second = Campaign(uuid4(), "tweede", "Tweede", 1, clock.now())
    other = replace(vacancy, id=uuid4(), reference="AA-1")
    with database.write() as tx:
        brief = campaigns.current_brief(tx, first.id).brief
        version = BriefVersion(second.id, 1, brief, (), (), clock.now())
        campaigns.save_campaign(tx, second, version)
        campaigns.save_vacancy(tx, other, now=clock.now())
        campaigns.link_vacancy(tx, first.id, vacancy.id)
        campaigns.link_vacancy(tx, second.id, vacancy.id, position=0)
        campaigns.link_vacancy(tx, second.id, other.id, position=1)
        assert campaigns.vacancies_of(tx, first.id) == (vacancy,)
        assert campaigns.vacancies_of(tx, second.id) == (vacancy, other)
