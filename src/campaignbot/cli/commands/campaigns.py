"""The command that makes a campaign: plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaignbot.cli.commands.vacancies import change_json, finding_json, say_change
from campaignbot.cli.costs import estimates_data, show_estimates
from campaignbot.cli.options import DryRun, Json, opened
from campaignbot.cli.texts import Steps, help_text, log_to_terminal, say, tell, tell_json
from campaignbot.cli.texts import translator as t
from campaignbot.domain.policy import Act

if TYPE_CHECKING:
    from campaignbot.pipeline import Proposal

_ = help_text


def register(app: typer.Typer) -> None:
    app.command("plan", help=_("cli.plan"))(plan)


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
        planner = application.require_actor(Act.PLAN)
        proposal = pipeline.propose(
            application.workdir,
            brief,
            application.settings,
            frozenset(application.entries),
            application.clock,
            application.new_id,
            pipeline.taken_on(application.database, application.clock.now()),
        )
        # What is wrong with pictures is said first: a proposal that cannot be made helps nobody.
        studio = pipeline.open_studio(application.workdir, proposal.brief.brand, application.media)
        costs = pipeline.estimate(
            proposal, application.database, application.settings, application.platforms, studio
        )
        if not json:
            _show_proposal(proposal)
            show_estimates(costs)
        pipeline.refuse_incomplete(proposal, brief)
        if dry_run:
            if json:
                told = {"costs": estimates_data(costs), "stored": False}
                tell_json(_proposal(proposal) | told, dry_run=True)
            else:
                say("plan.not_stored")
            return
        steps = Steps()
        made = pipeline.make(
            proposal,
            application.database,
            application.settings,
            application.platforms,
            studio,
            application.clock,
            application.new_id,
            steps,
            application.mentions,
            by=planner.name,
        )
        steps.end()
        if json:
            tell_json(
                _proposal(proposal)
                | {
                    "costs": estimates_data(costs),
                    "stored": True,
                    "publications": [p.reference for p in made.publications],
                    "vacancies": [change_json(change) for change in made.changes],
                }
            )
            return
        say("plan.stored", n=len(made.publications))
        for change in made.changes:
            say_change(change)


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
        "findings": [finding_json(f) for f in proposal.findings],
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
    for finding in proposal.findings:
        say("vacancy.note", text=words.text(finding.what))
