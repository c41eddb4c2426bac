"""Commands around a campaign: vacancy import, plan, report week."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaignbot.cli.options import DryRun, Json, opened
from campaignbot.cli.texts import Steps, help_text, log_to_terminal, say, tell, tell_json
from campaignbot.cli.texts import translator as t
from campaignbot.domain.errors import Place, user_error

if TYPE_CHECKING:
    from campaignbot.bootstrap import Application
    from campaignbot.domain.campaigns import Campaign
    from campaignbot.domain.findings import Finding
    from campaignbot.domain.vacancy import Vacancy
    from campaignbot.pipeline import Proposal

_ = help_text


def register(app: typer.Typer) -> None:
    vacancy = typer.Typer(help=_("cli.vacancy"), no_args_is_help=True)
    vacancy.command("import", help=_("cli.vacancy_import"))(vacancy_import)
    app.add_typer(vacancy, name="vacancy")
    app.command("plan", help=_("cli.plan"))(plan)
    report = typer.Typer(help=_("cli.report"), no_args_is_help=True)
    report.command("week", help=_("cli.report_week"))(report_week)
    report.callback()(_report)
    app.add_typer(report, name="report")
    vacancy.callback()(_vacancy)


def _report() -> None:
    """Keep `report week` a command of its own group, also while it is the only one."""


def _vacancy() -> None:
    """Keep `vacancy import` a command of its own group, also while it is the only one."""


def vacancy_import(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help=_("cli.vacancy_source"))],
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Read a vacancy and store it; a changed fact voids the approvals that used it."""
    from campaignbot.briefing.vacancies import read_vacancy

    with opened(context) as application:
        reading = read_vacancy(
            source,
            _fetched(source),
            zone=application.settings.zone,
            new_id=application.new_id,
        )
        vacancy = reading.vacancy
        if not dry_run:
            _store(application, vacancy)
        if json:
            tell_json(
                {
                    "vacancy": _plain(vacancy),
                    "findings": [_finding(f) for f in reading.findings],
                    "stored": not dry_run,
                }
            )
            return
        _show_vacancy(vacancy, reading.findings)
        say("vacancy.not_stored" if dry_run else "vacancy.stored", ref=vacancy.reference)


def _fetched(source: str) -> bytes:
    if source.startswith(("http://", "https://")):
        from campaignbot.gateways.web import fetch

        return fetch(source)
    try:
        return Path(source).read_bytes()
    except OSError:
        raise user_error(
            "vacancy.no_file",
            remedy="vacancy.no_file.remedy",
            place=Place(Path(source)),
            path=source,
        ) from None


def _store(application: Application, vacancy: Vacancy) -> None:
    from dataclasses import replace

    from campaignbot.storage import campaigns

    with application.database.read() as tx:
        known = campaigns.vacancy_by_reference(tx, vacancy.reference)
    fresh = replace(vacancy, id=known.id) if known else vacancy
    with application.database.write() as tx:
        campaigns.save_vacancy(tx, fresh, campaign_id=None, now=application.clock.now())
    if known is not None:
        for publication in application.reviews.void_changed(known, fresh):
            say("vacancy.live", ref=publication.reference, link=publication.permalink or "-")


def _plain(value: object) -> Any:
    from campaignbot.storage.documents import to_document

    return to_document(value)


def _finding(finding: Finding) -> dict[str, str | None]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "text": t().text(finding.what),
        "remedy": t().text(finding.remedy) if finding.remedy else None,
    }


def _show_vacancy(vacancy: Vacancy, findings: tuple[Finding, ...]) -> None:
    pay, words = vacancy.pay, t()
    unknown = words("vacancy.unknown")
    rows = {
        "reference": vacancy.reference,
        "title": vacancy.title,
        "employer": vacancy.employer,
        "place": ", ".join(vacancy.places) or unknown,
        "hours": f"{vacancy.hours_min}-{vacancy.hours_max}" if vacancy.hours_min else unknown,
        "pay": f"{pay.minimum or '?'}-{pay.maximum or '?'} {pay.currency}" if pay else unknown,
        "scale": pay.scale or unknown if pay else unknown,
        "appointment": vacancy.appointment or unknown,
        "last_day": words.weekday(vacancy.last_day) if vacancy.last_day else unknown,
        "apply_url": vacancy.apply_url or unknown,
    }
    for name, value in rows.items():
        tell(f"{words(f'vacancy.field.{name}'):<16} {value}")
    for finding in findings:
        say("vacancy.note", text=words.text(finding.what))


def plan(
    context: typer.Context,
    brief: Annotated[Path, typer.Argument(help=_("cli.brief"))],
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Propose channels and a calendar, then draft, render and check every post."""
    from campaignbot import pipeline

    log_to_terminal()
    with opened(context) as application:
        proposal = pipeline.propose(
            application.workdir,
            brief,
            application.settings,
            frozenset(application.entries),
            application.clock,
            application.new_id,
        )
        if not json:
            _show_proposal(proposal)
        pipeline.refuse_incomplete(proposal, brief)
        if dry_run:
            if json:
                tell_json(_proposal(proposal) | {"stored": False})
            else:
                say("plan.not_stored")
            return
        steps = Steps()
        studio = pipeline.open_studio(application.workdir, proposal.brief.brand, application.media)
        made = pipeline.make(
            proposal,
            application.database,
            application.settings,
            application.platforms,
            studio,
            application.clock,
            application.new_id,
            steps,
        )
        steps.end()
        if json:
            tell_json(
                _proposal(proposal)
                | {"stored": True, "publications": [p.reference for p in made.publications]}
            )
            return
        say("plan.stored", n=len(made.publications))


def _proposal(proposal: Proposal) -> dict[str, Any]:
    return {
        "campaign": proposal.key,
        "channels": [
            {
                "channel": p.channel.key,
                "chosen": p.chosen,
                "reasons": [t().text(r) for r in p.reasons],
                "posts": dict(p.phases),
            }
            for p in proposal.plan.channels
        ],
        "calendar": [
            {
                "at": choice.slot.planned.local.isoformat(),
                "channel": choice.slot.channel,
                "phase": choice.slot.phase,
                "persona": choice.slot.persona,
                "angle": choice.angle.key,
            }
            for choice in proposal.choices
        ],
        "findings": [_finding(f) for f in proposal.findings],
        "unusable_angles": {name: list(needs) for name, needs in proposal.unusable.items()},
        "empty_slots": len(proposal.empty),
    }


def _show_proposal(proposal: Proposal) -> None:
    words = t()
    tell(words("plan.channels"))
    for offer in proposal.plan.channels:
        mark = words("plan.yes" if offer.chosen else "plan.no")
        tell(f"  {mark} {offer.channel.name}")
        for reason in offer.reasons:
            tell(f"      {words.text(reason)}")
    tell("")
    tell(words("plan.calendar"))
    for choice in proposal.choices:
        slot = choice.slot
        tell(
            f"  {words.short_date(slot.planned.local.date()):<11} {slot.planned.local:%H:%M}  "
            f"{slot.channel:<12} {words(f'phase.{slot.phase}'):<15} {choice.angle.name}"
        )
    for remark in proposal.plan.remarks:
        say("plan.remark", text=words.text(remark))
    if proposal.empty:
        say("plan.empty", n=len(proposal.empty))
    for name, needs in proposal.unusable.items():
        say("plan.cannot", angle=name, needs=", ".join(needs))
    for finding in proposal.findings:
        say("vacancy.note", text=words.text(finding.what))


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
        chosen = Week.parse(week or date.today().isoformat(), zone)
        found = _campaign(application, campaign)
        if write and not dry_run:
            files = summaries.write_week(application, found, chosen)
            paths = {"html": str(files.html), "text": str(files.text)}
            if json:
                tell_json({"week": chosen.name, "campaign": found.key, "files": paths})
            else:
                tell("\n".join(paths.values()))
            return
        text = summaries.week_text(application, found, chosen)
        if json:
            tell_json({"week": chosen.name, "campaign": found.key, "text": text})
        else:
            tell(text)


def _campaign(application: Application, key: str | None) -> Campaign:
    from campaignbot.storage import campaigns

    with application.database.read() as tx:
        if key is not None:
            return campaigns.require_campaign(tx, key)
        known = campaigns.list_campaigns(tx)
    if not known:
        raise user_error("campaign.none", remedy="campaign.none.remedy")
    return known[-1]
