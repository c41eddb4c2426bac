"""What is particular to X: replies in the timeline, and more posts than one page holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.adapters.stand import IDS, NOW, SandboxStand, sandbox_accounts

from campaignbot.domain.content import Content
from campaignbot.domain.metrics import Metric, Missing
from campaignbot.platforms import outcomes
from campaignbot.platforms.errors import ContentRefused
from campaignbot.platforms.protocol import ExternalPost
from campaignbot.sandbox import Sandbox, SandboxPost


@pytest.fixture
def x(sandbox: Sandbox, tmp_path: Path) -> Iterator[SandboxStand]:
    stand = SandboxStand("x", sandbox, tmp_path)
    yield stand
    stand.close()


def test_a_post_is_found_behind_a_hundred_newer_ones(sandbox: Sandbox, x: SandboxStand) -> None:
    content, adapter = x.content("Het gezochte bericht.", pictures=0), x.adapter()
    outcome = adapter.publish(content, resume=None, before_create=lambda _receipt: None)
    assert isinstance(outcome, outcomes.Published)
    for number in range(120):
        text = f"Later {number}"
        post = SandboxPost(f"8{number:017}", "x", IDS["x"], text, NOW, raw=text)
        sandbox.world.add_post(post)
    found = adapter.find_published(content, NOW - timedelta(hours=1), None)
    assert found is not None and found.external_id == outcome.external_id
    adapter.close()


def test_a_hundred_posts_are_measured_in_one_call(sandbox: Sandbox, x: SandboxStand) -> None:
    made_at_ms = int((NOW - timedelta(days=2)).timestamp() * 1000) - 1_288_834_974_657
    ids = [str((made_at_ms << 22) + number) for number in range(x.platform.metrics_batch)]
    for post_id in ids:
        sandbox.world.add_post(SandboxPost(post_id, "x", IDS["x"], f"Bericht {post_id}", NOW))
    adapter = x.adapter()
    assert adapter.fetch_metrics(ids).keys() == set(ids) and len(ids) == 100
    assert sandbox.world.requests["x metrics"] == 1
    adapter.close()


def test_clicks_that_may_not_be_read_are_not_called_too_old(
    sandbox: Sandbox, x: SandboxStand
) -> None:
    content, adapter = x.content("Een bericht.", pictures=0), x.adapter()
    made = adapter.publish(content, resume=None, before_create=lambda _receipt: None)
    assert isinstance(made, outcomes.Published)
    post = sandbox.world.find("x", made.external_id)
    assert post is not None
    # X refuses the numbers that only its owner may see, as it does for whom they are not.
    post.created_at = NOW - timedelta(days=31)
    told = adapter.fetch_metrics([made.external_id])[made.external_id]
    assert told.missing[Metric.CLICKS] is Missing.NO_PERMISSION
    made_at_ms = int((NOW - timedelta(days=31)).timestamp() * 1000) - 1_288_834_974_657
    old = str(made_at_ms << 22)
    sandbox.world.add_post(SandboxPost(old, "x", IDS["x"], "Oud", NOW - timedelta(days=31)))
    told = adapter.fetch_metrics([old])[old]
    assert told.missing[Metric.CLICKS] is Missing.TOO_OLD
    adapter.close()


def test_a_reply_carries_pictures_with_their_alt_text(sandbox: Sandbox, x: SandboxStand) -> None:
    adapter = x.adapter()
    parent = adapter.publish(x.content("Boven."), resume=None, before_create=lambda _receipt: None)
    assert isinstance(parent, outcomes.Published)
    content = x.content("Onder.", pictures=2)
    reply = adapter.publish(
        content, resume=None, before_create=lambda _r: None, reply_to=parent.external_id
    )
    assert isinstance(reply, outcomes.Published)
    below = sandbox.world.replies("x", parent.external_id)
    assert [m.alt_text for m in below[0].media] == [item.alt_text for item in content.media]
    adapter.close()


def test_recent_posts_reach_behind_a_page_and_leave_out_what_is_not_the_accounts(
    sandbox: Sandbox, x: SandboxStand
) -> None:
    own = [f"8{number:017}" for number in range(120)]
    posts = [SandboxPost(post_id, "x", IDS["x"], f"Bericht {post_id}", NOW) for post_id in own]
    posts.append(SandboxPost("81", "x", IDS["x"], "Van een ander.", NOW, passes_on="77"))
    posts.append(SandboxPost("82", "x", IDS["x"], "Een antwoord.", NOW, reply_to=own[0]))
    for post in posts:
        sandbox.world.add_post(post)
    adapter = x.adapter()
    listed = [post.external_id for post in adapter.recent_posts(NOW - timedelta(hours=1))]
    assert sorted(listed) == own
    adapter.close()


_REDIRECTED = "https://werkenbij.voorbeeld.example/v/12?utm_id=conform7"
_UNWOUND = "https://banen.voorbeeld.example/vacature/12-zorg?bron=x&utm_id=conform7"


def _found_again(x: SandboxStand, content: Content) -> ExternalPost | None:
    adapter = x.adapter()
    outcome = adapter.publish(content, resume=None, before_create=lambda _receipt: None)
    assert isinstance(outcome, outcomes.Published), outcome
    found = adapter.find_published(content, NOW - timedelta(hours=1), None)
    assert found is None or found.external_id == outcome.external_id
    adapter.close()
    return found


@pytest.mark.parametrize("pictures", [0, 1, 4])
def test_escaped_signs_are_read_back_as_they_were_written(x: SandboxStand, pictures: int) -> None:
    text = "Zorg & welzijn: <nieuw> &amp; 'goed', \"echt\""
    found = _found_again(x, x.content(text, pictures=pictures))
    assert found is not None and found.text == text and not found.links


@pytest.mark.parametrize(
    "text", [f"Lees {_REDIRECTED} & meer.", f"Lees meer op {_REDIRECTED}"], ids=["amid", "at end"]
)
def test_a_text_whose_address_leads_on_is_found(
    sandbox: Sandbox, x: SandboxStand, text: str
) -> None:
    sandbox.world.redirects[_REDIRECTED] = _UNWOUND
    found = _found_again(x, x.content(text, pictures=1))
    assert found is not None and set(found.links) == {_REDIRECTED, _UNWOUND}


def test_a_tracked_link_that_leads_on_is_found_by_itself(sandbox: Sandbox, x: SandboxStand) -> None:
    sandbox.world.redirects[_REDIRECTED] = _UNWOUND
    content = x.content("Eerst zo gezegd.", link=_REDIRECTED)
    assert _found_again(x, content) is not None
    later = x.adapter().find_published(
        replace(content, text="Nu anders gezegd."), NOW - timedelta(hours=1), None
    )
    assert later is not None, "the link alone is proof"


def test_a_text_that_names_where_its_link_leads_is_found(sandbox: Sandbox, x: SandboxStand) -> None:
    sandbox.world.redirects[_UNWOUND] = _REDIRECTED
    assert (
        _found_again(x, x.content(f"Via {_UNWOUND} en werkenbij.voorbeeld.nl/banen!")) is not None
    )


def test_another_text_around_the_same_address_is_not_found(
    sandbox: Sandbox, x: SandboxStand
) -> None:
    sandbox.world.redirects[_REDIRECTED] = _UNWOUND
    assert _found_again(x, x.content(f"Lees {_REDIRECTED} nu.", pictures=0)) is not None
    other = x.content(f"Lees {_REDIRECTED} straks.", pictures=0)
    assert x.adapter().find_published(other, NOW - timedelta(hours=1), None) is None


def test_an_address_without_a_scheme_is_found(x: SandboxStand) -> None:
    text = "Kijk op werkenbij.voorbeeld.nl/banen of bel."
    assert _found_again(x, x.content(text, pictures=0)) is not None


def test_what_another_account_wrote_is_not_taken_for_gone(
    sandbox: Sandbox, x: SandboxStand
) -> None:
    sandbox.seed_accounts(sandbox_accounts())
    adapter, other = x.adapter(), x.adapter_of_another()
    outcome = adapter.publish(
        x.content("Van ons.", pictures=0), resume=None, before_create=lambda _receipt: None
    )
    assert isinstance(outcome, outcomes.Published)
    with pytest.raises(ContentRefused, match="not authorized to delete"):
        other.delete(outcome.external_id)
    assert x.posts() == 1
    adapter.delete(outcome.external_id)
    adapter.delete(outcome.external_id)
    assert x.posts() == 0
    adapter.close()
    other.close()


@pytest.mark.parametrize("kind", ["hollow", "left_alone"])
def test_a_post_that_x_did_not_delete_is_not_noted_as_gone(
    sandbox: Sandbox, x: SandboxStand, kind: str
) -> None:
    adapter = x.adapter()
    outcome = adapter.publish(
        x.content("Blijft staan.", pictures=0), resume=None, before_create=lambda _receipt: None
    )
    assert isinstance(outcome, outcomes.Published)
    x.fail("read", kind)
    if kind == "hollow":
        # It was carried out all the same, and the look at the post proves that.
        adapter.delete(outcome.external_id)
        assert x.posts() == 0
    else:
        with pytest.raises(ContentRefused, match=r"platform\.not_deleted"):
            adapter.delete(outcome.external_id)
        assert x.posts() == 1
    adapter.close()
