"""Commands for single posts: look, take down, report back, send again, comment."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbot.cli import dossiers
from campaignbot.cli.commands import post_media, post_times
from campaignbot.cli.naming import Reason, Ref, found, not_now, worded
from campaignbot.cli.options import DryRun, Json, opened, wall_time
from campaignbot.cli.states import state_called
from campaignbot.cli.texts import help_text, say, tell, tell_indented, tell_json
from campaignbot.cli.texts import translator as t
from campaignbot.domain.errors import user_error
from campaignbot.domain.findings import Severity
from campaignbot.domain.messages import Param
from campaignbot.domain.publication import State
from campaignbot.files import read_text

if TYPE_CHECKING:
    from campaignbot.bootstrap import Application
    from campaignbot.domain.content import MediaItem
    from campaignbot.domain.publication import Publication
    from campaignbot.reviewing.correcting import Corrected
    from campaignbot.reviewing.taking_down import TakenDown

_ = help_text


def register(app: typer.Typer) -> None:
    post = typer.Typer(help=_("cli.post"), no_args_is_help=True)
    for name, command in (
        ("list", list_posts),
        ("show", show),
        ("take-down", take_down),
        ("correct", correct),
        ("placed", placed),
        ("skip", skip),
        ("settle", settle),
        ("move", post_times.move),
        ("send-again", send_again),
        ("reopen", reopen),
        ("cancel", cancel),
        ("comment", comment),
    ):
        post.command(name, help=_(f"cli.post_{name}"))(command)
    post_media.register(post)
    app.add_typer(post, name="post")


def list_posts(
    context: typer.Context,
    state: Annotated[list[str] | None, typer.Option("--state", help=_("cli.post_state"))] = None,
    campaign: Annotated[str | None, typer.Option("--campaign", help=_("cli.hold_campaign"))] = None,
    json: Json = False,
) -> None:
    """List posts in order of their times."""
    from campaignbot.reviewing.words import wait_in_words
    from campaignbot.storage import accounts, campaigns, publications
    from campaignbot.storage.waits import waits

    states = [state_called(name) for name in state or ()]
    with opened(context) as application, application.database.read() as tx:
        chosen = campaigns.require_campaign(tx, campaign).id if campaign else None
        listed = publications.list_publications(tx, states=states or None, campaign_id=chosen)
        keys = {account.id: account.key for account in accounts.list_accounts(tx)}
        held_up = waits(tx, listed, application.clock.now())
    if json:
        plain = [
            dossiers.plain_publication(p, keys[p.account_id], held_up.get(p.id)) for p in listed
        ]
        tell_json({"posts": plain})
        return
    for publication in listed:
        tell(dossiers.line(publication, keys[publication.account_id]))
        for told in dossiers.why_not_out(publication, held_up.get(publication.id)):
            tell_indented(told, 6)
    for told in {wait_in_words(t(), wait) for wait in held_up.values() if wait.for_all}:
        tell(told)
    if not listed:
        say("post.none")


def show(context: typer.Context, ref: Ref, json: Json = False) -> None:
    """Show all that is known about one post."""
    from campaignbot.reviewing.dossier import read_dossier

    with opened(context) as application:
        now = application.clock.now()
        dossier = read_dossier(application.database, application.reviews, ref, now)
    if json:
        tell_json(dossiers.plain(dossier))
    else:
        dossiers.show(dossier, application.media_size)


def take_down(
    context: typer.Context,
    ref: Ref,
    reason: Reason = "",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Take a live post off its platform."""
    with opened(context) as application:
        publication = found(application, ref)
        person = application.actor()
        if dry_run:
            done = application.take_down.preview(publication, person)
        else:
            with worded(publication):
                done = application.take_down(publication, person, reason)
    if json:
        tell_json(
            {
                "reference": done.publication.reference,
                "state": done.publication.state,
                "removed": [p.reference for p in done.removed],
                "by_hand": {p.reference: p.permalink for p in done.by_hand},
                "cancelled": [p.reference for p in done.cancelled],
                "left": {p.reference: p.permalink for p in done.left},
                "dry_run": dry_run,
            }
        )
    else:
        _tell_taken_down(done, dry_run)
    if done.left:
        raise typer.Exit(1)


def _tell_taken_down(done: TakenDown, dry_run: bool) -> None:
    did = "take_down.would" if dry_run else "take_down.did"
    for publication in done.removed:
        say(did, ref=publication.reference)
    for publication in done.by_hand:
        say("take_down.yours", ref=publication.reference, link=publication.whereabouts)
    for publication in done.cancelled:
        say("take_down.cancelled", ref=publication.reference)
    for publication in done.left:
        say("take_down.left", ref=publication.reference, link=publication.whereabouts)
    if not (done.removed or done.by_hand or done.left):
        say("take_down.already", ref=done.publication.reference)


def correct(
    context: typer.Context,
    ref: Ref,
    text: Annotated[str | None, typer.Option("--text", help=_("cli.post_new_text"))] = None,
    file: Annotated[Path | None, typer.Option("--file", help=_("cli.post_new_file"))] = None,
    reason: Reason = "",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Give a live post another text."""
    words = _new_text(ref, text, file)
    with opened(context) as application:
        publication, person = found(application, ref), application.actor()
        with worded(publication):
            if dry_run:
                done = application.correct.preview(publication, person, words)
            else:
                done = application.correct(publication, person, words, reason)
    after = done.publication
    if json:
        tell_json(
            {
                "reference": after.reference,
                "state": after.state,
                "content": after.content.to_json(),
                "link": after.permalink,
                "changed": done.changed,
                "by_hand": done.by_hand,
                "findings": [dossiers.plain_finding(f) for f in done.findings],
                "dry_run": dry_run,
            }
        )
        return
    for finding in done.findings:
        for told in dossiers.finding_lines(finding):
            tell(told)
    if dry_run and any(finding.severity == Severity.ERROR for finding in done.findings):
        say("correct.would_not", ref=after.reference)
        raise typer.Exit(1)
    say(_correction(done, dry_run), ref=after.reference)
    if done.by_hand and done.changed:
        say("correct.yours", ref=after.reference, link=after.whereabouts)


def _new_text(ref: str, text: str | None, file: Path | None) -> str:
    if (text is None) is (file is None):
        raise user_error("correct.text_how", remedy="correct.text_how.remedy", ref=ref)
    if file is None:
        return text or ""
    return read_text(file)


def _correction(done: Corrected, dry_run: bool) -> str:
    if not done.changed:
        return "correct.already"
    return "correct.would" if dry_run else "correct.did"


def placed(
    context: typer.Context,
    ref: Ref,
    address: Annotated[
        str | None, typer.Argument(metavar="ADDRESS", help=_("cli.post_address"))
    ] = None,
    note: Annotated[
        str, typer.Option("--note", metavar="TEXT", help=_("cli.post_placed_note"))
    ] = "",
    photo: Annotated[
        Path | None, typer.Option("--photo", metavar="FILE", help=_("cli.post_placed_photo"))
    ] = None,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Note where somebody placed a post that was laid ready: an address, a remark or a photo."""
    if address is None and not note.strip() and photo is None:
        raise user_error("post.placed_how", remedy="post.placed_how.remedy", ref=ref)
    with opened(context) as application:
        publication, person = found(application, ref), application.actor()
        if publication.state is State.UNCERTAIN:
            raise not_now(publication)
        with worded(publication):
            # Whether it can be noted is known before a photo is stored.
            seen = _photo_of_place(application, publication, photo, note, store=False)
            mark = partial(application.placing.mark_placed, publication, person, address, note=note)
            after = mark(photo=seen, dry_run=True)
            if not dry_run:
                after = mark(
                    photo=_photo_of_place(application, publication, photo, note, store=True)
                )
    where = address or note.strip() or str(photo)
    _told(after, json, dry_run, "post.would_placed", address=where)


def _photo_of_place(
    application: Application,
    publication: Publication,
    photo: Path | None,
    note: str,
    *,
    store: bool,
) -> MediaItem | None:
    """Return a photo of where a post stands, taken in only where it is to be stored."""
    if photo is None:
        return None
    from campaignbot.domain.content import MediaKind
    from campaignbot.pipeline.own_media import Said

    account = application.reviews.item(publication.id).account
    platform, own = application.platforms[account.platform], application.own_media
    said = Said(alt_text=note.strip())
    item = own.look(photo, said, platform).item
    if item.kind is not MediaKind.IMAGE:
        raise user_error("post.not_a_photo", remedy="post.not_a_photo.remedy", file=str(photo))
    return own.take(photo, said, platform, application.actor()) if store else item


def skip(
    context: typer.Context,
    ref: Ref,
    reason: Reason = "",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Note that a post that was laid ready is not placed after all."""
    with opened(context) as application:
        publication = found(application, ref)
        with worded(publication):
            after = application.placing.skip(
                publication, application.actor(), reason, dry_run=dry_run
            )
    _told(after, json, dry_run, "post.would_skip")


def reopen(context: typer.Context, ref: Ref, json: Json = False, dry_run: DryRun = False) -> None:
    """Take an approval back, as long as nothing was sent; the post waits for review again."""
    with opened(context) as application:
        publication = found(application, ref)
        with worded(publication):
            after = application.reviews.take_back(publication, application.actor(), dry_run=dry_run)
    _told(after, json, dry_run, "post.would_reopen")


def cancel(context: typer.Context, ref: Ref, json: Json = False, dry_run: DryRun = False) -> None:
    """Withdraw a post that was not sent, with the comments that would follow it."""
    with opened(context) as application:
        publication = found(application, ref)
        with worded(publication):
            after = application.reviews.cancel(publication, application.actor(), dry_run=dry_run)
    _told(after, json, dry_run, "post.would_cancel")


def settle(
    context: typer.Context,
    ref: Ref,
    published: Annotated[
        str | None, typer.Option("--published", metavar="ADDRESS", help=_("cli.post_published"))
    ] = None,
    not_there: Annotated[bool, typer.Option("--not-there", help=_("cli.post_not_there"))] = False,
    reason: Reason = "",
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Say whether an uncertain post is there."""
    if (published is None) is not not_there:
        raise user_error("post.settle_how", remedy="post.settle_how.remedy", ref=ref)
    with opened(context) as application:
        publication = found(application, ref)
        if publication.state is not State.UNCERTAIN:
            raise not_now(publication)
        person, placing = application.actor(), application.placing
        with worded(publication):
            if published is not None:
                after = placing.mark_placed(publication, person, published, dry_run=dry_run)
            else:
                after = placing.settle_absent(publication, person, reason, dry_run=dry_run)
    _told(after, json, dry_run, "post.would_settle")


def send_again(
    context: typer.Context,
    ref: Ref,
    at: Annotated[str, typer.Option("--at", help=_("cli.post_at"))],
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Send a missed or failed post again, as it was approved, at another time."""
    with opened(context) as application:
        publication = found(application, ref)
        planned = wall_time(at, application.settings.zone, application.clock.now())
        window = timedelta(hours=application.settings.publishing.grace_h)
        with worded(publication):
            after = application.reviews.send_again(
                publication, application.actor(), planned, window, dry_run=dry_run
            )
    _told(after, json, dry_run, "post.would_again", at=planned.instant)


def comment(
    context: typer.Context,
    ref: Ref,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=_("cli.post_text"))],
    after: Annotated[int, typer.Option("--after", metavar="MIN", help=_("cli.post_after"))] = 2,
    link: Annotated[str | None, typer.Option("--link", help=_("cli.post_link"))] = None,
    json: Json = False,
    dry_run: DryRun = False,
) -> None:
    """Write a comment that goes below a post, some minutes after it."""
    from campaignbot.reviewing.comments import CommentDraft

    with opened(context) as application:
        parent, person = found(application, ref), application.actor()
        draft = CommentDraft(text, link, after)
        act = application.comments.preview if dry_run else application.comments.add
        made = act(parent, person, draft)
        key = application.reviews.item(parent.id).account.key
    if json:
        told = dossiers.plain_publication(made, key) | {"stored": not dry_run}
        tell_json(told, dry_run=dry_run)
        return
    did = "comment.would" if dry_run else "comment.made"
    say(did, ref=made.reference, parent=parent.reference, at=made.due_at_utc)
    if made.content.link:
        say("comment.link", link=made.content.link)


def _told(after: Publication, json: bool, dry_run: bool, would: str, **params: Param) -> None:
    """Tell how a post is now; of a dry run, in the words of a key, what would be done."""
    if json:
        told = {
            "reference": after.reference,
            "state": after.state,
            "link": after.permalink,
            "placement": after.placement.to_json() if after.placement else None,
        }
        tell_json(told, dry_run=dry_run)
    elif dry_run:
        say(would, ref=after.reference, **params)
    else:
        say("post.is_now", ref=after.reference, state=t()(f"state.{after.state}"))
