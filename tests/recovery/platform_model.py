"""Platforms in memory: what they do with a request, when they show it, and what they tell."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count

from campaignbot.domain.accounts import Account, BudgetOwner, RateBudget
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content
from campaignbot.domain.metrics import Metrics
from campaignbot.domain.publication import Receipt
from campaignbot.platforms.errors import (
    AuthError,
    ContentRefused,
    DuplicateRefused,
    PlatformError,
    PlatformUnavailable,
    RateLimitReached,
    outcome_of,
)
from campaignbot.platforms.matching import is_same_post
from campaignbot.platforms.outcomes import Outcome, Pending, Published
from campaignbot.platforms.protocol import (
    AccountIdentity,
    BeforeCreate,
    ExternalPost,
    Platform,
    Progress,
    no_progress,
)
from campaignbot.platforms.registry import load_platform

SETTLING = timedelta(seconds=60)
# A request that was overtaken by its time limit, and a list that lags, together stay within it.
_LATE, _LAG = timedelta(seconds=20), timedelta(seconds=40)
_MOST_WRONG = timedelta(days=2)


class Kind(StrEnum):
    """How a platform behaves where platforms differ."""

    PLAIN = "plain"
    """Takes the same words twice: what we send twice stands there twice."""
    STRICT = "strict"
    """Refuses the same words."""
    NAMING = "naming"
    """Refuses them and names the post that is there."""
    STAGED = "staged"
    """Makes a container first, which takes its time and knows whether it was published."""


class Trouble(StrEnum):
    """What goes wrong with one request, before or after the post was created."""

    DEFECT_BEFORE = "defect before"
    DOWN = "down"
    LIMITED = "rate limit"
    LIMITED_UNTIL = "rate limit with its end"
    LIMITED_AT_CREATE = "rate limit at the create request"
    REFUSED = "refused"
    LOST_BEFORE = "answer lost, not created"
    LOST_AFTER = "answer lost, created"
    LOST_LATE = "answer lost, created a little later"
    DEFECT_AFTER = "defect after"
    STILL_AT_WORK = "still at work"
    LAST_OF_BUDGET = "budget used up"


class ReadTrouble(StrEnum):
    """What goes wrong when a list is read."""

    DOWN = "down"
    DEFECT = "defect"


class Times:
    """The machine's clock, which may be wrong, and the time that it really is."""

    def __init__(self, start: datetime) -> None:
        self.machine, self.real = SimulatedClock(start), start

    def let_pass(self, by: timedelta) -> None:
        self.machine.advance(by)
        self.real += by

    def leap(self, by: timedelta) -> None:
        """Set the machine's clock wrong, by two days at most; nobody else's time changes.

        With a clock that is wrong by weeks no platform can be spoken to: certificates look expired.
        """
        off = self.machine.now() + by - self.real
        self.machine.move_to(self.real + max(-_MOST_WRONG, min(off, _MOST_WRONG)))

    def mend(self) -> None:
        self.machine.move_to(self.real)


@dataclass
class Posted:
    """One post as it stands there. `created_at` may lie a little ahead: it is on its way."""

    id: str
    account: str
    content: Content
    created_at: datetime
    reply_to: str | None
    deleted: bool = False


OnCreate = Callable[[Account, Content, str | None], None]


class PlatformModel:
    """All platforms at once; `on_create` hears of every post that is made."""

    def __init__(self, times: Times, on_create: OnCreate) -> None:
        self._times, self._on_create, self._ids = times, on_create, count(1)
        self.posts: list[Posted] = []
        self.containers: dict[str, str | None] = {}
        self.troubles: defaultdict[str, deque[Trouble]] = defaultdict(deque)
        self.read_troubles: defaultdict[str, deque[ReadTrouble]] = defaultdict(deque)
        self.expired: set[str] = set()

    @property
    def now(self) -> datetime:
        return self._times.real

    def live(self, account: str) -> list[Posted]:
        """Return what stands on an account, newest first, lists that lag or not."""
        return [
            post
            for post in reversed(self.posts)
            if post.account == account and not post.deleted and post.created_at <= self.now
        ]

    def open_adapter(self, account: Account) -> ModelAdapter:
        return ModelAdapter(self, account, Kind(account.platform))

    def require_token(self, account: str) -> None:
        if account in self.expired:
            raise AuthError("the token has expired")

    def next_id(self) -> str:
        return f"P{next(self._ids)}"

    def create(
        self, account: Account, content: Content, reply_to: str | None, *, late: bool
    ) -> Posted:
        self._on_create(account, content, reply_to)
        at = self.now + (_LATE if late else timedelta(0))
        post = Posted(self.next_id(), account.key, content, at, reply_to)
        self.posts.append(post)
        return post

    def shown(self, account: str, since: datetime) -> list[Posted]:
        """Return what the platform's own list shows by now of what was created since."""
        return [
            post
            for post in self.live(account)
            if post.created_at + _LAG <= self.now and post.created_at >= since
        ]


class ModelAdapter:
    """One account; opened anew for every use, as after a restart."""

    def __init__(self, model: PlatformModel, account: Account, kind: Kind) -> None:
        self._model, self._account, self._kind = model, account, kind
        self._told: tuple[RateBudget, ...] = ()

    def publish(
        self,
        content: Content,
        *,
        resume: Receipt | None,
        before_create: BeforeCreate,
        reply_to: str | None = None,
        progress: Progress = no_progress,
    ) -> Outcome:
        waiting = self._model.troubles[self._account.key]
        trouble = waiting.popleft() if waiting else None
        sent = False
        try:
            self._model.require_token(self._account.key)
            self._fail_before(trouble)
            receipt = self._container(resume) if self._kind is Kind.STAGED else None
            if receipt is not None and trouble is Trouble.STILL_AT_WORK:
                return Pending(receipt, 60)
            before_create(receipt)
            sent = True
            return self._create(content, receipt, reply_to, trouble)
        except PlatformError as error:
            return outcome_of(error, create_was_sent=sent)

    def find_published(
        self,
        content: Content,
        since: datetime,
        receipt: Receipt | None,
        reply_to: str | None = None,
    ) -> ExternalPost | None:
        self._model.require_token(self._account.key)
        waiting = self._model.read_troubles[self._account.key]
        match waiting.popleft() if waiting else None:
            case ReadTrouble.DOWN:
                raise PlatformUnavailable("down")
            case ReadTrouble.DEFECT:
                raise RuntimeError("a defect")
        if receipt is not None and self._model.containers.get(receipt.data["id"]) is None:
            return None
        posts = self._shown(since, reply_to)
        return next((p for p in posts if is_same_post(content, _compose(content), p.text)), None)

    def recent_posts(self, since: datetime) -> Iterator[ExternalPost]:
        return self._shown(since, None)

    def _shown(self, since: datetime, reply_to: str | None) -> Iterator[ExternalPost]:
        for post in self._model.shown(self._account.key, since):
            if post.reply_to == reply_to:
                text = _compose(post.content)
                yield ExternalPost(post.id, _permalink(post.id), post.created_at, text)

    def edit(self, external_id: str, content: Content) -> None:
        for post in self._model.live(self._account.key):
            if post.id == external_id:
                post.content = content

    def delete(self, external_id: str) -> None:
        for post in self._model.live(self._account.key):
            if post.id == external_id:
                post.deleted = True

    def verify(self) -> AccountIdentity:
        return AccountIdentity(self._account.external_id, self._account.name)

    def fetch_metrics(self, external_ids: Sequence[str]) -> Mapping[str, Metrics]:
        return {}

    def fetch_account_metrics(self) -> Metrics:
        return Metrics(self._model.now, {})

    def budgets(self) -> Sequence[RateBudget]:
        return self._told

    def close(self) -> None:
        pass

    def _fail_before(self, trouble: Trouble | None) -> None:
        match trouble:
            case Trouble.DEFECT_BEFORE:
                raise RuntimeError("a defect")
            case Trouble.DOWN:
                raise PlatformUnavailable("down")
            case Trouble.LIMITED:
                raise RateLimitReached("too many calls")
            case Trouble.LIMITED_UNTIL:
                raise RateLimitReached("too many calls", self._model.now + timedelta(minutes=15))

    def _container(self, resume: Receipt | None) -> Receipt:
        if resume is not None and self._model.containers.get(resume.data["id"], "") is None:
            return resume
        made = self._model.next_id()
        self._model.containers[made] = None
        return Receipt("container", {"id": made})

    def _create(
        self,
        content: Content,
        receipt: Receipt | None,
        reply_to: str | None,
        trouble: Trouble | None,
    ) -> Outcome:
        self._refuse(content, trouble)
        late = trouble is Trouble.LOST_LATE
        post = self._model.create(self._account, content, reply_to, late=late)
        if receipt is not None:
            self._model.containers[receipt.data["id"]] = post.id
        if trouble in {Trouble.LOST_AFTER, Trouble.LOST_LATE}:
            raise PlatformUnavailable("no answer")
        if trouble is Trouble.DEFECT_AFTER:
            raise RuntimeError("a defect")
        if trouble is Trouble.LAST_OF_BUDGET:
            again = self._model.now + timedelta(hours=1)
            self._told = (RateBudget(BudgetOwner.ACCOUNT, "posts", 0, again),)
        return Published(post.id, _permalink(post.id))

    def _refuse(self, content: Content, trouble: Trouble | None) -> None:
        same = [
            post
            for post in self._model.live(self._account.key)
            if _compose(post.content) == _compose(content)
        ]
        if same and self._kind in {Kind.STRICT, Kind.NAMING}:
            names = self._kind is Kind.NAMING
            raise DuplicateRefused("duplicate", same[0].id if names else None)
        match trouble:
            case Trouble.REFUSED:
                raise ContentRefused("not these words")
            case Trouble.LIMITED_AT_CREATE:
                raise RateLimitReached("too many posts")
            case Trouble.LOST_BEFORE:
                raise PlatformUnavailable("no answer")


def platforms() -> Mapping[str, Platform]:
    """Return the descriptions of the platforms in memory, and the channel that people serve."""
    known = load_platform("linkedin")
    described = {
        kind.value: replace(
            known,
            name=kind.value,
            label=kind.value.title(),
            compose=_compose,
            settling_s=int(SETTLING.total_seconds()),
            cost=lambda _content: None,
            can_edit=True,
        )
        for kind in Kind
    }
    return described | {"manual": load_platform("manual")}


def _compose(content: Content) -> str:
    return f"{content.text}\n{content.link}" if content.link else content.text


def _permalink(post_id: str) -> str:
    return f"https://platform.example/{post_id}"
