"""Filling the words of an angle with facts, in the notation of the post's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from campaignbot.domain.errors import UserError, user_error
from campaignbot.domain.facts import FactBook, FactSource
from campaignbot.domain.vacancy import Pay, PayPeriod
from campaignbot.i18n import Translator

_ENVIRONMENT = SandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, trim_blocks=True, keep_trailing_newline=False
)
# All that wordings need. No arithmetic, calls or includes: a pattern takes time as it is long.
_ALLOWED = (
    nodes.Output, nodes.TemplateData, nodes.Const, nodes.Name, nodes.Getattr, nodes.Getitem,
    nodes.Filter, nodes.Test, nodes.If, nodes.For, nodes.CondExpr, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip
_FILTERS = frozenset(
    {"capitalize", "default", "first", "join", "last", "length", "lower", "trim", "upper"}
)
_MAX_CHARACTERS = 20_000
# Whose facts are named one by one, as `story.team`; the others have names of their own.
_GROUPS: tuple[str, ...] = (FactSource.STORY, FactSource.ROLE)
# The names that angles use, and the facts of the vacancy that they are made of.
_TERMS: Mapping[str, tuple[str, ...]] = {
    "title": ("vacancy.title",),
    "job": ("vacancy.title",),
    "place": ("vacancy.places",),
    "hours": ("vacancy.hours_min", "vacancy.hours_max"),
    "pay": ("vacancy.pay",),
    "appointment": ("vacancy.appointment",),
    "last_day": ("vacancy.last_day",),
    "last_day_short": ("vacancy.last_day",),
}
_EMPLOYER = ("vacancy.employer", "organisation.name")
_EMPLOYER_TERMS = {"employer", "organisation"}


@dataclass(frozen=True)
class Vocabulary:
    """The facts of a campaign, and the words for them by the names that angles use."""

    book: FactBook
    words: Mapping[str, Any]

    def lacks(self, patterns: Iterable[str]) -> frozenset[str]:
        """Return the names that these patterns use and for which there are no words."""
        return frozenset(term for term in terms_in(patterns) if not self._has(term))

    def facts_in(self, patterns: Iterable[str]) -> frozenset[str]:
        """Return the keys of the facts that these patterns tell."""
        return frozenset(key for term in terms_in(patterns) for key in self._keys(term))

    def _has(self, term: str) -> bool:
        group, _, name = term.partition(".")
        found = self.words.get(group)
        return bool(isinstance(found, Mapping) and found.get(name)) if name else bool(found)

    def _keys(self, term: str) -> tuple[str, ...]:
        if term in _EMPLOYER_TERMS:
            return tuple(key for key in _EMPLOYER if key in self.book)[:1]
        return _TERMS.get(term, (term,))


def vocabulary(book: FactBook, t: Translator) -> Vocabulary:
    """Return the words for the facts of a book, in the language of the posts."""
    words: dict[str, Any] = {group: {} for group in _GROUPS}
    for fact in book:
        if fact.source in _GROUPS:
            words[fact.source][fact.key.partition(".")[2]] = _plain(fact.value)
    employer = next((str(book.value(key)) for key in _EMPLOYER if key in book), "")
    title = cast("str | None", book.value("vacancy.title"))
    told = {
        "employer": employer,
        "organisation": employer.removeprefix("Gemeente ").removeprefix("Provincie "),
        "title": title,
        # Only the first letter: "Adviseur WOZ" keeps its capitals.
        "job": title and title[:1].lower() + title[1:],
        "place": t("drafting.and").join(
            cast("tuple[str, ...]", book.value("vacancy.places") or ())
        ),
        "hours": _hours(book, t),
        "pay": _pay(cast("Pay | None", book.value("vacancy.pay")), t),
        "appointment": book.value("vacancy.appointment"),
        **_last_day(book, t),
    }
    words.update({name: value for name, value in told.items() if value})
    return Vocabulary(book, words)


def fill(pattern: str, words: Mapping[str, Any], angle: str) -> str:
    """Return the pattern with its words.

    UserError when it names something that does not exist, or does more than wordings may.
    """
    try:
        _require_plain(_ENVIRONMENT.parse(pattern), angle)
        text = _bounded(_ENVIRONMENT.from_string(pattern).generate(words), angle)
    except UndefinedError:
        unknown = ", ".join(sorted(term for term in _terms(pattern) if not _known(term, words)))
        raise user_error(
            "angle.unknown_word",
            remedy="angle.unknown_word.remedy",
            name=angle,
            word=unknown or pattern[:60],
        ) from None
    except TemplateSyntaxError as error:
        raise user_error(
            "angle.bad_template", remedy="angle.bad_template.remedy", name=angle, row=error.lineno
        ) from None
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError):
        raise _not_allowed(angle) from None
    text = re.sub(r"[ \t]+", " ", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" ?\n ?", "\n", text)).strip()


def _require_plain(tree: nodes.Template, angle: str) -> None:
    """Raise UserError unless a pattern only names facts, chooses between them and lists them."""
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED) or (
            isinstance(node, nodes.Filter) and node.name not in _FILTERS
        ):
            raise _not_allowed(angle)
    for loop in tree.find_all(nodes.For):
        # One list within another grows as their product, and recursion without end.
        if loop.recursive or any(True for _ in loop.find_all(nodes.For)):
            raise _not_allowed(angle)


def _bounded(parts: Iterable[str], angle: str) -> str:
    text = ""
    for part in parts:
        text += part
        if len(text) > _MAX_CHARACTERS:
            raise user_error(
                "angle.too_long", remedy="angle.too_long.remedy", name=angle, n=_MAX_CHARACTERS
            )
    return text


def _known(term: str, words: Mapping[str, Any]) -> bool:
    group, _, name = term.partition(".")
    found = words.get(group)
    return name in found if name and isinstance(found, Mapping) else group in words and not name


def _not_allowed(angle: str) -> UserError:
    return user_error("angle.not_allowed", remedy="angle.not_allowed.remedy", name=angle)


def terms_in(patterns: Iterable[str]) -> frozenset[str]:
    """Return the names that patterns use, those of a group with their group: "story.team", "pay".

    A pattern that cannot be read has none: filling it says what is wrong with it.
    """
    return frozenset(term for pattern in patterns for term in _terms(pattern))


def _terms(pattern: str) -> Iterator[str]:
    try:
        tree = _ENVIRONMENT.parse(pattern)
    except TemplateError:
        return
    groups = set()
    for node in tree.find_all((nodes.Getattr, nodes.Getitem)):
        group, name = _named_in(node)
        if group in _GROUPS and name:
            groups.add(group)
            yield f"{group}.{name}"
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    for node in tree.find_all(nodes.Name):
        if node.name not in groups | own:
            yield node.name


def _named_in(node: nodes.Node) -> tuple[str, str]:
    """Return group and name of ``story.team`` or ``story["team"]``; empty for anything else."""
    if not isinstance(node, (nodes.Getattr, nodes.Getitem)) or not isinstance(
        node.node, nodes.Name
    ):
        return "", ""
    if isinstance(node, nodes.Getattr):
        return node.node.name, node.attr
    return node.node.name, str(node.arg.value) if isinstance(node.arg, nodes.Const) else ""


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _last_day(book: FactBook, t: Translator) -> dict[str, str]:
    day = cast("Any", book.value("vacancy.last_day"))
    if day is None:
        return {}
    return {"last_day": t.weekday(day), "last_day_short": t.day(day).rsplit(" ", 1)[0]}


def _hours(book: FactBook, t: Translator) -> str | None:
    least, most = (cast("Any", book.value(f"vacancy.hours_{end}")) for end in ("min", "max"))
    if least is None or most is None:
        return None
    low, high = t.number(least), t.number(most)
    if low == high:
        return t("drafting.hours_one", hours=low)
    return t("drafting.hours", low=low, high=high)


def _pay(pay: Pay | None, t: Translator) -> str | None:
    """Return pay with all that belongs to it: gross, per month, for how many hours, which scale."""
    if pay is None or pay.maximum is None or pay.period is not PayPeriod.MONTH:
        return None
    high = t.money(pay.maximum, pay.currency)
    if pay.minimum is None:
        text = t("drafting.pay_up_to", high=high)
    else:
        text = t("drafting.pay", low=t.money(pay.minimum, pay.currency), high=high)
    if pay.basis_hours:
        text = t("drafting.pay_basis", pay=text, hours=t.number(pay.basis_hours))
    return t("drafting.pay_scale", pay=text, scale=pay.scale) if pay.scale else text
