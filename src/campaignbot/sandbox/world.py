"""All that the imitated platforms know: accounts, grants, posts, files, and what shall go wrong."""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.fault import Fault
from campaignbot.sandbox.limits import Meter
from campaignbot.sandbox.oauth_grants import Grants
from campaignbot.sandbox.post_store import PostStore

if TYPE_CHECKING:
    from campaignbot.sandbox.scenario import Playing


class World(PostStore):
    """Everything that the imitated platforms know."""

    def __init__(self, now: datetime | None = None, seed: int = 0) -> None:
        super().__init__(now)
        self.seed = seed
        self.accounts: dict[tuple[str, str], SandboxAccount] = {}
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
        # How long a platform processes what was uploaded.
        self.processing_s: dict[str, float] = {}
        # Whether platforms end the versions of their APIs by this clock.
        self.versions_end = True
        # Platforms that still refuse the text of a post that was deleted.
        self.ghosts: set[str] = set()
        # What no token may see or touch by its id, though the lists of its account hold it.
        self.hidden: set[str] = set()
        # By which names X goes: "tweet", or "post" as its OpenAPI document has it.
        self.x_names = "tweet"
        # Where an address leads on to, by the whole address.
        self.redirects: dict[str, str] = {}
        # Which of the bytes are on disk already.
        self.saved_blobs: set[str] = set()
        self.last_id = 7_300_000_000_000_000_000

    def next_id(self) -> str:
        self.last_id += 1_048_583
        return str(self.last_id)

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
