"""Help pages and errors in how a command was typed speak the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from tests.e2e.commands import commands
from typer.core import TyperGroup

from campaignbot.cli.app import app

# What Typer says by itself, and how it calls the types of Python.
TYPERS = re.compile(
    r"Usage|OPTIONS|COMMAND|ARGS|Options:|Arguments:|Commands:|Show this|required|default:|env var"
    r"|<str>|<int|<float|list\[|%Y|[a-z]\.\.\.$|[{}]|<=|>=",
    re.MULTILINE,
)

WRONG = {
    "post list --campagn x": ("--campagn bestaat niet. Bedoel je --campaign?", "no option --camp"),
    "post list -x": ("De optie -x bestaat niet.", "There is no option -x."),
    "pots": ("“pots” bestaat niet. Bedoel je 'post'", "no command “pots”. Did you mean 'post'"),
    "qqq": ("De opdracht “qqq” bestaat niet.", "There is no command “qqq”."),
    "--workdir .": ("Er ontbreekt een opdracht.", "A command is missing."),
    "post show": ("NUMMER ontbreekt.", "REF is missing."),
    "post send-again WTR-1": ("De optie --at ontbreekt.", "The option --at is missing."),
    "post send-again WTR-1 --at": ("--at hoort een waarde.", "--at needs a value"),
    "post list --json=1": ("--json krijgt geen waarde.", "--json takes no value."),
    "post show WTR-1 two words": ("hoort er niet bij: two words.", "not belong here: two words."),
    "sandbox --port x": ("--port klopt niet: geef een heel getal.", "give a whole number."),
    "sandbox --port 0": ("geef 1 of meer.", "give 1 or more."),
    "sandbox --port 70000": ("geef 65535 of minder.", "give 65535 or less."),
    "account connect li --wait x": ("geef een getal.", "give a number."),
    "account connect li --wait -1": ("--wait klopt niet: geef 0 of meer.", "give 0 or more."),
    "post media add WTR-1 f --consent-until x": ("“x” is geen dag", "“x” is no day"),
}


def paths(command: object, *above: str) -> Iterator[tuple[str, ...]]:
    yield above
    if isinstance(command, TyperGroup):
        for name, below in command.commands.items():
            yield from paths(below, *above, name)


def test_every_help_page_is_dutch_and_shows_whole_sentences(tmp_path: Path) -> None:
    asked = [(*path, "--help") for path in paths(typer.main.get_command(app))]
    pages = commands(tmp_path, *((page, "") for page in asked), language="nl")
    assert len(pages) > 50 and all(page.code == 0 for page in pages)
    assert all("Gebruik: campaignbot" in page.out and "Opties:" in page.out for page in pages)
    foreign = {asked[i]: found for i, p in enumerate(pages) if (found := TYPERS.findall(p.out))}
    assert not foreign
    assert max(len(line) for page in pages for line in page.out.splitlines()) <= 80


@pytest.mark.parametrize(("language", "place"), [("nl", 0), ("en", 1)])
def test_an_error_in_typing_is_told_in_the_readers_language(
    tmp_path: Path, language: str, place: int
) -> None:
    ran = commands(tmp_path, *((tuple(w.split()), "") for w in WRONG), language=language)
    for typed, told in zip(WRONG, ran, strict=True):
        assert WRONG[typed][place] in told.err, (typed, told.err)
        assert told.code == 2 and not told.out, typed
        if language == "nl":
            assert "Fout: " in told.err and not TYPERS.search(told.err), told.err


@pytest.mark.parametrize(("language", "lines"), [("fr", 1), ("nl_NL.UTF-8", 0), ("", 0)])
def test_a_language_that_is_not_there_is_told_once(
    tmp_path: Path, language: str, lines: int
) -> None:
    (ran,) = commands(tmp_path, (("init", "--dry-run", "--json"), ""), language=language)
    assert ran.code == 0 and ran.data["dry_run"] is True
    assert len(ran.err.splitlines()) == lines
    assert all(f"“{language}”" in line and " nl (" in line for line in ran.err.splitlines())


@pytest.mark.parametrize(("language", "title"), [("nl", "Gebruik:"), ("en", "Usage:")])
def test_a_group_alone_shows_its_help_on_standard_error(
    tmp_path: Path, language: str, title: str
) -> None:
    (ran,) = commands(tmp_path, (("post",), ""), language=language)
    assert ran.code == 2 and ran.err.startswith(title) and not ran.out
