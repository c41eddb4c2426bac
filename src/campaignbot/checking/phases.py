"""What a post may say in its phase of the funnel, and what it must."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

from campaignbot.checking.findings import error, warning
from campaignbot.checking.last_days import last_days_in
from campaignbot.checking.subject import CheckSubject
from campaignbot.domain.findings import Finding
from campaignbot.domain.phases import Phase
from campaignbot.domain.vacancy import Pay

_PRESSURE = re.compile(
    r"\b(?:solliciteer\w*|sollicitatie\w*|vacature\w*|reageer (?:nu|snel|t/m|voor)|"
    r"we zoeken een|apply(?: now)?|job opening|vacancy|vacancies)\b",
    re.IGNORECASE,
)
_HURRY = re.compile(
    r"\b(?:reageer (?:nu|snel)|mis het niet|laatste kans|wacht niet|apply now|last chance|"
    r"don't miss)\b",
    re.IGNORECASE,
)
_DAYS_LEFT = re.compile(
    r"\bnog (?:maar )?(?:\d+|een|één|twee|drie) dag(?:en)?\b|"
    r"\b(?:only )?(?:\d+|one|two|three) (?:more )?days? (?:left|to go)\b|"
    r"\b(?:t/m|tot en met|tot|until|by) (?:morgen|tomorrow)\b",
    re.IGNORECASE,
)
_ANY_LINK = "https://voorbeeld.example/"
_AMOUNT = re.compile(r"€\s?[\d.,]+\d")


def vacancy_pressure(subject: CheckSubject) -> Iterator[Finding]:
    text = subject.content.text
    if subject.phase is Phase.AWARENESS and (found := _PRESSURE.search(text)):
        yield error("phase.vacancy_in_awareness", quote=found.group())
    if subject.phase is Phase.INTEREST and (found := _HURRY.search(text)):
        yield error("phase.pressure_in_interest", quote=found.group())
    latent = subject.latent_persona and not subject.talent_pool
    if latent and subject.phase is Phase.ACTION and (found := _PRESSURE.search(text)):
        yield warning("phase.pressure_on_latent", quote=found.group())


def action_facts(subject: CheckSubject) -> Iterator[Finding]:
    """An action post about a vacancy holds the basics; "unknown" is said, not left out."""
    if subject.phase is not Phase.ACTION or subject.talent_pool or subject.vacancy is None:
        return
    if subject.follows:
        return  # The post that it stands below holds them.
    text = subject.content.text
    if not _AMOUNT.search(text):
        yield error("action.no_pay")
    if not re.search(
        r"contract|aanstelling|onbepaalde tijd|bepaalde tijd|permanent|fixed", text, re.IGNORECASE
    ):
        yield error("action.no_appointment")
    places = subject.book.value("vacancy.places")
    if isinstance(places, tuple) and not any(place in text for place in places):
        yield error("action.no_place")
    if not any(last_days_in(text, subject.planned.local.date())):
        yield error("action.no_closing_day")
    if _lacks_its_link(subject):
        yield error("action.no_link")


def _lacks_its_link(subject: CheckSubject) -> bool:
    """Tell whether a link is neither there nor elsewhere, on a platform that would show it."""
    content = subject.content
    if content.link is not None or "https://" in content.text or not subject.link_in_text:
        return False
    return _ANY_LINK in subject.platform.compose(replace(content, link=_ANY_LINK))


def pay_notation(subject: CheckSubject) -> Iterator[Finding]:
    text = subject.content.text
    amounts = [a for a in _AMOUNT.findall(text) if len(re.sub(r"\D", "", a)) >= 4]
    if not amounts:
        return
    if not re.search(r"bruto|gross", text):
        yield warning("pay.no_gross", quote=amounts[0])
    if not re.search(r"per maand|p/m|per month|a month", text):
        yield warning("pay.no_period", quote=amounts[0])
    pay = subject.book.value("vacancy.pay")
    if (
        isinstance(pay, Pay)
        and pay.basis_hours
        and not re.search(rf"{pay.basis_hours}[ -]?(?:uur|urige|hours)", text)
    ):
        yield warning("pay.no_basis", quote=amounts[0], hours=pay.basis_hours)
    if re.search(r"keuzebudget|IKB", text) and re.search(
        r"(?:plus|en|naast) .{0,20}vakantiegeld", text
    ):
        yield warning("pay.holiday_twice")


def closing_day(subject: CheckSubject) -> Iterator[Finding]:
    """What a post is decides on which side of the last day it belongs, not the day it stands on."""
    day, last_day = subject.planned.local.date(), subject.book.value("vacancy.last_day")
    for named in last_days_in(subject.content.text, day):
        if named.day < day:
            yield error("text.last_day_past", quote=named.quote, day=named.day)
        elif isinstance(last_day, date) and subject.phase is Phase.ACTION and named.day != last_day:
            yield warning("text.other_last_day", quote=named.quote, day=last_day)
    if not isinstance(last_day, date):
        return
    if subject.talent_pool:
        if day <= last_day and not subject.vacancy_closed:
            yield warning("pool.before_closing", day=last_day)
    elif day > last_day and (subject.needs_open_vacancy or subject.phase is Phase.ACTION):
        yield error("action.after_closing", day=last_day)


def relative_day(subject: CheckSubject) -> Iterator[Finding]:
    if found := _DAYS_LEFT.search(subject.content.text):
        yield warning("text.relative_date", quote=found.group())


def link(subject: CheckSubject) -> Iterator[Finding]:
    address = subject.content.link
    if address is None:
        return
    parts = urlsplit(address)
    if parts.scheme != "https":
        yield warning("link.not_https", quote=address)
    if parse_qs(parts.query).get("utm_id") != [subject.tracking_code]:
        yield warning("link.not_tracked", quote=address)
