"""The conformance suite: what every adapter must do, as a table that any test runner can run.

An adapter's tests hand in a `Stand`: a platform to talk to, real or imitated, that can be made to
fail. A case raises AssertionError when the adapter does not conform; `NotApplicable` says why it
does not concern this platform. `run` and `table` do without a test runner.
"""

from campaignbot.platforms.conformance import (
    access,
    bounds,
    edits,
    failures,
    media,
    numbers,
    posts,
    replies,
    texts,
    waiting,
)
from campaignbot.platforms.conformance.report import Result, Verdict, run, table
from campaignbot.platforms.conformance.stand import (
    Case,
    NotApplicable,
    Seen,
    SeenMedium,
    Stand,
)

__all__ = [
    "CASES",
    "TOPICS",
    "Case",
    "NotApplicable",
    "Result",
    "Seen",
    "SeenMedium",
    "Stand",
    "Verdict",
    "run",
    "table",
]

TOPICS = {
    "Publishing": posts.CASES,
    "Texts": texts.CASES,
    "Limits": bounds.CASES,
    "Media": media.CASES,
    "Access": access.CASES,
    "Failures": failures.CASES,
    "Time": waiting.CASES,
    "Replies": replies.CASES,
    "Corrections": edits.CASES,
    "Numbers": numbers.CASES,
}
CASES = tuple(case for cases in TOPICS.values() for case in cases)
