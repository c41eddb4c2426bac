"""Secrets that are planted in every account turn up nowhere but encrypted in the database.

The whole way of a campaign with everything going wrong that can: what is printed and logged, every
file of the working folder, every row of the database, and every address that was asked for.
"""

from __future__ import annotations

import base64
import html
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from sqlalchemy import MetaData, create_engine, select
from tests.consents import CLIENT_SECRET, FAMILIES, consented, with_apps
from tests.e2e.commands import commands
from tests.workdirs import approve_one, opened, prepare

from campaignbot.demo import BRIEF, closing_day, first_day, move_dates
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.media import MediaHost
from campaignbot.sandbox import Sandbox, SandboxAccount
from campaignbot.sandbox.fault import Fault
from campaignbot.storage import accounts, credentials
from campaignbot.yamlfiles import change_row, change_yaml

# With signs that change where a text is put into an address, a page or a JSON document.
PLANTED = "Geplant+Geheim/{name}=9f8e7d6c&5b4a<3>"
RENEWS = "Verlengt+Geheim/{name}=1a2b3c4d&5e6f<7>"
NAMES = ("linkedin", "facebook", "instagram", "x")
# A second account on X, which signs its requests (OAuth 1.0a), in the order that is asked for.
SIGNS, SIGNS_ID = "x-ondertekend", "900104"
KEYS = {
    "consumer_key": "Sleutel+Geheim/app=9f8e7d6c&5b4a<3>",
    "consumer_secret": "Sleutel+Geheim/app-2=2c3d4e5f&6a7b<8>",
    "access_token": PLANTED.format(name=SIGNS),
    "access_token_secret": "Sleutel+Geheim/account=7e6d5c4b&3a29<1>",
}
# On the last of these days nothing goes wrong: whatever the hour at which this runs, and whatever
# chance it gives the faults, something goes out on every account.
DAYS = (0, 1, 2, 4)
ALWAYS = (
    "drop_before",
    "drop_after",
    "http_500",
    "http_503",
    "http_500_after",
    "http_503_retry_after",
    "malformed",
    "empty",
    "hollow",
    "other_shape",
    "no_numbers",
    "odd_headers",
    "rate_limit",
    "rate_limit_bare",
    "retry_after",
    "unfinished",
)


def disguises(secret: str) -> Iterator[bytes]:
    """Yield how a secret may look where it has no business."""
    yield secret.encode()
    yield quote(secret, safe="").encode()
    yield quote_plus(secret).encode()
    yield html.escape(secret).encode()
    yield json.dumps(secret)[1:-1].encode()
    yield secret.encode().hex().encode()
    yield secret.encode("utf-16-le")
    for start in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            # What stands before it shifts it by up to two bytes; the ends mix with neighbours.
            yield encode(b"x" * start + secret.encode())[4:-4]


@dataclass
class Way:
    """A working folder on a sandbox, and all that was said and asked."""

    folder: Path
    sandbox: Sandbox
    said: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)

    def run(self, *wanted: tuple[tuple[str, ...], str]) -> list[int]:
        """Run commands, and return their exit codes."""
        done = commands(self.folder, *wanted)
        self.said += [text for ran in done for text in (ran.out, ran.err)]
        return [ran.code for ran in done]

    def live_until(self, until: datetime) -> None:
        """Publish and measure until then, in a process of its own."""
        done = subprocess.run(
            [
                sys.executable,
                *("-m", "tests.e2e.whole_way"),
                *(str(self.folder), self.sandbox.url, until.isoformat()),
            ],
            capture_output=True,
            text=True,
            timeout=300,
            env={**os.environ, "PYTHONPATH": os.getcwd()},
        )
        assert done.returncode == 0, done.stderr[-2000:]
        self.said.append(done.stdout)
        self.log.append(done.stderr)
        self.states = json.loads(done.stdout)

    def secrets(self) -> list[str]:
        """Return what was planted, what was granted since, and the secrets of the apps."""
        planted = [t.format(name=name) for t in (PLANTED, RENEWS) for name in NAMES]
        apps = [CLIENT_SECRET.format(family=family) for family in set(FAMILIES.values())]
        return [*planted, *apps, *KEYS.values(), *self.sandbox.world.grants.tokens]


@contextmanager
def way_of(folder: Path, database_url: str | None) -> Iterator[Way]:
    sandbox = Sandbox()
    sandbox.start()
    host = MediaHost(folder / "media")
    host.start()
    way = Way(folder, sandbox)
    try:
        prepare(folder, sandbox, host.url)
        add_one_that_signs(folder, sandbox)
        if database_url is not None:
            change_yaml(folder / "config" / "campaignbot.yaml", {"database": database_url})
        yield way
    finally:
        mend(way)
        host.stop()
        sandbox.stop()


def add_one_that_signs(folder: Path, sandbox: Sandbox) -> None:
    added = {
        "platform": "x",
        "name": "Werken bij Waterrijk",
        "external_id": SIGNS_ID,
        "base_url": sandbox.base_urls["x"],
    }
    change_row(folder / "config" / "accounts.yaml", "accounts", SIGNS, added)
    sandbox.seed_accounts([SandboxAccount("x", SIGNS_ID, added["name"], "not known yet")])


def plant(way: Way) -> None:
    """Give every account its secrets, on the platform and, by the command, in the folder."""
    world = way.sandbox.world
    for account in world.accounts.values():
        name = SIGNS if account.external_id == SIGNS_ID else account.platform
        account.token = PLANTED.format(name=name)
    tries: list[tuple[tuple[str, ...], str]] = []
    for name in NAMES:
        # What goes wrong while an account is connected is told as well: first no answer, then a
        # token that is none.
        world.faults.append(Fault(name, "any", "http_500"))
        token, connect = PLANTED.format(name=name), ("account", "connect", name)
        tries += [(connect, f"{given}\n") for given in (token, f"{token}x", token)]
    world.faults.append(Fault("x", "any", "http_500", account=SIGNS_ID))
    right = "".join(f"{key}\n" for key in KEYS.values())
    wrong = right.replace(KEYS["access_token"], KEYS["access_token"] + "x")
    tries += [(("account", "connect", SIGNS, "--keys"), keys) for keys in (right, wrong, right)]
    assert way.run(*tries) == [2, 2, 0] * (len(NAMES) + 1)
    with opened(way.folder) as application:
        with application.database.read() as tx:
            signs = next(one for one in accounts.list_accounts(tx) if one.key == SIGNS)
        for day in DAYS:
            due, text = timedelta(days=day, hours=7), f"Dag {day} bij ons, ondertekend."
            approve_one(application, "x", text, due_in=due, account=signs)
        for name in NAMES:
            secrets = {"access_token": PLANTED, "refresh_token": RENEWS}
            given = {key: Secret(text.format(name=name)) for key, text in secrets.items()}
            application.connect(name, given)
            for day in DAYS:
                due, text = timedelta(days=day, hours=7), f"Dag {day} bij ons, op {name}."
                approve_one(application, name, text, due_in=due)


def let_everything_go_wrong(way: Way) -> None:
    way.sandbox.world.faults += [
        Fault("*", "metrics" if kind == "no_numbers" else "any", kind, rate=0.015, seed=number)
        for number, kind in enumerate(ALWAYS)
    ]
    for name in NAMES:
        # Nobody answers one create request, and one upload.
        way.sandbox.world.faults.append(Fault(name, "create", "hold_after", skip=1))
        way.sandbox.world.faults.append(Fault(name, "upload", "hold_before", skip=1))


def consent_everywhere(way: Way) -> None:
    """Let every account be connected anew, by a consent that gives tokens of its own.

    The account that signs knows no consent: its keys are given again.
    """
    with opened(way.folder, SimulatedClock(way.sandbox.world.now())) as application:
        for name in NAMES:
            consented(application, name)
    given = "".join(f"{key}\n" for key in KEYS.values())
    assert way.run((("account", "connect", SIGNS, "--keys"), given)) == [0]


def mend(way: Way) -> None:
    """Let nothing go wrong any more."""
    for fault in way.sandbox.world.faults:
        fault.gate.drop()
    way.sandbox.world.faults.clear()
    for account in way.sandbox.world.accounts.values():
        account.token_expires_at, account.scopes = None, ()


def impatient(way: Way) -> None:
    path = way.folder / "config" / "accounts.yaml"
    hurried = r"\1timeout_s: 2\n\1base_url:"
    path.write_text(re.sub(r"^( +)base_url:", hurried, path.read_text(), flags=re.MULTILINE))


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file, and what is packed inside."""
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        yield str(path), path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(BytesIO(path.read_bytes())) as packed:
                yield from ((f"{path}: {n}", packed.read(n)) for n in packed.namelist())


def rows(url: str) -> Iterator[tuple[str, bytes]]:
    """Yield every row of every table, bytes as they are."""
    engine, found = create_engine(url), MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        for table in found.sorted_tables:
            for row in connection.execute(select(table)):
                values = [bytes(v) if isinstance(v, memoryview) else v for v in row]
                told = [v if isinstance(v, bytes) else str(v).encode() for v in values]
                yield f"a row of {table.name}", b"\n".join(told)
    engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.timeout(600)
def test_a_token_is_shown_nowhere_on_the_whole_way(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "team"
    url = request.getfixturevalue("postgres_url") if kind == "postgresql" else None
    with way_of(folder, url) as way:
        closing = closing_day(date.today())
        move_dates(folder, closing)
        start = datetime.combine(first_day(closing), datetime.min.time(), UTC)
        plant(way)
        assert way.run((("plan", f"briefs/{BRIEF}.yaml"), "")) == [0]
        impatient(way)
        let_everything_go_wrong(way)
        world = way.sandbox.world
        world.set_clock(max(start, datetime.now(UTC)))
        way.live_until(world.now() + timedelta(days=2))
        for account in world.accounts.values():
            account.token_expires_at, account.scopes = world.now(), ("nothing",)
        way.live_until(world.now() + timedelta(days=1))
        assert sealed(way) == {
            name: {
                "access_token": PLANTED.format(name=name),
                "refresh_token": RENEWS.format(name=name),
            }
            for name in NAMES
        } | {SIGNS: dict(sorted(KEYS.items()))}
        mend(way)
        with_apps(folder, way.sandbox)
        consent_everywhere(way)
        let_everything_go_wrong(way)
        way.live_until(world.now() + timedelta(days=1))
        mend(way)
        # A lost answer may have cost a refresh token that holds once, and that is lost honestly.
        consent_everywhere(way)
        way.live_until(world.now() + timedelta(days=1))
        look_around(way)
        with opened(folder) as application:
            database_url = application.database_url
        files = list(contents(folder))
    used = {SIGNS if post.account == SIGNS_ID else post.platform for post in world.posts}
    assert used == {*NAMES, SIGNS}, "the tokens and the keys were used"
    assert way.states["published"] > len(NAMES)
    assert "access renewed" in way.log[-1], "no access was renewed"
    places = [
        *(("an output", text.encode()) for text in way.said),
        *(("the log", text.encode()) for text in way.log),
        *(("an address", address.encode()) for address in way.sandbox.world.addresses),
        *files,
        *rows(database_url),
    ]
    assert len(places) > 1000 and '"event": "request"' in way.log[0]
    for secret in way.secrets():
        for looks in set(disguises(secret)):
            for place, text in places:
                assert looks not in text, f"{secret} in {place}"


def look_around(way: Way) -> None:
    """Ask for everything that tells of accounts and posts."""
    looks = (
        ("status",),
        ("status", "--json"),
        ("account", "list", "--json"),
        ("account", "check"),
        ("account", "check", "--json"),
        ("report", "week", "--write", "--json"),
        ("check-database", "--json"),
        ("backup", "--json"),
        ("account", "disconnect", "manual"),
    )
    way.run(*((command, "") for command in looks))


def sealed(way: Way) -> dict[str, dict[str, str]]:
    """Return what the database keeps for each account, opened with the key."""
    found = {}
    with opened(way.folder) as application:
        vault = application.access.vault(False)
        with application.database.read() as tx:
            for account in accounts.list_accounts(tx):
                kept = credentials.sealed_of(tx, account.id)
                if kept is not None:
                    secrets = vault.open(kept[0])
                    found[account.key] = {k: v.reveal() for k, v in sorted(secrets.items())}
    return found
