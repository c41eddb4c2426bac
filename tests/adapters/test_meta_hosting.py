"""A Facebook page that holds pictures for Instagram, unpublished."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import requests
from tests.adapters.meta import Meta

from campaignbot.domain.content import Content
from campaignbot.domain.errors import UserError
from campaignbot.domain.hosting import MediaUnreachable
from campaignbot.gateways.hosting import PublicMedia
from campaignbot.platforms import outcomes
from campaignbot_meta.facebook import PLATFORM
from campaignbot_meta.instagram_account import InstagramAdapter
from campaignbot_meta.photo_host import PhotoHost


@pytest.fixture
def host(meta: Meta) -> Iterator[PhotoHost]:
    opened = PhotoHost(meta.context("facebook"))
    yield opened
    opened.close()


def uploads(meta: Meta) -> int:
    return meta.sandbox.world.requests["facebook upload"]


def test_the_page_offers_itself_as_a_place_for_pictures(meta: Meta) -> None:
    assert PLATFORM.open_host is not None
    opened = PLATFORM.open_host(meta.context("facebook"))
    assert opened.put(meta.picture()).startswith("http")
    opened.close()


def test_a_picture_is_sent_once_and_nobody_sees_it_on_the_page(meta: Meta, host: PhotoHost) -> None:
    item = meta.picture()
    url = host.put(item)
    assert requests.get(url, timeout=5).content == meta.store.read(item)
    assert host.put(item) == url and uploads(meta) == 1
    assert not meta.posts("facebook")


def test_a_temporary_photo_is_sent_again_before_its_day_is_over(
    meta: Meta, host: PhotoHost
) -> None:
    host.put(meta.picture())
    meta.pass_time(timedelta(hours=11))
    host.put(meta.picture())
    assert uploads(meta) == 1
    meta.pass_time(timedelta(hours=2))
    assert host.put(meta.picture()) and uploads(meta) == 2


def test_a_picture_can_be_removed_also_twice(meta: Meta, host: PhotoHost) -> None:
    item = meta.picture()
    host.put(item)
    for _ in range(2):
        host.remove(item)
    assert not any("photo" in upload for upload in meta.sandbox.world.pending.values())
    host.put(item)
    assert uploads(meta) == 2


def test_an_instagram_post_is_made_of_a_photo_of_the_page(meta: Meta, host: PhotoHost) -> None:
    from dataclasses import replace

    media = PublicMedia(meta.store, lambda: host, here_too=True)
    adapter = InstagramAdapter(replace(meta.context("instagram"), media=media))
    content = Content("Via de pagina.", media=(meta.picture(1), meta.picture(2)))
    assert isinstance(meta.publish(adapter, content), outcomes.Published)
    shown = [m.sha256 for m in meta.posts("instagram")[0].media]
    assert shown == [item.sha256 for item in content.media]
    adapter.close()


@pytest.mark.parametrize("kind", ["http_500", "malformed", "drop_before", "rate_limit"])
def test_a_page_that_fails_is_a_picture_that_cannot_be_had_now(
    meta: Meta, host: PhotoHost, kind: str
) -> None:
    meta.fail("facebook", "upload", kind)
    with pytest.raises(MediaUnreachable) as caught:
        host.put(meta.picture())
    assert caught.value.problems[0].what.key == "media.page_failed"
    assert meta.account("facebook").token not in repr(caught.value.problems)
    assert host.put(meta.picture()), "the next time it is sent"


def test_a_token_of_the_page_that_ended_is_not_one_of_instagram(
    meta: Meta, host: PhotoHost
) -> None:
    meta.account("facebook").token_expires_at = meta.clock.now()
    with pytest.raises(MediaUnreachable) as caught:
        host.put(meta.picture())
    assert caught.value.problems[0].what.params["advice"] == "advice.connect_again"


def test_a_video_has_no_place_among_photos(meta: Meta, host: PhotoHost) -> None:
    with pytest.raises(UserError) as caught:
        host.put(meta.video())
    assert caught.value.problems[0].what.key == "media.page_holds_pictures"
    assert not uploads(meta)
