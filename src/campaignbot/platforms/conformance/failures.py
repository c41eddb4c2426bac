"""Cases on failing platforms: what certainly created nothing, and what may have."""

from __future__ import annotations

from collections.abc import Callable

from campaignbot.domain.content import Content
from campaignbot.platforms import outcomes
from campaignbot.platforms.conformance.acts import (
    AN_HOUR,
    LINK,
    Calls,
    draft,
    expect,
    expect_error,
    find,
    publish,
    published,
)
from campaignbot.platforms.conformance.stand import IMPATIENT_S, Case, Stand
from campaignbot.platforms.errors import PlatformUnavailable, RateLimitReached
from campaignbot.platforms.protocol import Adapter

NOT_CREATED = {
    "500 on create": "http_500",
    "503 in HTML on create": "http_503",
    "cut before create": "drop_before",
    "no answer before create": "slow_before",
}
CREATED = {
    "500 after create": "http_500_after",
    "cut after create": "drop_after",
    "no answer after create": "slow_after",
    "a malformed answer to create": "malformed",
    "an empty answer to create": "empty",
    "an answer without an id": "hollow",
    "an answer of another shape": "other_shape",
}
UPLOADS = {
    "500": "http_500",
    "503 in HTML": "http_503",
    "a cut": "drop_before",
    "a lost answer": "drop_after",
    "a malformed answer": "malformed",
    "no answer in time": "slow_before",
}
UNREADABLE = ("http_500", "http_503", "drop_before", "malformed", "empty", "hollow", "other_shape")


def _patience(kind: str) -> float:
    return IMPATIENT_S if kind.startswith("slow") else 10


def unknown_after(kind: str, posts: int) -> Callable[[Stand], None]:
    def run(stand: Stand) -> None:
        stand.fail("create", kind)
        content = draft(stand, "Antwoord kwijt.", link=LINK)
        calls = Calls()
        expect(publish(stand, content, calls, timeout_s=_patience(kind)), outcomes.Unknown)
        assert stand.posts() == posts
        found = find(stand, content, calls.receipts[0])
        assert (found is not None) == bool(posts)

    return run


def _unavailable_after_upload(kind: str) -> Callable[[Stand], None]:
    def run(stand: Stand) -> None:
        stand.fail("upload", kind)
        calls, content = Calls(), draft(stand, "Beeld mislukt.")
        expect(publish(stand, content, calls, timeout_s=_patience(kind)), outcomes.Unavailable)
        assert not calls.receipts and stand.posts() == 0
        expect(publish(stand, content), outcomes.Published)

    return run


def _question(
    name: str, ask: Callable[[Stand, Adapter, str], object], *, sort: str = "any"
) -> tuple[Case, Case]:
    """Return the cases of one question: nonsense is no answer, and a limit is a limit."""

    def nonsense(stand: Stand) -> None:
        made = published(stand, draft(stand, "Staat er.", link=LINK))
        for kind in UNREADABLE:
            stand.fail(sort, kind)
            adapter = stand.adapter()
            expect_error(PlatformUnavailable, lambda: ask(stand, adapter, made), kind)  # noqa: B023  # called at once
            adapter.close()

    def in_time(stand: Stand) -> None:
        made = published(stand, draft(stand, "Staat er.", link=LINK))
        adapter = stand.adapter(IMPATIENT_S)
        stand.fail(sort, "slow_before")
        expect_error(PlatformUnavailable, lambda: ask(stand, adapter, made), "slow_before")
        stand.fail(sort, "rate_limit")
        expect_error(RateLimitReached, lambda: ask(stand, adapter, made), "rate_limit")
        adapter.close()

    return (
        Case(f"{name}: an unreadable answer is no answer", nonsense),
        Case(f"{name}: has an end, and tells a limit", in_time),
    )


def what_was_not_read_is_not_absent(stand: Stand, content: Content) -> None:
    """Lose the answer to create, then look for the post while the platform talks nonsense."""
    stand.fail("create", "drop_after")
    calls = Calls()
    expect(publish(stand, content, calls), outcomes.Unknown)
    for kind in UNREADABLE:
        stand.fail("any", kind)
        expect_error(PlatformUnavailable, lambda: find(stand, content, calls.receipts[0]), kind)
    assert find(stand, content, calls.receipts[0]) is not None


def _a_receipt_proves_nothing_by_itself(stand: Stand) -> None:
    what_was_not_read_is_not_absent(stand, draft(stand, "Antwoord kwijt."))


def _find(stand: Stand, adapter: Adapter, _made: str) -> object:
    content = draft(stand, "Staat er.", link=LINK)
    return adapter.find_published(content, stand.clock.now(), None)


def _recent(stand: Stand, adapter: Adapter, _made: str) -> object:
    return list(adapter.recent_posts(stand.clock.now() - AN_HOUR))


CASES = (
    *(
        Case(f"{name} is Unknown, not found", unknown_after(k, 0))
        for name, k in NOT_CREATED.items()
    ),
    *(Case(f"{name} is Unknown, found", unknown_after(k, 1)) for name, k in CREATED.items()),
    *(
        Case(f"upload: {name} is Unavailable, then done again", _unavailable_after_upload(k))
        for name, k in UPLOADS.items()
    ),
    *_question("verify", lambda _stand, adapter, _made: adapter.verify()),
    *_question("find_published", _find),
    *_question("recent_posts", _recent),
    Case("a receipt that cannot be looked up proves nothing", _a_receipt_proves_nothing_by_itself),
    *_question("fetch_metrics", lambda _stand, adapter, made: adapter.fetch_metrics([made])),
    *_question(
        "fetch_account_metrics", lambda _stand, adapter, _made: adapter.fetch_account_metrics()
    ),
)
