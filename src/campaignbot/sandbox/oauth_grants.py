"""What people granted at the imitated platforms: apps, codes and tokens."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from campaignbot.sandbox.accounts import SandboxAccount

# The host of a redirect, as the usual registration of a practice app has it.
_PORT = 8765
_REDIRECTS = tuple(f"http://{host}:{_PORT}/callback" for host in ("localhost", "127.0.0.1"))


@dataclass(frozen=True)
class PracticeApp:
    """A registered app of a family (linkedin, meta, x); without a secret it is a public client.

    `refreshes` says whether it gets refresh tokens at all.
    """

    family: str
    client_id: str
    client_secret: str | None
    redirects: tuple[str, ...] = _REDIRECTS
    refreshes: bool = True


@dataclass
class Code:
    """What the redirect carries: good for one exchange, and for a while only."""

    value: str
    client_id: str
    redirect: str
    scopes: tuple[str, ...]
    pages: tuple[str, ...]
    given_at: datetime
    challenge: str | None = None
    used: bool = False


@dataclass(frozen=True)
class Token:
    """A token of a family. `kind` is access, refresh, user or page.

    Tokens of one `consent` go back to the same click of a person, made at `consented_at`.
    """

    value: str
    family: str
    kind: str
    client_id: str
    consent: str
    consented_at: datetime
    scopes: tuple[str, ...]
    pages: tuple[str, ...]
    expires_at: datetime | None = None


@dataclass
class Grants:
    """Everything that was granted. Whoever holds a token may do what its scopes allow."""

    apps: dict[tuple[str, str], PracticeApp] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for family in ("linkedin", "meta", "x"):
            known = PracticeApp(family, f"practice-{family}", f"practice-{family}-secret")
            self.apps.setdefault((family, known.client_id), known)

    def register(self, app: PracticeApp) -> None:
        self.apps[app.family, app.client_id] = app

    def app(self, family: str, client_id: str) -> PracticeApp | None:
        return self.apps.get((family, client_id))

    def give_code(
        self,
        app: PracticeApp,
        redirect: str,
        scopes: tuple[str, ...],
        pages: tuple[str, ...],
        now: datetime,
        challenge: str | None = None,
    ) -> Code:
        code = Code(_new("code"), app.client_id, redirect, scopes, pages, now, challenge)
        self.codes[code.value] = code
        return code

    def wrong_with(self, code: Code | None, app: PracticeApp, redirect: str, **at: Any) -> str:
        """Return why a code cannot be exchanged (unknown, used, expired, redirect), else "".

        `at` are `now` and the `lasts` of a code.
        """
        now: datetime = at["now"]
        lasts: timedelta = at["lasts"]
        if code is None or code.client_id != app.client_id:
            return "unknown"
        if code.used:
            return "used"
        if now - code.given_at > lasts:
            return "expired"
        return "" if code.redirect == redirect else "redirect"

    def issue(self, kind: str, app: PracticeApp, like: Code | Token, **more: Any) -> Token:
        """Issue a token for what a code or an earlier token stands for."""
        fields: dict[str, Any] = {
            "consent": like.consent if isinstance(like, Token) else like.value,
            "consented_at": like.consented_at if isinstance(like, Token) else like.given_at,
            "scopes": like.scopes,
            "pages": like.pages,
        }
        token = Token(
            value=_new(kind),
            family=app.family,
            kind=kind,
            client_id=app.client_id,
            **fields | more,
        )
        self.tokens[token.value] = token
        return token

    def withdraw(self, token: Token) -> None:
        self.tokens.pop(token.value, None)

    def find(self, family: str, kinds: tuple[str, ...], value: str) -> Token | None:
        found = self.tokens.get(value)
        return found if found and found.family == family and found.kind in kinds else None

    def refreshing(self, family: str, app: PracticeApp, value: str, now: datetime) -> Token | None:
        """Return a refresh token that is still good, and was given to this app."""
        found = self.find(family, ("refresh",), value)
        if found is None or found.client_id != app.client_id:
            return None
        return None if found.expires_at is not None and found.expires_at <= now else found

    def speaks_for(
        self, accounts: list[SandboxAccount], platform: str, value: str, about: str
    ) -> SandboxAccount | None:
        """Return the account that a token of a grant means in a request about something."""
        family = "meta" if platform in {"facebook", "instagram"} else platform
        token = self.find(family, ("access", "user", "page"), value)
        if token is None:
            return None
        reached = [a for a in accounts if a.platform == platform and reaches(token, a, accounts)]
        meant = [a for a in reached if a.external_id.rsplit(":", 1)[-1] in about] or reached
        if not meant:
            return None
        return replace(
            meant[0],
            token=value,
            scopes=token.scopes or ("none",),
            token_expires_at=token.expires_at,
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "apps": [asdict(app) for app in self.apps.values()],
            "codes": [asdict(code) for code in self.codes.values()],
            "tokens": [asdict(token) for token in self.tokens.values()],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Grants:
        known = cls()
        for row in data.get("apps", ()):
            known.register(PracticeApp(**_read(row)))
        known.codes = {row["value"]: Code(**_read(row)) for row in data.get("codes", ())}
        known.tokens = {row["value"]: Token(**_read(row)) for row in data.get("tokens", ())}
        return known


def reaches(token: Token, account: SandboxAccount, accounts: list[SandboxAccount]) -> bool:
    """Tell whether a token is good for an account; an Instagram account goes with its page."""
    if account.platform != "instagram":
        return account.external_id in token.pages
    return page_of(account, accounts) in token.pages


def page_of(account: SandboxAccount, accounts: list[SandboxAccount]) -> str | None:
    """Return the Facebook page of an Instagram account: its own, else the first there is."""
    if account.page_id is not None:
        return account.page_id
    return next((a.external_id for a in accounts if a.platform == "facebook"), None)


def verifies(code: Code, verifier: str) -> bool:
    """Tell whether a verifier belongs to the code: https://www.rfc-editor.org/rfc/rfc7636."""
    if code.challenge is None:
        return True
    digest = hashlib.sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=") == code.challenge


def _new(kind: str) -> str:
    return f"practice-{kind}-{secrets.token_urlsafe(24)}"


def _read(row: Mapping[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for name, value in row.items():
        if name.endswith("_at") and value:
            read[name] = datetime.fromisoformat(value)
        else:
            read[name] = tuple(value) if isinstance(value, list) else value
    return read
