"""The numbers of many posts, asked for together.

https://developers.facebook.com/docs/graph-api/reference/insights/ and
https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/insights/
(read 2026-11-24).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaignbot.domain.metrics import Metric, Metrics, Missing
from campaignbot.platforms import reasons
from campaignbot.platforms.errors import (
    ContentRefused,
    MetricRetired,
    PermissionMissing,
    PlatformError,
    PlatformUnavailable,
)
from campaignbot_meta.codes import NoNumbersYet
from campaignbot_meta.graph import Graph, ListTooLong, Question
from campaignbot_meta.node import Absent, has_no_numbers, is_hidden

Values = Mapping[str, Any]
_ABOUT_METRICS = (MetricRetired, NoNumbersYet)


@dataclass(frozen=True)
class Told:
    """What Meta tells of one post by its own names: each has a value, or the reason for none."""

    values: Values
    missing: Mapping[str, Missing]

    def metrics(self, taken_at_utc: datetime, names: Mapping[str, Metric]) -> Metrics:
        """Return the metrics that these names stand for."""
        values = {m: number(self.values[name]) for name, m in names.items() if name in self.values}
        missing = {m: self.missing[name] for name, m in names.items() if name in self.missing}
        return Metrics(taken_at_utc, values, missing)


class Insights:
    """Asks for metrics by Meta's names, of many posts in one call.

    One metric that Meta does not know makes it refuse all those of a post. Then one such post is
    asked for each by itself, and the others again without what it does not know. Where no post of
    the same question was told that metric, it is remembered as retired, for as long as this adapter
    is open: another version of the API may know it again. Else it is none of such a post.
    What is not to be seen is only taken for gone where `absent` proves that.
    """

    def __init__(self, graph: Graph, names: Collection[str], absent: Absent) -> None:
        self._graph, self._names, self._absent = graph, tuple(names), absent
        self._retired: set[str] = set()

    def of(self, nodes: Sequence[str]) -> dict[str, Told]:
        """Return what is told of these nodes, at most 50; without what is gone, and comments.

        Raises the first error that is of another kind: what Meta did not answer is not known.
        """
        answered: dict[str, tuple[Values, frozenset[str]]] = {}
        hidden: list[str] = []
        known, without = set[str](), frozenset[str]()
        left = list(dict.fromkeys(nodes))
        while left:
            wanted = self._wanted(without)
            refused = []
            for node, answer in self._asked([(node, wanted) for node in left]):
                if isinstance(answer, MetricRetired):
                    refused.append(node)
                    continue
                if is_hidden(answer):
                    hidden.append(node)
                    continue
                answered[node] = _values(answer), without
                known.update(() if isinstance(answer, NoNumbersYet) else wanted)
            left = refused[1:]
            if refused:
                values, unknown = self._one_by_one(refused[0])
                self._retired |= unknown - known
                # Posts of one kind may know what those of another do not.
                without = unknown
                if values is None:
                    hidden.append(refused[0])
                else:
                    answered[refused[0]] = values, without
        told = {node: self._told(*answer) for node, answer in answered.items()}
        return told | self._not_shown(hidden)

    def _not_shown(self, nodes: Sequence[str]) -> dict[str, Told]:
        """Return that nothing may be told of these, without those that are proved to be gone."""
        if not nodes:
            return {}
        try:
            gone = self._absent(nodes)
        except (ContentRefused, ListTooLong, PermissionMissing):
            gone = frozenset()
        nothing = dict.fromkeys(self._names, Missing.NO_PERMISSION)
        return {node: Told({}, nothing) for node in nodes if node not in gone}

    def _wanted(self, without: frozenset[str] = frozenset()) -> list[str]:
        return [name for name in self._names if name not in self._retired | without]

    def _one_by_one(self, node: str) -> tuple[Values | None, frozenset[str]]:
        """Return the values of a node, None where it is hidden meanwhile, and what it lacks.

        Raises PlatformUnavailable where it knows all: then there is no telling what was refused.
        """
        values: dict[str, Any] = {}
        unknown = set()
        wanted = self._wanted()
        answers = [answer for _, answer in self._asked([(node, [name]) for name in wanted])]
        if len(answers) < len(wanted) or any(is_hidden(answer) for answer in answers):
            return None, frozenset()
        for name, answer in zip(wanted, answers, strict=True):
            if isinstance(answer, MetricRetired):
                unknown.add(name)
            else:
                values |= _values(answer)
        if not unknown:
            raise PlatformUnavailable(reasons.GARBLED)
        return values, frozenset(unknown)

    def _asked(
        self, asked: Sequence[tuple[str, Sequence[str]]]
    ) -> Iterator[tuple[str, Values | ContentRefused | MetricRetired]]:
        """Yield the answer for each node and the names it is asked for, without comments.

        That it does not know a metric, has no numbers yet or is hidden are answers too.
        """
        if not all(names for _, names in asked):
            yield from ((node, {"data": []}) for node, _ in asked)
            return
        answers = self._graph.ask(
            [Question((n, "insights"), {"metric": ",".join(names)}, "data") for n, names in asked]
        )
        for (node, _), answer in zip(asked, answers, strict=True):
            if isinstance(answer, _ABOUT_METRICS) or not isinstance(answer, PlatformError):
                yield node, answer
            elif isinstance(answer, ContentRefused) and is_hidden(answer):
                yield node, answer
            elif not has_no_numbers(answer):
                raise answer

    def _told(self, values: Values, without: frozenset[str]) -> Told:
        return Told(values, {n: self._why(n, without) for n in self._names if n not in values})

    def _why(self, name: str, without: frozenset[str]) -> Missing:
        if name in self._retired:
            return Missing.RETIRED
        return Missing.NOT_OFFERED if name in without else Missing.TOO_YOUNG


def _values(answer: Values | ContentRefused) -> dict[str, Any]:
    """Return the values that an answer holds; none of a post that too few people saw."""
    if isinstance(answer, ContentRefused):
        return {}
    values: dict[str, Any] = {}
    try:
        for row in answer["data"]:
            told: dict[str, Any] = row.get("total_value") or next(iter(row.get("values") or ()), {})
            if "value" in told:
                values[row["name"]] = told["value"]
    except (AttributeError, KeyError, TypeError) as error:
        raise PlatformUnavailable(reasons.GARBLED) from error
    return values


def number(value: Any) -> int:
    """Return a count; Meta splits some of them by kind. PlatformUnavailable for what is none."""
    try:
        if isinstance(value, Mapping):
            return sum(int(part) for part in value.values())
        return int(value)
    except (OverflowError, TypeError, ValueError) as error:
        raise PlatformUnavailable(reasons.GARBLED) from error
