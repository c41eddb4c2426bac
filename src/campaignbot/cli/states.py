"""The states of posts as people type them: in Dutch or English, or as JSON has them."""

from __future__ import annotations

from collections.abc import Iterator

from campaignbot.cli.texts import translator as t
from campaignbot.domain.errors import user_error
from campaignbot.domain.publication import State
from campaignbot.i18n import LANGUAGES, Translator


def state_called(name: str) -> State:
    """Return the state of that name in any language; UserError, with those that exist, if none."""
    wanted = " ".join(name.replace("_", " ").split()).casefold()
    for state in State:
        if wanted in _names(state):
            return state
    known = ", ".join(t()(f"state.{state}") for state in State)
    raise user_error("post.no_state", remedy="post.no_state.remedy", name=name, known=known)


def _names(state: State) -> Iterator[str]:
    yield state.value.replace("_", " ").casefold()
    for language in LANGUAGES:
        yield Translator(language)(f"state.{state}").casefold()
