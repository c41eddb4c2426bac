"""Correcting the words of a live post: one decision, bound to the new content."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from campaignbot.domain.cleaning import clean
from campaignbot.domain.errors import Problem, UserError, user_error
from campaignbot.domain.findings import Finding, Severity
from campaignbot.domain.mentions import with_mentions
from campaignbot.domain.people import Actor, Decision, Verdict, Waiver
from campaignbot.domain.policy import ONE_APPROVER, Act, Policy
from campaignbot.domain.publication import Event, Publication
from campaignbot.reviewing.approvals import approved_content
from campaignbot.reviewing.items import Check
from campaignbot.reviewing.live_posts import LivePosts, Reach
from campaignbot.reviewing.reasons import require_reason
from campaignbot.reviewing.reviews import Known, nobody_known
from campaignbot.storage import accounts, publications, reviews
from campaignbot.storage.database import Database

# That a fact of the vacancy changed, or that it closed, is why a live post is corrected.
_ABOUT_FACTS = "fact."


@dataclass(frozen=True, slots=True)
class Corrected:
    """What was corrected, or would be.

    `by_hand` says that a person placed the post and now has to change it, at its permalink.
    `changed` is False where it says so already.
    """

    publication: Publication
    findings: tuple[Finding, ...] = ()
    by_hand: bool = False
    changed: bool = True


class Correct:
    """Gives live posts other words; doing it again is harmless.

    The platform is asked first, and what it did is noted after that. A crash in between leaves new
    words on the platform and the old ones here: doing it again mends it.
    """

    def __init__(
        self,
        database: Database,
        reach: Reach,
        check: Check,
        new_id: Callable[[], UUID],
        known: Known = nobody_known,
        policy: Policy = ONE_APPROVER,
    ) -> None:
        self._policy = policy
        self._database, self._clock, self._platforms = database, reach.clock, reach.platforms
        self._live = LivePosts("correct", reach)
        self._check, self._new_id, self._known = check, new_id, known

    def preview(self, publication: Publication, person: Actor, text: str) -> Corrected:
        """Return what would become of a live post with this text; changes nothing.

        UserError when the person may not, the post is not live or is a comment, its platform
        cannot do it, or the account has the same text already. What the checks find is told, not
        raised.
        """
        with self._database.read() as tx:
            self._policy.may(person, Act.CORRECT, approved_content(tx, publication)).require()
        self._require_correctable(publication)
        with self._database.read() as tx:
            account = accounts.account_by_id(tx, publication.account_id)
        platform = self._platforms[account.platform]
        by_hand = self._live.by_hand(publication, account)
        if not by_hand and not platform.can_edit:
            raise user_error(
                "correct.cannot",
                remedy="correct.cannot.remedy",
                platform=platform.label,
                ref=publication.reference,
            )
        content = with_mentions(
            replace(publication.content, text=clean(text).strip()), self._known(account)
        )
        after = publication.with_content(content)
        if content == publication.content:
            return Corrected(after, by_hand=by_hand, changed=False)
        with self._database.read() as tx:
            publications.require_text_free(tx, after)
        found = (f for f in self._check(after, account) if not f.code.startswith(_ABOUT_FACTS))
        return Corrected(after, tuple(found), by_hand)

    def __call__(
        self,
        publication: Publication,
        person: Actor,
        text: str,
        reason: str,
        waivers: Mapping[str, str] | None = None,
    ) -> Corrected:
        """Give a live post another text, with whoever decided so, and why.

        `waivers` give a reason for each error that is let pass. UserError, and nothing changed,
        as in `preview`, and when no reason is given, an error is left, or the platform does not
        do it; StaleVersion when somebody changed the publication since it was read.
        """
        corrected = self.preview(publication, person, text)
        why = require_reason(reason)
        passed = {c: why for c, given in (waivers or {}).items() if (why := clean(given).strip())}
        if left := [f for f in blocking(corrected.findings) if not _may_pass(f, passed)]:
            raise UserError(*(Problem(f.what, f.remedy) for f in left))
        if not corrected.changed:
            return corrected
        after = corrected.publication
        if not corrected.by_hand:
            self._edit(after)
        said = self._live.said(publication, person, why, by_hand=corrected.by_hand)
        digest, now = after.content_hash, self._clock.now()
        with self._database.write() as tx:
            moved = publications.move(
                tx,
                publication,
                Event.CORRECT,
                now=now,
                actor=person.name,
                content=after.content,
                approved_hash=digest,
                reason=said,
            )
            for code, given in passed.items():
                reviews.add_waiver(tx, Waiver(moved.id, code, digest, person.id, given, now))
            reviews.add_decision(
                tx,
                Decision(self._new_id(), moved.id, person.id, Verdict.APPROVED, digest, now, why),
            )
        return replace(corrected, publication=moved)

    def _edit(self, after: Publication) -> None:
        with self._database.read() as tx:
            # Words that somebody else decided on meanwhile are not written over.
            publications.require_current(tx, after)
            account = accounts.account_by_id(tx, after.account_id)
        self._live.do(
            after, account, lambda adapter, external_id: adapter.edit(external_id, after.content)
        )

    def _require_correctable(self, publication: Publication) -> None:
        if publication.follows_id is not None:
            raise user_error(
                "correct.comment", remedy="correct.comment.remedy", ref=publication.reference
            )
        self._live.require(publication)


def blocking(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the errors among the findings: with one of these nothing is corrected."""
    return tuple(f for f in findings if f.severity is Severity.ERROR)


def _may_pass(finding: Finding, passed: Mapping[str, str]) -> bool:
    return finding.waivable and finding.code in passed
