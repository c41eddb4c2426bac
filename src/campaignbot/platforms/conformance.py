"""The conformance suite: what every adapter must do, as a table that any test runner can run.

An adapter's tests hand in a `Stand`: a platform to talk to, real or imitated, that can be made to
fail. A case raises AssertionError when the adapter does not conform; `NotApplicable` says why it
does not concern this platform.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from campaignbot.domain.clock import Clock
from campaignbot.domain.content import Content
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import outcomes
from campaignbot.platforms.errors import AuthError, LeaseLost, PlatformError
from campaignbot.platforms.outcomes import Outcome
from campaignbot.platforms.protocol import Adapter, Platform

LINK = "https://werkenbij.voorbeeld.example/vacature?utm_id=conform1"
TRICKY = (
    "Proef (met) [haken] {en} <meer> | * _ ~ @ \\ # en #WerkenVoorJou. "
    "👩‍👩‍👧 שלום e\u0301 ë € “ja” – klaar"
)


class NotApplicable(Exception):
    """The case does not concern this platform; the message says why."""


class Stand(Protocol):
    """A platform to test an adapter against, fresh for every case."""

    platform: Platform
    clock: Clock
    refuses_duplicates: bool
    """Whether the platform refuses the same post twice in a row."""

    def adapter(self) -> Adapter:
        """Open an adapter with the account's present token."""
        ...

    def adapter_without_token(self) -> Adapter:
        """Open an adapter for an account that has no token."""
        ...

    def content(self, text: str, *, link: str | None = None, pictures: int = 1) -> Content:
        """Return content that the platform takes, with pictures that have alt text."""
        ...

    def fail(self, on: str, kind: str, times: int = 1) -> None:
        """Let the next requests of a sort (create, upload, read, metrics) go wrong.

        Kinds: drop_before, drop_after, http_500, http_503, malformed, empty, rate_limit.
        """
        ...

    def posts(self) -> int:
        """Count the posts that exist on the platform."""
        ...

    def alt_texts(self) -> list[str]:
        """Return the alt texts of the newest post."""
        ...

    def expire_token(self) -> None: ...

    def secrets(self) -> list[str]:
        """Return the token values that must never be shown."""
        ...


@dataclass(frozen=True)
class Case:
    """One requirement; `name` states the behaviour."""

    name: str
    run: Callable[[Stand], None]


class _Calls:
    """Records `before_create`, as publishing would."""

    def __init__(self, error: Exception | None = None) -> None:
        self.receipts: list[Receipt | None] = []
        self._error = error

    def __call__(self, receipt: Receipt | None) -> None:
        self.receipts.append(receipt)
        if self._error is not None:
            raise self._error


def _publish(stand: Stand, content: Content, calls: _Calls | None = None) -> Outcome:
    adapter = stand.adapter()
    try:
        return adapter.publish(content, resume=None, before_create=calls or _Calls())
    finally:
        adapter.close()


def _is(outcome: Outcome, kind: type[Outcome]) -> None:
    assert isinstance(outcome, kind), f"expected {kind.__name__}, got {outcome!r}"


def _publishes(stand: Stand) -> None:
    outcome = _publish(stand, stand.content("Een proefbericht.", link=LINK))
    assert isinstance(outcome, outcomes.Published), outcome
    assert outcome.external_id and stand.posts() == 1


def _sends_alt_text(stand: Stand) -> None:
    content = stand.content("Een bericht met beeld.", pictures=1)
    _is(_publish(stand, content), outcomes.Published)
    assert stand.alt_texts() == [item.alt_text for item in content.media]


def _sends_several_pictures(stand: Stand) -> None:
    content = stand.content("Een bericht met twee beelden.", pictures=2)
    _is(_publish(stand, content), outcomes.Published)
    assert stand.alt_texts() == [item.alt_text for item in content.media]


def _calls_before_create_once(stand: Stand) -> None:
    calls = _Calls()
    _publish(stand, stand.content("Eén keer."), calls)
    assert len(calls.receipts) == 1


def _lets_lease_lost_through(stand: Stand) -> None:
    try:
        _publish(stand, stand.content("Te laat."), _Calls(LeaseLost()))
    except LeaseLost:
        assert stand.posts() == 0
        return
    raise AssertionError("LeaseLost did not pass through")


def _text_of(stand: Stand, length: int) -> str:
    empty = stand.platform.count(stand.platform.compose(stand.content("")))
    text = ("zin " * length)[: length - empty].rstrip()
    return text + "n" * (length - empty - len(text))


def _takes_text_at_the_limit(stand: Stand) -> None:
    limit = stand.platform.limits.text
    if limit is None:
        raise NotApplicable("the platform has no limit")
    _is(_publish(stand, stand.content(_text_of(stand, limit.value))), outcomes.Published)


def _refuses_text_over_the_limit(stand: Stand) -> None:
    limit = stand.platform.limits.text
    if limit is None:
        raise NotApplicable("the platform has no limit")
    _is(_publish(stand, stand.content(_text_of(stand, limit.value + 1))), outcomes.Rejected)
    assert stand.posts() == 0


def _tells_an_expired_token(stand: Stand) -> None:
    stand.expire_token()
    _is(_publish(stand, stand.content("Zonder toegang.")), outcomes.AuthExpired)
    try:
        stand.adapter().verify()
    except AuthError:
        return
    raise AssertionError("verify did not raise AuthError")


def _tells_a_rate_limit(stand: Stand) -> None:
    stand.fail("create", "rate_limit")
    _is(_publish(stand, stand.content("Te veel.")), outcomes.RateLimited)


def _before_create_a_failure_is_unavailable(stand: Stand) -> None:
    stand.fail("upload", "http_500")
    calls = _Calls()
    _is(_publish(stand, stand.content("Beeld mislukt."), calls), outcomes.Unavailable)
    assert not calls.receipts and stand.posts() == 0


def _unknown_after(kind: str, posts: int) -> Callable[[Stand], None]:
    def run(stand: Stand) -> None:
        stand.fail("create", kind)
        content = stand.content("Antwoord kwijt.", link=LINK)
        since = stand.clock.now() - timedelta(minutes=10)
        calls = _Calls()
        _is(_publish(stand, content, calls), outcomes.Unknown)
        assert stand.posts() == posts
        found = stand.adapter().find_published(content, since, calls.receipts[0])
        assert (found is not None) == bool(posts)

    return run


def _does_not_find_what_is_not_there(stand: Stand) -> None:
    _publish(stand, stand.content("Iets anders."))
    since = stand.clock.now() - timedelta(minutes=10)
    assert stand.adapter().find_published(stand.content("Nergens te vinden."), since, None) is None


def _finds_by_text_alone(stand: Stand) -> None:
    content = stand.content(TRICKY)
    outcome = _publish(stand, content)
    assert isinstance(outcome, outcomes.Published), outcome
    since = stand.clock.now() - timedelta(minutes=10)
    found = stand.adapter().find_published(content, since, None)
    assert found is not None and found.external_id == outcome.external_id
    assert found.text.strip() == stand.platform.compose(content).strip()


def _refuses_a_duplicate(stand: Stand) -> None:
    if not stand.refuses_duplicates:
        raise NotApplicable("the platform documents no refusal of duplicates")
    content = stand.content("Twee keer hetzelfde.")
    _is(_publish(stand, content), outcomes.Published)
    _is(_publish(stand, content), outcomes.Duplicate)
    assert stand.posts() == 1


def _measures(stand: Stand) -> None:
    outcome = _publish(stand, stand.content("Meet mij.", link=LINK))
    assert isinstance(outcome, outcomes.Published)
    unknown = outcome.external_id[:-3] + "999"
    told = stand.adapter().fetch_metrics([outcome.external_id, unknown])
    assert not told.get(unknown) or not told[unknown].values, "numbers of a post that is not there"
    metrics = told[outcome.external_id]
    assert not set(metrics.values) & set(metrics.missing)
    assert set(metrics.values) | set(metrics.missing) >= set(stand.platform.metrics)
    assert stand.adapter().fetch_account_metrics().values


def _deletes(stand: Stand) -> None:
    content = stand.content("Kort zichtbaar.")
    outcome = _publish(stand, content)
    assert isinstance(outcome, outcomes.Published)
    stand.adapter().delete(outcome.external_id)
    assert stand.posts() == 0
    since = stand.clock.now() - timedelta(minutes=10)
    assert stand.adapter().find_published(content, since, None) is None
    stand.adapter().delete(outcome.external_id)


def _needs_a_token(stand: Stand) -> None:
    try:
        adapter = stand.adapter_without_token()
    except AuthError:
        return
    _is(
        adapter.publish(stand.content("Zonder."), resume=None, before_create=_Calls()),
        outcomes.AuthExpired,
    )


def _identifies(stand: Stand) -> None:
    identity = stand.adapter().verify()
    assert identity.external_id and identity.name and not identity.missing_permissions


def _says_no_secret(stand: Stand) -> None:
    said: list[str] = []
    for kind in ("http_500", "malformed", "drop_before", "rate_limit"):
        stand.fail("create", kind)
        said.append(repr(_publish(stand, stand.content(f"Geheim {kind}."))))
        stand.fail("read", kind)
        try:
            stand.adapter().verify()
        except PlatformError as error:
            said.append(f"{error!r} {error.__cause__!r}")
    stand.fail("upload", "http_500")
    said.append(repr(_publish(stand, stand.content("Geheim beeld."))))
    stand.expire_token()
    said.append(repr(_publish(stand, stand.content("Geheim verlopen."))))
    for secret in stand.secrets():
        assert secret not in " ".join(said), "a token was shown"


CASES = (
    Case("publishes text with a link", _publishes),
    Case("sends the alt text of a picture", _sends_alt_text),
    Case("sends several pictures in order", _sends_several_pictures),
    Case("calls before_create exactly once", _calls_before_create_once),
    Case("lets LeaseLost through and sends nothing", _lets_lease_lost_through),
    Case("takes a text at the limit", _takes_text_at_the_limit),
    Case("text over the limit is rejected", _refuses_text_over_the_limit),
    Case("an expired token is AuthExpired", _tells_an_expired_token),
    Case("without a token nothing is sent", _needs_a_token),
    Case("a rate limit is RateLimited", _tells_a_rate_limit),
    Case("a failing upload is Unavailable", _before_create_a_failure_is_unavailable),
    Case("500 on create is Unknown", _unknown_after("http_500", 0)),
    Case("503 in HTML on create is Unknown", _unknown_after("http_503", 0)),
    Case("cut before create is Unknown, not found", _unknown_after("drop_before", 0)),
    Case("cut after create is Unknown, found", _unknown_after("drop_after", 1)),
    Case("a malformed answer is Unknown, found", _unknown_after("malformed", 1)),
    Case("an empty answer is Unknown, found", _unknown_after("empty", 1)),
    Case("find_published finds nothing that is not there", _does_not_find_what_is_not_there),
    Case("every character comes back as it was sent", _finds_by_text_alone),
    Case("a duplicate is rejected", _refuses_a_duplicate),
    Case("measures posts and the account", _measures),
    Case("deletes, also twice", _deletes),
    Case("identifies the account", _identifies),
    Case("says no secret", _says_no_secret),
)
