"""Summaries on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from campaignbot.cli.options import DryRun, Json, opened
from campaignbot.cli.texts import help_text, tell, tell_json
from campaignbot.domain.errors import user_error

if TYPE_CHECKING:
    from campaignbot.bootstrap import Application
    from campaignbot.domain.campaigns import Campaign

_ = help_text


def register(app: typer.Typer) -> None:
    report = typer.Typer(help=_("cli.report"), no_args_is_help=True)
    report.command("week", help=_("cli.report_week"))(report_week)
    report.callback()(_report)
    app.add_typer(report, name="report")


def _report() -> None:
    """Keep `report week` a command of its own group, also while it is the only one."""


def report_week(
    context: typer.Context,
    week: Annotated[str | None, typer.Argument(help=_("cli.week"))] = None,
    campaign: Annotated[str | None, typer.Option("--campaign", help=_("cli.campaign"))] = None,
    write: Annotated[bool, typer.Option("--write", help=_("cli.write"))] = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Print the summary of a week, or write it to reports/."""
    from campaignbot import summaries
    from campaignbot.reporting.weeks import Week

    with opened(context) as application:
        zone = application.settings.zone
        chosen = Week.parse(week, zone) if week else Week.at(application.clock.now(), zone)
        found = _campaign(application, campaign)
        if write and not dry_run:
            files = summaries.write_week(application, found, chosen)
            paths = {"html": str(files.html), "text": str(files.text)}
            if json:
                data = summaries.week_data(application, found, chosen)
                tell_json(data | {"files": paths})
            else:
                tell("\n".join(paths.values()))
        elif json:
            tell_json(summaries.week_data(application, found, chosen), dry_run=dry_run)
        else:
            tell(summaries.week_text(application, found, chosen))


def _campaign(application: Application, key: str | None) -> Campaign:
    from campaignbot.storage import campaigns

    with application.database.read() as tx:
        if key is not None:
            return campaigns.require_campaign(tx, key)
        known = campaigns.list_campaigns(tx)
    if not known:
        raise user_error("campaign.none", remedy="campaign.none.remedy")
    return known[-1]
