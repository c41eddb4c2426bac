"""The secrets of services beside the platforms: where they are found, and where they are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

from campaignbot.domain.clock import Clock
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.credentials import Vault
from campaignbot.storage.database import Database
from campaignbot.storage.service_secrets import (
    forget_service_secret,
    save_service_secret,
    service_secret_of,
)


class Service(StrEnum):
    """What can be connected to tell people, and machines, that something is wrong.

    S3 is none of these: it is where pictures are put for platforms to fetch.
    """

    MAIL = "mail"
    NOTIFY = "notify"
    PING = "ping"
    S3 = "s3"


TELLING = (Service.MAIL, Service.NOTIFY, Service.PING)
VARIABLES = {
    Service.MAIL: "CAMPAIGNBOT_SMTP_PASSWORD",
    Service.NOTIFY: "CAMPAIGNBOT_NOTIFY_URLS",
    Service.PING: "CAMPAIGNBOT_PING_URL",
    Service.S3: "CAMPAIGNBOT_S3_SECRET",
}
CREDENTIALS = {
    Service.MAIL: "campaignbot-smtp-password",
    Service.NOTIFY: "campaignbot-notify-urls",
    Service.PING: "campaignbot-ping-url",
    Service.S3: "campaignbot-s3-secret",
}
_FIELD = "value"


class ServiceSecrets:
    """Looked for in the environment, then in systemd's credentials, then sealed in the database.

    `vault(make)` returns the vault, with a new key where there is none yet and one may be made.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        database: Callable[[], Database],
        vault: Callable[[bool], Vault],
        clock: Clock,
    ) -> None:
        self._environment, self._database = environment, database
        self._vault, self._clock = vault, clock
        self._opened: dict[Service, tuple[bytes, Secret]] = {}

    def find(self, service: Service) -> Secret | None:
        """Return the secret; UserError when the database or the key cannot be used."""
        given = self.given(service)
        if given is not None:
            return given
        with self._database().read() as tx:
            sealed = service_secret_of(tx, service)
        if sealed is None:
            return None
        known = self._opened.get(service)
        if known is None or known[0] != sealed:
            # Asked for every few seconds; the keyring of a desktop is not.
            known = (sealed, self._vault(False).open(sealed)[_FIELD])
            self._opened[service] = known
        return known[1]

    def given(self, service: Service) -> Secret | None:
        """Return the secret that the environment or systemd gives; None where neither does."""
        if text := self._environment.get(VARIABLES[service], "").strip():
            return Secret(text)
        if folder := self._environment.get("CREDENTIALS_DIRECTORY"):
            file = Path(folder) / CREDENTIALS[service]
            if file.is_file():
                return Secret(file.read_text().strip())
        return None

    def keep(self, service: Service, secret: Secret) -> None:
        """Seal and store it in place of the earlier one."""
        sealed = self._vault(True).seal({_FIELD: secret})
        with self._database().write() as tx:
            save_service_secret(tx, service, sealed, now=self._clock.now())

    def forget(self, service: Service, *, dry_run: bool = False) -> bool:
        """Delete what is stored; False when nothing was."""
        with self._database().write() as tx:
            if dry_run:
                return service_secret_of(tx, service) is not None
            return forget_service_secret(tx, service)
