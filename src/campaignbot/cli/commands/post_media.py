"""Commands for the pictures, the video or the document of a post that is not out yet."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbot.cli import dossiers
from campaignbot.cli.naming import Ref, found, worded
from campaignbot.cli.options import DryRun, Json, opened
from campaignbot.cli.texts import help_text, say, tell, tell_json
from campaignbot.cli.texts import translator as t
from campaignbot.domain.errors import user_error
from campaignbot.domain.findings import Severity
from campaignbot.domain.policy import Act
from campaignbot.domain.publication import Event, next_state

if TYPE_CHECKING:
    from campaignbot.bootstrap import Application
    from campaignbot.domain.content import Content
    from campaignbot.domain.findings import Finding
    from campaignbot.domain.publication import Publication
    from campaignbot.pipeline.own_media import Said

_ = help_text
Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help=_("cli.media_files"))]
Alt = Annotated[list[str] | None, typer.Option("--alt", help=_("cli.media_alt"))]
Title = Annotated[str, typer.Option("--title", help=_("cli.media_title"))]
People = Annotated[str, typer.Option("--people", help=_("cli.media_people"))]
Until = Annotated[
    datetime | None,
    typer.Option("--consent-until", formats=["%Y-%m-%d"], help=_("cli.media_consent")),
]
Instead = Annotated[bool, typer.Option("--instead", help=_("cli.media_instead"))]
Numbers = Annotated[list[int], typer.Argument(metavar="N…", help=_("cli.media_numbers"))]
Number = Annotated[int, typer.Argument(metavar="N", help=_("cli.media_number"))]


def register(post: typer.Typer) -> None:
    media = typer.Typer(help=_("cli.post_media"), no_args_is_help=True)
    for name, command in (
        ("add", add),
        ("slides", slides),
        ("remove", remove),
        ("order", order),
        ("words", words),
        ("link", link),
    ):
        media.command(name, help=_(f"cli.media_{name}"))(command)
    post.add_typer(media, name="media")


def add(
    context: typer.Context,
    ref: Ref,
    files: Files,
    alt: Alt = None,
    title: Title = "",
    people: People = "",
    consent_until: Until = None,
    instead: Instead = False,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Add pictures, a video or a document to a post."""
    given = [*(alt or []), *([""] * (len(files) - len(alt or [])))]
    if len(given) > len(files):
        raise user_error("media.many_alts", remedy="media.many_alts.remedy")
    with opened(context) as application:
        publication = _editable(application, ref)
        platform = application.reviews.item(publication.id).platform
        person, own = application.require_actor(Act.EDIT), application.own_media
        asked = [
            (f, _said(a, title, people, consent_until)) for f, a in zip(files, given, strict=True)
        ]
        # All are looked at before one is stored.
        brought = [own.look(file, said, platform) for file, said in asked]
        if not dry_run:
            for file, said in asked:
                own.take(file, said, platform, person)
        items = tuple(one.item for one in brought)
        before = () if instead else publication.content.media
        content = replace(publication.content, media=(*before, *items))
        sizes = {one.item.sha256: one.size_bytes for one in brought}
        _finish(application, publication, content, json=json, dry_run=dry_run, sizes=sizes)


def slides(
    context: typer.Context,
    ref: Ref,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE…]", help=_("cli.media_slide_files"))
    ] = None,
    title: Title = "",
    people: People = "",
    consent_until: Until = None,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Make one PDF document of pictures, a page each."""
    with opened(context) as application:
        publication = _editable(application, ref)
        person, own = application.actor(), application.own_media
        said = _said("", title, people, consent_until)
        if files:
            made = own.slides(files, said, person, keep=not dry_run)
        else:
            made = own.slides_of(publication.content.media, said, person, keep=not dry_run)
        content = replace(publication.content, media=(made.item,))
        sizes = {made.item.sha256: made.size_bytes}
        _finish(application, publication, content, json=json, dry_run=dry_run, sizes=sizes)


def remove(
    context: typer.Context, ref: Ref, numbers: Numbers, json: Json = False, dry_run: DryRun = False
) -> None:
    """Take media out of a post."""
    from campaignbot.pipeline.arranging import without

    _arrange(context, ref, lambda content: without(content, numbers), json, dry_run)


def order(
    context: typer.Context, ref: Ref, numbers: Numbers, json: Json = False, dry_run: DryRun = False
) -> None:
    """Put the pictures of a post in another order."""
    from campaignbot.pipeline.arranging import ordered

    _arrange(context, ref, lambda content: ordered(content, numbers), json, dry_run)


def words(
    context: typer.Context,
    ref: Ref,
    number: Number,
    alt: Annotated[str | None, typer.Option("--alt", help=_("cli.media_alt_one"))] = None,
    title: Annotated[str | None, typer.Option("--title", help=_("cli.media_title"))] = None,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Give a medium another alt text or title."""
    from campaignbot.pipeline.arranging import described

    _arrange(context, ref, lambda content: described(content, number, alt, title), json, dry_run)


def link(
    context: typer.Context,
    ref: Ref,
    title: Annotated[str, typer.Option("--title", help=_("cli.media_card_title"))] = "",
    description: Annotated[str, typer.Option("--text", help=_("cli.media_card_text"))] = "",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Leave out the media, so that the link shows its card."""
    from campaignbot.pipeline.arranging import link_alone

    with opened(context) as application:
        publication = _editable(application, ref)
        platform = application.reviews.item(publication.id).platform
        content = link_alone(publication.content, platform, title, description)
        if not platform.needs_preview:
            say("media.card_itself", platform=platform.label)
        _finish(application, publication, content, json=json, dry_run=dry_run)


def _said(alt: str, title: str, people: str, until: datetime | None) -> Said:
    from campaignbot.pipeline.own_media import Said

    return Said(alt.strip(), title.strip(), people.strip(), until.date() if until else None)


def _editable(application: Application, ref: str) -> Publication:
    """Return the post; UserError before anything is stored when it cannot be edited now."""
    publication = found(application, ref)
    with worded(publication):
        next_state(publication.state, Event.EDIT)
    return publication


def _arrange(
    context: typer.Context,
    ref: str,
    change: Callable[[Content], Content],
    json: bool,
    dry_run: bool,
) -> None:
    with opened(context) as application:
        publication = _editable(application, ref)
        content = change(publication.content)
        _finish(application, publication, content, json=json, dry_run=dry_run)


def _finish(
    application: Application,
    publication: Publication,
    content: Content,
    *,
    json: bool,
    dry_run: bool,
    sizes: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """Store the new content, unless it is a trial, and tell what the checks find in it.

    Ends with exit code 1 where it cannot be approved so.
    """
    after, person = replace(publication, content=content), application.require_actor(Act.EDIT)
    if not dry_run:
        with worded(publication):
            after = application.reviews.edit(publication, person, content=content)
    account = application.reviews.item(publication.id).account
    findings = application.checks.findings(after, account, sizes)
    if json:
        tell_json(
            {
                "reference": after.reference,
                "state": after.state,
                "media": [item.to_json() for item in content.media],
                "preview": content.preview and content.preview.to_json(),
                "findings": [dossiers.plain_finding(f) for f in findings],
                "stored": not dry_run,
            },
            dry_run=dry_run,
        )
    else:
        _tell(application, after, findings, sizes, dry_run)
    if any(finding.severity is Severity.ERROR for finding in findings):
        # It is done, and a person is needed before it can be approved.
        raise typer.Exit(1)


def _tell(
    application: Application,
    after: Publication,
    findings: Collection[Finding],
    sizes: Mapping[str, int],
    dry_run: bool,
) -> None:
    from campaignbot.reviewing.words import content_in_words

    for line in content_in_words(
        t(), after.content, lambda item: sizes.get(item.sha256) or application.media_size(item)
    ):
        tell(line)
    for finding in findings:
        for told in dossiers.finding_lines(finding):
            tell(told)
    state = t()(f"state.{after.state}")
    say("media.would" if dry_run else "post.is_now", ref=after.reference, state=state)
