"""Words messages in a reader's language, with their numbers, dates and zone."""

from __future__ import annotations

import errno
import gettext
import io
import os
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_timedelta
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent

from campaignbot.domain.audit import is_program
from campaignbot.domain.messages import Message, Param
from campaignbot.domain.money import Money

LANGUAGES = ("nl", "en")
_MOST_DIGITS = 5_000
"""Python reads no whole number of more than 4,300 digits; the decimals come on top."""
_KEYS_OF_REASONS = ("platform.", "advice.")

# British English is what Dutch public bodies write; it also puts the day before the month.
_LOCALES = {"nl": Locale("nl", "NL"), "en": Locale("en", "GB")}

_SYSTEM = {
    errno.ENOENT: "system.no_file",
    errno.EACCES: "system.forbidden",
    errno.EPERM: "system.forbidden",
    errno.EISDIR: "system.is_folder",
    errno.ENOTDIR: "system.no_folder",
    errno.EEXIST: "system.exists",
    errno.ENOSPC: "system.full",
    errno.EDQUOT: "system.full",
    errno.EROFS: "system.read_only",
    errno.ENAMETOOLONG: "system.long_name",
    errno.EIO: "system.disk",
    errno.ESTALE: "system.disk",
    errno.EADDRINUSE: "system.in_use",
    errno.ECONNREFUSED: "system.refused",
    errno.ECONNRESET: "system.reset",
    errno.ETIMEDOUT: "system.silent",
    errno.EHOSTUNREACH: "system.unreachable",
    errno.ENETUNREACH: "system.unreachable",
}
# What the operating system says of these, always in English.
_SYSTEM_WORDS = {os.strerror(number): key for number, key in _SYSTEM.items()}


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """Return the catalogue of a language, made of every `.po` file in its folder.

    The sources are read as they are, so that nothing has to be compiled before it is shipped.
    Raises ValueError when two files give the same key.
    """
    merged = Catalog(locale=_LOCALES[language].language)
    folder = files("campaignbot") / "locale" / language
    for source in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not source.name.endswith(".po"):
            continue
        for entry in read_po(io.BytesIO(source.read_bytes()), locale=language):
            if not entry.id:
                continue
            key = entry.id[0] if isinstance(entry.id, tuple) else entry.id
            if merged.get(key):
                raise ValueError(f"{source.name} gives the key {key} a second time")
            merged[key] = entry
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def asked_language(environment: Mapping[str, str]) -> str | None:
    """Return the language that CAMPAIGNBOT_LANG asks for ("en", "nl_NL.UTF-8"), if it is ours."""
    asked = environment.get("CAMPAIGNBOT_LANG", "")[:2].lower()
    return asked if asked in LANGUAGES else None


class Translator:
    """Speaks to one reader: their language, and the zone in which instants are shown."""

    def __init__(self, language: str, zone: str = "Europe/Amsterdam") -> None:
        """Take a language of `LANGUAGES`; any other becomes English."""
        self.language = language if language in _LOCALES else "en"
        self.zone = ZoneInfo(zone)
        self._locale = _LOCALES[self.language]
        self._catalogue = catalogue(self.language)

    def text(self, message: Message) -> str:
        """Return the sentence; a key without an entry shows as itself, with its values."""
        return self(message.key, **message.params)

    def __call__(self, key: str, /, **params: Param) -> str:
        count = params.get("n")
        if isinstance(count, int):
            pattern = self._catalogue.ngettext(key, key, count)
        else:
            pattern = key
        if pattern == key:
            pattern = self._catalogue.gettext(key)
        if pattern == key:
            values = ", ".join(f"{name}={value}" for name, value in params.items())
            return f"{key} ({values})" if values else key
        return pattern.format_map(self._shown(params))

    def actor(self, actor: str) -> str:
        """Return who did something: a person by name, a part of the program as the program."""
        return self("actor.program") if is_program(actor) else actor

    def reason(self, said: str) -> str:
        """Return a platform's own words as they are, and what an adapter says as a sentence.

        That is a key of the catalogue, with what it is about behind a colon where it has that.
        """
        key, colon, detail = said.partition(": ")
        if not key.startswith(_KEYS_OF_REASONS) or not self.has(key):
            return said
        return f"{self(key)}{colon}{detail}"

    def has(self, key: str) -> bool:
        """Tell whether the catalogue words this key."""
        return self._catalogue.gettext(key) != key or self._catalogue.ngettext(key, key, 2) != key

    def number(self, value: int | float | Decimal) -> str:
        # Babel rounds within 28 digits and fails beyond them; people can type more.
        with localcontext(prec=_MOST_DIGITS):
            return format_decimal(value, locale=self._locale)

    def percent(self, share: float, digits: int = 1) -> str:
        """Return a share (0.031) as a percentage with a fixed number of decimals."""
        return format_percent(share, format=f"0.{'0' * digits} %", locale=self._locale)

    def money(self, amount: Decimal, currency: str) -> str:
        """Return an amount with its currency; whole amounts without decimals."""
        whole = amount == amount.to_integral_value()
        # Prices of single calls are finer than a cent.
        pattern = "¤ #,##0" if whole else "¤ #,##0.00####"
        return format_currency(
            amount, currency, format=pattern, locale=self._locale, currency_digits=False
        )

    def day(self, day: date) -> str:
        """Return a day in full, as in "20 december 2026"."""
        return format_date(day, "d MMMM y", locale=self._locale)

    def weekday(self, day: date) -> str:
        """Return a day with its name and without the year, as in "zondag 20 december"."""
        return format_date(day, "EEEE d MMMM", locale=self._locale)

    def short_date(self, day: date) -> str:
        """Return a day in little room, as in "di 24 nov"."""
        return format_date(day, "EEE d MMM", locale=self._locale).replace(".", "")

    def instant(self, instant: datetime) -> str:
        """Return an aware instant in the reader's zone, as in "di 24 nov 09:00"."""
        local = instant.astimezone(self.zone)
        return f"{self.short_date(local.date())} {local:%H:%M}"

    def since(self, duration: timedelta) -> str:
        """Return a rough duration in words, as in "3 minuten"."""
        return format_timedelta(duration, locale=self._locale)

    def month(self, day: date) -> str:
        return format_skeleton("yMMMM", day, locale=self._locale)

    def long_instant(self, instant: datetime) -> str:
        """Return an aware instant in full, as in "24 november 2026 om 09:00"."""
        return format_datetime(instant.astimezone(self.zone), "d MMMM y HH:mm", locale=self._locale)

    def _shown(self, params: Mapping[str, Param]) -> dict[str, str]:
        return {name: self._show(value) for name, value in params.items()}

    def _show(self, value: Param) -> str:
        match value:
            case Message():
                return self.text(value)
            case datetime():
                return self.instant(value)
            case date():
                return self.day(value)
            case int() | Decimal():
                return self.number(value)
            case Money():
                return self.money(value.amount, value.currency)
            case str() if value.startswith(_KEYS_OF_REASONS):
                # A platform without a name of its own, and what to do about its words, are keys of
                # the catalogue.
                return self.reason(value)
            case str() if value in _SYSTEM_WORDS:
                return self(_SYSTEM_WORDS[value])
            case _:
                return value
