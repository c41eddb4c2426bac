"""The one door for files: nothing hangs, nothing fills the memory, every refusal is a sentence."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from campaignbot.domain.brief import Persona
from campaignbot.domain.errors import UserError
from campaignbot.files import MAX_TEXT_BYTES, read_bytes, read_text
from campaignbot.i18n import LANGUAGES, Translator
from campaignbot.yamlfiles import read_yaml


def refusal(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_bytes(path, 1000)
    (problem,) = caught.value.problems
    assert problem.place is not None and problem.place.file == path
    for language in LANGUAGES:
        assert problem.remedy is not None and Translator(language).has(problem.remedy.key)
    return problem.what.key


def test_devices_pipes_sockets_and_folders_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pijp")
    (tmp_path / "nul").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "stopcontact"))
        for name in ("pijp", "nul", "stopcontact"):
            assert refusal(tmp_path / name) == "file.no_regular"
    assert refusal(Path("/dev/zero")) == "file.no_regular"
    assert refusal(tmp_path) == "file.is_folder"
    assert refusal(tmp_path / "weg") == "file.missing"


def test_a_file_larger_than_it_may_be_is_not_read(tmp_path: Path) -> None:
    sparse = tmp_path / "leeg-en-groot"
    with sparse.open("wb") as file:
        file.truncate(3_000_000_000)
    assert refusal(sparse) == "file.too_big"
    (tmp_path / "precies").write_bytes(b"x" * 1000)
    assert len(read_bytes(tmp_path / "precies", 1000)) == 1000
    (tmp_path / "een-meer").write_bytes(b"x" * 1001)
    assert refusal(tmp_path / "een-meer") == "file.too_big"


def test_a_text_in_another_encoding_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "oud.txt"
    path.write_bytes("een\ntwee\nde één".encode("cp1252"))
    with pytest.raises(UserError) as caught:
        read_text(path)
    (problem,) = caught.value.problems
    assert problem.what.key == "file.not_utf8" and problem.place and problem.place.line == 3


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
    for old, new in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (BOMB, "file.too_much"),
        ("a: " + "[" * 200 + "]" * 200, "file.too_much"),
        ("a: " + "{b: " * 3000 + "1" + "}" * 3000, "file.too_much"),
        ("name: 2026-02-30\n", "file.no_such_value"),
    ],
    ids=["bomb", "lists", "mappings", "no-such-day"],
)
def test_a_file_that_unfolds_without_end_is_refused(tmp_path: Path, text: str, key: str) -> None:
    path = tmp_path / "persona.yaml"
    path.write_text(text)
    assert path.stat().st_size < MAX_TEXT_BYTES
    with pytest.raises(UserError) as caught:
        read_yaml(path, Persona)
    (problem,) = caught.value.problems
    assert problem.what.key == key
    for language in LANGUAGES:
        assert "Error" not in Translator(language).text(problem.what)


PERSONA = 'key: {key}\nname: "Een \\e[31mrode\\e[0m naam"\nbackground: b\nlatent: true\n' \
    "drivers: [d]\nmedia: []\n"  # fmt: skip


def test_texts_are_clean_once_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "persona.yaml"
    path.write_text(PERSONA.format(key="een-persona"))
    assert read_yaml(path, Persona).name == "Een rode naam"


@pytest.mark.parametrize("key", ["../../x", "/etc", "A", "a b", "a/b", "a.b", "''", "-a", "a" * 65])
def test_a_key_that_is_no_name_for_a_file_is_refused(tmp_path: Path, key: str) -> None:
    path = tmp_path / "persona.yaml"
    path.write_text(PERSONA.format(key=key))
    with pytest.raises(UserError) as caught:
        read_yaml(path, Persona)
    (problem,) = caught.value.problems
    assert problem.what.key == "file.bad_key"
    assert problem.place and (problem.place.line, problem.place.field) == (1, "key")
