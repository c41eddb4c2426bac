"""Words: inclusive, honest, plain, and readable for everybody.

Grounds: the Dutch equal treatment acts as the College voor de Rechten van de Mens explains them;
CommunicatieRijk's Taalkompas; Direct Duidelijk; WCAG 2.2. Last looked at on 2026-11-24. A finding
is a question to the marketer and no legal advice: the person decides, and the reason is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from campaignbot.checking.findings import error, hint, warning
from campaignbot.checking.subject import CheckSubject
from campaignbot.domain.findings import Finding
from campaignbot.domain.messages import cut

_I = re.IGNORECASE

# Age named directly counts as direct discrimination; "jongeren" as the people one works for do not.
_AGE_DIRECT = re.compile(
    r"\b(?:jonge?(?!r(?:en|e\w*werk))(?:, \w+)? (?:team|hond|bedrijf|collega\w*)|jonge hond|"
    r"(?:maximaal|minimaal|max\.?) \d\d jaar(?: oud)?\b(?! (?:\w+ )?(?:werk)?ervaring)|"
    r"(?:jonger|ouder) dan \d\d|"
    r"(?:tussen de|van) \d\d (?:en|tot) (?:de )?\d\d jaar|\d\d[-–]\d\d jaar)\b",
    _I,
)
# Whom one works for, not whom one looks for.
_SERVED = re.compile(r"\b(?:jongeren|kinderen|leerlingen|bewoners|inwoners)\s+$", _I)
_AGE_INDIRECT = re.compile(
    r"\b(?:startersfunctie|schoolverlater\w*|pas afgestudeerd\w*|recent afgestudeerd\w*|"
    r"net klaar met je studie|young professional\w*|digital natives?|fris van school|beginnend|"
    r"(?:minimaal|minstens|ten minste) \d\d jaar (?:\w+ )?(?:werk)?ervaring)\b",
    _I,
)
_GENDER = re.compile(
    r"\((?:m/v|v/m)\)|\b(?:man met \w+|met ballen|meisjes|de boys|ninja|secretaresse|timmerman|"
    r"brandweerman|gastvrouw|hij (?:of zij )?(?:is|heeft|kan|werkt)|hij die|"
    r"(?:is|heeft|kan|werkt|schakelt|neemt) hij|zijn werk)\b",
    _I,
)
_ORIGIN = re.compile(r"\b(?:moedertaal|native speaker|accentloos)\b", _I)
_HEALTH = re.compile(r"\b(?:fysiek fit|fit en|bent fit|representatief uiterlijk)\b", _I)
_CLAIMS = re.compile(
    r"\b(?:marktconform\w*|de beste werkgever|de leukste|nummer 1|uitstekende arbeidsvoorwaarden|"
    r"baangarantie|gegarandeerd vast|geen ervaring nodig|laatste kans|bijna vol)\b",
    _I,
)
_PLAIN = {
    "stakeholders": "betrokkenen", "integraal": "in samenhang", "integrale": "samenhangende",
    "borgen": "zorgen dat", "affiniteit": "interesse", "proactief": "uit jezelf",
    "sparren": "overleggen", "hands-on": "praktisch", "regievoering": "leiding",
    "ketenpartner": "organisatie waarmee we werken", "ketenpartners": "andere organisaties",
    "conform": "volgens", "middels": "met", "teneinde": "om", "derhalve": "daarom",
    "alsmede": "en", "inzake": "over", "opgave": "taak", "werkveld": "vak",
}  # fmt: skip
_ABBREVIATIONS = re.compile(r"\b(?:SLA|KPI|MJP-B|P&C|DB|AB)\b")
_LONG_SENTENCE, _LONG_ON_AVERAGE = 25, 16
_SPECIAL_LETTERS = re.compile("[\U0001d400-\U0001d7ff]")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")


def inclusive(subject: CheckSubject) -> Iterator[Finding]:
    text = subject.content.text
    for pattern, code, grave in (
        (_AGE_DIRECT, "words.age_direct", True),
        (_AGE_INDIRECT, "words.age_indirect", False),
        (_GENDER, "words.gender", False),
        (_ORIGIN, "words.origin", False),
        (_HEALTH, "words.health", False),
    ):
        for found in pattern.finditer(text):
            if grave and _SERVED.search(text[: found.start()]):
                continue
            yield (error if grave else warning)(code, quote=found.group())


def claims(subject: CheckSubject) -> Iterator[Finding]:
    for found in _CLAIMS.finditer(subject.content.text):
        yield warning("words.claim", quote=found.group())


def plain_language(subject: CheckSubject) -> Iterator[Finding]:
    text = re.sub(r"#\w+|https?://\S+", "", subject.content.text)
    if subject.content.language == "nl":
        for word in re.findall(r"[\w-]+", text):
            if plain := _PLAIN.get(word.lower()):
                yield hint("words.jargon", quote=word, plain=plain)
    for found in _ABBREVIATIONS.finditer(text):
        yield hint("words.abbreviation", quote=found.group())
    sentences = [s for s in re.split(r"(?<=[.!?])\s+|\n+", text) if len(s.split()) > 1]
    lengths = [len(sentence.split()) for sentence in sentences]
    for sentence, length in zip(sentences, lengths, strict=True):
        # Facts in a row, as in an action post, are a list and read as one.
        if length > _LONG_SENTENCE and "€" not in sentence:
            yield warning("words.long_sentence", quote=cut(sentence, 60), n=length)
    if len(lengths) >= 3 and sum(lengths) / len(lengths) > _LONG_ON_AVERAGE:
        yield hint("words.long_on_average", n=round(sum(lengths) / len(lengths)))


def readable_by_all(subject: CheckSubject) -> Iterator[Finding]:
    text = subject.content.text
    if found := re.search(r"\b(?:klik hier|click here)\b", text, _I):
        yield warning("access.click_here", quote=found.group())
    if found := _SPECIAL_LETTERS.search(text):
        yield warning("access.special_letters", quote=found.group())
    shouted = [w for w in re.findall(r"\b[A-ZÀ-Þ]{5,}\b", text)]
    if shouted:
        yield hint("access.capitals", quote=shouted[0])
    emoji = _EMOJI.findall(text)
    if len(emoji) > 3:
        yield warning("access.many_emoji", n=len(emoji))
    elif emoji and _EMOJI.match(text):
        yield hint("access.emoji_first")
