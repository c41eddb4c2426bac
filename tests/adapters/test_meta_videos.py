"""A video as the post of a page: in parts, with progress, gone on with, published once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.adapters.meta import Meta
from tests.adapters.stand import NOW

from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.metrics import Metric
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import LeaseLost
from campaignbot.sandbox.graph_videos import CHUNK
from campaignbot_meta.videos import VIDEO

SINCE = NOW - timedelta(minutes=10)


def test_a_video_is_sent_in_parts_and_tells_how_far_it_is(meta: Meta) -> None:
    item, told = meta.video(), list[tuple[int, int]]()
    content = Content("Zo werk je hier.", media=(item,))
    outcome = meta.publish(
        meta.page(),
        content,
        progress=lambda _item, done, size, begun=None: told.append((done, size)),
    )
    assert isinstance(outcome, outcomes.Published), outcome
    size = meta.store.size(item)
    assert told == [(min(n * CHUNK, size), size) for n in range(1, size // CHUNK + 2)]
    post = meta.posts("facebook")[0]
    assert outcome.external_id == post.id and outcome.permalink is not None
    assert outcome.permalink.startswith("https://www.facebook.com/2001/videos/")
    assert post.text == "Zo werk je hier."
    assert [(m.kind, m.sha256, m.title) for m in post.media] == [
        ("video", item.sha256, "Op de dijk")
    ]
    assert len(meta.receipts) == 1


def test_while_meta_works_on_it_nothing_is_seen_and_the_next_attempt_goes_on(meta: Meta) -> None:
    meta.sandbox.world.processing_s["facebook"] = 300
    content = Content("Straks te zien.", media=(meta.video(),))
    outcome = meta.publish(meta.page(), content)
    assert isinstance(outcome, outcomes.Pending) and outcome.receipt.kind == VIDEO
    assert not meta.receipts and not meta.posts("facebook")
    assert meta.page().find_published(content, SINCE, outcome.receipt) is None
    meta.pass_time(timedelta(minutes=6))
    uploads = meta.sandbox.world.requests["facebook upload"]
    again = meta.publish(meta.page(), content, resume=outcome.receipt)
    assert isinstance(again, outcomes.Published)
    assert meta.sandbox.world.requests["facebook upload"] == uploads, "nothing was sent again"
    assert meta.receipts == [outcome.receipt] and len(meta.posts("facebook")) == 1


@pytest.mark.parametrize(("kind", "posts"), [("drop_before", 0), ("drop_after", 1)])
def test_a_lost_answer_is_found_by_the_video_itself(meta: Meta, kind: str, posts: int) -> None:
    content = Content("Antwoord kwijt.", media=(meta.video(),))
    meta.fail("facebook", "create", kind)
    assert isinstance(meta.publish(meta.page(), content), outcomes.Unknown)
    assert len(meta.posts("facebook")) == posts
    found = meta.page().find_published(content, SINCE, meta.receipts[0])
    assert (found is not None) == bool(posts)
    if found is not None:
        assert found.external_id == meta.posts("facebook")[0].id


def test_a_video_that_was_published_already_is_not_published_again(meta: Meta) -> None:
    content = Content("Eén keer.", media=(meta.video(),))
    meta.fail("facebook", "create", "drop_after")
    assert isinstance(meta.publish(meta.page(), content), outcomes.Unknown)
    again = meta.publish(meta.page(), content, resume=meta.receipts[0])
    assert isinstance(again, outcomes.Published)
    assert [p.id for p in meta.posts("facebook")] == [again.external_id]
    assert len(meta.receipts) == 1


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "http_500", "malformed"])
def test_an_upload_that_broke_off_goes_on_where_it_was(meta: Meta, kind: str) -> None:
    adapter, told = meta.page(), list[int]()
    content = Content("In stukken.", media=(meta.video(),))
    meta.fail("facebook", "upload", kind, skip=2)
    first = meta.publish(
        adapter, content, progress=lambda _i, done, _s, begun=None: told.append(done)
    )
    assert isinstance(first, outcomes.Unavailable), first
    outcome: outcomes.Outcome = first
    for _ in range(2):
        if not isinstance(outcome, outcomes.Published):
            outcome = meta.publish(
                adapter, content, progress=lambda _i, done, _s, begun=None: told.append(done)
            )
    assert isinstance(outcome, outcomes.Published)
    assert told == sorted(set(told)), "no part went twice"
    assert [m.sha256 for m in meta.posts("facebook")[0].media] == [content.media[0].sha256]


def test_an_upload_that_meta_forgot_begins_anew(meta: Meta) -> None:
    adapter, content = meta.page(), Content("Opnieuw.", media=(meta.video(),))
    meta.fail("facebook", "upload", "http_500", skip=1)
    assert isinstance(meta.publish(adapter, content), outcomes.Unavailable)
    meta.sandbox.world.pending.clear()
    assert isinstance(meta.publish(adapter, content), outcomes.Unavailable)
    assert isinstance(meta.publish(adapter, content), outcomes.Published)


def test_a_lost_lease_ends_an_upload_at_once(meta: Meta) -> None:
    def lost(_item: MediaItem, _done: int, _size: int, /, begun: Receipt | None = None) -> None:
        raise LeaseLost

    with pytest.raises(LeaseLost):
        meta.publish(meta.page(), Content("Te laat.", media=(meta.video(),)), progress=lost)
    assert not meta.receipts and not meta.posts("facebook")
    assert meta.sandbox.world.requests["facebook upload"] == 2, "the start and one part"


def test_what_is_no_video_is_refused_with_metas_own_words(meta: Meta) -> None:
    digest = meta.store.put(b"no film " * 1000, "video/mp4")
    item = MediaItem(digest, "video/mp4", 1080, 1920, "Niets.", duration_ms=5000)
    outcome = meta.publish(meta.page(), Content("Stuk.", media=(item,)))
    assert isinstance(outcome, outcomes.Rejected)
    assert "not a video" in outcome.said and outcome.advice is Advice.VIDEO_UNFIT
    assert not meta.receipts and not meta.posts("facebook")


def test_a_video_that_is_too_small_is_refused_before_a_byte_is_sent(meta: Meta) -> None:
    digest = meta.store.put(b"kort", "video/mp4")
    item = MediaItem(digest, "video/mp4", 1080, 1920, "Niets.", duration_ms=5000)
    outcome = meta.publish(meta.page(), Content("Leeg.", media=(item,)))
    assert isinstance(outcome, outcomes.Rejected) and outcome.advice is Advice.VIDEO_UNFIT
    assert "too small" in outcome.said


def test_a_receipt_of_a_video_that_is_gone_makes_a_new_one(meta: Meta) -> None:
    content = Content("Toch nog.", media=(meta.video(),))
    outcome = meta.publish(meta.page(), content, resume=Receipt(VIDEO, {"id": "404404"}))
    assert isinstance(outcome, outcomes.Published) and len(meta.posts("facebook")) == 1


def test_a_video_counts_and_is_corrected_like_any_post_also_by_its_own_number(meta: Meta) -> None:
    meta.fail("facebook", "read", "http_500", skip=1)
    content = Content("Zonder eigen nummer.", media=(meta.video(),))
    outcome = meta.publish(meta.page(), content)
    assert isinstance(outcome, outcomes.Published), "the post stands, whatever reading it gives"
    video = outcome.external_id
    assert "_" not in video and outcome.permalink is not None
    meta.pass_time(timedelta(days=3))
    metrics = meta.page().fetch_metrics([video])[video]
    assert metrics.values[Metric.VIDEO_VIEWS] > 0
    meta.page().edit(video, Content("Verbeterd."))
    assert meta.posts("facebook")[0].text == "Verbeterd."
    reply = meta.publish(meta.page(), Content("Solliciteer hier."), reply_to=video)
    assert isinstance(reply, outcomes.Published)
    meta.page().delete(video)
    assert not meta.posts("facebook")


def test_a_post_without_a_video_has_no_video_views(meta: Meta) -> None:
    outcome = meta.publish(meta.page(), Content("Tekst."))
    assert isinstance(outcome, outcomes.Published)
    meta.pass_time(timedelta(days=3))
    metrics = meta.page().fetch_metrics([outcome.external_id])[outcome.external_id]
    assert Metric.VIDEO_VIEWS not in metrics.values
