"""Connecting the ways to tell: a secret is tried before it replaces one that works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from campaignbot.domain.alerts import NotTold
from campaignbot.domain.errors import Problem, UserError, user_error
from campaignbot.domain.messages import Message
from campaignbot.domain.secrets import Secret
from campaignbot.gateways import notify
from campaignbot.gateways.ping import ping, require_web_address
from campaignbot.watching.building import Folder
from campaignbot.watching.secrets import Service
from campaignbot.watching.ways import Way, mail_ways, notify_ways, readers
from campaignbot.watching.wording import try_out


def require_settings(folder: Folder, service: Service) -> None:
    """Raise UserError where the settings lack what a secret is needed for."""
    if service is not Service.MAIL:
        return
    if folder.settings.mail is None:
        raise user_error("alerts.no_mail", remedy="alerts.no_mail.remedy")
    if not readers(folder.settings):
        raise user_error("alerts.no_readers", remedy="alerts.no_readers.remedy")
    if folder.settings.mail.user is None:
        raise user_error("alerts.no_user", remedy="alerts.no_user.remedy")


def tried_on(folder: Folder, service: Service) -> tuple[str, ...]:
    """Return the names of the ways that a secret is going to be tried on, as far as known."""
    if service is not Service.MAIL:
        return ()
    return tuple(way.name for way in mail_ways(folder.settings, None, folder.workdir))


def connect(folder: Folder, service: Service, secret: Secret, key: str) -> None:
    """Try a secret on everything it opens, then seal and keep it; UserError when one fails."""
    if service is Service.PING:
        require_web_address(secret)
        _require(service, _ping_failure(secret))
    elif service is Service.NOTIFY:
        ways = notify_ways(secret, folder.settings.language)
        for way in ways:
            notify.require_known(way.url)
        _require(service, *try_all(folder, ways, key).values())
    else:
        letters = mail_ways(folder.settings, secret, folder.workdir)
        _require(service, *try_all(folder, letters, key).values())
    folder.secrets.keep(service, secret)


def all_ways(folder: Folder) -> tuple[Way, ...]:
    """Return all ways as connected; UserError when the database or the key cannot be used."""
    settings, find = folder.settings, folder.secrets.find
    return (
        *mail_ways(settings, find(Service.MAIL), folder.workdir),
        *notify_ways(find(Service.NOTIFY), settings.language),
    )


def try_all(folder: Folder, ways: Sequence[Way], key: str) -> Mapping[str, Message]:
    """Send a test on each way; return why it failed on those where it did."""
    failed: dict[str, Message] = {}
    for number, way in enumerate(ways):
        told = try_out(
            folder.translator(way.language), folder.settings.organisation, f"{key}.{number}"
        )
        try:
            way.tell(told)
        except NotTold as error:
            failed[way.name] = error.what
    return failed


def _ping_failure(url: Secret) -> Message | None:
    try:
        ping(url, healthy=True)
    except NotTold as error:
        return error.what
    return None


def _require(service: Service, *failures: Message | None) -> None:
    problems = [Problem(what) for what in failures if what is not None]
    if problems:
        params = {"service": service.value}
        raise UserError(
            *problems,
            Problem(
                Message("alerts.not_connected", params),
                Message("alerts.not_connected.remedy", params),
            ),
        )
