"""What is said of a call without an answer: in words of the reader, without those of libraries."""

from __future__ import annotations

import pytest
import requests
from urllib3.exceptions import ProtocolError

from campaignbot.domain.messages import Message
from campaignbot.i18n import Translator
from campaignbot.platforms.failures import said_of

_ABORTED = requests.ConnectionError(ProtocolError("Connection aborted.", OSError(104, "reset")))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (requests.ReadTimeout("Read timed out. (read timeout=30)"), "no answer in time"),
        (requests.ConnectTimeout("timed out"), "no answer in time"),
        (_ABORTED, "no connection, or it broke off"),
        (requests.exceptions.ChunkedEncodingError("broken"), "no connection, or it broke off"),
        (requests.exceptions.JSONDecodeError("Expecting value", "", 0), "an answer that cannot"),
        (KeyError("id"), "an answer that cannot be read"),
    ],
    ids=lambda told: type(told).__name__ if isinstance(told, Exception) else None,
)
def test_a_failure_is_said_in_words_of_the_reader(error: Exception, said: str) -> None:
    message = Message("publishing.unknown", {"platform": "LinkedIn", "said": said_of(error)})
    told = Translator("en").text(message)
    assert f"({said}" in told
    assert type(error).__name__ not in told
    assert Translator("nl").text(message) != told and "platform." not in Translator("nl").text(
        message
    )
