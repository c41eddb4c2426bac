"""Whose language is spoken: the environment's, else the person's, else the organisation's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from campaignbot.bootstrap import Application
from campaignbot.i18n import LANGUAGES, Translator, asked_language
from campaignbot.platforms.registry import load_platform
from campaignbot.starter import make_workdir
from campaignbot.tui.services import services_of


@pytest.mark.parametrize(
    ("environment", "person", "spoken"),
    [
        ({"CAMPAIGNBOT_LANG": "en"}, "nl", "en"),
        ({"CAMPAIGNBOT_LANG": "nl_NL.UTF-8"}, "en", "nl"),
        ({"CAMPAIGNBOT_LANG": "fr"}, "en", "en"),
        ({"LANG": "en_GB.UTF-8"}, None, "nl"),
        ({}, "en", "en"),
        ({}, None, "nl"),
    ],
)
def test_the_environment_comes_before_the_person_and_the_person_before_the_settings(
    tmp_path: Path, environment: Mapping[str, str], person: str | None, spoken: str
) -> None:
    make_workdir(tmp_path)
    application = Application(tmp_path, environment=environment)
    assert application.translator(person).language == spoken
    application.close()


def test_the_screens_speak_the_language_of_the_environment(tmp_path: Path) -> None:
    make_workdir(tmp_path)
    application = Application(tmp_path, environment={"CAMPAIGNBOT_LANG": "en"})
    assert services_of(application).t("tui.title.review") == "Review"
    application.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_channel_without_a_platform_is_named_in_the_readers_language(language: str) -> None:
    t, label = Translator(language), load_platform("manual").label
    named = {"nl": "Handmatig", "en": "By hand"}[language]
    assert t(label) == named
    assert named in t("limit.no_picture", platform=label) or named in t(
        "check.limit.no_picture", platform=label
    )
    assert t(load_platform("linkedin").label) == "LinkedIn"


def test_no_wish_is_no_language() -> None:
    assert asked_language({}) is None
