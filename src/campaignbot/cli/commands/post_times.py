"""The command that gives a post another time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from campaignbot.cli import dossiers
from campaignbot.cli.naming import Ref, found, worded
from campaignbot.cli.options import DryRun, Json, opened, wall_time
from campaignbot.cli.texts import help_text, say, tell, tell_json
from campaignbot.domain.errors import user_error
from campaignbot.domain.findings import Severity
from campaignbot.domain.policy import Act
from campaignbot.domain.publication import Event, next_state

if TYPE_CHECKING:
    from campaignbot.bootstrap import Application
    from campaignbot.domain.publication import Publication

_ = help_text


def move(
    context: typer.Context,
    ref: Ref,
    to: Annotated[str, typer.Option("--to", help=_("cli.post_at"))],
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Plan a post that is not out yet at another time.

    It waits for a decision again; what follows it moves along. Ends with exit code 1 where it
    cannot be approved so.
    """
    with opened(context) as application:
        before = found(application, ref)
        after = _moved(application, before, to, dry_run=dry_run)
        account = application.reviews.item(before.id).account
        findings = application.checks.findings(after, account)
    changed = after.planned != before.planned
    if json:
        told = {
            "reference": after.reference,
            "state": after.state,
            "planned_local": after.planned.local.isoformat(),
            "zone": after.planned.zone,
            "due_at": after.due_at_utc.isoformat(),
            "window_end": after.window_end_utc.isoformat(),
            "changed": changed,
            "findings": [dossiers.plain_finding(finding) for finding in findings],
            "dry_run": dry_run,
        }
        tell_json(told)
    else:
        done = "post.would_move" if dry_run else "post.moved"
        say(done if changed else "post.move_already", ref=after.reference, at=after.due_at_utc)
        for finding in findings:
            for line in dossiers.finding_lines(finding):
                tell(line)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(1)


def _moved(application: Application, before: Publication, to: str, *, dry_run: bool) -> Publication:
    """Return the post at its new time; where that is the old one, nothing is voided."""
    person, now = application.require_actor(Act.RESCHEDULE), application.clock.now()
    planned = wall_time(to, application.settings.zone, now)
    with worded(before):
        next_state(before.state, Event.EDIT)
    if planned.is_past(now):
        raise user_error("post.past_time", remedy="post.past_time.remedy", at=to.strip())
    if planned == before.planned:
        return before
    if dry_run:
        return before.moved_to(planned)
    with worded(before):
        return application.reviews.edit(before, person, planned=planned)
