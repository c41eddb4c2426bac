"""The book of facts of a campaign, of all its sources."""

from __future__ import annotations

from collections.abc import Sequence

from campaignbot.domain.brief import Brief, Persona
from campaignbot.domain.facts import FactBook, book_of
from campaignbot.domain.vacancy import Vacancy
from campaignbot.settings import Settings


def campaign_book(
    brief: Brief | None,
    vacancy: Vacancy | None,
    personas: Sequence[Persona],
    settings: Settings,
) -> FactBook:
    """Return what may be said about a vacancy of a brief; without a vacancy, about the employer."""
    return book_of(
        brief,
        vacancy,
        personas,
        organisation=settings.organisation,
        careers_url=settings.careers_url,
    )
