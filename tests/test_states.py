"""A state is called as the reader calls it, in either language, or as JSON has it."""

from __future__ import annotations

import pytest

from campaignbot.cli.states import state_called
from campaignbot.domain.errors import UserError
from campaignbot.domain.publication import State
from campaignbot.i18n import LANGUAGES, Translator


@pytest.mark.parametrize("state", State)
def test_a_state_answers_to_its_code_and_its_words(state: State) -> None:
    words = [Translator(language)(f"state.{state}") for language in LANGUAGES]
    for name in (state.value, *words):
        for typed in (name, name.upper(), f"  {name.replace(' ', '  ')} ", name.replace(" ", "_")):
            assert state_called(typed) is state


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_states_have_the_same_words(language: str) -> None:
    words = {Translator(language)(f"state.{state}").casefold() for state in State}
    assert len(words) == len(State)


def test_a_state_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(UserError) as caught:
        state_called("gone")
    (problem,) = caught.value.problems
    assert problem.what.params["name"] == "gone"
    assert str(problem.what.params["known"]).count(",") == len(State) - 1
