"""The addresses in a text that X makes links of, with or without a scheme.

By the rules of twitter-text (https://github.com/twitter/twitter-text, read 2026-11-24): a host ends
in a top-level domain that exists, what may stand before it and in its labels is bounded, and
without a scheme only a host of Latin letters counts. Which top-level domains exist is read from the
Public Suffix List, as its package has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# Known to X, and not in the list; and where practice and documentation have their addresses
# (RFC 2606), which stand for real ones.
_ALSO = frozenset({"an", "bl", "bq", "eh", "mf", "tp", "um", "onion", "example"})
_MOST_OF_AN_ADDRESS, _MOST_OF_A_LABEL, _MOST_OF_A_SHORT_NAME = 4096, 63, 40

_INVALID = "\ufffe\ufeff\uffff"
_DIRECTION = "\u202a-\u202e\u061c\u200e\u200f\u2066-\u2069"
_SPACE = "\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_PUNCTUATION = re.escape("!'#%&()*+,\\/:;<=>?@[]^{|}~$")
_ACCENTED = (
    "\xc0-\xd6\xd8-\xf6\xf8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272"
    "\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
)
_CYRILLIC = "\u0400-\u04ff"

_OF_A_HOST = f"[^{_PUNCTUATION}{_SPACE}{_INVALID}{_DIRECTION}]"
"""What could be part of a host: letters of any script, digits, dots, hyphens, underscores."""
_PART, _RUN = re.compile(_OF_A_HOST), re.compile(f"{_OF_A_HOST}+")
_DOT = re.compile(r"\.")
_SCHEME = re.compile("https?://$", re.IGNORECASE | re.ASCII)
_NEVER_BEFORE = re.compile(f"[A-Za-z0-9@＠$#＃{_INVALID}]")
_LATIN_LABELS = re.compile(rf"(?:[-a-z0-9{_ACCENTED}]+\.)+", re.IGNORECASE)
_PUNYCODE = re.compile("xn--[-0-9a-z]+", re.IGNORECASE | re.ASCII)
_GOES_ON = re.compile("[0-9a-z@+-]", re.IGNORECASE | re.ASCII)

_IN_PATH = rf"[a-z{_CYRILLIC}0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_ACCENTED}]"
_PARENTHESES = rf"\((?:{_IN_PATH}+|{_IN_PATH}*\({_IN_PATH}+\){_IN_PATH}*)\)"
_ENDS_PATH = rf"(?:[+\-a-z{_CYRILLIC}0-9=_#/{_ACCENTED}]|{_PARENTHESES})"
_PART_OF_PATH = rf"(?:{_IN_PATH}*(?:{_PARENTHESES}{_IN_PATH}*)*{_ENDS_PATH}|@{_IN_PATH}+/)"
_QUERY = r"\?[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]*[a-z0-9\-_&=#/]"
_REST = re.compile(
    rf"(?::[0-9]+)?(?P<path>/{_PART_OF_PATH}*)?(?:{_QUERY})?", re.IGNORECASE | re.ASCII
)
_SHORTENED = re.compile(rf"/([a-z0-9]+)(?:{_QUERY})?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Found:
    """An address in a text, from `start` up to `end`."""

    start: int
    end: int


def addresses(text: str) -> tuple[Found, ...]:
    """Return the addresses that X makes links of, in their order."""
    found: list[Found] = []
    free = at = 0
    while (dot := text.find(".", at)) >= 0:
        if not _PART.match(text, dot + 1):
            # The end of a sentence.
            at = dot + 1
            continue
        start = dot
        while start > at and _PART.match(text, start - 1):
            start -= 1
        run = _RUN.match(text, dot)
        assert run is not None
        hosts = _Hosts(text, start, run.end())
        if hosts.has_top_level:
            free, one = _in_run(text, start, run.end(), free, hosts)
            found += one
        # A path is made of what also makes hosts: the search goes on behind it.
        at = max(run.end(), free)
    return tuple(found)


def _in_run(text: str, at: int, end: int, free: int, hosts: _Hosts) -> tuple[int, list[Found]]:
    """Return the addresses whose hosts lie here, and up to where the text is used up.

    Before a host stands a character that no address has used: from `free` on.
    """
    found: list[Found] = []
    run_start = at
    while at < end:
        host, began = at, _begins(text, at, run_start, free)
        host_end = None if began is None else hosts.end_from(at)
        if began is None or host_end is None:
            at += 1
            while at < end and _NEVER_BEFORE.match(text, at - 1):
                at += 1
            continue
        rest = _REST.match(text, host_end)
        assert rest is not None
        at = free = rest.end()
        if not _fits(text[host:host_end], rest.end() - began):
            continue
        if began < host:
            found += _with_scheme(text, began, host, host_end, rest.end())
        else:
            found += _without_scheme(text, host, host_end, rest, hosts)
    return free, found


def _begins(text: str, at: int, run_start: int, free: int) -> int | None:
    """Return where an address whose host stands here begins; None where none can begin."""
    if at == run_start and (scheme := _SCHEME.search(text, max(0, at - 8), at)):
        if _may_stand_before(text, scheme.start(), free):
            return scheme.start()
    return at if _may_stand_before(text, at, free) else None


def _may_stand_before(text: str, at: int, free: int) -> bool:
    return at == 0 or (at > free and not _NEVER_BEFORE.match(text, at - 1))


class _Hosts:
    """Where the hosts of one run end, found once for all places at which one may begin.

    `_top` says for each dot where the top-level domain behind it ends, and `_beyond` where the
    longest host ends whose next label begins behind it.
    """

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text, self._end = text, end
        dots = [found.start() for found in _DOT.finditer(text, start, end)]
        self._top = {dot: _top_level(text, dot + 1, end) for dot in dots}
        self._beyond: dict[int, int | None] = {}
        for dot in reversed(dots):
            self._beyond[dot] = self.end_from(dot + 1)

    @property
    def has_top_level(self) -> bool:
        """Whether there is a top-level domain at all."""
        return any(end is not None for end in self._top.values())

    def end_from(self, start: int) -> int | None:
        """Return where the longest host that begins here ends; None where none begins."""
        dot = self._text.find(".", start, self._end)
        if dot <= start:
            return None
        if self._text[start] in "-_" or self._text[dot - 1] in "-_":
            return None
        # A name itself holds no underscore; what stands before it may.
        is_name = self._text.find("_", start, dot) < 0
        return self._beyond[dot] or (self._top[dot] if is_name else None)

    def top_after(self, dot: int) -> int | None:
        return self._top[dot]


def _top_level(text: str, start: int, end: int) -> int | None:
    """Return where the top-level domain that begins here ends; None where none begins."""
    known = _top_levels()
    for stop in range(min(end, start + _longest()), start, -1):
        if text[start:stop].lower() in known and not _GOES_ON.match(text, stop):
            return stop
    code = _PUNYCODE.match(text, start, end)
    return code.end() if code else None


def _fits(host: str, length: int) -> bool:
    for label in host.split("."):
        if len(label) > _MOST_OF_A_LABEL:
            return False
        if not label.isascii() and len(b"xn--" + label.encode("punycode")) > _MOST_OF_A_LABEL:
            return False
    if host.startswith("xn--") and not host.isascii():
        return False
    return length <= _MOST_OF_AN_ADDRESS


def _with_scheme(text: str, began: int, host: int, host_end: int, end: int) -> list[Found]:
    if text[host:host_end].lower() == "t.co":
        # X's own short addresses hold one name and nothing else.
        name = _SHORTENED.match(text, host_end)
        if name is not None:
            long = len(name.group(1)) > _MOST_OF_A_SHORT_NAME
            return [] if long else [Found(began, name.end())]
    return [Found(began, end)]


def _without_scheme(
    text: str, host: int, host_end: int, rest: re.Match[str], hosts: _Hosts
) -> list[Found]:
    """Return the parts of a host that are of Latin letters; the last has what follows the host."""
    if host and text[host - 1] in "-_./":
        return []
    found: list[Found] = []
    at = host
    while labels := _LATIN_LABELS.search(text, at, host_end):
        dots = (i for i in range(labels.end() - 1, labels.start(), -1) if text[i] == ".")
        stops = (hosts.top_after(dot) for dot in dots)
        stop = next((stop for stop in stops if stop is not None), None)
        at = labels.end()
        if stop is not None:
            found.append(Found(labels.start(), stop))
            at = stop
    if found and rest.group("path"):
        found[-1] = Found(found[-1].start, rest.end())
    return found


@cache
def _longest() -> int:
    return max(map(len, _top_levels()))


@cache
def _top_levels() -> frozenset[str]:
    """Return every top-level domain, in its own script and in small letters."""
    lines = files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text("utf-8")
    registries, _, _ = lines.partition("===END ICANN DOMAINS===")
    rules = (line.strip() for line in registries.splitlines())
    known = {rule.rpartition(".")[2] for rule in rules if rule and not rule.startswith("//")}
    return frozenset(known | _ALSO)
