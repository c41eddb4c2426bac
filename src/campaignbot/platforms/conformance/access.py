"""Cases on access: tokens that are missing, over, revoked, too weak, or somebody else's."""

from __future__ import annotations

from collections.abc import Callable

from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.conformance.acts import (
    Calls,
    bare,
    draft,
    expect_error,
    find,
    publish,
    published,
    refused,
)
from campaignbot.platforms.conformance.stand import Case, Stand
from campaignbot.platforms.errors import AuthError, PermissionMissing, PlatformError

Ends = Callable[[Stand], None]
_FOR_PERMISSIONS = {Advice.GRANT_PERMISSION, Advice.PAGE_ROLE, Advice.APP_ACCESS}


def _expires(stand: Stand) -> None:
    stand.expire_token()


def _is_revoked(stand: Stand) -> None:
    stand.revoke_token()


def _tells_on_publishing(end: Ends) -> Ends:
    def run(stand: Stand) -> None:
        end(stand)
        for content in (draft(stand, "Met beeld."), bare(stand, "Zonder toegang.")):
            refused(stand, publish(stand, content), outcomes.AuthExpired)

    return run


def _tells_between_upload_and_create(end: Ends) -> Ends:
    def run(stand: Stand) -> None:
        outcome = publish(stand, draft(stand, "Net te laat."), lambda _receipt: end(stand))
        refused(stand, outcome, outcomes.AuthExpired)

    return run


def _tells_in_every_question(end: Ends) -> Ends:
    def run(stand: Stand) -> None:
        content = draft(stand, "Nog met toegang.")
        made = published(stand, content)
        end(stand)
        adapter = stand.adapter()
        expect_error(AuthError, adapter.verify, "verify")
        expect_error(AuthError, lambda: find(stand, content), "find_published")
        expect_error(AuthError, lambda: list(adapter.recent_posts(stand.clock.now())), "recent")
        expect_error(AuthError, lambda: adapter.fetch_metrics([made]), "fetch_metrics")
        expect_error(AuthError, adapter.fetch_account_metrics, "fetch_account_metrics")
        expect_error(AuthError, lambda: adapter.delete(made), "delete")
        adapter.close()

    return run


def _needs_a_token(stand: Stand) -> None:
    calls = Calls()
    try:
        adapter = stand.adapter_without_token()
    except AuthError:
        return
    outcome = adapter.publish(draft(stand, "Zonder."), resume=None, before_create=calls)
    refused(stand, outcome, outcomes.AuthExpired)


def _tells_a_missing_permission(stand: Stand) -> None:
    stand.take_permission()
    outcome = publish(stand, draft(stand, "Mag dit?"))
    refused(stand, outcome, outcomes.AuthExpired)
    assert isinstance(outcome, outcomes.AuthExpired)
    assert outcome.advice in _FOR_PERMISSIONS, f"{outcome.advice} does not grant a permission"


def _verify_survives_a_missing_permission(stand: Stand) -> None:
    stand.take_permission()
    try:
        identity = stand.adapter().verify()
    except PermissionMissing:
        return
    # Not every platform tells what a token may do; the account itself is the right one.
    assert identity.external_id


def _identifies(stand: Stand) -> None:
    identity = stand.adapter().verify()
    assert identity.external_id and identity.name and not identity.missing_permissions


def _tells_another_account(stand: Stand) -> None:
    ours = stand.adapter().verify().external_id
    adapter = stand.adapter_of_another()
    try:
        told = adapter.verify().external_id
    except PlatformError:
        told = ""
    assert told != ours, "somebody else's token passes for ours"
    adapter.close()


def _another_account_takes_nothing_down(stand: Stand) -> None:
    made = published(stand, draft(stand, "Dit blijft staan."))
    adapter = stand.adapter_of_another()
    expect_error(PlatformError, lambda: adapter.delete(made), "delete")
    adapter.close()
    assert stand.posts() == 1, "somebody else's token took it down"
    stand.adapter().delete(made)
    assert stand.posts() == 0


def _says_no_secret(stand: Stand) -> None:
    said: list[str] = []
    for kind in ("http_500", "malformed", "drop_before", "rate_limit"):
        stand.fail("create", kind)
        said.append(repr(publish(stand, draft(stand, f"Geheim {kind}."))))
        stand.fail("read", kind)
        try:
            stand.adapter().verify()
        except PlatformError as error:
            said.append(f"{error!r} {error.__cause__!r}")
    stand.fail("upload", "http_500")
    said.append(repr(publish(stand, draft(stand, "Geheim beeld."))))
    stand.expire_token()
    said.append(repr(publish(stand, draft(stand, "Geheim verlopen."))))
    for secret in stand.secrets():
        assert secret not in " ".join(said), "a token was shown"


CASES = (
    Case("identifies the account", _identifies),
    Case("without a token nothing is sent", _needs_a_token),
    Case("an expired token is AuthExpired", _tells_on_publishing(_expires)),
    Case("a revoked token is AuthExpired", _tells_on_publishing(_is_revoked)),
    Case(
        "a token that expires before create is AuthExpired",
        _tells_between_upload_and_create(_expires),
    ),
    Case(
        "a token revoked before create is AuthExpired",
        _tells_between_upload_and_create(_is_revoked),
    ),
    Case("an expired token is told in every question", _tells_in_every_question(_expires)),
    Case("a revoked token is told in every question", _tells_in_every_question(_is_revoked)),
    Case("a missing permission is told as one", _tells_a_missing_permission),
    Case("verify survives a missing permission", _verify_survives_a_missing_permission),
    Case("verify tells another account from ours", _tells_another_account),
    Case("another account's token tells no post as gone", _another_account_takes_nothing_down),
    Case("says no secret", _says_no_secret),
)
