"""Reading a vacancy from a careers page: what it says, and what it leaves open."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

from campaignbot.briefing.facts import (
    amount,
    amounts_in,
    basis_hours_in,
    day,
    days_in,
    highest_in,
    hours_in,
    scale_in,
    web_address,
)
from campaignbot.briefing.jobposting import find_job_postings
from campaignbot.briefing.markup import links, plain_text
from campaignbot.domain.errors import Place, user_error
from campaignbot.domain.findings import Finding, Severity
from campaignbot.domain.messages import Message
from campaignbot.domain.vacancy import Pay, PayPeriod, Vacancy

MOST_CHARACTERS = 20_000
_PERIODS = {
    "MONTH": PayPeriod.MONTH, "MONTHLY": PayPeriod.MONTH, "MAAND": PayPeriod.MONTH,
    "YEAR": PayPeriod.YEAR, "JAAR": PayPeriod.YEAR, "HOUR": PayPeriod.HOUR, "UUR": PayPeriod.HOUR,
}  # fmt: skip
_APPLY = re.compile(r"solliciteer|solliciteren|apply", re.IGNORECASE)
# Behind a title; it is no part of the trade's name, and posts word it in their own way.
_GENDERS = re.compile(r"\s*\((?:[mvxfdw]\s*/\s*)+[mvxfdw]\)", re.IGNORECASE)
_POSTCODE = re.compile(r"^.*\b\d{4}\s?[A-Z]{2}\s+")
_MASKED = re.compile(r"€\s*[\d.,]*x+\b|\b\d+[.,]\d*x+\b", re.IGNORECASE)
_TAIL = re.compile(r"['’]s\s+\w+$")
_APPOINTMENT = re.compile(
    r"\b(?:contract van|vaste aanstelling|vast contract|onbepaalde tijd|bepaalde tijd|"
    r"permanent|fixed[- ]term|tijdelijk\w* (?:contract|aanstelling))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class VacancyReading:
    """A vacancy, and what the reader should know about how it was read."""

    vacancy: Vacancy
    findings: tuple[Finding, ...]


def read_vacancy(
    source: str, data: bytes, *, zone: str, new_id: Callable[[], UUID]
) -> VacancyReading:
    """Read the schema.org JobPosting of a page; nothing that it names is ever fetched.

    A fact that the page does not state is None. UserError when there is no JobPosting.
    """
    page = _decoded(data)
    postings = find_job_postings(page)
    if not postings:
        raise user_error(
            "vacancy.no_posting",
            remedy="vacancy.no_posting.remedy",
            place=Place(Path(source) if "://" not in source else None),
            source=source,
        )
    return _Reader(source, page, postings[0], zone).read(new_id())


def _decoded(data: bytes) -> str:
    declared = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", data[:4096], re.IGNORECASE)
    for encoding in (declared[1].decode() if declared else "utf-8", "utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", "replace")


def _body(page: str) -> str:
    """Return what comes after the head of a page."""
    found = re.search(r"</head\s*>", page, re.IGNORECASE)
    return page[found.end() :] if found else page


def _sentence_around(text: str, found: re.Match[str]) -> str:
    begin = max(text.rfind(mark, 0, found.start()) for mark in ".\n") + 1
    rest = text[found.end() :]
    ends = [place for mark in ".\n" if (place := rest.find(mark)) >= 0]
    end = found.end() + (min(ends) if ends else len(rest))
    return text[begin : end + (text[end : end + 1] == ".")]


def _one_line(value: Any) -> str:
    return re.sub(r"\s+", " ", plain_text(str(value or "")).replace("\\", "")).strip()


class _Reader:
    """Reads one JobPosting, with the page around it for what the posting does not say."""

    def __init__(self, source: str, page: str, posting: Mapping[str, Any], zone: str) -> None:
        self._source, self._page, self._posting, self._zone = source, page, posting, zone
        self._sources: dict[str, str] = {}
        self._unsure: dict[str, str] = {}
        self._findings: list[Finding] = []
        described = str(posting.get("description") or "")
        self._text = plain_text(described[: MOST_CHARACTERS * 4])
        if len(self._text) > MOST_CHARACTERS or len(described) > MOST_CHARACTERS * 4:
            self._text = self._text[:MOST_CHARACTERS]
            self._note("vacancy.text_cut", Severity.WARNING, n=MOST_CHARACTERS)
        self._visible = plain_text(_body(page)[: MOST_CHARACTERS * 20])[: MOST_CHARACTERS * 2]

    def read(self, vacancy_id: UUID) -> VacancyReading:
        title = _GENDERS.sub("", _one_line(self._posting.get("title")))
        if not title:
            raise user_error(
                "vacancy.no_title", remedy="vacancy.no_posting.remedy", source=self._source
            )
        last_day = self._day("validThrough")
        hours = self._hours(title)
        vacancy = Vacancy(
            id=vacancy_id,
            reference=self._reference(title),
            title=title[:300],
            employer=self._employer(),
            language=str(self._posting.get("inLanguage") or self._page_language() or "nl")[:2],
            description=self._text,
            url=self._address("url"),
            apply_url=self._apply_url(),
            places=self._places(),
            hours_min=hours[0] if hours else None,
            hours_max=hours[1] if hours else None,
            pay=self._pay(),
            appointment=self._appointment(),
            posted_on=self._day("datePosted"),
            last_day=last_day,
            interviews=self._interviews(last_day),
            sources=self._sources,
            unsure=self._unsure,
        )
        for name in ("pay", "hours_min", "last_day", "places", "apply_url", "appointment"):
            if not getattr(vacancy, name):
                self._note(f"vacancy.unknown.{name}", Severity.WARNING)
        for name, why in self._unsure.items():
            self._note("vacancy.unsure", Severity.WARNING, field=name, why=why)
        return VacancyReading(vacancy, tuple(self._findings))

    def _note(self, code: str, severity: Severity, **params: str | int) -> None:
        self._findings.append(Finding(code, severity, Message(code, params)))

    def _said(self, field: str, where: str) -> None:
        self._sources[field] = where

    def _reference(self, title: str) -> str:
        told = self._posting.get("identifier")
        value = told.get("value") if isinstance(told, Mapping) else told
        if value:
            # Spreadsheets take a leading sign of these for a formula.
            return _one_line(value).lstrip("=+-@")[:200]
        return re.sub(r"[^a-z0-9]+", "-", f"{self._employer()} {title}".lower()).strip("-")[:200]

    def _employer(self) -> str:
        told = self._posting.get("hiringOrganization")
        name = told.get("name") if isinstance(told, Mapping) else told
        employer = _one_line(name)[:200]
        if _TAIL.search(employer):
            self._unsure["employer"] = employer
        return employer or "?"

    def _page_language(self) -> str | None:
        found = re.search(r"<html[^>]*\blang\s*=\s*[\"']?([a-z]{2})", self._page, re.IGNORECASE)
        return found[1] if found else None

    def _day(self, field: str) -> date | None:
        told = day(self._posting.get(field), self._zone)
        if told is not None and told.year < 2100:
            self._said("last_day" if field == "validThrough" else "posted_on", f"jsonld:{field}")
            return told
        return None

    def _hours(self, title: str) -> tuple[Decimal, Decimal] | None:
        places = (
            ("jsonld:workHours", str(self._posting.get("workHours") or "")),
            ("jsonld:employmentType", str(self._posting.get("employmentType") or "")),
            ("text:title", title),
            ("text:page", f"{self._text}\n{self._visible}"),
        )
        for where, text in places:
            if (found := hours_in(text)) is not None or (
                where.startswith("jsonld")
                and (found := hours_in(f"{text.rstrip(' )')} per week")) is not None
            ):
                self._said("hours_min", where)
                return found
        return None

    def _places(self) -> tuple[str, ...]:
        told = self._posting.get("jobLocation")
        found = []
        for place in told if isinstance(told, list) else [told]:
            address = place.get("address") if isinstance(place, Mapping) else place
            if isinstance(address, Mapping):
                address = address.get("addressLocality") or address.get("name")
            # An address in one string: the place stands behind the postal code.
            name = _POSTCODE.sub("", _one_line(address))
            if name and name not in found:
                found.append(name)
        if found:
            self._said("places", "jsonld:jobLocation")
        return tuple(found)

    def _pay(self) -> Pay | None:
        told = self._posting.get("baseSalary")
        texts = f"{self._text}\n{self._visible}"
        minimum = maximum = None
        period, currency = None, "EUR"
        if isinstance(told, Mapping):
            value = told.get("value")
            inner = value if isinstance(value, Mapping) else told
            minimum, maximum = amount(inner.get("minValue")), amount(inner.get("maxValue"))
            unit = str(inner.get("unitText") or told.get("unitText") or "").upper()
            period = _PERIODS.get(unit)
            currency = str(told.get("currency") or "EUR").replace("€", "EUR")[:3]
        elif told:
            words = plain_text(str(told))
            texts = f"{words}\n{texts}"
            if (pair := amounts_in(words)) is not None:
                minimum, maximum = pair
            else:
                maximum = highest_in(words)
        where = "jsonld:baseSalary"
        in_text = amounts_in(texts)
        if minimum is None and maximum is None and in_text is not None:
            minimum, maximum = in_text
            where = "text:page"
        elif in_text is not None and in_text != (minimum, maximum):
            self._unsure["pay"] = f"{minimum}-{maximum} / {in_text[0]}-{in_text[1]}"
        if found := _MASKED.search(texts):
            self._unsure["pay"] = found[0]
        if minimum is not None and maximum is not None and minimum > maximum:
            return None
        if minimum is None and maximum is None:
            return None
        if period is None and re.search(r"per maand|p/m|per month|maandsalaris|a month", texts):
            period = PayPeriod.MONTH
        self._said("pay", where)
        agreement = re.search(r"cao [A-Z][\w-]*", texts)
        return Pay(
            minimum=minimum,
            maximum=maximum,
            currency=currency,
            period=period,
            basis_hours=basis_hours_in(texts),
            scale=scale_in(texts),
            agreement=agreement[0] if agreement else None,
        )

    def _appointment(self) -> str | None:
        found = _APPOINTMENT.search(self._text)
        if found is None:
            return None
        self._said("appointment", "text:description")
        return _sentence_around(self._text, found).strip().lstrip("- ")

    def _interviews(self, last_day: date | None) -> tuple[date, ...]:
        for sentence in re.split(r"(?<=[.!?])\s", self._text):
            if re.search(r"gesprek|interview", sentence, re.IGNORECASE):
                days = days_in(sentence, last_day)
                if days:
                    self._said("interviews", "text:description")
                    return days
        return ()

    def _apply_url(self) -> str | None:
        told = self._posting.get("applicationContact")
        if isinstance(told, Mapping) and (link := web_address(told.get("url"))):
            self._said("apply_url", "jsonld:applicationContact")
            return link
        base = self._address("url")
        for href, words in links(self._page):
            if not _APPLY.search(f"{href} {words}"):
                continue
            if link := web_address(urljoin(base or "", href)):
                self._said("apply_url", "text:link")
                return link
        return None

    def _address(self, field: str) -> str | None:
        if link := web_address(self._posting.get(field)):
            self._said(field, f"jsonld:{field}")
            return link
        canonical = re.search(
            r"<link[^>]*rel\s*=\s*[\"']canonical[\"'][^>]*href\s*=\s*[\"']([^\"']+)", self._page
        )
        return web_address(canonical[1]) if canonical else None
