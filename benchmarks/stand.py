"""A sandbox in a process of its own, and a working folder with many accounts on it.

Run as a program it serves until its standard input ends: python -m benchmarks.stand ACCOUNTS
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import requests

from campaignbot.bootstrap import Application
from campaignbot.domain.accounts import Account
from campaignbot.domain.clock import Clock
from campaignbot.domain.content import Content, MediaItem, content_hash
from campaignbot.domain.phases import Phase
from campaignbot.domain.publication import Event, Post, Publication, State
from campaignbot.domain.secrets import Secret
from campaignbot.domain.walltime import WallTime
from campaignbot.rendering import thumbnail
from campaignbot.sandbox import Sandbox, SandboxAccount
from campaignbot.starter import make_workdir
from campaignbot.storage import accounts, publications
from campaignbot.yamlfiles import change_yaml

PLATFORM = "x"


@contextmanager
def sandbox_process(number: int) -> Iterator[str]:
    """Run a sandbox with this many X accounts in a process of its own; yield its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.stand", str(number)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stdin is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def external_id(number: int) -> str:
    return f"77{number:06}"


def token(number: int) -> str:
    return f"practice-{number}"


def prepare(folder: Path, url: str, number: int, **settings: object) -> None:
    """Make a working folder with this many accounts, pointed at the sandbox."""
    make_workdir(folder)
    change_yaml(
        folder / "config" / "campaignbot.yaml",
        {
            "simulated": True,
            "key_file": "data/vault.key",
            "publishing": {"quiet_from": "00:00", "quiet_until": "00:00", **settings},
        },
    )
    rows = [
        {
            "key": f"account-{n}",
            "platform": PLATFORM,
            "name": f"Account {n}",
            "external_id": external_id(n),
            "base_url": f"{url}/{PLATFORM}",
        }
        for n in range(number)
    ]
    change_yaml(folder / "config" / "accounts.yaml", {"accounts": rows})


def connect(application: Application) -> list[Account]:
    """Connect every account, and return them in order."""
    for n, entry in enumerate(application.entries.values()):
        application.connect(entry.key, {"access_token": Secret(token(n))})
    with application.database.read() as tx:
        known = {account.key: account for account in accounts.list_accounts(tx)}
    return [known[key] for key in application.entries]


def picture(application: Application) -> tuple[MediaItem, bytes]:
    photo = application.workdir / "creatives" / "photos" / "polder-met-molen.jpg"
    data = thumbnail(photo.read_bytes(), 640)
    sha256 = application.media.put(data, "image/jpeg")
    return MediaItem(sha256, "image/jpeg", 640, 480, "Een molen."), data


def approve(
    application: Application,
    dues: list[tuple[Account, datetime]],
    media: tuple[MediaItem, ...] = (),
) -> None:
    """Store an approved publication for every account and instant."""
    now = application.clock.now()
    with application.database.write() as tx:
        for account, due in dues:
            code = uuid4().hex[:8]
            post = Post(uuid4(), None, None, Phase.AWARENESS, "p", "angle", "nl")
            drafted = Publication(
                id=uuid4(),
                reference=f"B-{code}",
                post=post,
                account_id=account.id,
                content=Content(f"Bericht van de meting {code}", None, media),
                tracking_code=code,
                planned=WallTime.at(due, "Europe/Amsterdam"),
                due_at_utc=due,
                window_end_utc=due + timedelta(hours=6),
                state=State.IN_REVIEW,
            )
            publications.add_post(tx, post)
            publications.add_publication(tx, drafted, now=now, actor="benchmark")
            digest = content_hash(drafted.content, account.id)
            publications.move(
                tx, drafted, Event.APPROVE, now=now, actor="benchmark", approved_hash=digest
            )


def set_clock(url: str, clock: Clock) -> None:
    requests.post(f"{url}/control/clock", json={"now": clock.now().isoformat()}, timeout=10)


def main() -> None:
    sandbox = Sandbox()
    sandbox.start()
    sandbox.seed_accounts(
        SandboxAccount(PLATFORM, external_id(n), f"Account {n}", token(n))
        for n in range(int(sys.argv[1]))
    )
    print(sandbox.url, flush=True)
    sys.stdin.read()
    sandbox.stop()


if __name__ == "__main__":
    main()
