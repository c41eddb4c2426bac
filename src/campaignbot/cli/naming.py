"""Commands that act on one post: finding it, and saying why something cannot be done to it now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from campaignbot.cli.texts import help_text
from campaignbot.cli.texts import translator as t
from campaignbot.domain.errors import user_error
from campaignbot.domain.publication import IllegalTransition

if TYPE_CHECKING:
    from campaignbot.bootstrap import Application
    from campaignbot.domain.publication import Publication

_ = help_text
Ref = Annotated[str, typer.Argument(metavar="REF", help=_("cli.post_ref"))]
Reason = Annotated[str, typer.Option("--reason", help=_("cli.reason"))]


def found(application: Application, reference: str) -> Publication:
    """Return the publication that people call by this reference; UserError when none is."""
    from campaignbot.storage import publications

    with application.database.read() as tx:
        return publications.publication_by_reference(tx, reference)


@contextmanager
def worded(publication: Publication) -> Iterator[None]:
    """Say in words that something cannot be done in this state, or that somebody was first."""
    from campaignbot.storage.publications import StaleVersion

    try:
        yield
    except IllegalTransition:
        raise not_now(publication) from None
    except StaleVersion:
        raise user_error(
            "post.changed", remedy="post.changed.remedy", ref=publication.reference
        ) from None


def not_now(publication: Publication) -> Exception:
    """Return the error that says in which state the post is."""
    return user_error(
        "post.not_now",
        remedy="post.not_now.remedy",
        ref=publication.reference,
        state=t()(f"state.{publication.state}"),
    )
