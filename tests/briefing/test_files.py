"""Briefs, personas and channels as the marketer writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from campaignbot.briefing.completeness import missing_answers
from campaignbot.briefing.files import load_channels, load_personas, read_brief, require_open
from campaignbot.briefing.samples import move_sample_dates
from campaignbot.domain.brief import (
    Brief,
    BriefKind,
    Channel,
    Goal,
    GoalKind,
    MeasuredBy,
    Persona,
    RoleProfile,
)
from campaignbot.domain.errors import Problem, UserError
from campaignbot.domain.findings import Severity
from campaignbot.domain.vacancy import Vacancy
from campaignbot.i18n import Translator

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "briefs" / "adviseur-omgevingsrecht.yaml"
TODAY = date(2026, 11, 24)
ACCOUNTS = frozenset({"linkedin", "facebook", "instagram", "x", "nieuwsbrief"})


@pytest.fixture(scope="module")
def personas() -> Mapping[str, Persona]:
    return load_personas(ROOT / "config" / "personas")


@pytest.fixture(scope="module")
def channels() -> Mapping[str, Channel]:
    return load_channels(ROOT / "config" / "channels.yaml", ACCOUNTS)


@pytest.fixture
def broken(
    tmp_path: Path, personas: Mapping[str, Persona], channels: Mapping[str, Channel]
) -> Broken:
    return Broken(tmp_path / "brief.yaml", personas, channels)


class Broken:
    """The sample brief with one thing wrong."""

    def __init__(
        self, path: Path, personas: Mapping[str, Persona], channels: Mapping[str, Channel]
    ) -> None:
        self.path, self._personas, self._channels = path, personas, channels

    def problems(self, old: str, new: str) -> tuple[Problem, ...]:
        text = SAMPLE.read_text()
        assert old in text
        self.path.write_text(text.replace(old, new))
        with pytest.raises(UserError) as caught:
            read_brief(self.path, self._personas, self._channels, TODAY)
        return caught.value.problems

    def line_of(self, word: str) -> int:
        lines = self.path.read_text().splitlines()
        return next(n for n, line in enumerate(lines, 1) if word in line)


def sample(personas: Mapping[str, Persona], channels: Mapping[str, Channel]) -> Brief:
    return read_brief(SAMPLE, personas, channels, TODAY)


def test_the_sample_brief_is_right(
    personas: Mapping[str, Persona], channels: Mapping[str, Channel]
) -> None:
    brief = sample(personas, channels)
    assert brief.personas == ("ervaren-vergunningjurist", "planoloog-op-zoek")
    assert brief.goals[0].target == 12


@pytest.mark.parametrize(
    ("old", "new", "key", "field", "word"),
    [
        ("planoloog-op-zoek]", "timmerman]", "brief.unknown_persona", "personas", "timmerman"),
        ("x, nieuwsbrief]", "x, radio]", "brief.unknown_channel", "channels", "radio"),
        ("by: 2026-12-20", "by: 2026-11-01", "brief.goal_past", "goals.0.by", "by:"),
        ("weeks: 4", "weeks: 40", "brief.bad_weeks", "weeks", "weeks:"),
    ],
)
def test_a_wrong_answer_is_named_with_file_line_and_field(
    broken: Broken, old: str, new: str, key: str, field: str, word: str
) -> None:
    (problem,) = broken.problems(old, new)
    assert problem.what.key == key
    assert problem.place is not None
    assert (problem.place.file, problem.place.field) == (broken.path, field)
    assert problem.place.line == broken.line_of(word)


def test_an_unknown_persona_comes_with_those_that_exist(broken: Broken) -> None:
    (problem,) = broken.problems("planoloog-op-zoek]", "timmerman]")
    assert problem.what.params["name"] == "timmerman"
    assert problem.what.params["known"] == "ervaren-vergunningjurist, planoloog-op-zoek"


def test_a_third_goal_is_one_too_many(broken: Broken) -> None:
    goal = "{kind: new_reach, target: 1, by: 2026-12-20, measured_by: hand}"
    (problem,) = broken.problems("goals:\n", f"goals:\n  - {goal}\n  - {goal}\n")
    assert problem.what.key == "brief.too_many_goals"
    assert problem.what.params["n"] == 3


def test_all_that_is_wrong_is_told_at_once(broken: Broken) -> None:
    found = broken.problems("personas: [ervaren-vergunningjurist,", "weeks2: 1\npersonas: [")
    assert [p.what.key for p in found] == ["file.unknown_field_near"]
    found = broken.problems("[ervaren-vergunningjurist, planoloog-op-zoek]", "[a, b]")
    assert len(found) == 2


def test_a_channel_whose_account_does_not_exist_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        load_channels(ROOT / "config" / "channels.yaml", ACCOUNTS - {"x"})
    (problem,) = caught.value.problems
    assert problem.what.key == "brief.unknown_account"
    assert problem.what.params["name"] == "x"


def test_a_closing_day_in_the_past_is_refused_and_today_is_not() -> None:
    require_open(TODAY, TODAY, "page.html")
    require_open(None, TODAY, "page.html")
    with pytest.raises(UserError) as caught:
        require_open(TODAY - timedelta(days=1), TODAY, "page.html")
    (problem,) = caught.value.problems
    assert problem.what.key == "brief.closing_past"
    assert problem.what.params["day"] == date(2026, 11, 23)


BARE = Brief("Leeg", BriefKind.VACANCY, "waterrijk", TODAY)


def missing(brief: Brief, *vacancies: Vacancy) -> dict[str, Severity]:
    return {
        f.code.removeprefix("brief.missing."): f.severity for f in missing_answers(brief, vacancies)
    }


def test_an_empty_brief_lacks_all_four_steps() -> None:
    found = missing(BARE)
    grave = {code for code, severity in found.items() if severity is Severity.ERROR}
    assert grave == {"goal", "vacancy", "role", "personas"}


def test_every_missing_answer_says_why_it_matters() -> None:
    vacancy = Vacancy(UUID(int=1), "VB-1", "Adviseur", "Gemeente Voorbeeld")
    for finding in missing_answers(BARE, [vacancy]):
        assert finding.remedy is not None and finding.remedy.key == f"{finding.what.key}.why"


def test_a_vacancy_without_basics_keeps_posts_from_being_made() -> None:
    found = missing(BARE, Vacancy(UUID(int=1), "VB-1", "Adviseur", "Gemeente Voorbeeld"))
    for basic in ("pay", "hours_min", "last_day", "places", "apply_url", "appointment"):
        assert found[basic] is Severity.ERROR


def test_a_goal_without_a_baseline_is_only_hinted_at() -> None:
    from decimal import Decimal

    goal = Goal(GoalKind.NEW_REACH, Decimal(1), TODAY, MeasuredBy.HAND)
    assert missing(replace(BARE, goals=(goal,)))["baseline"] is Severity.HINT


def test_an_employer_brief_needs_no_vacancy() -> None:
    found = missing(replace(BARE, kind=BriefKind.EMPLOYER))
    assert "vacancy" not in found and "role" not in found
    assert found["job_families"] is Severity.WARNING


def test_the_sample_brief_lacks_nothing_grave(
    personas: Mapping[str, Persona], channels: Mapping[str, Channel]
) -> None:
    from campaignbot.briefing.vacancies import read_vacancy

    page = SAMPLE.with_suffix(".html")
    read = read_vacancy(
        str(page), page.read_bytes(), zone="Europe/Amsterdam", new_id=lambda: UUID(int=1)
    )
    assert missing(sample(personas, channels), read.vacancy) == {}


@pytest.mark.parametrize(
    ("text", "days", "moved"),
    [
        ("start: 2026-11-23", 7, "start: 2026-11-30"),
        ("t/m 2026-12-20T23:59:59+01:00", 14, "t/m 2027-01-03T23:59:59+01:00"),
        ("zondag 20 december 2026", 7, "zondag 27 december 2026"),
        ("zondag 20 december", 8, "maandag 28 december"),
        ("op 12 januari, het tweede op 21 januari", 28, "op 9 februari, het tweede op 18 februari"),
        ("op 31 december", 1, "op 1 januari"),
        ("2026-13-45 en 31 februari", 7, "2026-13-45 en 31 februari"),
        ("WTR-2026-088", 7, "WTR-2026-088"),
        ("tot 2032 zo'n 2.400 woningen, 28 tot 36 uur", 7,
         "tot 2032 zo'n 2.400 woningen, 28 tot 36 uur"),
    ],
)  # fmt: skip
def test_sample_dates_move_and_nothing_else_does(text: str, days: int, moved: str) -> None:
    assert move_sample_dates(text, timedelta(days=days), 2026) == moved


def test_the_moved_sample_still_reads_as_one(
    tmp_path: Path, personas: Mapping[str, Persona], channels: Mapping[str, Channel]
) -> None:
    path, by = tmp_path / "brief.yaml", timedelta(weeks=10)
    path.write_text(move_sample_dates(SAMPLE.read_text(), by, 2026))
    moved = read_brief(path, personas, channels, TODAY + by)
    assert moved.start == date(2026, 11, 23) + by
    assert moved.goals[0].by == date(2026, 12, 20) + by


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("tue 08:30", "tue 25:99", "file.bad_moment"),
        ("tue 08:30", "dinsdag 08:30", "file.bad_moment"),
        ("posts_per_week: ", "posts_per_week: -", "file.too_small"),
    ],
)
def test_a_channel_without_sense_is_refused(tmp_path: Path, old: str, new: str, key: str) -> None:
    file = tmp_path / "channels.yaml"
    file.write_text((ROOT / "config" / "channels.yaml").read_text().replace(old, new))
    with pytest.raises(UserError) as caught:
        load_channels(file, ACCOUNTS)
    assert caught.value.problems[0].what.key == key


def test_a_fact_that_angles_wait_for_is_named_with_all_of_them() -> None:
    unusable = {"Zo loopt het": ("story.procedure",), "Bijna dicht": ("pay", "story.procedure")}
    found = {f.code: f for f in missing_answers(BARE, [], unusable) if "missing.fact" in f.code}
    assert set(found) == {"brief.missing.fact.pay", "brief.missing.fact.story.procedure"}
    both = found["brief.missing.fact.story.procedure"]
    assert both.severity is Severity.WARNING
    assert "2 invalshoeken weg: Zo loopt het · Bijna dicht" in Translator("nl").text(both.what)
    alone = found["brief.missing.fact.pay"]
    assert "deze invalshoek weg: Bijna dicht" in Translator("nl").text(alone.what)


def test_what_no_angle_needs_is_not_asked_for() -> None:
    codes = {f.code for f in missing_answers(replace(BARE, role=RoleProfile()), [])}
    assert not {c for c in codes if c.startswith("brief.missing.role.")} - {
        "brief.missing.role.agreed"
    }
