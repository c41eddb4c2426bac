"""A working folder whose accounts were connected by consent, on a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from tests.conftest import MONDAY
from tests.consents import consented, with_apps
from tests.workdirs import account_of, approve_one, opened, sandboxed, stored

from campaignbot.bootstrap import Application
from campaignbot.domain.accounts import AccountState
from campaignbot.domain.alerts import AlertKind
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.publication import State
from campaignbot.sandbox import Sandbox
from campaignbot.sandbox.fault import Fault
from campaignbot.storage import credentials
from campaignbot.storage.watched import read_watched
from campaignbot.watching.find import Rules, find_alerts
from campaignbot.yamlfiles import change_yaml


class Office:
    """A working folder whose accounts were connected by consent, on a clock that stands still."""

    def __init__(self, application: Application, sandbox: Sandbox, clock: SimulatedClock) -> None:
        self.application, self.sandbox, self.clock = application, sandbox, clock

    def at(self, instant: datetime) -> None:
        self.clock.move_to(instant)
        self.sandbox.world.set_clock(instant)

    def later(self, by: timedelta) -> None:
        self.at(self.clock.now() + by)

    def secrets(self, key: str) -> Mapping[str, str]:
        with self.application.database.read() as tx:
            sealed = credentials.sealed_of(tx, account_of(self.application, key).id)
        assert sealed is not None
        opened = self.application.access.vault(False).open(sealed[0])
        return {name: secret.reveal() for name, secret in opened.items()}

    def kept(self, key: str) -> credentials.Stored:
        with self.application.database.read() as tx:
            found = credentials.stored_of(tx, account_of(self.application, key).id)
        assert found is not None
        return found

    def state(self, key: str) -> AccountState:
        return account_of(self.application, key).state

    def asked(self, platform: str) -> int:
        return self.sandbox.world.requests[f"{platform} oauth"]

    def fail(self, platform: str, kind: str, times: int = 1, skip: int = 0) -> None:
        self.sandbox.world.faults.append(Fault(platform, "oauth", kind, times, skip=skip))

    def publishes(self, key: str, text: str) -> bool:
        publication = approve_one(self.application, key, text)
        self.application.publisher("test").tick()
        return stored(self.application, publication).state is State.PUBLISHED

    def alerts(self, key: str) -> list[AlertKind]:
        with self.application.database.read() as tx:
            now = self.clock.now()
            seen = read_watched(tx, now, due_since=now, comments_since=None)
        return [alert.kind for alert in find_alerts(seen, Rules()) if alert.subject == key]


@contextmanager
def office(
    folder: Path, *keys: str, database_url: str | None = None, refreshes: bool = True
) -> Iterator[Office]:
    clock = SimulatedClock(MONDAY)
    with sandboxed(folder, database_url) as sandbox:
        sandbox.world.set_clock(MONDAY)
        with_apps(folder, sandbox, refreshes=refreshes)
        # Nothing here is about the distance between posts.
        quiet = {"quiet_from": "00:00", "quiet_until": "00:00", "spacing_min": 0}
        change_yaml(folder / "config" / "campaignbot.yaml", {"publishing": quiet})
        with opened(folder, clock) as application:
            for key in keys:
                consented(application, key)
            yield Office(application, sandbox, clock)
