"""Filling the words of an angle with facts, in the notation of the post's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, meta
from jinja2.exceptions import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from campaignbot.domain.brief import Brief
from campaignbot.domain.errors import user_error
from campaignbot.domain.vacancy import Pay, PayPeriod, Vacancy
from campaignbot.i18n import Translator

_ENVIRONMENT = SandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, trim_blocks=True, keep_trailing_newline=False
)


def fill(pattern: str, facts: Mapping[str, Any], angle: str) -> str:
    """Return the pattern with its facts; UserError when it names one that does not exist."""
    try:
        text = _ENVIRONMENT.from_string(pattern).render(facts)
    except TemplateError as error:
        raise user_error(
            "angle.bad_template", remedy="angle.bad_template.remedy", name=angle, said=str(error)
        ) from None
    text = re.sub(r"[ \t]+", " ", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" ?\n ?", "\n", text)).strip()


def names_in(pattern: str) -> set[str]:
    """Return the names of the facts that a pattern uses."""
    return meta.find_undeclared_variables(_ENVIRONMENT.parse(pattern))


def facts_of(brief: Brief, vacancy: Vacancy | None, employer: str, t: Translator) -> dict[str, Any]:
    """Return the facts by the names that angles use; a fact that is not known is not there."""
    facts: dict[str, Any] = {
        "story": {key: fact.text for key, fact in brief.story.items()},
        "employer": employer,
        "organisation": employer.removeprefix("Gemeente ").removeprefix("Provincie "),
    }
    if vacancy is None:
        return facts
    told: dict[str, Any] = {
        "title": vacancy.title,
        "role": vacancy.title[:1].lower() + vacancy.title[1:],
        "place": t("drafting.and").join(vacancy.places) or None,
        "hours": _hours(vacancy, t),
        "pay": _pay(vacancy.pay, t) if vacancy.pay else None,
        "appointment": vacancy.appointment,
    }
    if vacancy.last_day:
        told["last_day"] = t.weekday(vacancy.last_day)
        told["last_day_short"] = t.day(vacancy.last_day).rsplit(" ", 1)[0]
    return facts | {name: value for name, value in told.items() if value}


def _hours(vacancy: Vacancy, t: Translator) -> str | None:
    if vacancy.hours_min is None or vacancy.hours_max is None:
        return None
    low, high = t.number(vacancy.hours_min), t.number(vacancy.hours_max)
    if low == high:
        return t("drafting.hours_one", hours=low)
    return t("drafting.hours", low=low, high=high)


def _pay(pay: Pay, t: Translator) -> str | None:
    """Return pay with all that belongs to it: gross, per month, for how many hours, which scale."""
    if pay.maximum is None or pay.period is not PayPeriod.MONTH:
        return None
    high = t.money(pay.maximum, pay.currency)
    if pay.minimum is None:
        text = t("drafting.pay_up_to", high=high)
    else:
        text = t("drafting.pay", low=t.money(pay.minimum, pay.currency), high=high)
    if pay.basis_hours:
        text = t("drafting.pay_basis", pay=text, hours=t.number(pay.basis_hours))
    return t("drafting.pay_scale", pay=text, scale=pay.scale) if pay.scale else text
