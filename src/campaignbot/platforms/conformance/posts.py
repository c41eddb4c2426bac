"""Cases on posts: publishing once, what refusals mean, reading back, numbers, secrets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from campaignbot.platforms import outcomes
from campaignbot.platforms.conformance.stand import (
    LINK,
    Calls,
    Case,
    NotApplicable,
    Stand,
    expect,
    publish,
    text_of,
)
from campaignbot.platforms.errors import AuthError, LeaseLost, PlatformError

TRICKY = (
    "Proef (met) [haken] {en} <meer> | * _ ~ @ \\ # en #WerkenVoorJou. "
    "👩‍👩‍👧 שלום e\u0301 ë € “ja” – klaar"
)


def _publishes(stand: Stand) -> None:
    outcome = publish(stand, stand.content("Een proefbericht.", link=LINK))
    assert isinstance(outcome, outcomes.Published), outcome
    assert outcome.external_id and stand.posts() == 1


def _sends_alt_text(stand: Stand) -> None:
    content = stand.content("Een bericht met beeld.", pictures=1)
    expect(publish(stand, content), outcomes.Published)
    assert stand.alt_texts() == [item.alt_text for item in content.media]


def _sends_several_pictures(stand: Stand) -> None:
    content = stand.content("Een bericht met twee beelden.", pictures=2)
    expect(publish(stand, content), outcomes.Published)
    assert stand.alt_texts() == [item.alt_text for item in content.media]


def _calls_before_create_once(stand: Stand) -> None:
    calls = Calls()
    publish(stand, stand.content("Eén keer."), calls)
    assert len(calls.receipts) == 1


def _lets_lease_lost_through(stand: Stand) -> None:
    try:
        publish(stand, stand.content("Te laat."), Calls(LeaseLost()))
    except LeaseLost:
        assert stand.posts() == 0
        return
    raise AssertionError("LeaseLost did not pass through")


def _takes_text_at_the_limit(stand: Stand) -> None:
    limit = stand.platform.limits.text
    if limit is None:
        raise NotApplicable("the platform has no limit")
    expect(publish(stand, stand.content(text_of(stand, limit.value))), outcomes.Published)


def _refuses_text_over_the_limit(stand: Stand) -> None:
    limit = stand.platform.limits.text
    if limit is None:
        raise NotApplicable("the platform has no limit")
    expect(publish(stand, stand.content(text_of(stand, limit.value + 1))), outcomes.Rejected)
    assert stand.posts() == 0


def _tells_an_expired_token(stand: Stand) -> None:
    stand.expire_token()
    expect(publish(stand, stand.content("Zonder toegang.")), outcomes.AuthExpired)
    try:
        stand.adapter().verify()
    except AuthError:
        return
    raise AssertionError("verify did not raise AuthError")


def _tells_a_rate_limit(stand: Stand) -> None:
    stand.fail("create", "rate_limit")
    expect(publish(stand, stand.content("Te veel.")), outcomes.RateLimited)


def _before_create_a_failure_is_unavailable(stand: Stand) -> None:
    stand.fail("upload", "http_500")
    calls = Calls()
    expect(publish(stand, stand.content("Beeld mislukt."), calls), outcomes.Unavailable)
    assert not calls.receipts and stand.posts() == 0


def _unknown_after(kind: str, posts: int) -> Callable[[Stand], None]:
    def run(stand: Stand) -> None:
        stand.fail("create", kind)
        content = stand.content("Antwoord kwijt.", link=LINK)
        since = stand.clock.now() - timedelta(minutes=10)
        calls = Calls()
        expect(publish(stand, content, calls), outcomes.Unknown)
        assert stand.posts() == posts
        found = stand.adapter().find_published(content, since, calls.receipts[0])
        assert (found is not None) == bool(posts)

    return run


def _does_not_find_what_is_not_there(stand: Stand) -> None:
    publish(stand, stand.content("Iets anders."))
    since = stand.clock.now() - timedelta(minutes=10)
    assert stand.adapter().find_published(stand.content("Nergens te vinden."), since, None) is None


def _finds_by_text_alone(stand: Stand) -> None:
    content = stand.content(TRICKY)
    outcome = publish(stand, content)
    assert isinstance(outcome, outcomes.Published), outcome
    since = stand.clock.now() - timedelta(minutes=10)
    found = stand.adapter().find_published(content, since, None)
    assert found is not None and found.external_id == outcome.external_id
    assert found.text.strip() == stand.platform.compose(content).strip()


def _refuses_a_duplicate(stand: Stand) -> None:
    if not stand.refuses_duplicates:
        raise NotApplicable("the platform documents no refusal of duplicates")
    content = stand.content("Twee keer hetzelfde.")
    expect(publish(stand, content), outcomes.Published)
    expect(publish(stand, content), outcomes.Duplicate)
    assert stand.posts() == 1


def _measures(stand: Stand) -> None:
    outcome = publish(stand, stand.content("Meet mij.", link=LINK))
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
    outcome = publish(stand, content)
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
    expect(
        adapter.publish(stand.content("Zonder."), resume=None, before_create=Calls()),
        outcomes.AuthExpired,
    )


def _identifies(stand: Stand) -> None:
    identity = stand.adapter().verify()
    assert identity.external_id and identity.name and not identity.missing_permissions


def _says_no_secret(stand: Stand) -> None:
    said: list[str] = []
    for kind in ("http_500", "malformed", "drop_before", "rate_limit"):
        stand.fail("create", kind)
        said.append(repr(publish(stand, stand.content(f"Geheim {kind}."))))
        stand.fail("read", kind)
        try:
            stand.adapter().verify()
        except PlatformError as error:
            said.append(f"{error!r} {error.__cause__!r}")
    stand.fail("upload", "http_500")
    said.append(repr(publish(stand, stand.content("Geheim beeld."))))
    stand.expire_token()
    said.append(repr(publish(stand, stand.content("Geheim verlopen."))))
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
