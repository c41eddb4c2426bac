"""A comment below a post: written beside it, reviewed like everything else, sent after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from campaignbot.domain.cleaning import clean
from campaignbot.domain.clock import Clock
from campaignbot.domain.content import Content
from campaignbot.domain.errors import user_error
from campaignbot.domain.ids import short_code
from campaignbot.domain.mentions import with_mentions
from campaignbot.domain.people import Actor
from campaignbot.domain.policy import ONE_APPROVER, Act, Policy
from campaignbot.domain.publication import Publication, State
from campaignbot.domain.walltime import WallTime
from campaignbot.platforms.protocol import Platform
from campaignbot.reviewing.reviews import Known, nobody_known
from campaignbot.storage import accounts, campaigns, publications
from campaignbot.storage.database import Database, Tx

AFTER_MIN = 2
"""How many minutes after its post a comment goes, unless told otherwise."""
_MOST_MIN = 24 * 60
PATIENCE = timedelta(hours=1)
"""How much later than its post a comment may still go."""
_OVER = frozenset({State.REJECTED, State.CANCELLED, State.SKIPPED, State.REMOVED})

Track = Callable[[str, str, Platform, str, str], str]
"""Makes an address tracked: destination, code, platform, campaign, content."""


@dataclass(frozen=True, slots=True)
class CommentDraft:
    """What somebody wants to say below a post, and how many minutes after it."""

    text: str
    link: str | None = None
    after_min: int = AFTER_MIN


class Comments:
    """Makes follow-up publications."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        platforms: Mapping[str, Platform],
        new_id: Callable[[], UUID],
        track: Track,
        prefix: str,
        known: Known = nobody_known,
        policy: Policy = ONE_APPROVER,
    ) -> None:
        """Take `prefix`, the letters of new references."""
        self._known, self._policy = known, policy
        self._database, self._clock, self._platforms = database, clock, platforms
        self._new_id, self._track, self._prefix = new_id, track, prefix

    def preview(self, parent: Publication, person: Actor, draft: CommentDraft) -> Publication:
        """Return the comment as it would be stored; stores nothing. UserError as in `add`."""
        with self._database.read() as tx:
            return self._made(tx, parent, person, draft)

    def add(self, parent: Publication, person: Actor, draft: CommentDraft) -> Publication:
        """Store a comment below a post; it waits for review.

        UserError when the person may not, the platform takes no comments from the program, the
        post is itself a comment or no longer goes out, or the account has the same text already.
        """
        with self._database.write() as tx:
            made = self._made(tx, parent, person, draft)
            publications.add_publication(tx, made, now=self._clock.now(), actor=person.name)
        return made

    def _made(self, tx: Tx, parent: Publication, person: Actor, draft: CommentDraft) -> Publication:
        self._policy.may(person, Act.COMMENT).require()
        account = accounts.account_by_id(tx, parent.account_id)
        platform = self._platforms[account.platform]
        _require_possible(parent, platform, draft)
        code = short_code()
        link = None
        if draft.link is not None:
            mark = f"{parent.post.phase}-{parent.post.angle}-comment"
            campaign = _campaign_key(tx, parent)
            link = self._track(draft.link, code, platform, campaign, mark)
        content = with_mentions(
            Content(clean(draft.text).strip(), link, (), parent.content.language),
            self._known(account),
        )
        if link is not None and link not in platform.compose(content):
            raise user_error(
                "comment.no_link", remedy="comment.no_link.remedy", platform=platform.label
            )
        planned, window_end_utc = self._when(parent, timedelta(minutes=draft.after_min))
        number = publications.next_reference_number(tx, self._prefix)
        return Publication(
            id=self._new_id(),
            reference=f"{self._prefix}-{number:04}",
            # The same message of the story: what holds or concerns it, concerns this as well.
            post=parent.post,
            account_id=parent.account_id,
            content=content,
            tracking_code=code,
            planned=planned,
            due_at_utc=planned.instant,
            window_end_utc=window_end_utc,
            state=State.IN_REVIEW,
            follows_id=parent.id,
        )

    def _when(self, parent: Publication, after: timedelta) -> tuple[WallTime, datetime]:
        """Return when a comment is due and when it is too late for it.

        Below a post that is out already, it is as if the post had gone out now.
        """
        now = self._clock.now()
        if parent.state is State.PUBLISHED and parent.due_at_utc < now:
            window = parent.window_end_utc - parent.due_at_utc
            begins = WallTime.at(now, parent.planned.zone)
            return begins.later_by(after), now + window + after + PATIENCE
        return parent.planned.later_by(after), parent.window_end_utc + after + PATIENCE


def _require_possible(parent: Publication, platform: Platform, draft: CommentDraft) -> None:
    if not platform.can_reply:
        raise user_error(
            "comment.not_here", remedy="comment.not_here.remedy", platform=platform.label
        )
    if parent.follows_id is not None:
        raise user_error(
            "comment.below_comment", remedy="comment.below_comment.remedy", ref=parent.reference
        )
    if parent.state in _OVER:
        raise user_error("comment.over", remedy="comment.over.remedy", ref=parent.reference)
    if not clean(draft.text).strip():
        raise user_error("comment.no_text", remedy="comment.no_text.remedy")
    if not 1 <= draft.after_min <= _MOST_MIN:
        raise user_error("comment.bad_after", remedy="comment.bad_after.remedy", most=_MOST_MIN)
    if draft.link is not None and not draft.link.startswith(("https://", "http://")):
        raise user_error("comment.bad_link", remedy="comment.bad_link.remedy", value=draft.link)


def _campaign_key(tx: Tx, parent: Publication) -> str:
    campaign_id = parent.post.campaign_id
    return campaigns.campaign_by_id(tx, campaign_id).key if campaign_id else "-"
