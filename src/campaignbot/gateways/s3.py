"""Storage on the web that speaks Amazon's S3: of Amazon itself or of one of many others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from campaignbot.domain.content import MediaItem
from campaignbot.domain.errors import Problem, user_error
from campaignbot.domain.hosting import MediaUnreachable
from campaignbot.domain.messages import Message
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.media import MediaStore

_SIGNED_FOR_S = 24 * 3600
_TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where media are put.

    `public_url` is the address of the bucket for everyone; None for a bucket that nobody else may
    read: then every address is signed, and good for a day.
    """

    name: str
    region: str | None = None
    endpoint: str | None = None
    prefix: str = ""
    public_url: str | None = None
    key_id: str | None = None


class S3Bucket:
    """Media in a bucket, under the hash of what they hold.

    `find_secret` is asked every time, as a key may be replaced while this runs. Without a key in
    `bucket`, boto3 finds what the machine itself was given.
    """

    keeps_bytes = True

    def __init__(
        self, store: MediaStore, bucket: Bucket, find_secret: Callable[[], Secret | None]
    ) -> None:
        self._store, self._bucket, self._find_secret = store, bucket, find_secret
        self._made: tuple[Secret | None, Any] | None = None

    def put(self, item: MediaItem) -> str:
        name, size = self._name(item), self._store.size(item)
        with self._connected() as client:
            if self._size_there(client, name) != size:
                with self._store.open(item) as file:
                    client.put_object(
                        Bucket=self._bucket.name, Key=name, Body=file, ContentType=item.mime
                    )
            if self._bucket.public_url is not None:
                return f"{self._bucket.public_url.rstrip('/')}/{name}"
            return str(
                client.generate_presigned_url(
                    "get_object",
                    Params={"Bucket": self._bucket.name, "Key": name},
                    ExpiresIn=_SIGNED_FOR_S,
                )
            )

    def remove(self, item: MediaItem) -> None:
        with self._connected() as client:
            client.delete_object(Bucket=self._bucket.name, Key=self._name(item))

    def close(self) -> None:
        if self._made is not None:
            self._made[1].close()
            self._made = None

    def _client(self) -> Any:
        bucket = self._bucket
        secret = self._find_secret() if bucket.key_id is not None else None
        if bucket.key_id is not None and secret is None:
            raise user_error("media.s3_no_secret", remedy="media.s3_no_secret.remedy")
        if self._made is None or self._made[0] != secret:
            self.close()
            self._made = secret, self._new_client(secret)
        return self._made[1]

    def _new_client(self, secret: Secret | None) -> Any:
        try:
            import boto3
            from botocore.config import Config
        except ImportError:
            raise user_error(
                "media.s3_not_installed", remedy="media.s3_not_installed.remedy"
            ) from None
        bucket = self._bucket
        return boto3.session.Session(
            aws_access_key_id=bucket.key_id,
            aws_secret_access_key=secret.reveal() if secret else None,
            region_name=bucket.region,
        ).client(
            "s3",
            endpoint_url=bucket.endpoint,
            config=Config(
                signature_version="s3v4",
                connect_timeout=_TIMEOUT_S,
                read_timeout=_TIMEOUT_S,
                retries={"total_max_attempts": 2},
                # Others than Amazon know buckets in the path everywhere, newer checksums not.
                s3={"addressing_style": "path" if bucket.endpoint else "virtual"},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def _name(self, item: MediaItem) -> str:
        prefix = self._bucket.prefix.strip("/")
        name = self._store.path(item).name
        return f"{prefix}/{name}" if prefix else name

    def _size_there(self, client: Any, name: str) -> int | None:
        from botocore.exceptions import ClientError

        try:
            head = client.head_object(Bucket=self._bucket.name, Key=name)
        except ClientError as error:
            # 403 is said of what is not there to a key that may not list.
            if _code(error) in {"404", "403", "NoSuchKey", "NotFound"}:
                return None
            raise
        return int(head["ContentLength"])

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        client = self._client()
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield client
        except (ClientError, BotoCoreError) as error:
            # The rest of what is said can hold a key or a signed address.
            said = _code(error) if isinstance(error, ClientError) else type(error).__name__
            params = {
                "bucket": self._bucket.name,
                "said": said,
                "advice": "advice.media_unreachable",
            }
            what = Message("media.s3_failed", params)
            problem = Problem(what, Message("media.s3_failed.remedy", params))
            raise MediaUnreachable(problem) from None


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", "?"))
