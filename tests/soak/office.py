"""A working folder with many accounts on all platforms, and weeks of approved posts."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

from campaignbot.bootstrap import Application
from campaignbot.domain.accounts import Account
from campaignbot.domain.clock import Clock
from campaignbot.domain.content import Content, MediaItem, content_hash
from campaignbot.domain.errors import UserError
from campaignbot.domain.phases import Phase
from campaignbot.domain.publication import Event, Post, Publication, State
from campaignbot.domain.secrets import Secret
from campaignbot.domain.walltime import WallTime
from campaignbot.gateways.media import MediaHost
from campaignbot.rendering import thumbnail
from campaignbot.starter import make_workdir
from campaignbot.storage import accounts, publications
from campaignbot.yamlfiles import change_yaml

ZONE = "Europe/Amsterdam"
WINDOW = timedelta(hours=6)
PLATFORMS = ("linkedin", "facebook", "instagram", "x")
_FIRST_HOUR, _HOURS = 8, 9
_CHUNK = 500


class Practice:
    """The practice platforms, by their control API."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.base_urls = {
            name: f"{url}/{'facebook' if name == 'instagram' else name}" for name in PLATFORMS
        }

    def set_clock(self, now: datetime) -> None:
        self.post("clock", {"now": now.isoformat()})

    def post(self, path: str, body: dict[str, Any]) -> None:
        request = Request(
            f"{self.url}/control/{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=30):
            pass

    def posts(self) -> list[dict[str, Any]]:
        with urlopen(f"{self.url}/control/posts", timeout=120) as answer:
            found: list[dict[str, Any]] = json.load(answer)["posts"]
            return found


class Office:
    """The folder, opened, with what its people know by heart: the tokens of the accounts."""

    def __init__(self, folder: Path, practice: Practice, media_url: str, number: int) -> None:
        self.folder, self.practice = folder, practice
        make_workdir(folder)
        change_yaml(
            folder / "config" / "campaignbot.yaml",
            {"simulated": True, "key_file": "data/vault.key", "media": {"public_url": media_url}},
        )
        rows = [self._row(at) for at in range(number)]
        change_yaml(folder / "config" / "accounts.yaml", {"accounts": rows})
        self.tokens = {str(row["key"]): f"geheim-{row['key']}-{uuid4().hex}" for row in rows}
        known = [
            {
                "platform": row["platform"],
                "external_id": row["external_id"],
                "name": row["name"],
                "token": self.tokens[str(row["key"])],
            }
            for row in rows
        ]
        practice.post("accounts", {"accounts": known})

    def _row(self, at: int) -> dict[str, object]:
        platform, number = PLATFORMS[at % len(PLATFORMS)], 900_001 + at
        return {
            "key": f"{platform}-{at}",
            "platform": platform,
            "name": f"Gemeente Waterrijk {at}",
            "external_id": f"urn:li:organization:{number}"
            if platform == "linkedin"
            else f"{number}",
            "base_url": self.practice.base_urls[platform],
            "app": f"app-{platform}-{at // 8}",
        }

    @contextmanager
    def opened(self, clock: Clock) -> Iterator[Application]:
        application = Application(self.folder, clock, environment={})
        try:
            yield application
        finally:
            application.close()

    def connect(self, application: Application, key: str) -> bool:
        """Connect as a person does, who tries again when the platform has a bad moment."""
        for _ in range(20):
            try:
                application.connect(key, {"access_token": Secret(self.tokens[key])})
            except UserError:
                continue
            return True
        return False

    def expire(self, account: Account, now: datetime | None) -> None:
        """Let the token of an account end, or (None) be good again."""
        self.practice.post(
            "tokens",
            {
                "platform": account.platform,
                "external_id": account.external_id,
                "expires_at": now.isoformat() if now else None,
            },
        )


@contextmanager
def media_host(folder: Path) -> Iterator[str]:
    host = MediaHost(folder / "media")
    host.start()
    try:
        yield host.url
    finally:
        host.stop()


def write_posts(application: Application, number: int, days: int, dice: random.Random) -> None:
    """Store this many approved posts, spread over the accounts and the hours of all days."""
    photo = application.workdir / "creatives" / "photos" / "polder-met-molen.jpg"
    small = thumbnail(photo.read_bytes(), 320)
    picture = MediaItem(
        application.media.put(small, "image/jpeg"), "image/jpeg", 320, 240, "Een molen."
    )
    with application.database.read() as tx:
        owners = accounts.list_accounts(tx)
    first = WallTime.at(application.clock.now(), ZONE).local.replace(hour=0, minute=0)
    each = -(-number // len(owners))
    per_day = -(-each // days)
    for begin in range(0, number, _CHUNK):
        with application.database.write() as tx:
            for at in range(begin, min(begin + _CHUNK, number)):
                day, slot = divmod(at // len(owners), per_day)
                minute = _HOURS * 60 * (slot + dice.random()) // per_day
                local = first + timedelta(days=day, hours=_FIRST_HOUR, minutes=minute)
                owner = owners[at % len(owners)]
                post = Post(uuid4(), None, None, Phase.AWARENESS, "p", "angle", "nl")
                drafted = _drafted(at, owner, post, WallTime(local, ZONE), picture)
                publications.add_post(tx, post)
                now = application.clock.now()
                publications.add_publication(tx, drafted, now=now, actor="soak")
                digest = content_hash(drafted.content, owner.id)
                publications.move(
                    tx, drafted, Event.APPROVE, now=now, actor="soak", approved_hash=digest
                )


def _drafted(
    at: int, owner: Account, post: Post, planned: WallTime, picture: MediaItem
) -> Publication:
    on_instagram = owner.platform == "instagram"
    link = None if on_instagram else f"https://werkenbij.waterrijk.example/?utm_id={at:08}"
    return Publication(
        id=uuid4(),
        reference=f"S-{at:06}",
        post=post,
        account_id=owner.id,
        content=Content(f"Bericht {at:06} van Waterrijk.", link, (picture,) * on_instagram),
        tracking_code=f"{at:08}",
        planned=planned,
        due_at_utc=planned.instant,
        window_end_utc=planned.instant + WINDOW,
        state=State.IN_REVIEW,
    )
