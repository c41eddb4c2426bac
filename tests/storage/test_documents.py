"""Every format in which a document was ever stored stays readable, and every hash comparable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from campaignbot.domain.campaigns import BriefVersion
from campaignbot.domain.content import HASH_SCHEME, Content, content_hash, scheme_of
from campaignbot.domain.errors import UserError
from campaignbot.domain.vacancy import Vacancy
from campaignbot.i18n import LANGUAGES, Translator
from campaignbot.storage.documents import FORMATS, from_document, to_document

EXAMPLES = Path(__file__).parent / "formats"
TYPES: dict[str, type[Any]] = {"content": Content, "brief": BriefVersion, "vacancy": Vacancy}
STORED = sorted(EXAMPLES.glob("*.json"))


def example(path: Path) -> tuple[type[Any], int, dict[str, Any]]:
    kind, number = path.stem.split("-")[:2]
    return TYPES[kind], int(number), json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_what_was_stored_in_any_format_is_read(path: Path) -> None:
    kind, number, stored = example(path)
    assert stored["document"].get("format", 1) == number
    value = from_document(kind, stored["document"])
    newest = to_document(value)
    assert newest["format"] == FORMATS[kind].number
    assert from_document(kind, newest) == value
    if number == FORMATS[kind].number:
        assert newest == stored["document"], "a changed shape is a new format"


@pytest.mark.parametrize("kind", TYPES)
def test_there_is_an_example_of_every_format(kind: str) -> None:
    examples = {example(path)[1] for path in STORED if path.stem.startswith(kind)}
    assert examples == set(range(1, FORMATS[TYPES[kind]].number + 1))


@pytest.mark.parametrize(
    "path", [p for p in STORED if "hash" in example(p)[2]], ids=lambda path: path.stem
)
def test_what_was_approved_under_any_scheme_still_is(path: Path) -> None:
    _, _, stored = example(path)
    content = from_document(Content, stored["document"])
    scheme = scheme_of(stored["hash"])
    assert content_hash(content, UUID(stored["account"]), scheme) == stored["hash"]


def test_there_is_an_example_of_every_scheme() -> None:
    hashes = [found["hash"] for p in STORED if "hash" in (found := example(p)[2])]
    assert {scheme_of(one) for one in hashes} == set(range(1, HASH_SCHEME + 1))


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"format": 99}, "storage.newer_document"),
        ({"format": "een"}, "storage.damaged"),
        ({"text": None, "media": [3], "id": "?", "brief": 4}, "storage.damaged"),
    ],
)
def test_a_document_that_cannot_be_read_is_one_clear_error(
    kind: str, change: dict[str, object], key: str
) -> None:
    stored = example(EXAMPLES / f"{kind}-2.json")[2]["document"]
    with pytest.raises(UserError) as refused:
        from_document(TYPES[kind], {**stored, **change})
    (problem,) = refused.value.problems
    assert problem.what.key.startswith(key) and problem.remedy is not None
    for language in LANGUAGES:
        assert Translator(language).has(problem.what.key)
        assert Translator(language).has(problem.remedy.key)


@pytest.mark.parametrize("document", [None, [], "tekst", {}])
def test_what_is_no_document_is_one_clear_error(document: object) -> None:
    with pytest.raises(UserError):
        from_document(Content, document)
