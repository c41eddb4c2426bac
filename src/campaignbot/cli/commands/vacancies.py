"""Vacancies: read one, and tell what that means for the posts about it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from campaignbot.cli.options import DryRun, Json, opened
from campaignbot.cli.texts import help_text, say, tell, tell_json
from campaignbot.cli.texts import translator as t
from campaignbot.domain.policy import Act
from campaignbot.files import MAX_PAGE_BYTES, read_bytes

if TYPE_CHECKING:
    from campaignbot.domain.findings import Finding
    from campaignbot.domain.publication import Publication
    from campaignbot.domain.vacancy import Pay, Vacancy
    from campaignbot.reviewing.vacancies import VacancyChange

_ = help_text
# Facts that are shown under another name than their own.
_SHOWN_AS = {"places": "place", "hours_min": "hours", "hours_max": "hours"}


def register(app: typer.Typer) -> None:
    vacancy = typer.Typer(help=_("cli.vacancy"), no_args_is_help=True)
    vacancy.command("import", help=_("cli.vacancy_import"))(vacancy_import)
    vacancy.callback()(_vacancy)
    app.add_typer(vacancy, name="vacancy")


def _vacancy() -> None:
    """Keep `vacancy import` a command of its own group, also while it is the only one."""


def vacancy_import(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help=_("cli.vacancy_source"))],
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Read a vacancy and store it; a changed fact voids the approvals that used it."""
    from campaignbot.pipeline import import_vacancy

    with opened(context) as application:
        importer = application.require_actor(Act.IMPORT_VACANCY)
        imported = import_vacancy(
            source,
            _fetched(source),
            application.database,
            application.settings.zone,
            application.clock,
            application.new_id,
            by=importer.name,
            dry_run=dry_run,
        )
    vacancy, findings = imported.reading.vacancy, imported.reading.findings
    if json:
        tell_json(
            {
                "vacancy": _plain(vacancy),
                "findings": [finding_json(f) for f in findings],
                "change": change_json(imported.change),
                "stored": not dry_run,
            },
            dry_run=dry_run,
        )
        return
    _show_vacancy(vacancy, findings)
    say("vacancy.not_stored" if dry_run else "vacancy.stored", ref=vacancy.reference)
    say_change(imported.change)


def _fetched(source: str) -> bytes:
    if source.startswith(("http://", "https://")):
        from campaignbot.gateways.web import fetch

        return fetch(source)
    return read_bytes(Path(source), MAX_PAGE_BYTES)


def say_change(change: VacancyChange) -> None:
    """Narrate what a new reading of a vacancy means for the posts about it."""
    ref = change.vacancy.reference
    if change.closed:
        say("vacancy.closed", ref=ref)
    if change.opened:
        say("vacancy.opened", ref=ref)
    if change.changed and change.used:
        say("vacancy.changed", ref=ref, facts=_labels(change.changed))
    if change.touched:
        refs = ", ".join(p.reference for p in change.touched)
        say("vacancy.touched", n=len(change.touched), refs=refs)
    for publication in change.live:
        say("vacancy.live", ref=publication.reference, link=publication.whereabouts)


def _labels(facts: Collection[str]) -> str:
    return ", ".join(sorted({t()(f"vacancy.field.{_SHOWN_AS.get(f, f)}").lower() for f in facts}))


def change_json(change: VacancyChange) -> dict[str, Any]:
    return {
        "reference": change.vacancy.reference,
        "changed": sorted(change.changed),
        "closed": change.closed,
        "opened": change.opened,
        "to_review": [p.reference for p in change.touched],
        "live": [_live(p) for p in change.live],
    }


def _live(publication: Publication) -> dict[str, str | None]:
    return {
        "reference": publication.reference,
        "state": publication.state,
        "permalink": publication.permalink,
    }


def _plain(value: object) -> Any:
    from campaignbot.storage.documents import to_document

    return to_document(value)


def finding_json(finding: Finding) -> dict[str, str | None]:
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
        "pay": _pay_in_words(pay) if pay else unknown,
        "scale": pay.scale or unknown if pay else unknown,
        "appointment": vacancy.appointment or unknown,
        "last_day": words.weekday(vacancy.last_day) if vacancy.last_day else unknown,
        "apply_url": vacancy.apply_url or unknown,
    }
    for name, value in rows.items():
        tell(f"{words(f'vacancy.field.{name}'):<16} {value}")
    for finding in findings:
        say("vacancy.note", text=words.text(finding.what))


def _pay_in_words(pay: Pay) -> str:
    words = t()
    if pay.minimum is None and pay.maximum is None:
        return words("vacancy.unknown")
    amounts = [
        "?" if amount is None else words.money(amount, pay.currency)
        for amount in dict.fromkeys((pay.minimum, pay.maximum))
    ]
    period = f" {words(f'vacancy.per_{pay.period}')}" if pay.period else ""
    return f"{' – '.join(amounts)}{period}"
