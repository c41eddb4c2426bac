"""The apps that an organisation registered at the platforms, kept sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from campaignbot.connecting.access import Access
from campaignbot.domain.accounts import Account
from campaignbot.domain.errors import user_error
from campaignbot.domain.secrets import Secret
from campaignbot.platforms.consent import Connecting, RegisteredApp
from campaignbot.storage.service_secrets import (
    forget_service_secret,
    save_service_secret,
    service_secret_of,
    service_secrets_named,
)

PATH = "/callback"
_PREFIX = "app:"
_LOOPBACK = {"localhost", "127.0.0.1"}


@dataclass(frozen=True, slots=True)
class Registered:
    """A registered app by its name; `since_utc` is when it was stored here."""

    name: str
    app: RegisteredApp
    since_utc: datetime


def usual_redirect(connecting: Connecting, port: int) -> str:
    """Return the address to register at the platform, unless another one is wished for."""
    return f"http://{connecting.redirect_host}:{port}{PATH}"


def loopback_port(redirect: str) -> int | None:
    """Return the port of a redirect that this machine itself can answer; None for any other."""
    parts = urlsplit(redirect)
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK:
        return None
    return parts.port or 80


def connecting_of(access: Access, account: Account) -> Connecting:
    """Return how the account's platform is connected; UserError where it has no consent page."""
    found = access.platform(account).connecting
    if found is None:
        raise user_error("consent.none_here", remedy="consent.none_here.remedy", key=account.key)
    return found


def app_name(access: Access, account: Account) -> str:
    """Return the name under which the account's app is registered."""
    return access.apps.get(account.key) or connecting_of(access, account).app


def label(access: Access, name: str) -> str:
    """Return what people call an app: the platforms that it is for, else the name they gave it."""
    served = [
        platform.label
        for platform in access.platforms.values()
        if platform.connecting is not None and platform.connecting.app == name
    ]
    return " & ".join(sorted(served)) or name


def register(access: Access, name: str, app: RegisteredApp, *, secret_optional: bool) -> None:
    """Seal and keep an app in place of the earlier one; UserError when something is missing."""
    if not app.client_id.strip():
        raise user_error("app.no_id", remedy="app.no_id.remedy", name=label(access, name))
    if not app.client_secret and not secret_optional:
        raise user_error("app.no_secret", remedy="app.no_secret.remedy", name=label(access, name))
    _require_address(app.redirect)
    sealed = access.vault(True).seal(
        {
            "client_id": Secret(app.client_id.strip()),
            "client_secret": app.client_secret,
            "redirect": Secret(app.redirect),
        }
    )
    with access.database.write() as tx:
        save_service_secret(tx, f"{_PREFIX}{name}", sealed, now=access.clock.now())


def registered(access: Access, name: str) -> RegisteredApp | None:
    """Return an app; None where none is registered under that name."""
    with access.database.read() as tx:
        sealed = service_secret_of(tx, f"{_PREFIX}{name}")
    return _opened(access, sealed) if sealed is not None else None


def require_app(access: Access, account: Account) -> RegisteredApp:
    """Return the app of an account; UserError that tells how to register it."""
    found = registered(access, app_name(access, account))
    if found is None:
        raise user_error("app.none", remedy="app.none.remedy", key=account.key)
    return found


def all_registered(access: Access) -> tuple[Registered, ...]:
    """Return the registered apps, by name."""
    with access.database.read() as tx:
        rows = service_secrets_named(tx, _PREFIX)
    return tuple(
        Registered(name.removeprefix(_PREFIX), _opened(access, sealed), since)
        for name, sealed, since in rows
    )


def forget(access: Access, name: str) -> bool:
    """Delete an app; False when there was none. What was connected with it is not renewed then."""
    with access.database.write() as tx:
        return forget_service_secret(tx, f"{_PREFIX}{name}")


def _opened(access: Access, sealed: bytes) -> RegisteredApp:
    found = access.vault(False).open(sealed)
    return RegisteredApp(
        found["client_id"].reveal(), found["client_secret"], found["redirect"].reveal()
    )


def _require_address(redirect: str) -> None:
    try:
        parts = urlsplit(redirect)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query
        usable = usable and not parts.fragment and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise user_error("app.bad_redirect", remedy="app.bad_redirect.remedy", value=redirect)
