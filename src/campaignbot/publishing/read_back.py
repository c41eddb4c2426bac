"""Finding out what became of a post whose answer was lost."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.clock import Clock
from campaignbot.domain.messages import Message
from campaignbot.domain.publication import Attempt, Event, Publication
from campaignbot.platforms.errors import AuthError, PermissionMissing, PlatformError
from campaignbot.platforms.matching import ends_at
from campaignbot.platforms.protocol import Adapter, ExternalPost, Platform
from campaignbot.publishing.attempt_log import looked_for
from campaignbot.publishing.cuts import cut_short
from campaignbot.publishing.retry import Uniform, back_off
from campaignbot.publishing.sending import Renew, never
from campaignbot.publishing.steps import OnStep, Step, pass_by
from campaignbot.storage import accounts, attempts, audit, publications, statistics, waiting
from campaignbot.storage.database import Database, Tx

_log = structlog.get_logger(__name__)

LOOK_AGAIN = timedelta(minutes=5)
"""How long to wait after a read-back that the platform could not answer."""

MOST_ROUNDS = 3
"""How often a post may be sent and proved absent before a person is asked."""

# The platform's time of creation lies before ours when this machine's clock runs ahead, and then a
# post that is there must still be seen. Link and text are this publication's alone: looking further
# back finds no other.
_CLOCK_SKEW = timedelta(days=3)


class ReadBack:
    """Looks for uncertain publications on their platforms.

    Found: published. Absent twice, with the platform's settling time between, and once more after
    the longest delay of its lists where nothing else keeps a post from being doubled: approved
    again, and sent after a while. Where a platform cannot be read or contradicts itself, or a post
    was proved absent too often, only a person can say.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, Platform],
        open_adapter: Callable[[Account], Adapter],
        owner: str,
        on_step: OnStep = pass_by,
        renew: Renew = never,
        uniform: Uniform = random.random,
    ) -> None:
        self._database, self._clock, self._platforms = database, clock, platforms
        self._open_adapter, self._actor = open_adapter, f"system:{owner}"
        self._on_step, self._renew, self._uniform = on_step, renew, uniform

    def accounts_to_look_at(self) -> tuple[UUID, ...]:
        """Return the accounts with publications that wait to be looked for."""
        with self._database.read() as tx:
            found = waiting.uncertain_to_check(tx, self._clock.now())
        return tuple(dict.fromkeys(publication.account_id for publication in found))

    def look(self, add: Callable[[str], None], account_id: UUID) -> None:
        """Look for all of an account that wait for it; count what became of them through `add`."""
        with self._database.read() as tx:
            account = accounts.account_by_id(tx, account_id)
            found = waiting.uncertain_to_check(tx, self._clock.now(), account_id)
        for publication in found:
            platform = self._platforms[account.platform]
            if not platform.can_read_back:
                self._look_again(publication, publication.uncertain_checks, None)
            elif account.state.readable:
                # A person who settles it at the same time goes first.
                with looked_for(publication), suppress(publications.StaleVersion):
                    add(self._look_for(publication, account, platform))

    def _look_for(self, publication: Publication, account: Account, platform: Platform) -> str:
        since = (publication.uncertain_since_utc or self._clock.now()) - _CLOCK_SKEW
        log = _log.bind(publication=publication.reference, account=account.key)
        began = self._clock.now()
        try:
            found = self._open_adapter(account).find_published(
                publication.content, since, publication.receipt, self._parent(publication)
            )
        except PermissionMissing as error:
            # Another look brings the same answer until a person connects the account anew. To
            # publish needs no leave to read, so the account goes on.
            told = {"platform": platform.label, "said": str(error), "advice": str(error.advice)}
            reason = Message("publishing.unknown_unreadable", told)
            self._look_again(publication, publication.uncertain_checks, None, reason)
            log.warning("read-back not allowed", said=str(error))
            return "read_back_refused"
        except AuthError as error:
            if self._renew(account, began):
                again = self._clock.now() + LOOK_AGAIN
                self._look_again(publication, publication.uncertain_checks, again)
                return "read_back_failed"
            with self._database.write() as tx:
                accounts.set_account_state(
                    tx,
                    account.id,
                    AccountState.TOKEN_EXPIRED,
                    now=self._clock.now(),
                    actor=self._actor,
                )
            log.warning("read-back not allowed", said=str(error))
            return "read_back_refused"
        except PlatformError as error:
            again = self._clock.now() + LOOK_AGAIN
            self._look_again(publication, publication.uncertain_checks, again)
            log.warning("read-back failed", said=str(error))
            return "read_back_failed"
        except Exception as error:
            # A defect in one adapter must not keep the others from publishing; its text may hold
            # a secret, so only its kind is kept.
            again = self._clock.now() + LOOK_AGAIN
            self._look_again(publication, publication.uncertain_checks, again)
            log.error("adapter failed", error=type(error).__name__)
            return "read_back_failed"
        self._on_step(Step.LOOKED_BACK)
        if found is not None:
            return self._found(publication, found, platform)
        return self._absent(publication, platform)

    def _parent(self, publication: Publication) -> str | None:
        if publication.follows_id is None:
            return None
        with self._database.read() as tx:
            return publications.publication_by_id(tx, publication.follows_id).external_id

    def _found(self, publication: Publication, found: ExternalPost, platform: Platform) -> str:
        with self._database.write() as tx:
            now = self._clock.now()
            publications.move(
                tx,
                publication,
                Event.FIND,
                now=now,
                actor=self._actor,
                external_id=found.external_id,
                permalink=found.permalink,
                published_at_utc=found.created_at_utc or publication.uncertain_since_utc or now,
                uncertain_since_utc=None,
                receipt=None,
                reason=cut_short(
                    platform.label, ends_at(platform.compose(publication.content), found.text)
                ),
            )
            price = platform.cost(publication.content)
            statistics.note_price(tx, publication, price, now=now)
        _log.info("publication found", publication=publication.reference)
        return "found"

    def _absent(self, publication: Publication, platform: Platform) -> str:
        now, checks = self._clock.now(), publication.uncertain_checks + 1
        if (later := _next_look(publication, platform)) is not None:
            self._look_again(publication, checks, now + later)
            return "not_found_yet"
        with self._database.write() as tx:
            tried = attempts.attempts_of(tx, publication.id)
            if (ask := _for_a_person(tx, publication, tried, platform)) is not None:
                publications.note_read_back(tx, publication, checks, None, ask)
                _log.warning("a person must look", publication=publication.reference, why=ask.key)
                return "person_asked"
            moved = publications.move(
                tx,
                publication,
                Event.PROVE_ABSENT,
                now=now,
                actor=self._actor,
                uncertain_since_utc=None,
                uncertain_checks=0,
                receipt=None,
                reason=None,
            )
            again = now + back_off(max(len(tried), 1), self._uniform)
            publications.postpone(tx, moved.id, max(again, moved.due_at_utc))
        _log.info("publication proved absent", publication=publication.reference)
        return "proved_absent"

    def _look_again(
        self,
        publication: Publication,
        checks: int,
        at: datetime | None,
        reason: Message | None = None,
    ) -> None:
        with self._database.write() as tx:
            publications.note_read_back(tx, publication, checks, at, reason)


def _next_look(publication: Publication, platform: Platform) -> timedelta | None:
    """Return how long after this look in vain to look again; None when it was the last."""
    if publication.uncertain_checks == 0:
        return timedelta(seconds=platform.settling_s)
    most_s = platform.list_delay.most_s(reply=publication.follows_id is not None)
    if publication.uncertain_checks > 1 or most_s is None or most_s <= platform.settling_s:
        return None
    return timedelta(seconds=most_s - platform.settling_s)


def _for_a_person(
    tx: Tx, publication: Publication, tried: Sequence[Attempt], platform: Platform
) -> Message | None:
    """Return what to tell a person where sending once more would be wrong or of no use."""
    told = {"platform": platform.label, "ref": publication.reference}
    if tried and tried[-1].outcome == "Duplicate":
        return Message("publishing.refused_yet_absent", told)
    rounds = 1
    for happened in audit.history(tx, publication.id):
        if happened.action == Event.PROVE_ABSENT:
            rounds += 1
        elif happened.action in {Event.APPROVE, Event.REVIVE}:
            rounds = 1
    if rounds < MOST_ROUNDS:
        return None
    return Message("publishing.absent_too_often", {**told, "times": rounds})
