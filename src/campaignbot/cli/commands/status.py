"""The command that says where everything stands, and whether it needs a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

from campaignbot.cli import standings
from campaignbot.cli.costs import money_data, spent_data, spent_line
from campaignbot.cli.dossiers import first_words, why_not_out
from campaignbot.cli.options import Json, opened, warn_of_actor
from campaignbot.cli.texts import help_text, show_problem, tell, tell_indented, tell_json
from campaignbot.cli.texts import translator as t
from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.errors import UserError
from campaignbot.domain.messages import Message
from campaignbot.domain.spending import Spent

if TYPE_CHECKING:
    from campaignbot.bootstrap import Application
    from campaignbot.domain.people import Actor
    from campaignbot.domain.publication import Publication
    from campaignbot.storage.alerts import Raised
    from campaignbot.storage.overview import Overview
    from campaignbot.storage.workers import Worker

_ = help_text
_LISTED = 20
_WITHOUT_ACCESS = {
    AccountState.NOT_CONNECTED,
    AccountState.TOKEN_EXPIRED,
    AccountState.LACKS_PERMISSION,
}


def register(app: typer.Typer) -> None:
    app.command("status", help=_("cli.status"))(status)


@dataclass(frozen=True)
class Standing:
    """What the command tells. `ways` is None where `ways_problem` keeps them from being known."""

    overview: Overview
    ways: tuple[str, ...] | None
    ways_problem: Message | None
    not_told: tuple[Raised, ...]
    versions: tuple[Message, ...] = ()
    spent: tuple[tuple[Account, Spent], ...] = ()

    @property
    def disconnected(self) -> tuple[Account, ...]:
        now = self.overview.at_utc
        return tuple(
            account
            for account in self.overview.accounts.values()
            if account.state in _WITHOUT_ACCESS
            or (account.token_expires_at_utc and account.token_expires_at_utc <= now)
        )

    @property
    def needs_attention(self) -> bool:
        seen = self.overview
        return bool(
            seen.trouble
            or seen.overdue
            or seen.silent
            or any(worker.problem for worker in seen.workers if seen.is_alive(worker))
            or (seen.due and not seen.alive)
            or self.disconnected
            or self.not_told
            or self.ways_problem
            or any(told.key == "platform.version_ended" for told in self.versions)
        )


def status(context: typer.Context, json: Json = False) -> None:
    """Show where everything stands; exit code 1 when something needs a person."""
    with opened(context) as application:
        standing, risk = _standing(application), application.place_risk()
        actor = application.actor()
        warn_of_actor(application)
    if json:
        warnings = [*([risk.what] if risk else []), *standing.versions]
        told = {"acting": _actor_data(actor), "warnings": [t().text(what) for what in warnings]}
        tell_json(_data(standing) | told)
    else:
        if risk:
            show_problem(risk, err=False)
        _show(standing)
        if actor.is_known:
            _tell(_acting(actor))
    if standing.needs_attention:
        raise typer.Exit(1)


def _standing(application: Application) -> Standing:
    from campaignbot.storage.alerts import not_sent
    from campaignbot.watching.connecting import all_ways

    overview = application.overview()
    versions = standings.version_warnings(application.platforms.values(), overview.at_utc)
    try:
        ways = tuple(way.name for way in all_ways(application.watched))
    except UserError as error:
        spent = _spent(application, overview)
        return Standing(overview, None, error.problems[0].what, (), versions, spent)
    with application.database.read() as tx:
        told = not_sent(tx, ways)
    return Standing(overview, ways, None, told, versions, _spent(application, overview))


def _spent(application: Application, overview: Overview) -> tuple[tuple[Account, Spent], ...]:
    """Return what each account that is charged for cost this month."""
    from campaignbot.storage.standings import spent_this_month

    with application.database.read() as tx:
        found = [
            (account, spent_this_month(tx, account, overview.at_utc))
            for account in overview.accounts.values()
        ]
    return tuple((account, spent) for account, spent in found if spent is not None)


def _data(standing: Standing) -> dict[str, Any]:
    overview, words = standing.overview, t()
    counts: dict[str, dict[str, int]] = {}
    for (platform, state), number in overview.counts.items():
        counts.setdefault(platform, {})[state] = number
    return {
        "at": overview.at_utc.isoformat(),
        "needs_attention": standing.needs_attention,
        "daemon_alive": overview.alive,
        "workers": [
            {
                "name": worker.name,
                "alive": overview.is_alive(worker),
                "started_at": worker.started_at_utc.isoformat(),
                "heartbeat_at": worker.heartbeat_at_utc.isoformat(),
                "stopped_at": worker.stopped_at_utc.isoformat() if worker.stopped_at_utc else None,
                "problem": words.text(worker.problem) if worker.problem else None,
            }
            for worker in overview.workers
        ],
        "publications": counts,
        "next_due": overview.due[0].due_at_utc.isoformat() if overview.due else None,
        "overdue": [p.reference for p in overview.overdue],
        "trouble": {p.reference: p.state for p in overview.trouble},
        "reasons": {p.reference: words.text(p.reason) for p in overview.trouble if p.reason},
        "uploading": {
            p.reference: overview.uploads[p.id] for p in overview.due if p.id in overview.uploads
        },
        "handed_over": [p.reference for p in overview.handed_over],
        "holds": [words.text(hold.reason) for hold in overview.holds],
        "paused": list(overview.paused),
        "unconnected": {a.key: a.state for a in standing.disconnected},
        "lacks_permission": {
            a.key: a.lacks.params["said"] for a in overview.accounts.values() if a.lacks
        },
        "no_statistics": {
            a.key: a.unmeasured.params["said"] for a in overview.accounts.values() if a.unmeasured
        },
        "spent_this_month": {a.key: spent_data(spent) for a, spent in standing.spent},
        "monthly_caps": {
            a.key: money_data(a.monthly_cap) for a, _ in standing.spent if a.monthly_cap
        },
        "alerts_to": list(standing.ways) if standing.ways is not None else None,
        "alerts_problem": words.text(standing.ways_problem) if standing.ways_problem else None,
        "alerts_not_sent": [
            {
                "key": raised.alert.key,
                "message": words.text(raised.alert.message),
                "problems": {d.way: words.text(d.problem) for d in raised.deliveries if d.problem},
            }
            for raised in standing.not_told
        ],
    }


def _show(standing: Standing) -> None:
    overview, words = standing.overview, t()
    _tell(words(_headline(overview)))
    for worker in overview.workers:
        _show_worker(worker, overview)
    for hold in overview.holds:
        _tell(words("status.hold", reason=words.text(hold.reason), by=words.actor(hold.by)))
    for key in overview.paused:
        _tell(words("status.paused", key=key))
    for told in standing.versions:
        _tell(words.text(told))
    for state, number in sorted(overview.by_state().items()):
        _tell(f"{number:>6}  {words(f'state.{state}')}")
    _show_accounts(standing)
    _show_alerts(standing)
    for heading, listed in (
        ("status.trouble", overview.trouble),
        ("status.overdue", overview.overdue),
        ("status.next", tuple(p for p in overview.due if p not in overview.overdue)[:5]),
    ):
        _show_publications(heading, listed, overview)


def _show_accounts(standing: Standing) -> None:
    for account in standing.disconnected:
        _tell(_without_access(account))
    for account in standing.overview.accounts.values():
        if account.unmeasured is not None:
            _tell(t()("account.unmeasured.status", key=account.key, why=account.unmeasured))
    for account, spent in standing.spent:
        _tell(spent_line(account.key, spent, account.monthly_cap))


def _without_access(account: Account) -> str:
    words = t()
    if account.state is AccountState.LACKS_PERMISSION and account.lacks is not None:
        return words("account.lacks.status", key=account.key, **account.lacks.params)
    expired = account.state is not AccountState.NOT_CONNECTED
    how = AccountState.TOKEN_EXPIRED if expired else account.state
    return words("status.unconnected", key=account.key, state=words(f"account.{how}"))


def _actor_data(actor: Actor) -> dict[str, Any]:
    known = actor.name if actor.is_known else None
    return {"name": known, "role": actor.role, "how_known": actor.how_known}


def _acting(actor: Actor) -> str:
    words = t()
    how = words(f"actor.by_{actor.how_known}")
    return words("status.acting", name=actor.name, role=words(f"role.{actor.role}"), how=how)


def _headline(overview: Overview) -> str:
    living = [worker for worker in overview.workers if overview.is_alive(worker)]
    if not living:
        return "status.silent"
    return "status.hindered" if all(worker.problem for worker in living) else "status.alive"


def _show_worker(worker: Worker, overview: Overview) -> None:
    words = t()
    ago = words.since(overview.at_utc - worker.heartbeat_at_utc)
    if overview.is_alive(worker):
        _tell(words("status.worker.alive", worker=worker.name, ago=ago), 2)
    elif worker.stopped_at_utc is not None:
        _tell(words("status.worker.stopped", worker=worker.name, at=worker.stopped_at_utc), 2)
    else:
        _tell(words("status.worker.silent", worker=worker.name, at=worker.heartbeat_at_utc), 2)
    if worker.problem and worker.stopped_at_utc is None:
        _tell(words.text(worker.problem), 4)


def _show_alerts(standing: Standing) -> None:
    words = t()
    if standing.ways_problem is not None:
        _tell(words.text(standing.ways_problem))
    elif not standing.ways:
        _tell(words("status.no_ways"))
    if not standing.not_told:
        return
    _tell(words("status.not_told", n=len(standing.not_told)))
    for raised in standing.not_told[:5]:
        _tell(words.text(raised.alert.message), 2)
    problems = {
        f"{delivery.way}: {words.text(delivery.problem)}"
        for raised in standing.not_told
        for delivery in raised.deliveries
        if delivery.problem
    }
    for problem in sorted(problems):
        _tell(problem, 4)


def _show_publications(heading: str, listed: tuple[Publication, ...], overview: Overview) -> None:
    words = t()
    if not listed:
        return
    _tell(words(heading))
    for publication in listed[:_LISTED]:
        tell(line_of(publication, "  "))
        for told in why_not_out(publication, overview.waits.get(publication.id)):
            tell_indented(told, 6)
        if publication.id in overview.uploads:
            _tell(words("post.uploading", percent=overview.uploads[publication.id]), 6)
    if len(listed) > _LISTED:
        _tell(words("status.more", n=len(listed) - _LISTED), 2)


def line_of(publication: Publication, indent: str = "") -> str:
    """Return a publication in one line: reference, time, state, how its text begins."""
    words = t()
    head = (
        f"{indent}{publication.reference}  {words.instant(publication.due_at_utc)}  "
        f"{words(f'state.{publication.state}')}  "
    )
    return head + first_words(publication, len(head))


def _tell(text: str, indent: int = 0) -> None:
    """Print a text that keeps within the window, with its later lines under its first."""
    tell_indented(text.lstrip(), indent + len(text) - len(text.lstrip()))
