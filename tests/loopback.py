"""Servers on this machine that tests talk to."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import boto3
import requests
from moto.server import ThreadedMotoServer

REGION, KEY_ID = "eu-central-1", "AKIAVOORBEELD"


class Quiet(BaseHTTPRequestHandler):
    """A handler that says nothing of what it is asked."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serving(handler: type[Quiet]) -> Iterator[str]:
    """Answer by that handler for a while; yield the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{listening.server_address[1]}"
        listening.shutdown()
        thread.join()


@contextmanager
def storage() -> Iterator[str]:
    """Speak S3 for a while, with nothing stored; yield the address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    requests.post(f"http://{host}:{port}/moto-api/reset", timeout=5)
    yield f"http://{host}:{port}"
    running.stop()


@contextmanager
def bucket_owner(endpoint: str, bucket: str, secret: str) -> Iterator[Any]:
    """Make a bucket, and yield a client of its owner."""
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=KEY_ID,
        aws_secret_access_key=secret,
    )
    with closing(client):
        client.create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        yield client
