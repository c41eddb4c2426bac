"""Finding the schema.org JobPosting in a careers page, however it was put there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import json_repair

from campaignbot.briefing.markup import json_ld_blocks

_WRAPPING = re.compile(r"^\s*(?://\s*)?<!\[CDATA\[|(?://\s*)?\]\]>\s*$|^\s*<!--|-->\s*$")
_NO_ESCAPE = re.compile(r"(?<!\\)\\(?=[&'])")
_DEEPEST = 40


def find_job_postings(page: str) -> list[dict[str, Any]]:
    """Return the JobPostings of a page: from JSON-LD, repaired where needed, else microdata."""
    postings = [found for block in json_ld_blocks(page) for found in _postings(_json(block))]
    if postings:
        return postings
    return list(_from_microdata(page))


def _json(block: str) -> Any:
    text = _WRAPPING.sub("", _WRAPPING.sub("", block.strip()).strip())
    text = _NO_ESCAPE.sub("", text)
    try:
        return json_repair.loads(text)
    except (RecursionError, ValueError):
        # Nested deeper than any posting is: somebody means harm.
        return None


def _postings(node: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the JobPostings in lists, @graph and nested objects."""
    if depth > _DEEPEST:
        return
    if isinstance(node, list):
        for item in node:
            yield from _postings(item, depth + 1)
    elif isinstance(node, dict):
        kinds = node.get("@type")
        if "JobPosting" in (kinds if isinstance(kinds, list) else [kinds]):
            yield node
            return
        for value in node.values():
            yield from _postings(value, depth + 1)


def _from_microdata(page: str) -> Iterator[dict[str, Any]]:
    if "schema.org/JobPosting" not in page:
        return
    # Loaded here: it takes most of a second, and most pages have JSON-LD.
    from extruct.w3cmicrodata import MicrodataExtractor

    for item in MicrodataExtractor(strict=False).extract(page):
        if str(item.get("type", "")).endswith("/JobPosting"):
            yield _flat(item)


def _flat(item: Any) -> Any:
    if isinstance(item, list):
        return [_flat(part) for part in item]
    if isinstance(item, dict) and "properties" in item:
        kind = str(item.get("type", "")).rsplit("/", 1)[-1]
        return {"@type": kind, **{k: _flat(v) for k, v in item["properties"].items()}}
    return item
