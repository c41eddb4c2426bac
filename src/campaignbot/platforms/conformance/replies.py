"""Cases on comments and replies below a post of the account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from campaignbot.domain.content import Content
from campaignbot.platforms import outcomes
from campaignbot.platforms.conformance.acts import (
    Calls,
    draft,
    expect,
    publish,
    published,
    text_of,
)
from campaignbot.platforms.conformance.failures import CREATED, NOT_CREATED
from campaignbot.platforms.conformance.stand import IMPATIENT_S, Case, NotApplicable, Stand
from campaignbot.platforms.conformance.texts import SIGNS
from campaignbot.platforms.errors import LeaseLost

LINK = "https://werkenbij.voorbeeld.example/vacature?utm_id=conform2"
TRICKY = "Vraag het (gerust) aan Eva – #Werken_bij ons, 👩‍👩‍👧 \\o/"


def _parent(stand: Stand, text: str = "Hieronder staat meer.") -> str:
    """Publish a post to reply to, where the platform knows replies."""
    if not stand.platform.can_reply:
        raise NotApplicable("nothing can be published below a post")
    return published(stand, draft(stand, text))


def _reply(stand: Stand, text: str = "Solliciteren kan hier.", link: str | None = LINK) -> Content:
    return draft(stand, text, link=link, pictures=0)


def _publishes_below(stand: Stand) -> None:
    parent, calls = _parent(stand), Calls()
    outcome = publish(stand, _reply(stand), calls, parent)
    assert isinstance(outcome, outcomes.Published), outcome
    assert outcome.external_id not in {"", parent}
    assert calls.receipts == [None], "before_create is called once, without a receipt"
    assert (stand.posts(), stand.replies(parent)) == (1, 1)


def _lets_lease_lost_through(stand: Stand) -> None:
    parent = _parent(stand)
    try:
        publish(stand, _reply(stand), Calls(LeaseLost()), parent)
    except LeaseLost:
        assert stand.replies(parent) == 0
        return
    raise AssertionError("LeaseLost did not pass through")


def _unknown_after(kind: str, replies: int) -> Callable[[Stand], None]:
    def run(stand: Stand) -> None:
        parent = _parent(stand)
        content, since = _reply(stand), stand.clock.now() - timedelta(minutes=10)
        stand.fail("create", kind)
        timeout_s = IMPATIENT_S if kind.startswith("slow") else 10
        outcome = publish(stand, content, reply_to=parent, timeout_s=timeout_s)
        expect(outcome, outcomes.Unknown)
        assert stand.replies(parent) == replies
        found = stand.adapter().find_published(content, since, None, parent)
        assert (found is not None) == bool(replies)
        if found is not None:
            stand.adapter().delete(found.external_id)
            assert stand.replies(parent) == 0, "what was found is the reply itself"

    return run


def _keeps_posts_and_replies_apart(stand: Stand) -> None:
    first, second = _parent(stand, "Het eerste."), _parent(stand, "Het tweede.")
    post, reply = draft(stand, "Het eerste."), _reply(stand)
    below = published(stand, reply, first)
    since, adapter = stand.clock.now() - timedelta(minutes=10), stand.adapter()
    found = adapter.find_published(reply, since, None, first)
    assert found is not None and found.external_id == below
    assert adapter.find_published(reply, since, None, second) is None, "below another post"
    assert adapter.find_published(reply, since, None) is None, "a reply is no post"
    assert adapter.find_published(post, since, None, first) is None, "a post is no reply"
    told = adapter.find_published(post, since, None)
    assert told is not None and told.external_id == first
    listed = {found.external_id for found in adapter.recent_posts(since)}
    assert listed == {first, second}, "replies are listed among the posts"


def _does_not_find_what_is_older(stand: Stand) -> None:
    parent = _parent(stand)
    published(stand, _reply(stand), parent)
    later = stand.clock.now() + timedelta(minutes=10)
    assert stand.adapter().find_published(_reply(stand), later, None, parent) is None


def _found_by_text_alone(text: str) -> Callable[[Stand], None]:
    def run(stand: Stand) -> None:
        parent = _parent(stand)
        content = _reply(stand, text, None)
        below = published(stand, content, parent)
        since = stand.clock.now() - timedelta(minutes=10)
        found = stand.adapter().find_published(content, since, None, parent)
        assert found is not None and found.external_id == below
        assert found.text.strip() == stand.platform.compose(content).strip()

    return run


def _refuses_below_a_post_that_is_gone(stand: Stand) -> None:
    parent = _parent(stand)
    stand.adapter().delete(parent)
    expect(publish(stand, _reply(stand), reply_to=parent), outcomes.Rejected)
    assert stand.replies(parent) == 0


def _takes_pictures_or_refuses_them_unsent(stand: Stand) -> None:
    parent, calls = _parent(stand), Calls()
    content = draft(stand, "Met beeld.", pictures=1)
    outcome = publish(stand, content, calls, parent)
    if isinstance(outcome, outcomes.Published):
        assert stand.replies(parent) == 1
        return
    expect(outcome, outcomes.Rejected)
    assert not calls.receipts and stand.replies(parent) == 0


def _holds_to_the_limit(stand: Stand) -> None:
    parent, limits = _parent(stand), stand.platform.limits
    limit = limits.reply_text or limits.text
    if limit is None:
        raise NotApplicable("the platform has no limit")
    over = _reply(stand, text_of(stand, limit.value + 1), None)
    expect(publish(stand, over, reply_to=parent), outcomes.Rejected)
    assert stand.replies(parent) == 0
    published(stand, _reply(stand, text_of(stand, limit.value), None), parent)


def _tells_a_duplicate(stand: Stand) -> None:
    parent = _parent(stand)
    published(stand, _reply(stand), parent)
    outcome = publish(stand, _reply(stand), reply_to=parent)
    if isinstance(outcome, outcomes.Published):
        raise NotApplicable("the platform documents no refusal of a reply said twice")
    expect(outcome, outcomes.Duplicate)
    assert stand.replies(parent) == 1


def _deletes(stand: Stand) -> None:
    parent = _parent(stand)
    below = published(stand, _reply(stand), parent)
    stand.adapter().delete(below)
    assert (stand.posts(), stand.replies(parent)) == (1, 0), "the post itself stays"
    stand.adapter().delete(below)


def _tells_an_expired_token(stand: Stand) -> None:
    parent, calls = _parent(stand), Calls()
    stand.expire_token()
    expect(publish(stand, _reply(stand), calls, parent), outcomes.AuthExpired)
    assert stand.replies(parent) == 0


def _measures_the_post_beside_it(stand: Stand) -> None:
    parent = _parent(stand)
    below = published(stand, _reply(stand), parent)
    assert parent in stand.adapter().fetch_metrics([below, parent])


CASES = (
    Case("publishes a reply below its post", _publishes_below),
    Case("reply: lets LeaseLost through and sends nothing", _lets_lease_lost_through),
    *(
        Case(f"reply: {name} is Unknown, not found", _unknown_after(kind, 0))
        for name, kind in NOT_CREATED.items()
    ),
    *(
        Case(f"reply: {name} is Unknown, found", _unknown_after(kind, 1))
        for name, kind in CREATED.items()
    ),
    Case("replies and posts are not taken for each other", _keeps_posts_and_replies_apart),
    Case("reply: what is older than asked is not found", _does_not_find_what_is_older),
    Case("reply: every character comes back as it was sent", _found_by_text_alone(TRICKY)),
    *(
        Case(f"reply: {name} alone are found by the text", _found_by_text_alone(text))
        for name, text in SIGNS.items()
    ),
    Case("reply: below a post that is gone it is rejected", _refuses_below_a_post_that_is_gone),
    Case("reply: pictures are taken, or refused unsent", _takes_pictures_or_refuses_them_unsent),
    Case("reply: its limit holds, at the limit and above", _holds_to_the_limit),
    Case("reply: a duplicate is told", _tells_a_duplicate),
    Case("reply: deletes it alone, also twice", _deletes),
    Case("reply: an expired token is AuthExpired", _tells_an_expired_token),
    Case("reply: does not hinder the numbers of posts", _measures_the_post_beside_it),
)
