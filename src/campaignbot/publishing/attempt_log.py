"""One id in the log from a publication to its attempt to every request of that attempt."""

from __future__ import annotations

from contextlib import AbstractContextManager

from structlog.contextvars import bound_contextvars

from campaignbot.domain.publication import Publication


def tried(publication: Publication, number: int) -> AbstractContextManager[None]:
    """Put `WTR-0007/2` into every line of this thread's log: the second attempt at WTR-0007.

    The number is that of the attempt's row in the database.
    """
    return bound_contextvars(attempt=f"{publication.reference}/{number}")


def looked_for(publication: Publication) -> AbstractContextManager[None]:
    """Put `WTR-0007` as what is looked for into every line of this thread's log."""
    return bound_contextvars(lookup=publication.reference)
