"""The book of facts: everything that a post may say, where it comes from, how long it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from campaignbot.domain.brief import Brief, Consent, FactKind, Persona, RoleProfile, StoryFact
from campaignbot.domain.vacancy import FACT_FIELDS, Vacancy, fact_hash


class FactSource(StrEnum):
    """Where facts come from, the nearest to the job first."""

    VACANCY = "vacancy"
    ROLE = "role"
    STORY = "story"
    PERSONA = "persona"
    ORGANISATION = "organisation"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is true.

    `key` is its source and name ("vacancy.pay", "story.team"). `origin` is where it was read or
    who said it, in the words of whoever wrote it down; `said_on` when. After `valid_until` nobody
    may say it any more. `consent` is that of the person who is quoted or described.
    """

    key: str
    kind: FactKind
    value: object
    source: FactSource
    origin: str = ""
    said_on: date | None = None
    valid_until: date | None = None
    consent: Consent | None = None

    @property
    def hash(self) -> str:
        """A digest of the value alone: where it was read may change without a word changing."""
        return fact_hash(self.value)


@dataclass(frozen=True, slots=True)
class FactBook:
    """The facts of one campaign, or of one vacancy, by key. What is not known is not there."""

    facts: Mapping[str, Fact] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.facts

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts.values())

    def get(self, key: str) -> Fact | None:
        return self.facts.get(key)

    def value(self, key: str) -> object:
        """Return the value of a fact; None where it is not known."""
        fact = self.facts.get(key)
        return fact.value if fact else None

    def hashes(self, keys: Iterable[str]) -> dict[str, str]:
        """Return key and hash of those facts that are known, as a post remembers what it used."""
        return {key: self.facts[key].hash for key in sorted(set(keys)) if key in self.facts}

    def outdated(self, used: Mapping[str, str]) -> frozenset[str]:
        """Return which facts that a post used are no longer there, or say something else now."""
        return frozenset(
            key for key, digest in used.items() if key not in self or self.facts[key].hash != digest
        )


_KINDS = {
    "places": FactKind.LIST,
    "hours_min": FactKind.NUMBER,
    "hours_max": FactKind.NUMBER,
    "pay": FactKind.PAY,
    "appointment": FactKind.SENTENCES,
    "last_day": FactKind.DAY,
    "interviews": FactKind.LIST,
    "url": FactKind.ADDRESS,
    "apply_url": FactKind.ADDRESS,
    "focus": FactKind.LIST,
    "secondary": FactKind.LIST,
    "steering": FactKind.PHRASE,
}
_ROLE = (
    "assignment", "focus", "secondary", "responsibility", "experience", "steering",
    "why_it_matters", "team", "development", "impact",
)  # fmt: skip


def book_of(
    brief: Brief | None = None,
    vacancy: Vacancy | None = None,
    personas: Iterable[Persona] = (),
    *,
    organisation: str = "",
    careers_url: str | None = None,
) -> FactBook:
    """Return the facts that these sources hold together."""
    facts = [
        *(_of_vacancy(vacancy) if vacancy else ()),
        *(_of_role(brief.role) if brief and brief.role else ()),
        *(_of_story(key, told) for key, told in (brief.story if brief else {}).items()),
        *(fact for persona in personas for fact in _of_persona(persona)),
        *_of_organisation(organisation, careers_url),
    ]
    return FactBook({fact.key: fact for fact in facts})


def known_fact(key: str) -> bool:
    """Tell whether a fact of this key can exist at all; stories bear any name."""
    source, _, name = key.partition(".")
    match source:
        case FactSource.VACANCY:
            return name in FACT_FIELDS
        case FactSource.ROLE:
            return name in _ROLE
        case FactSource.ORGANISATION:
            return name in {"name", "careers_url"}
        case FactSource.STORY:
            return bool(name)
        case _:
            return False


def _of_vacancy(vacancy: Vacancy) -> Iterator[Fact]:
    for name in FACT_FIELDS:
        value = getattr(vacancy, name)
        if value not in (None, "", ()):
            kind = _KINDS.get(name, FactKind.PHRASE)
            origin = vacancy.sources.get(name, "")
            yield Fact(f"vacancy.{name}", kind, value, FactSource.VACANCY, origin)


def _of_role(role: RoleProfile) -> Iterator[Fact]:
    agreed = role.agreed
    for name in _ROLE:
        value = getattr(role, name)
        if value:
            yield Fact(
                f"role.{name}",
                _KINDS.get(name, FactKind.SENTENCES),
                value,
                FactSource.ROLE,
                agreed.by if agreed else "",
                agreed.on if agreed else None,
            )


def _of_story(key: str, told: StoryFact) -> Fact:
    return Fact(
        f"story.{key}",
        told.kind_of(key),
        told.text,
        FactSource.STORY,
        told.source or "",
        told.on,
        told.valid_until,
        told.consent,
    )


def _of_persona(persona: Persona) -> Iterator[Fact]:
    for name in ("drivers", "expectations"):
        if value := getattr(persona, name):
            key = f"persona.{persona.key}.{name}"
            yield Fact(key, FactKind.LIST, value, FactSource.PERSONA)


def _of_organisation(name: str, careers_url: str | None) -> Iterator[Fact]:
    if name:
        yield Fact("organisation.name", FactKind.PHRASE, name, FactSource.ORGANISATION)
    if careers_url:
        yield Fact(
            "organisation.careers_url", FactKind.ADDRESS, careers_url, FactSource.ORGANISATION
        )
