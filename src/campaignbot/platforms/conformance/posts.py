"""Cases on publishing a post once, finding it again, and taking it down."""

from __future__ import annotations

from campaignbot.platforms import outcomes
from campaignbot.platforms.conformance.acts import (
    AN_HOUR,
    LINK,
    Calls,
    bare,
    draft,
    expect,
    find,
    publish,
    published,
)
from campaignbot.platforms.conformance.stand import Case, NotApplicable, Stand
from campaignbot.platforms.errors import LeaseLost
from campaignbot.platforms.matching import is_same_post


def _publishes(stand: Stand) -> None:
    content = draft(stand, "Een proefbericht.", link=LINK)
    outcome = publish(stand, content)
    assert isinstance(outcome, outcomes.Published), outcome
    assert outcome.external_id and stand.posts() == 1
    assert stand.newest().text == stand.platform.compose(content)


def _calls_before_create_once(stand: Stand) -> None:
    calls = Calls()
    publish(stand, draft(stand, "Eén keer."), calls)
    assert len(calls.receipts) == 1


def _lets_lease_lost_through(stand: Stand) -> None:
    try:
        publish(stand, draft(stand, "Te laat."), Calls(LeaseLost()))
    except LeaseLost:
        assert stand.posts() == 0
        return
    raise AssertionError("LeaseLost did not pass through")


def _creates_only_after_before_create(stand: Stand) -> None:
    seen: list[int] = []
    publish(stand, draft(stand, "Eerst vastleggen."), lambda _receipt: seen.append(stand.posts()))
    assert seen == [0] and stand.posts() == 1


def _finds_by_link(stand: Stand) -> None:
    content = draft(stand, "Met een link.", link=LINK)
    made = published(stand, content)
    found = find(stand, content)
    assert found is not None and found.external_id == made
    assert found.created_at_utc is None or abs(found.created_at_utc - stand.clock.now()) < AN_HOUR


def _does_not_find_what_is_not_there(stand: Stand) -> None:
    published(stand, draft(stand, "Iets anders."))
    assert find(stand, draft(stand, "Nergens te vinden.")) is None


def _does_not_find_what_is_older(stand: Stand) -> None:
    content = draft(stand, "Van gisteren.")
    published(stand, content)
    stand.pass_time(2 * AN_HOUR)
    assert find(stand, content) is None


def _lists_recent_posts(stand: Stand) -> None:
    old = published(stand, draft(stand, "Van eergisteren."))
    stand.pass_time(2 * AN_HOUR)
    contents = [draft(stand, "Een eerste bericht.", link=LINK), draft(stand, "Een tweede (nieuw).")]
    made = {published(stand, content): content for content in contents}
    adapter = stand.adapter()
    listed = {p.external_id: p for p in adapter.recent_posts(stand.clock.now() - AN_HOUR)}
    adapter.close()
    assert old not in listed, "an older post is listed"
    assert listed.keys() == made.keys(), f"{sorted(listed)} listed, {sorted(made)} made"
    for external_id, content in made.items():
        post, composed = listed[external_id], stand.platform.compose(content)
        assert is_same_post(content, composed, post.text, post.links), post.text
        assert post.created_at_utc is not None
        assert abs(post.created_at_utc - stand.clock.now()) < AN_HOUR


def _lists_nothing_of_an_empty_account(stand: Stand) -> None:
    adapter = stand.adapter()
    assert list(adapter.recent_posts(stand.clock.now() - AN_HOUR)) == []
    adapter.close()


def _refuses_a_duplicate(stand: Stand) -> None:
    if not stand.refuses_duplicates:
        raise NotApplicable("the platform documents no refusal of duplicates")
    content = draft(stand, "Twee keer hetzelfde.")
    published(stand, content)
    expect(publish(stand, content), outcomes.Duplicate)
    assert stand.posts() == 1


def _deletes(stand: Stand) -> None:
    content = draft(stand, "Kort zichtbaar.")
    made = published(stand, content)
    stand.adapter().delete(made)
    assert stand.posts() == 0
    assert find(stand, content) is None
    stand.adapter().delete(made)


def _tells_the_language(stand: Stand) -> None:
    published(stand, bare(stand, "In het Nederlands."))
    language = stand.newest().language
    if language is None:
        raise NotApplicable("the platform takes no language tag")
    assert language == "nl", language


CASES = (
    Case("publishes text with a link", _publishes),
    Case("calls before_create exactly once", _calls_before_create_once),
    Case("creates nothing before before_create", _creates_only_after_before_create),
    Case("lets LeaseLost through and sends nothing", _lets_lease_lost_through),
    Case("finds a post by its link", _finds_by_link),
    Case("find_published finds nothing that is not there", _does_not_find_what_is_not_there),
    Case("find_published finds nothing that is older", _does_not_find_what_is_older),
    Case("recent_posts lists what is new", _lists_recent_posts),
    Case("recent_posts lists nothing where nothing is", _lists_nothing_of_an_empty_account),
    Case("a duplicate is told", _refuses_a_duplicate),
    Case("sends the language tag", _tells_the_language),
    Case("deletes, also twice", _deletes),
)
