"""The contract of connecting through a platform's own consent page, and of renewing what it gave.

An adapter that has one names it in `Platform.connecting`. Naming it imports no SDK; `open_consent`
does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from campaignbot.domain.clock import Clock
from campaignbot.domain.secrets import Secret
from campaignbot.platforms.calls import CallLog


@dataclass(frozen=True, slots=True)
class Credentials:
    """The secrets of one account, how long they last, and what they allow.

    `expires_at_utc` is the end of the access itself; None where it has none, or none is known.
    `renew_at_utc` is when it should be renewed without anybody; None where it cannot be.
    `person_by_utc` is when a person must connect again, whatever is renewed before.
    `permissions` are those in force, by the platform's own names; None where it does not tell.
    """

    secrets: Mapping[str, Secret]
    expires_at_utc: datetime | None = None
    renew_at_utc: datetime | None = None
    person_by_utc: datetime | None = None
    permissions: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class RegisteredApp:
    """An app that the organisation registered at a platform.

    `redirect` is the address, exactly as registered, to which the consent page sends the answer.
    The secret is empty for a public client, where the platform has those.
    """

    client_id: str
    client_secret: Secret
    redirect: str


@dataclass(frozen=True, slots=True)
class ConsentContext:
    """All that a consent is given to work with; the fields are those of `AdapterContext`.

    `without` are permissions not to ask for: some platforms refuse an app that asks for one too
    many.
    """

    app: RegisteredApp
    clock: Clock
    base_url: str | None = None
    timeout_s: float = 30.0
    calls: CallLog = field(default_factory=CallLog)
    without: frozenset[str] = frozenset()

    def asked_for(self, permissions: Iterable[Permission]) -> list[str]:
        """Return the names of the permissions to ask for."""
        return [p.name for p in permissions if p.name not in self.without]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person granted, before a page is chosen."""

    credentials: Credentials


@dataclass(frozen=True, slots=True)
class Page:
    """A page or profile that a grant reaches; `external_id` as in `config/accounts.yaml`.

    `may_post` is False where the person's role on the page does not allow it.
    """

    external_id: str
    name: str
    may_post: bool = True


@dataclass(frozen=True, slots=True)
class Inspected:
    """What a platform tells an app of a token that it gave out for it; None where it has no end.

    The instants are those of `Credentials`.
    """

    permissions: frozenset[str]
    expires_at_utc: datetime | None = None
    person_by_utc: datetime | None = None


class Consent(Protocol):
    """The consent of one platform. Every method but `address` and `close` raises a PlatformError.

    AuthError means that the platform refuses: the code was used or is too old, the renewal was
    withdrawn. No method retries, and none logs or puts a secret into an address.
    """

    def address(self, state: str, challenge: str) -> str:
        """Return the address of the consent page; `challenge` is that of PKCE, by S256."""
        ...

    def exchange(self, code: str, verifier: str) -> Grant:
        """Turn the code of the redirect into what it stands for; works once."""
        ...

    def pages(self, grant: Grant) -> Sequence[Page]:
        """Return the pages that this grant reaches."""
        ...

    def credentials(self, grant: Grant, external_id: str) -> Credentials:
        """Return what publishing to that page needs."""
        ...

    def renew(self, credentials: Credentials, external_id: str) -> Credentials:
        """Return the credentials that take the place of these, complete.

        What was not given anew stays in them, and permissions that are not told anew are those from
        before. The old ones may be worthless from then on.
        """
        ...

    def inspect(self, token: Secret) -> Inspected | None:
        """Ask what a token allows, and until when.

        None where the platform has no such question, or knows the token as no valid one of this
        app: somebody may have pasted it who got it elsewhere.
        """
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission to ask for, by the platform's name.

    `purpose` is a key of the catalogue that begins with "permission.". Without one that is
    `required`, nothing can be published.
    """

    name: str
    purpose: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Connecting:
    """How accounts of a platform are connected through its consent page.

    Platforms with the same `app` can share one registered app. `redirect_host` is the name of
    this machine that the platform takes in a redirect address. `renews_by` names the secret
    without which nothing can be renewed, `renew_before` is how long before the end of an access
    it is renewed. `secret_optional` says that there are public clients.
    """

    app: str
    permissions: tuple[Permission, ...]
    open_consent: Callable[[ConsentContext], Consent]
    renews_by: str
    renew_before: timedelta
    redirect_host: str = "localhost"
    secret_optional: bool = False

    def lacking(self, granted: frozenset[str] | None) -> tuple[Permission, ...]:
        """Return the permissions that a grant lacks; none where the platform does not tell."""
        if granted is None:
            return ()
        return tuple(p for p in self.permissions if p.name not in granted)
