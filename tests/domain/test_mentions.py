"""What stands behind an @."""

from __future__ import annotations

import pytest

from campaignbot.domain.content import Content
from campaignbot.domain.mentions import Mention, mentions_in, with_mentions

KNOWN = {"Provincie": "1", "Provincie Voorbeeld": "2", "Gemeente Één": "3"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Samen met @Provincie Voorbeeld.", ["Provincie Voorbeeld"]),
        ("@Provincie en @Gemeente Één!", ["Provincie", "Gemeente Één"]),
        ("@Provincies", ["Provincies"]),
        ("Volg @werken.bij_ons.", ["werken.bij_ons"]),
        ("mail hr@voorbeeld.nl of @ niemand", []),
        ("(@Provincie)", ["Provincie"]),
        ("@provincie", ["provincie"]),
    ],
)
def test_the_longest_known_name_is_meant(text: str, names: list[str]) -> None:
    assert [mention.name for mention in mentions_in(text, KNOWN)] == names


def test_only_known_names_have_an_id() -> None:
    assert mentions_in("@Provincie @iemand", KNOWN) == (
        Mention("Provincie", "1"),
        Mention("iemand"),
    )


def test_a_content_holds_the_ids_of_the_names_in_its_text_and_no_others() -> None:
    content = with_mentions(Content("Met @Provincie Voorbeeld."), KNOWN)
    assert content.mentions == {"Provincie Voorbeeld": "2"}
    assert with_mentions(Content("Zonder.", mentions=content.mentions), KNOWN).mentions == {}
    assert Content.from_json(content.to_json()) == content
