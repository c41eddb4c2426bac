"""What Meta does not let a token see is not taken for gone, by take-downs nor by numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.adapters.meta import Meta
from tests.adapters.stand import IDS, sandbox_accounts

from campaignbot.domain.content import Content
from campaignbot.domain.metrics import Missing
from campaignbot.domain.secrets import Secret
from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import PermissionMissing, PlatformUnavailable
from campaignbot.platforms.protocol import Credentials
from campaignbot.platforms.registry import load_platform
from campaignbot.sandbox import SandboxPost
from campaignbot_meta.instagram_account import InstagramAdapter
from campaignbot_meta.page import FacebookPageAdapter

AnAdapter = FacebookPageAdapter | InstagramAdapter
BOTH = pytest.mark.parametrize("platform", ["facebook", "instagram"])


def ours(meta: Meta, platform: str) -> AnAdapter:
    return meta.page() if platform == "facebook" else meta.instagram()


def strangers(meta: Meta, platform: str) -> AnAdapter:
    """Open our account with a token that speaks for another one."""
    meta.sandbox.seed_accounts(sandbox_accounts())
    other = meta.sandbox.world.account(platform, f"{IDS[platform]}9")
    assert other is not None
    credentials = Credentials({"access_token": Secret(other.token)})
    context = replace(meta.context(platform), credentials=credentials)
    kind: Callable[..., AnAdapter] = FacebookPageAdapter
    return (kind if platform == "facebook" else InstagramAdapter)(context, pause=lambda _s: None)


def published(meta: Meta, platform: str, text: str, reply_to: str | None = None) -> str:
    media = () if reply_to else (meta.picture(),)
    content = Content(text, media=media)
    outcome = meta.publish(ours(meta, platform), content, reply_to=reply_to)
    assert isinstance(outcome, outcomes.Published), outcome
    return outcome.external_id


def film(meta: Meta) -> str:
    """Publish a video of which only its own number came to be known; return that."""
    outcome = meta.publish(meta.page(), Content("Een film.", media=(meta.video(),)))
    assert isinstance(outcome, outcomes.Published)
    pending = meta.sandbox.world.pending
    return next(n for n, upload in pending.items() if upload.get("post") == outcome.external_id)


@BOTH
def test_with_the_token_of_another_account_nothing_counts_as_taken_down(
    meta: Meta, platform: str
) -> None:
    post = published(meta, platform, "Van ons.")
    comment = published(meta, platform, "Ook van ons.", post)
    made = [post, comment, *([film(meta)] if platform == "facebook" else [])]
    other = strangers(meta, platform)
    for one in made:
        with pytest.raises(PermissionMissing) as caught:
            other.delete(one)
        assert caught.value.advice in {Advice.CONNECT_AGAIN, Advice.GRANT_PERMISSION}
    assert meta.sandbox.world.find(platform, post) and meta.sandbox.world.find(platform, comment)
    with pytest.raises(PermissionMissing):
        other.delete(f"{IDS[platform]}_404")


@BOTH
def test_what_is_listed_and_yet_out_of_sight_is_not_taken_down(meta: Meta, platform: str) -> None:
    post = published(meta, platform, "Blijft staan.")
    comment = published(meta, platform, "Ook dit.", post)
    made = [comment, post, *([film(meta)] if platform == "facebook" else [])]
    meta.sandbox.world.hidden.update(made)
    for one in made:
        with pytest.raises(PermissionMissing, match="missing permissions") as caught:
            ours(meta, platform).delete(one)
        assert caught.value.advice is Advice.GRANT_PERMISSION
    assert meta.sandbox.world.find(platform, post) and meta.sandbox.world.find(platform, comment)


@BOTH
def test_what_the_lists_do_not_hold_is_gone(meta: Meta, platform: str) -> None:
    adapter = ours(meta, platform)
    published(meta, platform, "Blijft staan.")
    post = published(meta, platform, "Gaat weg.")
    first, second = (published(meta, platform, text, post) for text in ("Eén.", "Twee."))
    for one in (first, first, post, post, second):
        adapter.delete(one)
    assert [left.text for left in meta.posts(platform)] == ["Blijft staan."]


def test_a_video_that_is_gone_is_gone(meta: Meta) -> None:
    published(meta, "facebook", "Blijft staan.")
    video = film(meta)
    for _ in range(2):
        meta.page().delete(video)
    assert len(meta.posts("facebook")) == 1


def test_a_comment_beyond_the_first_fifty_is_not_taken_for_gone(meta: Meta) -> None:
    post = published(meta, "instagram", "Veel reacties.")
    for number in range(60):
        meta.sandbox.world.add_post(
            SandboxPost(f"77{number}", "instagram", "0", "Leuk!", meta.clock.now(), reply_to=post)
        )
    comment = published(meta, "instagram", "De onze.", post)
    meta.sandbox.world.hidden.add(comment)
    with pytest.raises(PermissionMissing, match="missing permissions"):
        meta.instagram().delete(comment)


@BOTH
def test_a_list_that_cannot_be_read_proves_nothing(meta: Meta, platform: str) -> None:
    post = published(meta, platform, "Gaat weg.")
    ours(meta, platform).delete(post)
    # The refusal itself is answered, and then nothing is.
    meta.sandbox.world.faults.clear()
    meta.fail(platform, "read", "http_500", times=9, skip=1)
    with pytest.raises(PlatformUnavailable):
        ours(meta, platform).delete(post)


@BOTH
def test_a_deletion_that_is_not_confirmed_is_looked_up(meta: Meta, platform: str) -> None:
    post = published(meta, platform, "Gaat weg.")
    meta.fail(platform, "read", "hollow")
    ours(meta, platform).delete(post)
    assert not meta.posts(platform)


@BOTH
def test_numbers_that_are_not_to_be_seen_do_not_make_a_post_gone(meta: Meta, platform: str) -> None:
    posts = [published(meta, platform, f"Bericht {number}.") for number in range(3)]
    meta.pass_time(timedelta(days=1))
    ours(meta, platform).delete(posts[1])
    meta.sandbox.world.hidden.add(posts[2])
    told = ours(meta, platform).fetch_metrics(posts)
    assert list(told) == [posts[0], posts[2]], "what is gone is left out, and nothing else"
    assert told[posts[0]].values
    assert told[posts[2]].values == {}
    assert told[posts[2]].missing == dict.fromkeys(
        load_platform(platform).metrics, Missing.NO_PERMISSION
    )


@BOTH
def test_with_the_token_of_another_account_no_post_is_reported_gone(
    meta: Meta, platform: str
) -> None:
    post = published(meta, platform, "Van ons.")
    told = strangers(meta, platform).fetch_metrics([post])
    assert set(told[post].missing.values()) == {Missing.NO_PERMISSION} and not told[post].values


def test_the_numbers_of_a_hidden_video_are_not_those_of_a_gone_one(meta: Meta) -> None:
    videos = [film(meta)]
    published(meta, "facebook", "Ertussen.")
    gone = film(meta)
    meta.page().delete(gone)
    meta.sandbox.world.hidden.update([*videos, gone])
    told = meta.page().fetch_metrics([*videos, gone])
    assert list(told) == videos
    assert set(told[videos[0]].missing.values()) == {Missing.NO_PERMISSION}
