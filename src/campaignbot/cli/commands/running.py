"""Commands while a campaign runs: tui, daemon, status, stop, resume."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from campaignbot.cli.commands.status import line_of
from campaignbot.cli.options import (
    ActingAs,
    DryRun,
    Json,
    chosen_in,
    opened,
    wall_time,
    warn_of_actor,
    warn_of_place,
)
from campaignbot.cli.texts import (
    help_text,
    log_to_terminal,
    quiet_libraries,
    say,
    show_problem,
    tell,
    tell_json,
)
from campaignbot.cli.texts import translator as t
from campaignbot.domain.errors import user_error
from campaignbot.domain.policy import Act

if TYPE_CHECKING:
    from campaignbot.bootstrap import Application
    from campaignbot.domain.accounts import Hold, HoldScope
    from campaignbot.publishing.publisher import TickReport

_ = help_text
CampaignOption = Annotated[str | None, typer.Option("--campaign", help=_("cli.hold_campaign"))]
AccountOption = Annotated[str | None, typer.Option("--account", help=_("cli.hold_account"))]
VacancyOption = Annotated[str | None, typer.Option("--vacancy", help=_("cli.hold_vacancy"))]
PostOption = Annotated[str | None, typer.Option("--post", help=_("cli.hold_post"))]


def register(app: typer.Typer) -> None:
    app.command("tui", help=_("cli.tui"))(tui)
    app.command("daemon", help=_("cli.daemon"))(daemon)
    app.command("worker", help=_("cli.worker"))(worker)
    app.command("stop", help=_("cli.stop"))(stop)
    app.command("resume", help=_("cli.resume"))(resume)


def tui(context: typer.Context, acting_as: ActingAs = None) -> None:
    """Open the terminal screen to review and follow."""
    from campaignbot.tui.app import run

    if acting_as is not None:
        context.obj = replace(chosen_in(context), acting_as=acting_as)
    with opened(context) as application:
        warn_of_place(application)
        warn_of_actor(application)
        run(application)


def daemon(context: typer.Context, dry_run: DryRun = False) -> None:
    """Publish what is due and collect statistics, until Ctrl-C."""
    from campaignbot.daemon import Daemon

    log_to_terminal(logging.INFO)
    # That a round takes longer than the time between two is no news.
    quiet_libraries("apscheduler.scheduler")
    with opened(context) as application:
        warn_of_place(application)
        if dry_run:
            for publication in application.overview().due:
                tell(line_of(publication))
            return
        running = Daemon(application, tell_tick, tell_problem=show_problem)
        running.stop_on_signals()
        say("daemon.running")
        running.run()
        say("daemon.stopped")


def worker(context: typer.Context, dry_run: DryRun = False) -> None:
    """Publish beside other machines that share the database, until Ctrl-C."""
    with opened(context) as application:
        if not application.database_url.startswith("postgresql"):
            raise user_error("worker.needs_postgres", remedy="worker.needs_postgres.remedy")
        try:
            from campaignbot.worker.process import Worker
            from campaignbot.worker.readiness import require_ready
        except ModuleNotFoundError:
            raise user_error("worker.no_extra", remedy="storage.no_postgres.remedy") from None
        log_to_terminal(logging.INFO)
        quiet_libraries("procrastinate", "psycopg.pool")
        if dry_run:
            require_ready(application)
            for publication in application.overview().due:
                tell(line_of(publication))
            return
        running = Worker(application, tell_tick, tell_problem=show_problem)
        running.stop_on_signals()
        say("worker.running")
        running.run()
        say("daemon.stopped")


def tell_tick(report: TickReport) -> None:
    """Say how often what became of publications in one look."""
    for what, number in sorted(report.counts.items()):
        # An attempt that was rejected is another thing than a post that a reviewer rejected.
        key = f"outcome.{what}"
        told = t()(key) if t().has(key) else t()(f"state.{what}")
        say("daemon.did", what=told, n=number)


def stop(
    context: typer.Context,
    reason: Annotated[str, typer.Option("--reason", help=_("cli.reason"))] = "",
    campaign: CampaignOption = None,
    account: AccountOption = None,
    vacancy: VacancyOption = None,
    post: PostOption = None,
    until: Annotated[str | None, typer.Option("--until", help=_("cli.hold_until"))] = None,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Stop publishing at once: everything, a campaign, a vacancy, an account or one post."""
    from campaignbot.publishing import stopping

    with opened(context) as application:
        by = application.require_actor(Act.HOLD).name
        scope, scope_id = _scope(application, campaign, account, vacancy, post)
        end = (
            wall_time(until, application.settings.zone, application.clock.now()).instant
            if until
            else None
        )
        before = {
            held.hold.id
            for held in stopping.holds_in_force(application.database, application.clock)
        }
        hold = stopping.stop(
            application.database,
            application.clock,
            application.new_id,
            by=by,
            reason=reason or t()("stop.no_reason"),
            scope=scope,
            scope_id=scope_id,
            until_utc=end,
            dry_run=dry_run,
        )
    already = hold.id in before
    if json:
        known = None if dry_run and not already else str(hold.id)
        told = {"hold": known, "scope": hold.scope, "until": hold.until_utc, "already": already}
        tell_json(told, dry_run=dry_run)
    else:
        _tell_stopped(hold, already=already, dry_run=dry_run)


def _tell_stopped(hold: Hold, *, already: bool, dry_run: bool) -> None:
    scoped = t()(f"scope.{hold.scope}")
    if already:
        said, by = t().text(hold.reason), t().actor(hold.by)
        say("stop.already", scope=scoped, by=by, since=hold.from_utc, reason=said)
    elif dry_run:
        say("stop.would", scope=scoped)
    elif hold.until_utc is None:
        say("stop.done", scope=scoped)
    else:
        say("stop.done_until", scope=scoped, until=hold.until_utc)


def resume(
    context: typer.Context,
    campaign: CampaignOption = None,
    account: AccountOption = None,
    vacancy: VacancyOption = None,
    post: PostOption = None,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Lift the holds of one scope; what else is held stays held, and is told."""
    from campaignbot.publishing import stopping

    with opened(context) as application:
        by = application.require_actor(Act.RESUME).name
        scope, scope_id = _scope(application, campaign, account, vacancy, post)
        lifted = stopping.resume(
            application.database,
            application.clock,
            by=by,
            scope=scope,
            scope_id=scope_id,
            dry_run=dry_run,
        )
        in_force = stopping.holds_in_force(application.database, application.clock)
    left = [held for held in in_force if held.hold not in lifted]
    if json:
        still = [{"scope": held.hold.scope, "name": held.name} for held in left]
        told = {"lifted": [str(hold.id) for hold in lifted], "still_held": still}
        tell_json(told, dry_run=dry_run)
        return
    done = "resume.would" if dry_run else "resume.done"
    say(done if lifted else "resume.nothing", scope=t()(f"scope.{scope}"))
    for held in left:
        what = f"{t()(f'scope.{held.hold.scope}')} {held.name}".strip()
        holder = t().actor(held.hold.by)
        say("resume.still", what=what, reason=t().text(held.hold.reason), by=holder)


def _scope(
    application: Application,
    campaign: str | None,
    account: str | None,
    vacancy: str | None,
    post: str | None,
) -> tuple[HoldScope, UUID | None]:
    from campaignbot.domain.accounts import HoldScope
    from campaignbot.storage import accounts, campaigns, publications

    if sum(bool(named) for named in (campaign, account, vacancy, post)) > 1:
        raise user_error("stop.one_scope", remedy="stop.one_scope.remedy")
    with application.database.read() as tx:
        if campaign:
            return HoldScope.CAMPAIGN, campaigns.require_campaign(tx, campaign).id
        if account:
            found = accounts.account_by_key(tx, account)
            if found is None:
                known = ", ".join(a.key for a in accounts.list_accounts(tx))
                raise user_error(
                    "account.unknown", remedy="account.unknown.remedy", name=account, known=known
                )
            return HoldScope.ACCOUNT, found.id
        if vacancy:
            return HoldScope.VACANCY, campaigns.require_vacancy(tx, vacancy).id
        if post:
            held = publications.publication_by_reference(tx, post)
            return HoldScope.PUBLICATION, held.id
    return HoldScope.ALL, None
