"""All checks, in the order in which a marketer reads them."""

from __future__ import annotations

from campaignbot.checking import facts, limits, phases, placing, wording
from campaignbot.checking.subject import CheckSubject
from campaignbot.domain.findings import Finding, Severity

_GROUPS = (
    limits.text,
    limits.media,
    limits.pictures,
    limits.moving_pictures,
    limits.videos,
    limits.documents,
    limits.preview,
    limits.hashtags,
    limits.mentions,
    facts.closed_vacancy,
    facts.changed_facts,
    facts.expired_facts,
    phases.vacancy_pressure,
    phases.action_facts,
    phases.pay_notation,
    phases.closing_day,
    phases.relative_day,
    phases.link,
    placing.same_minute,
    placing.quiet_hours,
    placing.clock_change,
    placing.public_holiday,
    placing.repetition,
    placing.monthly_sum,
    placing.photo_consent,
    placing.contrast,
    wording.inclusive,
    wording.claims,
    wording.plain_language,
    wording.readable_by_all,
)


def check(subject: CheckSubject) -> tuple[Finding, ...]:
    """Return the findings, the gravest first; pure, and the same wherever it is called."""
    found = [finding for group in _GROUPS for finding in group(subject)]
    order = list(Severity)
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))
