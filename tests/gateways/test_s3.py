"""Pictures in a bucket: against a server that speaks S3, on this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import requests
from tests.gateways.conftest import PICTURE
from tests.loopback import KEY_ID, REGION, bucket_owner, storage

from campaignbot.domain.content import MediaItem
from campaignbot.domain.errors import UserError
from campaignbot.domain.hosting import MediaUnreachable
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.hosting import PublicMedia
from campaignbot.gateways.media import MediaStore
from campaignbot.gateways.s3 import Bucket, S3Bucket

SECRET = Secret("geheime-sleutel-van-de-opslag")
NAME = "campagnebeelden"


@pytest.fixture
def server() -> Iterator[str]:
    with storage() as url:
        yield url


@pytest.fixture
def client(server: str) -> Iterator[Any]:
    """The bucket as its owner sees it, empty."""
    with bucket_owner(server, NAME, SECRET.reveal()) as owner:
        yield owner


@pytest.fixture
def bucket(server: str, client: Any) -> Bucket:
    return Bucket(NAME, REGION, server, "werving/", None, KEY_ID)


@pytest.fixture
def opened(store: MediaStore) -> Iterator[Callable[[Bucket], S3Bucket]]:
    made: list[S3Bucket] = []

    def open_bucket(bucket: Bucket, secret: Secret | None = SECRET) -> S3Bucket:
        made.append(S3Bucket(store, bucket, lambda: secret))
        return made[-1]

    yield open_bucket
    for host in made:
        host.close()


def test_a_picture_is_sent_once_and_fetched_at_a_signed_address(
    store: MediaStore, item: MediaItem, bucket: Bucket, client: Any, opened: Any
) -> None:
    host = opened(bucket)
    media = PublicMedia(store, lambda: host, here_too=True)
    url = media.public_url(item)
    assert f"/werving/{item.sha256}.jpg?" in url and "X-Amz-Expires=86400" in url
    fetched = requests.get(url, timeout=5)
    assert fetched.content == PICTURE and fetched.headers["Content-Type"] == "image/jpeg"
    first = client.head_object(Bucket=NAME, Key=f"werving/{item.sha256}.jpg")
    media.public_url(item)
    again = client.head_object(Bucket=NAME, Key=f"werving/{item.sha256}.jpg")
    assert (
        again["ResponseMetadata"]["HTTPHeaders"]["last-modified"]
        == (first["ResponseMetadata"]["HTTPHeaders"]["last-modified"])
    )
    listed = client.list_objects_v2(Bucket=NAME)["Contents"]
    assert [found["Key"] for found in listed] == [f"werving/{item.sha256}.jpg"]


def test_a_bucket_that_everyone_may_read_gives_plain_addresses(
    store: MediaStore, item: MediaItem, bucket: Bucket, client: Any, opened: Any, server: str
) -> None:
    policy = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", '
        f'"Action": "s3:GetObject", "Resource": "arn:aws:s3:::{NAME}/*"}}]}}'
    )
    client.put_bucket_policy(Bucket=NAME, Policy=policy)
    host = opened(replace(bucket, public_url=f"{server}/{NAME}/", prefix=""))
    url = host.put(item)
    assert url == f"{server}/{NAME}/{item.sha256}.jpg"


def test_what_was_sent_half_is_sent_again(
    store: MediaStore, item: MediaItem, bucket: Bucket, client: Any, opened: Any
) -> None:
    client.put_object(Bucket=NAME, Key=f"werving/{item.sha256}.jpg", Body=PICTURE[:4])
    url = opened(bucket).put(item)
    assert requests.get(url, timeout=5).content == PICTURE


def test_a_picture_can_be_removed_also_twice(
    item: MediaItem, bucket: Bucket, client: Any, opened: Any
) -> None:
    host = opened(bucket)
    host.put(item)
    for _ in range(2):
        host.remove(item)
    assert client.list_objects_v2(Bucket=NAME)["KeyCount"] == 0


def test_a_bucket_that_is_not_there_is_told_without_a_secret(
    item: MediaItem, bucket: Bucket, opened: Any
) -> None:
    with pytest.raises(MediaUnreachable) as caught:
        opened(replace(bucket, name="bestaat-niet")).put(item)
    what = caught.value.problems[0].what
    assert what.key == "media.s3_failed" and what.params["said"] == "NoSuchBucket"
    assert SECRET.reveal() not in repr(caught.value.problems)


def test_a_storage_that_does_not_answer_is_told(
    item: MediaItem, bucket: Bucket, opened: Any
) -> None:
    with pytest.raises(MediaUnreachable) as caught:
        opened(replace(bucket, endpoint="http://127.0.0.1:9")).put(item)
    assert caught.value.problems[0].what.params["said"] == "EndpointConnectionError"


def test_without_the_secret_of_its_key_nothing_is_tried(
    item: MediaItem, bucket: Bucket, opened: Any
) -> None:
    with pytest.raises(UserError) as caught:
        opened(bucket, None).put(item)
    assert caught.value.problems[0].what.key == "media.s3_no_secret"


def test_a_key_that_is_replaced_is_used_at_once(
    store: MediaStore, item: MediaItem, bucket: Bucket
) -> None:
    keys: list[Secret | None] = [None]
    host = S3Bucket(store, bucket, lambda: keys[0])
    with pytest.raises(UserError):
        host.put(item)
    keys[0] = SECRET
    first = host.put(item)
    keys[0] = Secret("een-andere-sleutel")
    assert host.put(item).rpartition("=")[2] != first.rpartition("=")[2], "signed with the new one"
    host.close()
