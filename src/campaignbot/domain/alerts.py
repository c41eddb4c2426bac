"""What people are told without asking."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from campaignbot.domain.messages import Message


class AlertKind(StrEnum):
    """What happened; each has a sentence, a subject and a next step in the catalogues."""

    FAILED = "failed"
    MISSED = "missed"
    UNCERTAIN = "uncertain"
    EXPIRED = "expired"
    EXPIRES = "expires"
    LACKS_PERMISSION = "lacks_permission"
    SILENT = "silent"
    PROBLEM = "problem"
    COMMENTS = "comments"
    CUT = "cut"
    VERSION = "version"
    CAPPED = "capped"


@dataclass(frozen=True, slots=True)
class Alert:
    """One occurrence that a person should know of.

    `key` names the occurrence: the same one is found again at every look, and told once.
    `subject` is what it is about: the reference of a publication, the key of an account, a worker.
    `total` is the number that was told, where it is about a number that rose.
    """

    key: str
    kind: AlertKind
    subject: str
    message: Message
    reason: Message | None = None
    permalink: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """An alert on one way to a reader; `problem` is why the last try failed."""

    way: str
    tries: int
    next_try_at_utc: datetime
    sent_at_utc: datetime | None = None
    problem: Message | None = None


class NotTold(Exception):
    """A message could not be sent; `may_have_arrived` where the answer, not the message, is lost.

    `what` says why, without any secret.
    """

    def __init__(self, what: Message, *, may_have_arrived: bool = False) -> None:
        super().__init__(what.key)
        self.what, self.may_have_arrived = what, may_have_arrived
