"""Puts the parts of watching together for one working folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from campaignbot.domain.clock import Clock
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.ping import ping
from campaignbot.i18n import Translator
from campaignbot.platforms.registry import loadable_platforms
from campaignbot.settings import Settings
from campaignbot.storage.database import Database
from campaignbot.watching.alerting import Alerting
from campaignbot.watching.find import Rules
from campaignbot.watching.health import HealthServer
from campaignbot.watching.rounds import Rounds
from campaignbot.watching.secrets import Service, ServiceSecrets
from campaignbot.watching.systemd import Systemd
from campaignbot.watching.watch import Watch, health
from campaignbot.watching.ways import Way, mail_ways, notify_ways

Calls = Callable[[], Mapping[tuple[str, str], int]]


@dataclass(frozen=True)
class Folder:
    """What watching needs of a working folder."""

    workdir: Path
    settings: Settings
    secrets: ServiceSecrets
    database: Callable[[], Database]
    clock: Clock
    environment: Mapping[str, str]

    def translator(self, language: str) -> Translator:
        return Translator(language, self.settings.zone)


class Ways:
    """All ways to tell people, as connected now.

    When the database or the key cannot be used, those known before: then there is most to tell.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._known: dict[Service, Secret | None] = {}

    def __call__(self) -> Sequence[Way]:
        folder = self._folder
        return [
            *mail_ways(folder.settings, self._secret(Service.MAIL), folder.workdir),
            *notify_ways(self._secret(Service.NOTIFY), folder.settings.language),
        ]

    def ping_url(self) -> Secret | None:
        return self._secret(Service.PING)

    def _secret(self, service: Service) -> Secret | None:
        try:
            self._known[service] = self._folder.secrets.find(service)
        except Exception:
            # In whichever way the database fails, that is told by what is known.
            if service not in self._known:
                return None
        return self._known[service]


def alerting(folder: Folder, ways: Callable[[], Sequence[Way]], name: str) -> Alerting:
    """Return what finds and tells; `name` is this worker's."""
    chosen = folder.settings.watch
    return Alerting(
        folder.database,
        folder.clock,
        ways,
        folder.translator,
        folder.settings.organisation,
        Rules(
            timedelta(hours=chosen.comments_h),
            loadable_platforms(),
        ),
        timedelta(days=chosen.comments_days),
        name,
    )


def build_watch(folder: Folder, calls: Calls, name: str) -> Watch:
    """Return the watch over one process; UserError when its port is in use."""
    chosen, t = folder.settings.watch, folder.translator(folder.settings.language)
    # Fewer than three rounds in a row say little.
    stale_s = max(chosen.stale_s, 3 * folder.settings.publishing.tick_s)
    rounds = Rounds(folder.clock, stale_s)
    ways = Ways(folder)
    watch = Watch(
        rounds,
        alerting(folder, ways, name),
        Systemd(folder.environment),
        t,
        ways.ping_url,
        lambda url, healthy: ping(url, healthy=healthy),
    )
    if chosen.http_port is not None:
        # Loaded here: most daemons are not asked for metrics.
        from campaignbot.watching.metrics import Metrics

        metrics = Metrics(folder.database, folder.clock, rounds, calls, name)
        pages = {"/health": health(rounds, folder.database, t), "/metrics": metrics.page}
        watch.server = HealthServer(chosen.http_port, pages)
    return watch
