"""The state of the imitated platforms: accounts, posts, pictures and a clock of its own."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import random
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Literal

from campaignbot.sandbox.limits import Meter
from campaignbot.sandbox.oauth_grants import Grants

if TYPE_CHECKING:
    from campaignbot.sandbox.scenario import Playing

# Of how many earlier posts an audience may remember the words.
_LOOKED_AT_AGAIN = 20


@dataclass
class SandboxAccount:
    """A page or profile. `page_id` is the Facebook page that an Instagram account belongs to.

    `roles` are those of whom the token speaks for, on a LinkedIn page.
    """

    platform: str
    external_id: str
    name: str
    token: str
    followers: int = 1000
    token_expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()
    page_id: str | None = None
    username: str | None = None
    roles: tuple[str, ...] = ("ADMINISTRATOR",)
    # What is left of the credits bought at X, in millionths of a dollar; None is as much as needed.
    credits_micros: int | None = None


@dataclass(frozen=True)
class Medium:
    """A picture, a video (MP4) or a document (PDF) of a post, by the SHA-256 of its bytes.

    `title` names a document or video. `poster` is the picture that stands for a video, `captions`
    its subtitles (WebVTT or SubRip), both by SHA-256 too.
    """

    sha256: str
    alt_text: str = ""
    kind: Literal["image", "video", "document"] = "image"
    title: str = ""
    poster: str | None = None
    captions: str | None = None


@dataclass(frozen=True)
class LinkPreview:
    """The card of the page that a post links to; `image` by the SHA-256 of its bytes."""

    title: str
    description: str = ""
    image: str | None = None
    image_alt: str = ""


@dataclass
class SandboxPost:
    """A post as its followers see it.

    A comment or reply is one too: `reply_to` is the id of the post that it stands below.
    One of somebody else's that the account passed on has that one's id in `passes_on`.
    `preview` belongs to `link`. `language` is the tag (BCP 47) that came with it, where the
    platform takes one. `repeats` is how much of it its account said in the week before already,
    0.0 to 1.0, as it stood when it was published.
    """

    id: str
    platform: str
    account: str
    text: str
    created_at: datetime
    link: str | None = None
    media: list[Medium] = field(default_factory=list)
    deleted: bool = False
    # The text as the platform stores it, where that differs from what followers see.
    raw: str = ""
    reply_to: str | None = None
    passes_on: str | None = None
    preview: LinkPreview | None = None
    edited_at: datetime | None = None
    language: str = ""
    repeats: float | None = None

    def __post_init__(self) -> None:
        # A saved state holds plain values, and an older one pairs of hash and alt text.
        self.media = [_medium(item) for item in self.media]
        if isinstance(self.preview, dict):
            self.preview = LinkPreview(**self.preview)

    @property
    def blobs(self) -> set[str]:
        """What of the stored bytes it needs to be shown."""
        found = {m.sha256 for m in self.media}
        found |= {m.poster for m in self.media if m.poster}
        found |= {m.captions for m in self.media if m.captions}
        return found | ({self.preview.image} if self.preview and self.preview.image else set())


def _medium(item: Any) -> Medium:
    if isinstance(item, Medium):
        return item
    return Medium(**item) if isinstance(item, dict) else Medium(*item)


class Gate:
    """Where a request is held: `reached` once it stands there, `done` once it is over.

    May be used from any thread. A request that was dropped is never answered; whether it was
    carried out is a matter of where it was held.
    """

    def __init__(self) -> None:
        self.reached, self.done = Event(), Event()
        self._let_go: Future[bool] = Future()

    def let_go(self) -> None:
        self._decide(True)

    def drop(self) -> None:
        self._decide(False)

    async def wait(self) -> bool:
        """Hold the request; return whether it may go on."""
        self.reached.set()
        return await asyncio.wrap_future(self._let_go)

    def _decide(self, let_go: bool) -> None:
        if not self._let_go.done():
            self._let_go.set_result(let_go)


@dataclass
class Fault:
    """Something that goes wrong on purpose: a number of times, or for ever at a rate.

    It begins after `skip` calls that it is meant for. `rate` is the share of calls that it
    strikes, drawn from `seed`; then `times` says nothing. It strikes from `begins_at` until
    `ends_at` by the sandbox's clock, and only calls of `account`, where those are given.
    """

    platform: str
    on: str
    kind: str
    times: int = 1
    delay_s: float = 0.0
    skip: int = 0
    rate: float | None = None
    seed: int = 0
    gate: Gate = field(default_factory=Gate)
    account: str | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    metric: str = ""
    struck: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)

    def is_meant_for(
        self, platform: str, on: Collection[str], account: str | None, now: datetime
    ) -> bool:
        return (
            self.platform in {platform, "*"}
            and (self.on == "any" or self.on in on)
            and self.account in {None, account}
            and (self.begins_at is None or self.begins_at <= now)
            and (self.ends_at is None or now < self.ends_at)
        )

    def state(self, now: datetime) -> Literal["waiting", "striking", "over"]:
        if (self.ends_at is not None and now >= self.ends_at) or (
            self.rate is None and self.times <= 0
        ):
            return "over"
        begun = self.begins_at is None or self.begins_at <= now
        return "striking" if begun and self.skip <= 0 else "waiting"

    def strikes(self) -> bool:
        """Tell whether it strikes a call that it is meant for."""
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.rate is not None:
            strikes = self._dice.random() < self.rate
        else:
            strikes = self.times > 0
            self.times -= strikes
        self.struck += strikes
        return strikes


class World:
    """Everything that the imitated platforms know."""

    def __init__(self, now: datetime | None = None, seed: int = 0) -> None:
        self.seed = seed
        self._frozen = now
        self.accounts: dict[tuple[str, str], SandboxAccount] = {}
        # Read only: `add_post` keeps what posts are looked up by.
        self.posts: list[SandboxPost] = []
        self._by_id: dict[tuple[str, str], SandboxPost] = {}
        self._by_account: defaultdict[tuple[str, str], list[SandboxPost]] = defaultdict(list)
        self._by_text: defaultdict[tuple[str, str, str], list[SandboxPost]] = defaultdict(list)
        self._replies: defaultdict[tuple[str, str], list[SandboxPost]] = defaultdict(list)
        self.meter = Meter()
        self.grants = Grants()
        self.blobs: dict[str, bytes] = {}
        # Uploads and containers that are not part of a post yet, by id.
        self.pending: dict[str, dict[str, Any]] = {}
        self.faults: list[Fault] = []
        self.playing: Playing | None = None
        self.requests: Counter[str] = Counter()
        # What was asked for of late, to see that no secret is in an address.
        self.addresses: deque[str] = deque(maxlen=10_000)
        self.visibility_s: dict[str, float] = {}
        # How long a platform processes what was uploaded.
        self.processing_s: dict[str, float] = {}
        # Whether platforms end the versions of their APIs by this clock.
        self.versions_end = True
        # Platforms that still refuse the text of a post that was deleted.
        self.ghosts: set[str] = set()
        # What no token may see or touch by its id, though the lists of its account hold it.
        self.hidden: set[str] = set()
        # Where an address leads on to, by the whole address.
        self.redirects: dict[str, str] = {}
        self._saved_blobs: set[str] = set()
        self._last_id = 7_300_000_000_000_000_000
        self.dirty = False

    def now(self) -> datetime:
        return self._frozen or datetime.now(UTC)

    def set_clock(self, now: datetime | None) -> None:
        """Freeze the clock at an instant, or let it follow real time again (None)."""
        self._frozen = now
        self.dirty = True

    @property
    def frozen(self) -> bool:
        return self._frozen is not None

    def next_id(self) -> str:
        self._last_id += 1_048_583
        return str(self._last_id)

    def account(self, platform: str, external_id: str) -> SandboxAccount | None:
        return self.accounts.get((platform, external_id))

    def by_token(self, platform: str, token: str, about: str = "") -> SandboxAccount | None:
        """Return whom a token speaks for; an Instagram account answers to its own token only.

        A token that a person granted can be for several pages: the one that the request is about.
        """
        seeded = (a for a in self.accounts.values() if a.platform == platform and a.token == token)
        if (found := next(seeded, None)) is not None:
            return found
        return self.grants.speaks_for(list(self.accounts.values()), platform, token, about)

    def seed_accounts(self, accounts: Iterable[SandboxAccount]) -> None:
        for account in accounts:
            self.accounts[account.platform, account.external_id] = account
        self.dirty = True

    def store_blob(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self.blobs[digest] = data
        return digest

    def add_post(self, post: SandboxPost) -> SandboxPost:
        if post.repeats is None and post.reply_to is None:
            post.repeats = self._repeats(post)
        self.posts.append(post)
        self._by_id[post.platform, post.id] = post
        self._by_account[post.platform, post.account].append(post)
        self._by_text[post.platform, post.account, post.text].append(post)
        if post.reply_to is not None:
            self._replies[post.platform, post.reply_to].append(post)
        self.dirty = True
        return post

    def _repeats(self, post: SandboxPost) -> float:
        words = _words(post.text)
        earlier = self._by_account[post.platform, post.account][-_LOOKED_AT_AGAIN:]
        week_before = post.created_at - timedelta(days=7)
        alike = [
            len(words & said) / len(words | said)
            for other in earlier
            if other.reply_to is None and week_before <= other.created_at <= post.created_at
            for said in [_words(other.text)]
            if words and said
        ]
        return max(alike, default=0.0)

    def edit(self, post: SandboxPost, text: str, raw: str = "") -> None:
        """Give a post another text; every look-up knows it by the new one from now on."""
        self._by_text[post.platform, post.account, post.text].remove(post)
        post.text, post.raw, post.edited_at = text, raw, self.now()
        self._by_text[post.platform, post.account, text].append(post)
        self.dirty = True

    def delete(self, post: SandboxPost) -> None:
        post.deleted = True
        self.dirty = True

    def live(self, platform: str, account: str, *, with_replies: bool = False) -> list[SandboxPost]:
        """Return an account's posts that are not deleted, newest first."""
        return [
            post
            for post in reversed(self._by_account[platform, account])
            if not post.deleted and (with_replies or post.reply_to is None)
        ]

    def newest(self, platform: str, account: str) -> SandboxPost | None:
        """Return an account's newest post that is not deleted, replies left aside."""
        return next(
            (
                post
                for post in reversed(self._by_account[platform, account])
                if not post.deleted and post.reply_to is None
            ),
            None,
        )

    def same_text(
        self,
        platform: str,
        account: str,
        text: str,
        *,
        with_replies: bool = False,
        with_deleted: bool = False,
    ) -> SandboxPost | None:
        """Return an account's post of exactly this text, if one is live (or was)."""
        return next(
            (
                post
                for post in self._by_text[platform, account, text]
                if (with_deleted or not post.deleted) and (with_replies or post.reply_to is None)
            ),
            None,
        )

    def visible(
        self, platform: str, account: str, *, with_replies: bool = False
    ) -> list[SandboxPost]:
        """Return the posts that the platform's own lists show already, newest first."""
        return self._shown(platform, self.live(platform, account, with_replies=with_replies))

    def replies(self, platform: str, post_id: str) -> list[SandboxPost]:
        """Return the comments on a post that are not deleted, oldest first."""
        return [post for post in self._replies.get((platform, post_id), ()) if not post.deleted]

    def visible_replies(self, platform: str, post_id: str) -> list[SandboxPost]:
        """Return the comments on a post that the platform's own lists show already."""
        return self._shown(platform, self.replies(platform, post_id))

    def _shown(self, platform: str, posts: list[SandboxPost]) -> list[SandboxPost]:
        delay, now = self.visibility_s.get(platform, 0.0), self.now()
        return [post for post in posts if (now - post.created_at).total_seconds() >= delay]

    def knew(self, platform: str, post_id: str) -> bool:
        """Tell whether there is such a post, or was one."""
        return (platform, post_id) in self._by_id

    def find(self, platform: str, post_id: str) -> SandboxPost | None:
        post = self._by_id.get((platform, post_id))
        return None if post is None or post.deleted else post

    def processed(self, platform: str, uploaded_at: datetime) -> bool:
        """Tell whether a platform is done with a video that it got whole at an instant."""
        taken = (self.now() - uploaded_at).total_seconds()
        return taken >= self.processing_s.get(platform, 0.0)

    def take_fault(self, platform: str, *on: str, account: str | None = None) -> Fault | None:
        """Return a fault that strikes this request, and use it up once."""
        now = self.now()
        for fault in self.faults:
            if fault.is_meant_for(platform, on, account, now) and fault.strikes():
                return fault
        return None

    def save(self, folder: Path) -> None:
        """Write the state below a folder; a reader sees the old state or the new one."""
        media = folder / "media"
        media.mkdir(parents=True, exist_ok=True)
        for digest in self.blobs.keys() - self._saved_blobs:
            if not (media / digest).exists():
                _write(media / digest, self.blobs[digest])
            self._saved_blobs.add(digest)
        document = {
            "seed": self.seed,
            "last_id": self._last_id,
            "frozen": self._frozen,
            "accounts": [vars(a) for a in self.accounts.values()],
            "grants": self.grants.to_json(),
            "posts": [vars(p) for p in self.posts],
        }
        _write(folder / "state.json", json.dumps(document, default=_encode).encode())
        self.dirty = False

    @classmethod
    def load(cls, folder: Path) -> World:
        """Read the state that `save` wrote."""
        document = json.loads((folder / "state.json").read_text())
        frozen = document["frozen"]
        world = cls(datetime.fromisoformat(frozen) if frozen else None, document["seed"])
        world._last_id = document["last_id"]
        world.seed_accounts(_decode(SandboxAccount, row) for row in document["accounts"])
        world.grants = Grants.from_json(document.get("grants", {}))
        for row in document["posts"]:
            post = world.add_post(_decode(SandboxPost, row))
            for sha in post.blobs:
                world.blobs[sha] = (folder / "media" / sha).read_bytes()
        world.dirty = False
        return world


@lru_cache(maxsize=2048)
def _words(text: str) -> frozenset[str]:
    return frozenset(text.lower().split())


def _write(path: Path, data: bytes) -> None:
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(data)
    os.replace(unfinished, path)


def _encode(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(type(value).__name__)


def _decode(kind: type[Any], row: dict[str, Any]) -> Any:
    for name in ("created_at", "edited_at", "token_expires_at"):
        if row.get(name):
            row[name] = datetime.fromisoformat(row[name])
    known = {f.name for f in fields(kind)}
    return kind(**{name: value for name, value in row.items() if name in known})
