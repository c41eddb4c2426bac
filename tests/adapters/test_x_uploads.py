"""GIFs and videos on X: sent in segments, waited for, gone on with; pictures in one piece."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.adapters import films
from tests.adapters.stand import IDS
from tests.adapters.xs import OnX

from campaignbot.domain.content import Content, MediaItem
from campaignbot.domain.publication import Receipt
from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.errors import LeaseLost
from campaignbot.platforms.outcomes import Outcome
from campaignbot.sandbox import Sandbox, SandboxPost

MEGABYTE = 1024 * 1024
GIF = b"GIF89a" + bytes(2000)


@pytest.fixture
def x(sandbox: Sandbox, tmp_path: Path) -> OnX:
    return OnX(sandbox, tmp_path)


def publish(x: OnX, content: Content, resume: Receipt | None = None) -> Outcome:
    adapter = x.adapter()
    try:
        return adapter.publish(
            content, resume=resume, before_create=lambda _r: None, progress=x.note_progress
        )
    finally:
        adapter.close()


def posts(x: OnX) -> list[SandboxPost]:
    return x.sandbox.world.live("x", IDS["x"])


def film(x: OnX, size: int = 3000) -> MediaItem:
    return replace(x.keep(films.film(8000, size), "video/mp4"), duration_ms=8000)


def test_a_video_arrives_byte_for_byte_and_its_progress_is_told(x: OnX) -> None:
    size = 9 * MEGABYTE + 17
    item = film(x, size)
    outcome = publish(x, Content("Kijk mee.", media=(item,)))
    assert isinstance(outcome, outcomes.Published)
    [medium] = posts(x)[0].media
    assert (medium.sha256, medium.kind) == (item.sha256, "video")
    assert x.progress == [(4 * MEGABYTE, size), (8 * MEGABYTE, size), (size, size)]


def test_a_gif_is_uploaded_with_its_alt_text(x: OnX) -> None:
    outcome = publish(x, Content("Kijk.", media=(x.keep(GIF, "image/gif", "Een molen draait."),)))
    assert isinstance(outcome, outcomes.Published)
    assert [medium.alt_text for medium in posts(x)[0].media] == ["Een molen draait."]


def test_while_x_still_works_on_a_video_the_next_attempt_goes_on_with_it(x: OnX) -> None:
    x.sandbox.world.processing_s["x"] = 40.0
    content = Content("Kijk mee.", media=(film(x),))
    first = publish(x, content)
    assert isinstance(first, outcomes.Pending) and first.retry_after_s == 40 and not posts(x)
    x.wait(timedelta(seconds=10))
    second = publish(x, content, first.receipt)
    assert isinstance(second, outcomes.Pending) and second.retry_after_s == 30
    x.wait(timedelta(seconds=30))
    assert isinstance(publish(x, content, second.receipt), outcomes.Published)
    assert len(x.progress) == 1, "the video was sent once"


def test_a_gif_that_was_waited_for_has_its_alt_text_too(x: OnX) -> None:
    x.sandbox.world.processing_s["x"] = 5.0
    content = Content("Kijk.", media=(x.keep(GIF, "image/gif", "Een molen draait."),))
    first = publish(x, content)
    assert isinstance(first, outcomes.Pending)
    x.wait(timedelta(seconds=5))
    assert isinstance(publish(x, content, first.receipt), outcomes.Published)
    assert [medium.alt_text for medium in posts(x)[0].media] == ["Een molen draait."]


@pytest.mark.parametrize("later", [timedelta(hours=23, minutes=59), timedelta(hours=30)])
def test_an_upload_that_has_expired_is_sent_anew(x: OnX, later: timedelta) -> None:
    x.sandbox.world.processing_s["x"] = 5.0
    content = Content("Kijk mee.", media=(film(x),))
    first = publish(x, content)
    assert isinstance(first, outcomes.Pending)
    x.sandbox.world.processing_s["x"] = 0.0
    x.wait(later)
    assert isinstance(publish(x, content, first.receipt), outcomes.Published)
    assert len(x.progress) == 2


def test_an_upload_that_x_has_forgotten_is_sent_anew(x: OnX) -> None:
    x.sandbox.world.processing_s["x"] = 5.0
    content = Content("Kijk mee.", media=(film(x),))
    first = publish(x, content)
    assert isinstance(first, outcomes.Pending)
    x.sandbox.world.pending.clear()
    x.sandbox.world.processing_s["x"] = 0.0
    assert isinstance(publish(x, content, first.receipt), outcomes.Published)


def test_an_upload_that_is_forgotten_while_the_post_is_made_is_tried_again(x: OnX) -> None:
    x.sandbox.world.processing_s["x"] = 5.0
    content = Content("Kijk mee.", media=(film(x),))
    first = publish(x, content)
    assert isinstance(first, outcomes.Pending)
    x.wait(timedelta(seconds=5))
    adapter = x.adapter()
    outcome = adapter.publish(
        content,
        resume=first.receipt,
        before_create=lambda _r: x.sandbox.world.pending.clear(),
    )
    adapter.close()
    assert isinstance(outcome, outcomes.Unavailable) and outcome.advice is Advice.UPLOAD_AGAIN
    assert not posts(x)


def test_another_video_does_not_go_on_with_the_upload_of_the_first(x: OnX) -> None:
    x.sandbox.world.processing_s["x"] = 5.0
    first = publish(x, Content("Kijk mee.", media=(film(x),)))
    assert isinstance(first, outcomes.Pending)
    x.sandbox.world.processing_s["x"] = 0.0
    other = film(x, 4000)
    assert isinstance(
        publish(x, Content("Kijk mee.", media=(other,)), first.receipt), outcomes.Published
    )
    assert posts(x)[0].media[0].sha256 == other.sha256


def test_a_video_that_x_cannot_read_is_refused_in_x_own_words(x: OnX) -> None:
    item = x.keep(b"no video at all " * 200, "video/mp4")
    outcome = publish(x, Content("Kijk mee.", media=(item,)))
    assert isinstance(outcome, outcomes.Rejected) and outcome.advice is Advice.VIDEO_UNFIT
    assert "Unsupported video format" in outcome.said and not posts(x)


def test_a_lost_lease_ends_the_upload(x: OnX) -> None:
    def lost(_item: MediaItem, sent: int, _size: int, /, begun: Receipt | None = None) -> None:
        if sent > 4 * MEGABYTE:
            raise LeaseLost

    adapter = x.adapter()
    content = Content("Kijk mee.", media=(film(x, 12 * MEGABYTE),))
    with pytest.raises(LeaseLost):
        adapter.publish(content, resume=None, before_create=lambda _r: None, progress=lost)
    adapter.close()
    assert x.sandbox.world.requests["x upload"] == 3, "announced, and two segments"


def test_a_file_that_is_no_picture_is_refused(x: OnX) -> None:
    outcome = publish(x, Content("Kijk.", media=(x.keep(b"geen beeld", "image/jpeg"),)))
    assert isinstance(outcome, outcomes.Rejected) and outcome.advice is Advice.PICTURE_KIND


def test_more_pictures_than_x_takes_are_refused(x: OnX) -> None:
    media = tuple(x.keep(b"\xff\xd8\xff" + bytes([n] * 99), "image/jpeg") for n in range(5))
    outcome = publish(x, Content("Kijk.", media=media))
    assert isinstance(outcome, outcomes.Rejected) and outcome.advice is Advice.PICTURE_NUMBER
