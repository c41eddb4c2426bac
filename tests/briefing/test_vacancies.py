"""What a careful reader concludes from each invented vacancy page, and what they leave open."""

from __future__ import annotations

import re
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from campaignbot.briefing.vacancies import MOST_CHARACTERS, VacancyReading, read_vacancy
from campaignbot.domain.errors import UserError
from campaignbot.domain.vacancy import PayPeriod, Vacancy

CASES = Path(__file__).parent / "cases"
ID = UUID(int=1)


def reading(data: bytes) -> VacancyReading:
    return read_vacancy("page.html", data, zone="Europe/Amsterdam", new_id=lambda: ID)


def case(name: str) -> VacancyReading:
    return reading((CASES / f"{name}.html").read_bytes())


def codes(found: VacancyReading) -> set[str]:
    return {finding.code for finding in found.findings}


def pay_of(vacancy: Vacancy) -> tuple[object, ...]:
    assert vacancy.pay is not None
    pay = vacancy.pay
    return (pay.minimum, pay.maximum, pay.currency, pay.period, pay.basis_hours, pay.scale)


def hours_of(vacancy: Vacancy) -> tuple[object, object]:
    return (vacancy.hours_min, vacancy.hours_max)


def test_a_complete_page_leaves_nothing_to_ask() -> None:
    found = case("good-adviseur-omgevingsrecht")
    vacancy = found.vacancy
    assert found.findings == ()
    assert (vacancy.title, vacancy.employer) == ("Adviseur omgevingsrecht", "Gemeente Waterrijk")
    assert hours_of(vacancy) == (28, 36)
    assert pay_of(vacancy) == (4241, 6166, "EUR", PayPeriod.MONTH, 36, "11")
    assert vacancy.last_day == date(2026, 12, 20)
    assert vacancy.interviews == (date(2027, 1, 12), date(2027, 1, 21))
    assert vacancy.apply_url is not None
    assert vacancy.apply_url.endswith("/vacatures/adviseur-omgevingsrecht/solliciteren")
    assert vacancy.appointment is not None and "contract van een jaar" in vacancy.appointment
    assert "Verklaring Omtrent het Gedrag" in vacancy.description
    assert vacancy.sources["pay"] == "jsonld:baseSalary"


def test_pay_is_for_other_hours_than_the_job() -> None:
    vacancy = case("good-beleidsmedewerker-sociaal-domein").vacancy
    assert vacancy.places == ("Meerdorp",) and vacancy.employer == "Provincie Merenland"
    assert hours_of(vacancy) == (24, 32)
    assert pay_of(vacancy) == (3702, 5338, "EUR", PayPeriod.MONTH, 36, "10")
    assert vacancy.appointment is not None and "twee jaar" in vacancy.appointment
    assert vacancy.last_day == date(2027, 1, 10)
    assert vacancy.interviews == (date(2027, 1, 21),)


def test_an_english_page_is_read_in_its_own_notation() -> None:
    vacancy = case("english-vacancy").vacancy
    assert vacancy.language == "en"
    assert hours_of(vacancy) == (32, 36)
    assert pay_of(vacancy)[:4] == (3890, 5610, "EUR", PayPeriod.MONTH)
    assert pay_of(vacancy)[5] == "10"
    assert vacancy.last_day == date(2027, 1, 4)
    assert vacancy.appointment is not None and "permanent" in vacancy.appointment


def test_broken_json_with_plain_strings_is_read_as_far_as_it_is_sure() -> None:
    found = case("jsonld-trailing-comma-cdata")
    vacancy = found.vacancy
    assert (vacancy.title, vacancy.employer) == ("Adviseur Groen", "Gemeente Voorbeeldstad")
    assert vacancy.places == ("Voorbeeldstad", "Kleindorp")
    assert pay_of(vacancy) == (3737, 5376, "EUR", PayPeriod.MONTH, 36, "10")
    assert (vacancy.posted_on, vacancy.last_day) == (date(2026, 9, 1), date(2026, 10, 4))
    assert vacancy.hours_min is None and vacancy.apply_url is None
    assert "3.7xx" in vacancy.unsure["pay"], "an amount with x for digits contradicts the field"
    assert {"vacancy.unsure", "vacancy.unknown.hours_min"} <= codes(found)


def test_wrong_escapes_and_html_encoded_twice_are_read() -> None:
    found = case("jsonld-invalid-escapes-encoded-html")
    vacancy = found.vacancy
    assert vacancy.title == "Beleidsadviseur zorg & welzijn"
    assert pay_of(vacancy)[:4] == (4241, 6166, "EUR", PayPeriod.MONTH)
    assert pay_of(vacancy)[5] == "11"
    assert hours_of(vacancy) == (32, 36)
    assert (vacancy.posted_on, vacancy.last_day) == (date(2026, 9, 1), date(2026, 10, 4))
    assert "employer" in vacancy.unsure, "the name has a tail that a person must look at"
    assert vacancy.apply_url is None
    assert "<" not in vacancy.description and "&" not in vacancy.description.replace(" & ", "")


def test_microdata_is_read_and_a_maximum_stays_a_maximum() -> None:
    vacancy = case("microdata-jobposting").vacancy
    assert vacancy.title == "Toezichthouder openbare ruimte (boa)"
    assert pay_of(vacancy) == (None, 4054, "EUR", None, None, "7")
    assert hours_of(vacancy) == (36, 36)
    assert vacancy.last_day == date(2026, 9, 28)
    assert vacancy.apply_url is None
    assert "rooster" in vacancy.description


def test_a_poor_page_is_asked_about_and_nothing_is_guessed() -> None:
    found = case("poor-jargon-no-salary")
    vacancy = found.vacancy
    assert vacancy.title == "Regisseur Integrale Ketensamenwerking"
    assert vacancy.places == ("Lingedam",)
    assert vacancy.pay is None and vacancy.hours_min is None and vacancy.last_day is None
    assert vacancy.apply_url is None and vacancy.appointment is None
    names = ("pay", "hours_min", "last_day", "apply_url", "appointment")
    assert {f"vacancy.unknown.{name}" for name in names} <= codes(found)


class TestHostilePage:
    """A page that attacks terminals, browsers, spreadsheets and whoever follows links."""

    found = case("hostile-page")

    def test_the_title_holds_only_letters_that_are_seen(self) -> None:
        assert self.found.vacancy.title == "Brugwachter ROODklik retsevni"

    @pytest.mark.parametrize("field", ["title", "employer", "reference", "description"])
    def test_no_text_holds_what_a_terminal_would_obey(self, field: str) -> None:
        text = getattr(self.found.vacancy, field)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
        assert "alert(" not in text and "<script" not in text

    def test_no_link_to_scripts_or_inner_networks_is_taken(self) -> None:
        assert self.found.vacancy.apply_url is None
        assert self.found.vacancy.url is None

    def test_nonsense_is_no_pay(self) -> None:
        assert self.found.vacancy.pay is None

    def test_the_reference_is_no_formula(self) -> None:
        assert not self.found.vacancy.reference.startswith(("=", "+", "-", "@"))

    def test_a_huge_text_is_cut_and_that_is_said(self) -> None:
        assert len(self.found.vacancy.description) == MOST_CHARACTERS
        assert "vacancy.text_cut" in codes(self.found)

    def test_a_command_to_assistants_decides_nothing(self) -> None:
        assert self.found.vacancy.closed_at_utc is None
        assert {f.severity.value for f in self.found.findings} == {"warning"}


def test_nothing_that_a_page_names_is_fetched() -> None:
    opened: list[str] = []

    def watch(event: str, _arguments: tuple[object, ...]) -> None:
        if watching and event.startswith(("socket.", "urllib.", "subprocess.", "os.system")):
            opened.append(event)

    # An audit hook cannot be taken away again: the flag lets it rest.
    watching = True
    sys.addaudithook(watch)
    data = (CASES / "hostile-page.html").read_bytes()
    vacancy = reading(data).vacancy
    watching = False
    assert vacancy.employer == "Gemeente Waterrijk"
    assert opened == []


@pytest.mark.parametrize(
    ("page", "key"),
    [
        (b"<html><p>Geen vacature</p></html>", "vacancy.no_posting"),
        (b"", "vacancy.no_posting"),
        (b'<script type="application/ld+json">{"@type":"JobPosting","title":" "}</script>',
         "vacancy.no_title"),
        (b'<script type="application/ld+json">{"@type":</script>', "vacancy.no_posting"),
        pytest.param(
            b'<script type="application/ld+json">' + b"[" * 5000 + b"</script>",
            "vacancy.no_posting",
            id="nested too deeply",
        ),
    ],
)  # fmt: skip
def test_a_page_without_a_vacancy_is_refused(page: bytes, key: str) -> None:
    with pytest.raises(UserError) as caught:
        reading(page)
    assert caught.value.problems[0].what.key == key


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_the_encoding_is_found(encoding: str) -> None:
    page = '<script type="application/ld+json">{"@type":"JobPosting","title":"Coördinator €"}'
    found = reading(f"{page}</script>".encode(encoding))
    assert found.vacancy.title == "Coördinator €"


def test_a_part_of_pay_that_contradicts_the_text_is_unsure() -> None:
    page = (
        '<script type="application/ld+json">{"@type":"JobPosting","title":"A","baseSalary":'
        '{"currency":"EUR","value":{"minValue":4000,"maxValue":5000,"unitText":"MONTH"}},'
        '"description":"Je verdient € 4.100 tot € 5.200 per maand."}</script>'
    )
    vacancy = reading(page.encode()).vacancy
    assert pay_of(vacancy)[:2] == (Decimal(4000), Decimal(5000))
    assert "4100" in vacancy.unsure["pay"]
