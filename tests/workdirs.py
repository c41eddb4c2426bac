"""Working folders for tests: the starter files, pointed at a sandbox, with connected accounts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from campaignbot.bootstrap import Application
from campaignbot.domain.accounts import Account
from campaignbot.domain.clock import Clock
from campaignbot.domain.content import Content, MediaItem, content_hash
from campaignbot.domain.phases import Phase
from campaignbot.domain.publication import Event, Post, Publication, State
from campaignbot.domain.secrets import Secret
from campaignbot.domain.walltime import WallTime
from campaignbot.gateways.media import MediaHost
from campaignbot.rendering import thumbnail
from campaignbot.sandbox import Sandbox, SandboxAccount
from campaignbot.settings import load_accounts
from campaignbot.starter import make_workdir
from campaignbot.storage import accounts, publications
from campaignbot.yamlfiles import change_yaml

LINK = "https://werkenbij.waterrijk.example/?utm_id={code}"


def prepare(folder: Path, sandbox: Sandbox, media_url: str) -> None:
    """Make a working folder whose accounts are those of the sandbox."""
    make_workdir(folder)
    change_yaml(
        folder / "config" / "campaignbot.yaml",
        {
            "simulated": True,
            "key_file": "data/vault.key",
            "media": {"public_url": media_url},
            # What a test sees may not depend on the time of day at which it runs.
            "publishing": {"quiet_from": "00:00", "quiet_until": "00:00"},
        },
    )
    rows = []
    for entry in load_accounts(folder):
        row = {"key": entry.key, "platform": entry.platform, "name": entry.name}
        if entry.platform in sandbox.base_urls:
            row |= {
                "external_id": entry.external_id,
                "base_url": sandbox.base_urls[entry.platform],
            }
            token = f"geheim-{entry.key}-{uuid4().hex}"
            sandbox.seed_accounts(
                [SandboxAccount(entry.platform, entry.external_id, entry.name, token, 3000)]
            )
        rows.append(row)
    change_yaml(folder / "config" / "accounts.yaml", {"accounts": rows})


def connect_all(application: Application, sandbox: Sandbox) -> None:
    for entry in application.entries.values():
        known = sandbox.world.account(entry.platform, entry.external_id)
        if known is not None:
            application.connect(entry.key, {"access_token": Secret(known.token)})


@contextmanager
def opened(
    folder: Path, clock: Clock | None = None, *, acting_as: str | None = None
) -> Iterator[Application]:
    """Open a working folder for a while; its key comes from the key file only."""
    application = Application(folder, clock, environment={}, acting_as=acting_as)
    try:
        yield application
    finally:
        application.close()


@contextmanager
def sandboxed(folder: Path, database_url: str | None = None) -> Iterator[Sandbox]:
    """Run a sandbox and the media host, with a prepared and connected working folder.

    Its rows are in SQLite unless a database is named.
    """
    sandbox = Sandbox(folder / "data" / "sandbox")
    sandbox.start()
    host = MediaHost(folder / "media")
    host.start()
    try:
        prepare(folder, sandbox, host.url)
        if database_url is not None:
            change_yaml(folder / "config" / "campaignbot.yaml", {"database": database_url})
        with opened(folder) as application:
            connect_all(application, sandbox)
        yield sandbox
    finally:
        host.stop()
        sandbox.stop()


def approve_one(
    application: Application,
    platform: str,
    text: str,
    pictures: int = 1,
    *,
    due_in: timedelta = timedelta(0),
    account: Account | None = None,
) -> Publication:
    """Store one approved publication with pictures on an account, else a platform's first."""
    now = application.clock.now()
    due = now + due_in
    account = account or account_of(application, platform)
    items = tuple(_picture(application, number) for number in range(pictures))
    code = uuid4().hex[:8]
    post = Post(uuid4(), None, None, Phase.AWARENESS, "p", "angle", "nl")
    link = None if platform == "instagram" else LINK.format(code=code)
    drafted = Publication(
        id=uuid4(),
        reference=f"T-{code}",
        post=post,
        account_id=account.id,
        content=Content(text, link, items),
        tracking_code=code,
        planned=WallTime.at(due, "Europe/Amsterdam"),
        due_at_utc=due,
        window_end_utc=due + timedelta(hours=6),
        state=State.IN_REVIEW,
    )
    with application.database.write() as tx:
        publications.add_post(tx, post)
        publications.add_publication(tx, drafted, now=now, actor="test")
        digest = content_hash(drafted.content, account.id)
        return publications.move(
            tx, drafted, Event.APPROVE, now=now, actor="test", approved_hash=digest
        )


def _picture(application: Application, number: int) -> MediaItem:
    photo = application.workdir / "creatives" / "photos" / "polder-met-molen.jpg"
    data = thumbnail(photo.read_bytes(), 640 - 80 * number)
    sha256 = application.media.put(data, "image/jpeg")
    return MediaItem(sha256, "image/jpeg", 640 - 80 * number, 480 - 60 * number, "Een molen.")


def account_of(application: Application, platform: str) -> Account:
    with application.database.read() as tx:
        return next(a for a in accounts.list_accounts(tx) if a.platform == platform)


def stored(application: Application, publication: Publication) -> Publication:
    with application.database.read() as tx:
        return publications.publication_by_id(tx, publication.id)
