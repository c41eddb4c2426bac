"""Pages from the web, however they are made: they take time as they are long, and no longer."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignbot.briefing.markup import json_ld_blocks, links, plain_text, tags
from campaignbot.briefing.vacancies import VacancyReading, read_vacancy

ZONE = "Europe/Amsterdam"
POSTING = (
    '<script type="application/ld+json">'
    '{"@type": "JobPosting", "title": "Adviseur", "description": "Werk."}</script>'
)


def read(page: str) -> VacancyReading:
    return read_vacancy("pagina", page.encode(), zone=ZONE, new_id=lambda: UUID(int=1))


@pytest.mark.parametrize(
    "piece",
    [
        "<a href='x' ",
        "<a href=",
        "<",
        "<script type=application/ld+json>",
        "<script ",
        "<style>",
        "<head>",
        "<p>contract van ",
        "tijdelijk ",
        "€ 1.",
        "solliciteer ",
        "&lt;",
        "<li",
        "9",
        "9 ",
        "tot ",
        " ",
    ],
)
def test_a_page_of_one_piece_over_and_over_is_read(piece: str) -> None:
    """What takes time by the square of a length would not end here before its time is up."""
    page = POSTING + piece * (2_000_000 // len(piece))
    assert read(page).vacancy.title == "Adviseur"
    longer = POSTING.replace("Werk.", (piece * (400_000 // len(piece))).replace('"', ""))
    read(longer)


@given(st.text(st.sampled_from("<>/ab =\"'\n")))
def test_tags_and_texts_are_the_whole_page_in_order(page: str) -> None:
    assert "".join(text + tag for text, tag, _ in tags(page)) == page


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Een</p><p>Twee</p>", "Een\nTwee"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n\n- b"),
        ("Woord<br>woord", "Woord\nwoord"),
        ("a<script>x < y</script>b<style>p{}</style>c", "a b c"),
        ("a<script>weg", "a"),
        ("&lt;p&gt;Dubbel&lt;/p&gt;", "Dubbel"),
        ("1 &lt 2 en &amp; zo", "1 < 2 en & zo"),
        ("kapot <b", "kapot <b"),
    ],
)
def test_markup_becomes_text(markup: str, text: str) -> None:
    assert plain_text(markup) == text


def test_links_are_found_with_their_words() -> None:
    page = (
        "<a class=x href='/a?b=1&amp;c=2'>Solliciteer</a><a name=b>niet</a>"
        '<a href="d"><b>e</b></a><A HREF=f>g</A>'
    )
    assert list(links(page)) == [("/a?b=1&c=2", "Solliciteer"), ("f", "g")]


def test_blocks_of_data_are_found_whatever_stands_around_them() -> None:
    page = "<SCRIPT data-x=1 type='application/LD+json'>{1}</SCRIPT ><script>2</script>" + POSTING
    assert next(json_ld_blocks(page)) == "{1}" and len(list(json_ld_blocks(page))) == 2
    assert list(json_ld_blocks("<script type='application/ld+json'>{")) == []
