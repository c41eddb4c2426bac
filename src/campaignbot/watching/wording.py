"""One message of several alerts, in a reader's language: a subject that says what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from campaignbot.domain.alerts import Alert
from campaignbot.i18n import Translator

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Told:
    """A message ready to be sent; `key` is the same for the same alerts."""

    subject: str
    text: str
    html: str
    key: str


@dataclass(frozen=True, slots=True)
class _Item:
    what: str
    why: str
    then: str
    link: str


def worded(alerts: Sequence[Alert], t: Translator, organisation: str) -> Told:
    """Word the alerts, at most twenty in full."""
    items = [
        _Item(
            what=t.text(alert.message),
            why=t.text(alert.reason) if alert.reason else "",
            then=t(f"alert.{alert.kind}.next", **alert.message.params),
            link=alert.permalink or "",
        )
        for alert in alerts[:_SHOWN]
    ]
    more = len(alerts) - len(items)
    ending = [t("alert.more", n=more)] if more else []
    foot = t("alert.foot", organisation=organisation)
    return Told(
        _subject(alerts, t, organisation),
        _text(items, ending, foot, t),
        _html(items, ending, foot, t),
        sha256("\n".join(alert.key for alert in alerts).encode()).hexdigest()[:32],
    )


def try_out(t: Translator, organisation: str, key: str) -> Told:
    """Word the message that tries out a way to tell."""
    item = _Item(t("alert.try"), "", t("alert.try.next"), "")
    foot = t("alert.foot", organisation=organisation)
    subject = f"{organisation}: {t('alert.try.subject')}"
    return Told(subject, _text([item], [], foot, t), _html([item], [], foot, t), key)


def _subject(alerts: Sequence[Alert], t: Translator, organisation: str) -> str:
    first = t(f"alert.{alerts[0].kind}.subject", **alerts[0].message.params)
    others = len(alerts) - 1
    tail = f" {t('alert.and_more', n=others)}" if others else ""
    # A header is one line, whatever an account is called.
    return " ".join(f"{organisation}: {first}{tail}".split())


def _text(items: Sequence[_Item], ending: Sequence[str], foot: str, t: Translator) -> str:
    lines: list[str] = []
    for item in items:
        lines += [f"* {item.what}"]
        lines += [f"  {item.why}"] if item.why else []
        lines += [f"  {t('alert.link')}: {item.link}"] if item.link else []
        lines += [f"  → {item.then}", ""]
    return "\n".join([*lines, *ending, "-- ", foot, ""])


def _html(items: Sequence[_Item], ending: Sequence[str], foot: str, t: Translator) -> str:
    # Loaded here: most rounds have nothing to tell.
    from jinja2 import Environment, PackageLoader

    page = Environment(
        loader=PackageLoader("campaignbot.watching", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return page.get_template("alert.html.j2").render(
        items=items, ending=ending, foot=foot, link=t("alert.link"), language=t.language
    )
