"""A publication: one post on one account, and the life it leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from campaignbot.domain.content import HASH_SCHEME, Content, MediaItem, content_hash
from campaignbot.domain.messages import Message
from campaignbot.domain.phases import Phase
from campaignbot.domain.walltime import WallTime


class State(StrEnum):
    """Where a publication stands. *Held* is no state: it is any `Hold` that covers it."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"
    APPROVED = "approved"
    PUBLISHING = "publishing"
    RETRY_WAITING = "retry_waiting"
    UNCERTAIN = "uncertain"
    PUBLISHED = "published"
    REMOVED = "removed"
    FAILED = "failed"
    MISSED = "missed"
    HANDED_OVER = "handed_over"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What can happen to a publication."""

    SUBMIT = "submit"
    ENDORSE = "endorse"
    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"
    EDIT = "edit"
    RESCHEDULE = "reschedule"
    REOPEN = "reopen"
    CANCEL = "cancel"
    CLAIM = "claim"
    RELEASE = "release"
    RETRY_LATER = "retry_later"
    FAIL = "fail"
    LOSE_SIGHT = "lose_sight"
    FIND = "find"
    PROVE_ABSENT = "prove_absent"
    PUBLISH = "publish"
    MISS = "miss"
    REVIVE = "revive"
    HAND_OVER = "hand_over"
    SKIP = "skip"
    CORRECT = "correct"
    REMOVE = "remove"


UNSENT = frozenset(
    {
        State.DRAFT,
        State.IN_REVIEW,
        State.CHANGES_REQUESTED,
        State.REJECTED,
        State.APPROVED,
        State.RETRY_WAITING,
        State.MISSED,
        State.FAILED,
        State.HANDED_OVER,
    }
)
"""States in which it is certain that nothing stands on the platform; these can be cancelled."""

CLAIMABLE = frozenset({State.APPROVED, State.RETRY_WAITING})

_S, _E = State, Event

TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        (_S.DRAFT, _E.SUBMIT): _S.IN_REVIEW,
        # One approval of several that are needed.
        (_S.IN_REVIEW, _E.ENDORSE): _S.IN_REVIEW,
        (_S.IN_REVIEW, _E.APPROVE): _S.APPROVED,
        (_S.IN_REVIEW, _E.REQUEST_CHANGES): _S.CHANGES_REQUESTED,
        (_S.IN_REVIEW, _E.REJECT): _S.REJECTED,
        (_S.IN_REVIEW, _E.EDIT): _S.IN_REVIEW,
        (_S.DRAFT, _E.EDIT): _S.DRAFT,
        (_S.CHANGES_REQUESTED, _E.EDIT): _S.IN_REVIEW,
        # An edit voids approval, wherever the publication had got to.
        (_S.APPROVED, _E.EDIT): _S.IN_REVIEW,
        (_S.RETRY_WAITING, _E.EDIT): _S.IN_REVIEW,
        (_S.MISSED, _E.EDIT): _S.IN_REVIEW,
        (_S.FAILED, _E.EDIT): _S.IN_REVIEW,
        # A person takes an approval back, as long as nothing was sent.
        (_S.APPROVED, _E.REOPEN): _S.IN_REVIEW,
        (_S.RETRY_WAITING, _E.REOPEN): _S.IN_REVIEW,
        # What follows a post moves along with it, with the same content.
        **{
            (state, _E.RESCHEDULE): state
            for state in (
                _S.DRAFT,
                _S.IN_REVIEW,
                _S.CHANGES_REQUESTED,
                _S.APPROVED,
                _S.RETRY_WAITING,
            )
        },
        (_S.APPROVED, _E.CLAIM): _S.PUBLISHING,
        (_S.RETRY_WAITING, _E.CLAIM): _S.PUBLISHING,
        (_S.PUBLISHING, _E.PUBLISH): _S.PUBLISHED,
        # The lease is over, and nothing was sent.
        (_S.PUBLISHING, _E.RELEASE): _S.APPROVED,
        (_S.PUBLISHING, _E.RETRY_LATER): _S.RETRY_WAITING,
        (_S.PUBLISHING, _E.FAIL): _S.FAILED,
        (_S.PUBLISHING, _E.LOSE_SIGHT): _S.UNCERTAIN,
        # A backup was put back: whoever ran on after it may have published this meanwhile.
        (_S.APPROVED, _E.LOSE_SIGHT): _S.UNCERTAIN,
        (_S.RETRY_WAITING, _E.LOSE_SIGHT): _S.UNCERTAIN,
        (_S.UNCERTAIN, _E.FIND): _S.PUBLISHED,
        (_S.UNCERTAIN, _E.PROVE_ABSENT): _S.APPROVED,
        (_S.UNCERTAIN, _E.MISS): _S.MISSED,
        (_S.UNCERTAIN, _E.FAIL): _S.FAILED,
        (_S.APPROVED, _E.MISS): _S.MISSED,
        (_S.RETRY_WAITING, _E.MISS): _S.MISSED,
        # A person sends the same content again, in a new window.
        (_S.MISSED, _E.REVIVE): _S.APPROVED,
        (_S.FAILED, _E.REVIVE): _S.APPROVED,
        (_S.APPROVED, _E.HAND_OVER): _S.HANDED_OVER,
        # An account that becomes manual while a publication waits to be tried again.
        (_S.RETRY_WAITING, _E.HAND_OVER): _S.HANDED_OVER,
        # Handed over once more: the pack went to the folder, the mail only now.
        (_S.HANDED_OVER, _E.HAND_OVER): _S.HANDED_OVER,
        (_S.HANDED_OVER, _E.PUBLISH): _S.PUBLISHED,
        (_S.HANDED_OVER, _E.SKIP): _S.SKIPPED,
        # A person gives a live post other words, approved by the same decision.
        (_S.PUBLISHED, _E.CORRECT): _S.PUBLISHED,
        (_S.PUBLISHED, _E.REMOVE): _S.REMOVED,
        **{(state, _E.CANCEL): _S.CANCELLED for state in UNSENT},
    }
)


class IllegalTransition(Exception):
    """Something tried to move a publication in a way that the table does not know."""

    def __init__(self, state: State, event: Event) -> None:
        super().__init__(f"a publication that is {state} cannot {event}")
        self.state, self.event = state, event


def next_state(state: State, event: Event) -> State:
    """Return the state after the event; IllegalTransition when the table has no such row."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition(state, event) from None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a platform made before the post itself: an Instagram container, an uploaded video.

    With it an interrupted publication is resumed, or its outcome read back.
    """

    kind: str
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Placement:
    """What a person noted of a post that they placed where no web address leads: a poster, a talk.

    `photo` shows it in its place.
    """

    note: str = ""
    photo: MediaItem | None = None

    def to_json(self) -> dict[str, object]:
        return {"note": self.note, "photo": self.photo and self.photo.to_json()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Placement:
        photo = data["photo"]
        return cls(str(data["note"]), photo and MediaItem(**photo))


@dataclass(frozen=True, slots=True)
class Post:
    """One message of the story; its publications say on which accounts, and when.

    `facts` are the facts that it tells, key to hash of the value: when one changes, the
    approvals of its unpublished publications are void. `needs_open_vacancy` says that it makes no
    sense once the vacancy is closed; what is about the employer or the talent pool goes on.
    `talent_pool` says that it invites people for later, after the closing day. `persona`, `angle`,
    `layout` and `photo` are keys, `wording` is the id of one of the angle's wordings; `story` is
    its number among the stories of its phase. Posts of no campaign leave them empty.
    """

    id: UUID
    campaign_id: UUID | None
    vacancy_id: UUID | None
    phase: Phase
    persona: str
    angle: str
    language: str
    facts: Mapping[str, str] = field(default_factory=dict)
    needs_open_vacancy: bool = False
    talent_pool: bool = False
    story: int | None = None
    wording: str = ""
    layout: str = ""
    photo: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """A post on an account: its content, its time, and what became of it.

    The window is from `due_at_utc` to `window_end_utc`; pacing may move it within, only a person
    outside. `version` rises with every change (optimistic locking). `post` carries phase,
    persona and angle. `uncertain_checks` counts read-backs that found nothing since
    `uncertain_since_utc`. `variant` is the length in which its post was worded; empty for words of
    its own. `placement` is what was noted of one that a person placed.
    """

    id: UUID
    reference: str
    post: Post
    account_id: UUID
    content: Content
    tracking_code: str
    planned: WallTime
    due_at_utc: datetime
    window_end_utc: datetime
    state: State
    version: int = 1
    approved_hash: str | None = None
    retry_at_utc: datetime | None = None
    receipt: Receipt | None = None
    external_id: str | None = None
    permalink: str | None = None
    placement: Placement | None = None
    published_at_utc: datetime | None = None
    uncertain_since_utc: datetime | None = None
    uncertain_checks: int = 0
    reason: Message | None = None
    follows_id: UUID | None = None
    hash_scheme: int = HASH_SCHEME
    variant: str = ""

    @property
    def whereabouts(self) -> str:
        """Where people find it: its address, else what was noted of its place, else a dash."""
        return self.permalink or (self.placement.note if self.placement else "") or "-"

    @property
    def content_hash(self) -> str:
        """What an approval of it binds, by the scheme of the content that is stored."""
        return content_hash(self.content, self.account_id, self.hash_scheme)

    def after(self, event: Event) -> Publication:
        """Return it in the state after an event; IllegalTransition when there is none."""
        return replace(self, state=next_state(self.state, event))

    def with_content(self, content: Content) -> Publication:
        """Return it with another content, hashed by today's scheme."""
        return replace(self, content=content, hash_scheme=HASH_SCHEME)

    def moved_to(self, planned: WallTime) -> Publication:
        """Return it at another time, with a window as long as before."""
        length = self.window_end_utc - self.due_at_utc
        due = planned.instant
        return replace(self, planned=planned, due_at_utc=due, window_end_utc=due + length)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try of one worker to publish. A `request_sent_at_utc` means: it may be out there.

    `upload_percent` is how much of the file was uploaded that it last told of; None before that.
    """

    publication_id: UUID
    number: int
    owner: str
    started_at_utc: datetime
    lease_end_utc: datetime
    request_sent_at_utc: datetime | None = None
    ended_at_utc: datetime | None = None
    outcome: str | None = None
    error: str | None = None
    upload_percent: int | None = None

    @property
    def lease(self) -> timedelta:
        """How long its worker may take from the start, and from each time that it is renewed."""
        return self.lease_end_utc - self.started_at_utc

    @property
    def uploading_percent(self) -> int | None:
        """How much of a file is uploaded, while that is what it does."""
        over = self.ended_at_utc or self.request_sent_at_utc
        return None if over else self.upload_percent
