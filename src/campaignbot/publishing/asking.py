"""Asking a platform to publish what was claimed, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from campaignbot.domain.accounts import Account, RateBudget
from campaignbot.domain.clock import Clock
from campaignbot.domain.errors import Problem, UserError
from campaignbot.domain.findings import Finding
from campaignbot.domain.hosting import MediaUnreachable
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import Publication, Receipt
from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import LeaseLost, PlatformError, outcome_of
from campaignbot.platforms.outcomes import Outcome
from campaignbot.platforms.protocol import Adapter
from campaignbot.publishing.steps import OnStep, Step
from campaignbot.publishing.uploading import Upload
from campaignbot.storage import attempts
from campaignbot.storage.claims import Claim
from campaignbot.storage.database import Database, StorageError

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was found just before sending: the errors that nobody has waived, and the way out.

    `open_adapter` raises AuthError when the account is not connected.
    """

    blocking: Sequence[Finding]
    open_adapter: Callable[[], Adapter]


Prepare = Callable[[Publication, Account], Prepared]
"""Looks at a publication as of now."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; a `reason` of our own goes before the one that follows from the outcome.

    So does an instant at which to try `again`; where there is one, the platform was not asked.
    """

    outcome: Outcome
    reason: Message | None
    receipt: Receipt | None
    budgets: Sequence[RateBudget]
    again: datetime | None = None


class CreateRequest:
    """Called by an adapter just before the one request that creates the post.

    Raises LeaseLost when the work is another's by now. From then on the request counts as `sent`,
    and `receipt` is what the adapter handed over with it.
    """

    def __init__(self, database: Database, clock: Clock, on_step: OnStep, claim: Claim) -> None:
        self._database, self._clock = database, clock
        self._on_step, self._claim = on_step, claim
        self.sent = False
        self.receipt: Receipt | None = None

    def __call__(self, receipt: Receipt | None) -> None:
        self._on_step(Step.BEFORE_CREATE)
        ours = self._database.together(
            lambda tx: attempts.mark_request_sent(
                tx, self._claim.attempt, now=self._clock.now(), receipt=receipt
            )
        )
        if not ours:
            raise LeaseLost
        self.sent, self.receipt = True, receipt
        self._on_step(Step.REQUEST_MARKED)


class Ask:
    """Has an adapter publish a claimed publication."""

    def __init__(self, database: Database, clock: Clock, prepare: Prepare, on_step: OnStep) -> None:
        self._database, self._clock = database, clock
        self._prepare, self._on_step = prepare, on_step

    def __call__(self, claim: Claim) -> Answer:
        """Send, and return what came back; LeaseLost or StorageError when nothing can be said."""
        publication = claim.publication
        create = CreateRequest(self._database, self._clock, self._on_step, claim)
        upload = Upload(self._database, self._clock, claim)
        adapter: Adapter | None = None
        reason: Message | None = None
        checked = False
        outcome: Outcome
        try:
            # What was in order when it was approved may not be now: a consent has ended.
            prepared = self._prepare(publication, claim.account)
            if prepared.blocking:
                first = prepared.blocking[0]
                raise UserError(Problem(first.what, first.remedy))
            checked = True
            adapter = prepared.open_adapter()
            outcome = adapter.publish(
                publication.content,
                resume=publication.receipt,
                before_create=create,
                reply_to=claim.reply_to,
                progress=upload,
            )
        except (LeaseLost, StorageError):
            # The attempt stays open: when its lease is over, what the database knows decides.
            raise
        except UserError as error:
            reason = None if create.sent else _with_remedy(error.problems[0])
            outcome = _of_our_own(error, sent=create.sent, keyless=checked and adapter is None)
        except PlatformError as error:
            outcome = outcome_of(error, create_was_sent=create.sent)
        except Exception as error:
            # A defect in an adapter must neither stop the others nor hide a post that went out.
            # The text of an unforeseen error may hold a secret: only its kind is kept.
            said = type(error).__name__
            _log.error("adapter failed", publication=publication.reference, error=said)
            outcome = outcomes.Unknown(said) if create.sent else outcomes.Unavailable(said)
        # As the database keeps it: the last one told of; none takes away what an earlier one left.
        receipt = create.receipt or upload.begun or publication.receipt
        return Answer(outcome, reason, receipt, _told_by(adapter))


def _with_remedy(problem: Problem) -> Message:
    """Return what is wrong and what helps, as one reason that people are shown."""
    if problem.remedy is None:
        return problem.what
    return Message("publishing.with_remedy", {"what": problem.what, "remedy": problem.remedy})


def _told_by(adapter: Adapter | None) -> Sequence[RateBudget]:
    """Return what the platform said of its limits; a defect in reading it hides no outcome."""
    if adapter is None:
        return ()
    try:
        return adapter.budgets()
    except Exception as error:
        # As above: only its kind is kept.
        _log.error("limits not read", error=type(error).__name__)
        return ()


def _of_our_own(error: UserError, *, sent: bool, keyless: bool) -> Outcome:
    """Return the outcome of something of ours that is missing or wrong."""
    key = error.problems[0].what.key
    if sent:
        return outcomes.Unknown(key)
    if keyless:
        # The vault's key is another one on this machine, or gone: no fault of the post.
        return outcomes.Unavailable(key)
    if isinstance(error, MediaUnreachable):
        # A web server may be back in a minute.
        return outcomes.Unavailable(key, Advice.MEDIA_UNREACHABLE)
    # A picture is missing, or a setting: nothing was sent.
    return outcomes.Rejected(key)
