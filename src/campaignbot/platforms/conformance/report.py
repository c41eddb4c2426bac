"""Running cases without a test runner, and the table of what came of them."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum

from campaignbot.platforms.conformance.stand import Case, NotApplicable, Stand


class Verdict(StrEnum):
    """What came of a case on one platform."""

    OK = "ok"
    NOT_APPLICABLE = "n/a"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Result:
    """A case on one platform; `reason` is empty where all is well."""

    topic: str
    case: str
    platform: str
    verdict: Verdict
    reason: str = ""

    def to_json(self) -> dict[str, str]:
        return {
            "topic": self.topic,
            "case": self.case,
            "platform": self.platform,
            "verdict": str(self.verdict),
            "reason": self.reason,
        }


def run(topic: str, case: Case, open_stand: Callable[[], Stand]) -> Result:
    """Run one case on a fresh stand."""
    with closing(open_stand()) as stand:
        name = stand.platform.name
        try:
            case.run(stand)
        except NotApplicable as reason:
            return Result(topic, case.name, name, Verdict.NOT_APPLICABLE, str(reason))
        except AssertionError as error:
            said = str(error) or str(traceback.extract_tb(error.__traceback__)[-1].line)
            return Result(topic, case.name, name, Verdict.FAILED, said)
        except Exception as error:
            # An adapter that breaks fails this case, and the others are still run.
            return Result(topic, case.name, name, Verdict.FAILED, repr(error))
        return Result(topic, case.name, name, Verdict.OK)


def table(results: Sequence[Result]) -> str:
    """Return the table cases × platforms, the reasons below it, and the counts as last line."""
    platforms = list(dict.fromkeys(result.platform for result in results))
    cells = {(r.topic, r.case, r.platform): r for r in results}
    notes: dict[str, int] = {}
    wide = max(len(result.case) for result in results) + 1
    lines = [f"{'':<{wide}}{''.join(f'{name:<10}' for name in platforms)}".rstrip()]
    topic = ""
    for row in dict.fromkeys((result.topic, result.case) for result in results):
        if row[0] != topic:
            topic = row[0]
            lines += ["", topic]
        told = [_cell(cells.get((*row, name)), notes) for name in platforms]
        lines.append(f"{row[1]:<{wide}}{''.join(f'{cell:<10}' for cell in told)}".rstrip())
    lines += ["", *(f"{number:>3}  {reason}" for reason, number in notes.items())]
    lines += [f"{r.platform}, {r.case}: {r.reason}" for r in results if r.verdict == "FAILED"]
    return "\n".join([*lines, "", counts(results)])


def _cell(result: Result | None, notes: dict[str, int]) -> str:
    if result is None:
        return ""
    if result.verdict is Verdict.NOT_APPLICABLE:
        return f"n/a {notes.setdefault(result.reason, len(notes) + 1)}"
    return str(result.verdict)


def counts(results: Sequence[Result]) -> str:
    found: Mapping[str, int] = Counter(result.verdict for result in results)
    cases, platforms = {(r.topic, r.case) for r in results}, {r.platform for r in results}
    said = ", ".join(f"{found.get(verdict, 0)} {verdict}" for verdict in Verdict)
    return f"{len(cases)} cases, {len(platforms)} platforms: {said}"
