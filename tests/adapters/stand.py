"""A stand for the conformance suite: the sandbox, with one account on each platform."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.content import Content, MediaItem, MediaKind
from campaignbot.domain.metrics import Metric, Missing
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.media import MediaHost, MediaStore
from campaignbot.platforms.conformance import Seen, SeenMedium, files
from campaignbot.platforms.conformance.acts import draft
from campaignbot.platforms.protocol import Adapter, AdapterContext, Credentials
from campaignbot.platforms.registry import load_platform
from campaignbot.sandbox import Sandbox, SandboxAccount
from campaignbot.sandbox.fault import Fault

IDS = {
    "linkedin": "urn:li:organization:1001",
    "facebook": "2001",
    "instagram": "3001",
    "x": "4001",
}


def asked_for(name: str) -> tuple[str, ...]:
    """Return the permissions that the consent page of a platform asks for, and no others."""
    connecting = load_platform(name).connecting
    assert connecting is not None
    return tuple(permission.name for permission in connecting.permissions)


# A practice token without scopes may do everything, and would hide one that nobody asks for.
ACCOUNTS = [
    SandboxAccount(
        name,
        IDS[name],
        "Gemeente Voorbeeld",
        f"geheim-{name}-0123456789",
        5000,
        scopes=asked_for(name),
    )
    for name in IDS
]


NOT_ENFORCED: Mapping[str, Mapping[str, str]] = {
    "linkedin": {"image_bytes": "LinkedIn documents no bound; 5 MB is what other clients keep to"},
    "facebook": {
        "image_bytes": "Meta asks for less than 4 MB, and takes 10 MB",
        "video.duration_min_ms": "Meta documents no shortest video; nobody plays less",
    },
}
STRANGER = "Waterschap Elders"
MENTIONS = {
    "linkedin": ("Provincie Voorbeeld", "urn:li:organization:1002", "@Provincie Voorbeeld"),
    # Facebook shows the name of a page that it knows, and no sign.
    "facebook": (STRANGER, f"{IDS['facebook']}9", STRANGER),
    "instagram": ("Provincie Voorbeeld", "provincievoorbeeld", "@provincievoorbeeld"),
}
SILENCE = {
    # LinkedIn leaves out a post that nobody has seen; Meta counts up to two days later.
    "linkedin": Missing.SILENT,
    "facebook": Missing.TOO_YOUNG,
    "instagram": Missing.TOO_YOUNG,
    "x": Missing.NOT_OFFERED,
}
_RETIRED = {
    "linkedin": ("shareCount", Metric.SHARES),
    "facebook": ("post_clicks", Metric.CLICKS),
    "instagram": ("saved", Metric.SAVES),
    "x": ("bookmark_count", Metric.SAVES),
}

VARIANTS = {"x-post": "x"}
"""Stands of a platform that goes by other names: X as its OpenAPI document has it."""

NOW = datetime(2027, 3, 4, 9, 30, tzinfo=UTC)
"""Far from the machine's own time, so that an adapter that looks at that one is found out."""

_PERMISSIONS = {
    # What is left when the permission to post is taken away.
    "linkedin": ("r_organization_social", "rw_organization_admin"),
    "facebook": ("pages_read_engagement",),
    "instagram": ("instagram_basic", "instagram_manage_comments"),
    "x": ("users.read", "tweet.read", "media.write"),
}
_PROCESSING = timedelta(minutes=10)


def sandbox_accounts() -> list[SandboxAccount]:
    """Return fresh accounts: ours on each platform, and a stranger's beside it."""
    strangers = [
        SandboxAccount(name, f"{IDS[name]}9", STRANGER, f"vreemd-{name}-0123456789") for name in IDS
    ]
    return [*(replace(account) for account in ACCOUNTS), *strangers]


@contextmanager
def running_sandbox() -> Iterator[Sandbox]:
    """Run a sandbox with one account on each platform, and nothing published yet."""
    running = Sandbox()
    running.seed_accounts(replace(account) for account in ACCOUNTS)
    running.start()
    try:
        yield running
    finally:
        running.stop()


class _Media(MediaStore):
    """A media store that also has files of zero bytes, which stand nowhere."""

    def __init__(self, folder: Path, public_url: str) -> None:
        super().__init__(folder, public_url)
        self.blanks: dict[str, int] = {}

    def open(self, item: MediaItem) -> BinaryIO:
        size = self.blanks.get(item.sha256)
        return super().open(item) if size is None else files.blank(size)

    def size(self, item: MediaItem) -> int:
        size = self.blanks.get(item.sha256)
        return super().size(item) if size is None else size


class SandboxStand:
    """One platform of the sandbox, empty at first, at an instant that stands still."""

    def __init__(self, name: str, sandbox: Sandbox, folder: Path) -> None:
        if name in VARIANTS:
            name, sandbox.world.x_names = VARIANTS[name], "post"
        self.platform = load_platform(name)
        self.clock: SimulatedClock = SimulatedClock(NOW)
        sandbox.world.set_clock(NOW)
        self._sandbox, self._name = sandbox, name
        # Instagram documents no refusal of duplicates.
        self.refuses_duplicates = name != "instagram"
        # LinkedIn documents no header on what is left.
        self.tells_budgets = name != "linkedin"
        self.not_enforced = NOT_ENFORCED.get(name, {})
        self.mention = MENTIONS.get(name)
        self.silence = SILENCE[name]
        self._host = MediaHost(folder)
        self._media = _Media(folder, self._host.url)
        self._host.start()
        self._token = self._account.token
        self._undo: list[Callable[[], None]] = []

    def close(self) -> None:
        for undo in self._undo:
            undo()
        for fault in self._sandbox.world.faults:
            fault.gate.drop()
        self._host.stop()

    def adapter(self, timeout_s: float = 10) -> Adapter:
        return self._opened(self._token, timeout_s)

    def adapter_without_token(self) -> Adapter:
        return self._opened(None)

    def adapter_of_another(self) -> Adapter:
        other = self._sandbox.world.account(self._name, f"{IDS[self._name]}9")
        assert other is not None
        return self._opened(other.token)

    def _opened(self, token: str | None, timeout_s: float = 10) -> Adapter:
        return self.platform.open_adapter(
            AdapterContext(
                external_id=IDS[self._name],
                credentials=Credentials({"access_token": Secret(token)} if token else {}),
                media=self._media,
                clock=self.clock,
                base_url=self._sandbox.base_urls[self._name],
                timeout_s=timeout_s,
                pause=lambda _seconds: None,
            )
        )

    @property
    def _account(self) -> SandboxAccount:
        account = self._sandbox.world.account(self._name, IDS[self._name])
        assert account is not None
        return account

    def content(self, text: str, *, link: str | None = None, pictures: int = 1) -> Content:
        return draft(self, text, link=link, pictures=pictures)

    def keep(self, data: bytes, mime: str) -> str:
        return self._media.put(data, mime)

    def keep_blank(self, size: int, mime: str) -> str:
        name = hashlib.sha256(f"{size} times nothing".encode()).hexdigest()
        self._media.blanks[name] = size
        return name

    def fail(self, on: str, kind: str, times: int = 1) -> None:
        kind = {"slow_before": "hold_before", "slow_after": "hold_after"}.get(kind, kind)
        self._sandbox.world.faults.append(Fault(self._name, on, kind, times))

    def posts(self) -> int:
        return len(self._sandbox.world.live(self._name, IDS[self._name]))

    def replies(self, post_id: str) -> int:
        return len(self._sandbox.world.replies(self._name, post_id))

    def newest(self) -> Seen:
        post = self._sandbox.world.live(self._name, IDS[self._name])[0]
        return Seen(
            post.text,
            tuple(SeenMedium(MediaKind(m.kind), m.sha256, m.alt_text, m.title) for m in post.media),
            post.language or None,
            post.preview.title if post.preview else None,
        )

    def alt_texts(self) -> list[str]:
        return [medium.alt_text for medium in self.newest().media]

    def pass_time(self, time: timedelta) -> None:
        self.clock.advance(time)
        self._sandbox.world.set_clock(self.clock.now())

    def expire_token(self) -> None:
        self._account.token_expires_at = self.clock.now() - timedelta(days=1)

    def revoke_token(self) -> None:
        # The platform no longer knows the token that the adapter goes on sending.
        self._account.token = "another"

    def take_permission(self) -> None:
        self._account.scopes = _PERMISSIONS[self._name]

    def expire_uploads(self) -> None:
        pending = self._sandbox.world.pending
        for name, upload in list(pending.items()):
            if "container" in upload:
                upload["created_at"] -= timedelta(days=2)
            else:
                del pending[name]

    def process_slowly(self) -> None:
        self._sandbox.world.processing_s[self._name] = _PROCESSING.total_seconds()

    def process(self) -> None:
        self.pass_time(_PROCESSING)

    def retire_metric(self) -> Metric:
        name, metric = _RETIRED[self._name]
        fault = Fault(self._name, "metrics", "retired_metric", times=99, metric=name)
        self._sandbox.world.faults.append(fault)
        return metric

    def secrets(self) -> list[str]:
        return [account.token for account in ACCOUNTS]
