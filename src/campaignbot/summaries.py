"""Gathering the rows of a weekly summary."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from campaignbot.bootstrap import Application
from campaignbot.domain.campaigns import Campaign
from campaignbot.domain.publication import State
from campaignbot.measuring.rollup import rollup
from campaignbot.rendering import thumbnail
from campaignbot.reporting.data import as_data
from campaignbot.reporting.render import SummaryFiles, Thumbnail, as_text, write_summary
from campaignbot.reporting.summary import WeekSummary, build_summary
from campaignbot.reporting.weeks import Week
from campaignbot.storage import audit, campaigns, publications, summaries
from campaignbot.storage.overview import TROUBLE

# What was never to appear, or no longer.
_OFF = frozenset({State.REJECTED, State.CANCELLED, State.SKIPPED})


def week_summary(application: Application, campaign: Campaign, week: Week) -> WeekSummary:
    """Return the summary of one week of one campaign.

    What waits and what comes next is told as it stood at the end of the week, so that the summary
    of a week that is over says the same whenever it is made.
    """
    zone, now = application.settings.zone, application.clock.now()
    with application.database.read() as tx:
        brief = campaigns.current_brief(tx, campaign.id)
        vacancies = campaigns.vacancies_of(tx, campaign.id)
        since_start = rollup(tx, campaign.id, campaign.created_at_utc, week.end, zone)
        in_week = publications.list_publications(
            tx, campaign_id=campaign.id, due_from=week.start, due_before=week.end
        )
        stood = audit.states_at(tx, campaign.id, min(week.end, now + timedelta(microseconds=1)))
        planned = publications.list_publications(tx, campaign_id=campaign.id)
        coming = [
            p
            for p in planned
            if week.end <= p.due_at_utc < week.following.end
            and stood.get(p.id, State.CANCELLED) not in _OFF
        ]
        return build_summary(
            organisation=application.settings.organisation,
            campaign=campaign,
            brief=brief,
            week=week,
            simulated=application.settings.simulated,
            this_week=rollup(tx, campaign.id, week.start, week.end, zone),
            since_start=since_start,
            applications=since_start.total.applications,
            waiting=[p for p in planned if stood.get(p.id) is State.IN_REVIEW],
            trouble=[p for p in in_week if p.state in TROUBLE],
            coming=coming,
            closing_day=vacancies[0].last_day if vacancies else None,
        )


def write_week(application: Application, campaign: Campaign, week: Week) -> SummaryFiles:
    """Write the summary of a week to `reports/`, and remember that it was written."""
    summary = week_summary(application, campaign, week)
    folder = application.workdir / "reports"
    translator = application.translator()
    files = write_summary(folder, summary, translator, _thumbnails(application))
    with application.database.write() as tx:
        summaries.save_summary(
            tx,
            campaign.id,
            week.monday,
            translator.language,
            str(folder),
            now=application.clock.now(),
        )
    return files


def week_data(application: Application, campaign: Campaign, week: Week) -> dict[str, Any]:
    """Return the numbers of a week as plain values."""
    return as_data(week_summary(application, campaign, week), application.translator())


def week_text(application: Application, campaign: Campaign, week: Week) -> str:
    return as_text(week_summary(application, campaign, week), application.translator())


def _thumbnails(application: Application) -> Thumbnail:
    return lambda item, width_px: thumbnail(application.media.read(item), width_px)
