"""A post's text as its platform shows it: links, cut with "see more", and the time."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from markupsafe import Markup, escape

_ZONE = ZoneInfo("Europe/Amsterdam")
# After how many characters and lines a feed hides the rest. No platform documents it; the numbers
# are those of https://posttruncate.com/en/platform-limits/ for wide screens (read 2026-11-24) and
# differ with screen and app. X hides nothing of a post that may be this long.
_SHOWN = {"linkedin": (210, 3), "facebook": (480, 7), "instagram": (125, 2)}
_SPECIAL = re.compile(r"(https?://[^\s<>]+|(?<!\w)[#@]\w[\w.-]*)")


def cut(text: str, platform: str) -> tuple[str, str]:
    """Return what a feed shows of a text, and what it hides behind "see more"."""
    if platform not in _SHOWN:
        return text, ""
    characters, lines = _SHOWN[platform]
    end = len(text)
    starts = [found.end() for found in re.finditer("\n", text)]
    if len(starts) >= lines:
        end = starts[lines - 1]
    if min(end, len(text)) > characters:
        end = text.rfind(" ", 0, characters + 1) + 1 or characters
    if len(text) - end < 4:
        return text, ""
    shown = text[:end].rstrip()
    return shown, text[len(shown) :]


def linked(text: str, platform: str) -> Markup:
    """Return a text as HTML, in which links, hashtags and mentions look like it and go nowhere."""
    parts = []
    for number, part in enumerate(_SPECIAL.split(text)):
        if number % 2 == 0:
            parts.append(escape(part))
        elif part.startswith("http"):
            parts.append(_address(part, platform))
        else:
            parts.append(Markup('<span class="link">{}</span>').format(part))
    return Markup("<br>").join(Markup(line) for line in Markup().join(parts).split("\n"))


def _address(url: str, platform: str) -> Markup:
    # In a caption on Instagram nothing is a link; X shows addresses without their scheme.
    if platform == "instagram":
        return escape(url)
    shown = url.partition("?")[0]
    if platform == "x":
        shown = re.sub(r"^https?://(www\.)?", "", shown)
        shown = shown if len(shown) <= 30 else shown[:29] + "…"
    return Markup('<span class="link">{}</span>').format(shown)


def host(url: str) -> str:
    return (urlsplit(url).hostname or url).removeprefix("www.")


def told_ago(then: datetime, now: datetime, language: str, just_now: str) -> str:
    """Return a time as feeds tell it: how long ago, and after a week the day."""
    age = now - then
    if age < timedelta(minutes=1):
        return just_now
    if age < timedelta(days=7):
        return format_timedelta(-age, format="narrow", threshold=1, locale=language).lstrip("-")
    here, today = then.astimezone(_ZONE), now.astimezone(_ZONE)
    pattern = "d MMM" if here.year == today.year else "d MMM y"
    return format_date(here, pattern, locale=language)


def told_exactly(instant: datetime, language: str) -> str:
    return format_datetime(instant, "EEEE d MMMM y HH:mm", tzinfo=_ZONE, locale=language)
