"""One consent: from the address of the page to what was granted."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from campaignbot.domain.errors import UserError, user_error
from campaignbot.domain.secrets import Secret
from campaignbot.platforms.consent import Consent, Credentials, Grant, Page
from campaignbot.platforms.errors import (
    AuthError,
    PlatformError,
    PlatformUnavailable,
    RateLimitReached,
)

# What platforms call a person's "no": https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1 and
# LinkedIn's own two.
_DENIED = frozenset({"access_denied", "user_cancelled_login", "user_cancelled_authorize"})
_PROBABLY_REDIRECT = ("redirect_uri", "redirect uri")


def _random() -> str:
    return secrets.token_urlsafe(48)


@dataclass(frozen=True, slots=True)
class Question:
    """A consent that is asked for. The answer must bring back `state`; `verifier` stays here."""

    state: str = field(default_factory=_random, repr=False)
    verifier: str = field(default_factory=_random, repr=False)

    @property
    def challenge(self) -> str:
        """The challenge of PKCE: https://www.rfc-editor.org/rfc/rfc7636#section-4.2."""
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def code_in(question: Question, answer: Mapping[str, str], platform: str) -> Secret:
    """Return the code of an answer; UserError, in one sentence, for every other answer."""
    if not secrets.compare_digest(answer.get("state", "").encode(), question.state.encode()):
        raise user_error("consent.other_state", remedy="consent.again.remedy", platform=platform)
    if "error" in answer:
        raise _refused(answer, platform)
    if not answer.get("code"):
        raise user_error("consent.no_code", remedy="consent.no_code.remedy", platform=platform)
    return Secret(answer["code"])


def answer_in(pasted: str) -> Mapping[str, str]:
    """Return the answer in an address that was copied from the browser; UserError when in none."""
    # Meta adds "#_=_" to the address.
    try:
        query = urlsplit(pasted.strip()).query
    except ValueError:
        query = ""
    found = dict(parse_qsl(query))
    if "state" not in found:
        raise user_error("consent.not_the_address", remedy="consent.not_the_address.remedy")
    return found


def exchanged(
    consent: Consent, code: Secret, question: Question, platform: str
) -> tuple[Grant, tuple[Page, ...]]:
    """Return what was granted, and for which pages; UserError when the platform refuses."""
    try:
        grant = consent.exchange(code.reveal(), question.verifier)
        return grant, tuple(consent.pages(grant))
    except PlatformError as error:
        raise _failed(error, platform) from error


def for_page(consent: Consent, grant: Grant, external_id: str, platform: str) -> Credentials:
    """Return what publishing to the chosen page needs; UserError when the platform refuses."""
    try:
        return consent.credentials(grant, external_id)
    except PlatformError as error:
        raise _failed(error, platform) from error


def _refused(answer: Mapping[str, str], platform: str) -> UserError:
    if answer["error"] in _DENIED:
        return user_error("consent.denied", remedy="consent.again.remedy", platform=platform)
    said = (answer.get("error_description") or answer["error"])[:300]
    remedy = "consent.refused.remedy"
    if any(words in said.lower() for words in _PROBABLY_REDIRECT):
        remedy = "consent.redirect.remedy"
    elif "scope" in f"{said} {answer['error']}".lower():
        remedy = "consent.scope.remedy"
    return user_error("consent.refused", remedy=remedy, platform=platform, said=said)


def _failed(error: PlatformError, platform: str) -> UserError:
    said = str(error)
    if isinstance(error, PlatformUnavailable | RateLimitReached):
        return user_error(
            "consent.silent", remedy="consent.again.remedy", platform=platform, said=said
        )
    if isinstance(error, AuthError):
        return user_error(
            "consent.not_exchanged",
            remedy="consent.not_exchanged.remedy",
            platform=platform,
            said=said,
        )
    return user_error(
        "consent.refused", remedy="consent.refused.remedy", platform=platform, said=said
    )
