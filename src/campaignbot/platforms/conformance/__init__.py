"""The conformance suite: what every adapter must do, as a table that any test runner can run.

An adapter's tests hand in a `Stand`: a platform to talk to, real or imitated, that can be made to
fail. A case raises AssertionError when the adapter does not conform; `NotApplicable` says why it
does not concern this platform.
"""

from campaignbot.platforms.conformance import posts, replies, waiting
from campaignbot.platforms.conformance.stand import Case, NotApplicable, Stand

__all__ = ["CASES", "Case", "NotApplicable", "Stand"]

CASES = (*posts.CASES, *replies.CASES, *waiting.CASES)
