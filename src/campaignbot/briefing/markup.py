"""HTML from the web, read in one pass: however a page is made, it takes time as it is long."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from campaignbot.domain.cleaning import clean

_NAME = re.compile(r"</?\s*([a-zA-Z][a-zA-Z0-9]*)")
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_JSON_LD = re.compile(r"application/ld\+json", re.IGNORECASE)
_BREAKS_AFTER = frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "div", "ul", "ol", "tr"})
# What stands in these is no text.
_UNREAD = frozenset({"script", "style"})
_LONGEST_TAG = 8_192


def tags(markup: str) -> Iterator[tuple[str, str, int]]:
    """Yield each tag with the text before it, and where it ends; the last is empty."""
    end = 0
    while (begin := markup.find("<", end)) >= 0:
        close = markup.find(">", begin)
        if close < 0:
            break
        yield markup[end:begin], markup[begin : close + 1], close + 1
        end = close + 1
    yield markup[end:], "", len(markup)


def plain_text(markup: str) -> str:
    """Return HTML, encoded once or twice, as visible text; words do not run together."""
    text = "".join(_visible(html.unescape(markup) if "&lt;" in markup else markup))
    text = clean(html.unescape(text))
    text = re.sub(r"[ \t\xa0]+", " ", text)
    lines = [line.strip(" ") for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def json_ld_blocks(page: str) -> Iterator[str]:
    """Yield what stands in each script element of JSON-LD."""
    lowered, until = page.lower(), 0
    for _, tag, end in tags(page):
        if end <= until or _name(tag) != "script" or tag.startswith("</"):
            continue
        # What looks like tags in a script is no markup.
        until = lowered.find("</script", end)
        if until < 0:
            return
        if _JSON_LD.search(tag[:_LONGEST_TAG]):
            yield page[end:until]


def links(page: str) -> Iterator[tuple[str, str]]:
    """Yield address and words of each link that holds nothing but words."""
    address = None
    for words, tag, _ in tags(page):
        if address is not None and tag.lower().startswith("</a"):
            yield html.unescape(address), words
        address = None
        if _name(tag) == "a" and not tag.startswith("</"):
            found = _HREF.search(tag[:_LONGEST_TAG])
            address = next((part for part in found.groups() if part), None) if found else None


def _visible(markup: str) -> Iterator[str]:
    lowered, until = markup.lower(), 0
    for text, tag, end in tags(markup):
        if end <= until:
            continue
        yield text if end - len(tag) - len(text) >= until else ""
        name, closing = _name(tag), tag.startswith("</")
        if name in _UNREAD and not closing:
            close = lowered.find(f"</{name}", end)
            # Without an end all that follows is part of it, as in a browser.
            until = len(markup) if close < 0 else close
        if name == "li" and not closing:
            yield "\n- "
        else:
            yield "\n" if name == "br" or (closing and name in _BREAKS_AFTER) else " "


def _name(tag: str) -> str:
    found = _NAME.match(tag[:64])
    return found[1].lower() if found else ""
