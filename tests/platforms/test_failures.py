"""What is said of a call without an answer: in words of the reader, without those of libraries."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import get_args

import pytest
import requests
from urllib3.exceptions import ProtocolError

from campaignbot.domain.messages import Message
from campaignbot.i18n import LANGUAGES, Translator
from campaignbot.platforms import errors, outcomes, reasons
from campaignbot.platforms.failures import failure_key

ROOT = Path(__file__).resolve().parents[2]
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
    message = Message("publishing.unknown", {"platform": "LinkedIn", "said": failure_key(error)})
    told = Translator("en").text(message)
    assert f"({said}" in told
    assert type(error).__name__ not in told
    assert Translator("nl").text(message) != told and "platform." not in Translator("nl").text(
        message
    )


def test_what_an_adapter_says_itself_is_in_the_language_of_the_reader() -> None:
    said = reasons.about(reasons.TOO_BIG, "300 MB")
    message = Message("publishing.rejected", {"platform": "X", "said": said, "advice": "-"})
    for language, words in (("nl", "groter dan hier kan: 300 MB"), ("en", "possible here: 300 MB")):
        assert words in Translator(language).text(message)
    assert Translator("nl").reason("Invalid parameter: text") == "Invalid parameter: text"
    assert Translator("nl").reason("platform.unheard_of: x") == "platform.unheard_of: x"
    assert Translator("nl").reason("") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_an_adapter_has_words(language: str) -> None:
    keys = [value for name, value in vars(reasons).items() if name.isupper()]
    assert len(keys) > 20
    assert not [key for key in keys if not Translator(language).has(key)]


_SAYING = {
    *(kind.__name__ for kind in vars(errors).values() if isinstance(kind, type)),
    *(kind.__name__ for kind in get_args(outcomes.Outcome)),
}


@pytest.mark.parametrize(
    "path",
    sorted([*ROOT.glob("adapters/**/*.py"), *ROOT.glob("examples/*/src/**/*.py")]),
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_no_adapter_puts_sentences_of_its_own_in_the_mouth_of_a_platform(path: Path) -> None:
    """Whoever reads Dutch would read English, as if the platform had written it."""
    told = [
        f"{node.lineno}: {words}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
        if node.func.id in _SAYING and "Published" not in node.func.id
        for words in _literals(node.args[0])
        if " " in words.strip(" :,-")
    ]
    assert not told


def _literals(said: ast.expr) -> list[str]:
    return [
        part.value
        for part in ast.walk(said)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
