"""How the command line shows one post: for people, and as JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from campaignbot.cli.costs import money_data
from campaignbot.cli.texts import tell, tell_indented, width
from campaignbot.cli.texts import translator as t
from campaignbot.domain.findings import Severity
from campaignbot.domain.messages import cut
from campaignbot.domain.publication import Event

if TYPE_CHECKING:
    from campaignbot.domain.audit import AuditEvent
    from campaignbot.domain.facts import Fact
    from campaignbot.domain.findings import Finding
    from campaignbot.domain.publication import Attempt, Publication
    from campaignbot.reviewing.dossier import Dossier
    from campaignbot.reviewing.words import Size
    from campaignbot.storage.waits import Wait

# So many characters of a text tell posts apart; a long state does not take them away.
_FEWEST = 18


def line(publication: Publication, account: str) -> str:
    """Return one post on one line: reference, time, account, state, first words."""
    words = t()
    head = (
        f"{publication.reference}  {words.instant(publication.due_at_utc):<16}  {account:<12}  "
        f"{words(f'state.{publication.state}')}  "
    )
    return head + first_words(publication, len(head))


def first_words(publication: Publication, after: int) -> str:
    """Return how the text begins, as far as a line has room after so many characters."""
    text = " ".join(publication.content.text.split())
    return cut(text, max(_FEWEST, width() - after))


def why_not_out(
    publication: Publication, wait: Wait | None, *, listed: bool = True
) -> Iterator[str]:
    """Yield what became of a post, as far as that has a reason, and what holds it up now.

    What holds up everything is left out where posts are listed.
    """
    from campaignbot.reviewing.words import wait_in_words

    if publication.reason:
        yield t().text(publication.reason)
    if wait is not None and not (listed and wait.for_all):
        yield wait_in_words(t(), wait)


def plain_publication(
    publication: Publication, account: str, wait: Wait | None = None
) -> dict[str, Any]:
    """Return what a list says about a post; times are ISO 8601, in UTC unless named local."""
    return {
        "reference": publication.reference,
        "account": account,
        "state": publication.state,
        "planned_local": publication.planned.local.isoformat(),
        "zone": publication.planned.zone,
        "due_at": publication.due_at_utc.isoformat(),
        "window_end": publication.window_end_utc.isoformat(),
        "phase": publication.post.phase,
        "persona": publication.post.persona,
        "angle": publication.post.angle,
        "wording": publication.post.wording or None,
        "variant": publication.variant or None,
        "talent_pool": publication.post.talent_pool,
        "content": publication.content.to_json(),
        "tracking_code": publication.tracking_code,
        "external_id": publication.external_id,
        "link": publication.permalink,
        "placement": publication.placement.to_json() if publication.placement else None,
        "published_at": _iso(publication.published_at_utc),
        "reason": t().text(publication.reason) if publication.reason else None,
        "waits_for": t().text(wait.reason) if wait else None,
        "waits_until": _iso(wait.until_utc) if wait else None,
    }


def plain(dossier: Dossier) -> dict[str, Any]:
    """Return all about a post."""
    item = dossier.item
    return plain_publication(item.publication, item.account.key, dossier.wait) | {
        "platform": item.platform.name,
        "shown": item.text,
        "cost": money_data(item.cost),
        "follows": dossier.parent.reference if dossier.parent else None,
        "follow_ups": {p.reference: p.state for p in dossier.follow_ups},
        "facts": [_plain_fact(fact) for fact in item.background.facts],
        "findings": [plain_finding(f) | {"waived": f.code in item.waived} for f in item.findings],
        "approved_by": list(item.approved_by),
        "approvals_needed": item.approvals_needed,
        "decisions": [
            {
                "at": decision.taken_at_utc.isoformat(),
                "by": name,
                "verdict": decision.verdict,
                "reason": decision.reason,
                "content_hash": decision.content_hash,
            }
            for decision, name in item.decisions
        ],
        "attempts": [_plain_attempt(attempt) for attempt in dossier.attempts],
        "history": [
            {
                "at": event.at_utc.isoformat(),
                "by": event.actor,
                "action": event.action,
                "before": dict(event.before),
                "after": dict(event.after),
            }
            for event in dossier.history
        ],
    }


def _plain_fact(fact: Fact) -> dict[str, Any]:
    return {
        "key": fact.key,
        "kind": fact.kind,
        "origin": fact.origin or None,
        "said_on": fact.said_on and fact.said_on.isoformat(),
        "valid_until": fact.valid_until and fact.valid_until.isoformat(),
        "consent_by": fact.consent and fact.consent.by,
    }


def plain_finding(finding: Finding) -> dict[str, Any]:
    """Return what a check found, in the reader's words."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "text": t().text(finding.what),
        "remedy": t().text(finding.remedy) if finding.remedy else None,
        "quote": finding.quote,
    }


def finding_lines(finding: Finding, waived: Collection[str] = ()) -> Iterator[str]:
    """Yield what a check found; what keeps the post from being approved says so, and the remedy."""
    words, kind = t(), f"severity.{finding.severity}"
    blocks = finding.severity is Severity.ERROR and finding.code not in waived
    if finding.severity is Severity.ERROR:
        kind = "finding.blocks" if blocks else "finding.waived"
    quote = f" “{finding.quote}”" if finding.quote else ""
    yield f"{words(kind)}: {words.text(finding.what)}{quote}"
    if blocks and finding.remedy is not None:
        yield f"  → {words.text(finding.remedy)}"


def show(dossier: Dossier, size: Size) -> None:
    """Print all about a post, for a person."""
    _show_standing(dossier)
    _show_content(dossier, size)
    _show_past(dossier)


def _show_standing(dossier: Dossier) -> None:
    """Print when a post goes out, what became of it, and what it waits for."""
    from campaignbot.reviewing.words import placement_in_words

    item, words = dossier.item, t()
    publication = item.publication
    tell(line(publication, item.account.key))
    tell(words("post.window", begin=publication.due_at_utc, end=publication.window_end_utc))
    if publication.permalink:
        tell(publication.permalink)
    if publication.placement:
        tell(words.text(placement_in_words(publication.placement)))
    for told in why_not_out(publication, dossier.wait, listed=False):
        tell_indented(told, 0)
    if item.approved_by:
        names = ", ".join(item.approved_by)
        tell(words("post.approved_by", names=names, n=item.approvals_needed))
    if dossier.parent:
        tell(words("post.follows", ref=dossier.parent.reference))


def _show_content(dossier: Dossier, size: Size) -> None:
    """Print what a post says, what the checks find, and what it rests on."""
    from campaignbot.reviewing.words import background_in_words, content_in_words

    item, words = dossier.item, t()
    tell(f"\n{item.text}\n")
    for line_of_words in content_in_words(words, item.publication.content, size):
        tell(line_of_words)
    if item.cost is not None:
        tell(words("cost.post", sum=item.cost, platform=words(item.platform.label)))
    for finding in item.findings:
        for told in finding_lines(finding, item.waived):
            tell(told)
    for told in background_in_words(words, item.background):
        tell_indented(told, 0)


def _show_past(dossier: Dossier) -> None:
    words = t()
    for follow in dossier.follow_ups:
        tell(line(follow, dossier.item.account.key))
    if dossier.item.decisions:
        tell(words("post.decisions"))
    for decision, name in dossier.item.decisions:
        why = f": {decision.reason}" if decision.reason else ""
        verdict = words(f"verdict.{decision.verdict}")
        tell(f"  {words.instant(decision.taken_at_utc)}  {verdict} ({name}){why}")
    if dossier.attempts:
        tell(words("post.attempts"))
    for attempt in dossier.attempts:
        said = f": {_said(attempt.error)}" if attempt.error else ""
        outcome = words(f"outcome.{attempt.outcome.lower()}") if attempt.outcome else "…"
        told = words("post.attempt", number=attempt.number, outcome=outcome)
        if attempt.uploading_percent is not None:
            said = f", {words('post.uploading', percent=attempt.uploading_percent)}"
        tell(f"  {words.instant(attempt.started_at_utc)}  {told}{said}")
    tell(words("post.history"))
    for event in dossier.history:
        reason = event.after.get("why")
        because = f": {reason}" if reason else ""
        by = words.actor(event.actor)
        tell(f"  {words.instant(event.at_utc)}  {_became(event)} ({by}){because}")


def _became(event: AuditEvent) -> str:
    """Return what an event made of a post; where its state stayed, what happened to it."""
    state, after = event.after.get("state"), event.after
    if state != event.before.get("state"):
        return t()(f"state.{state}")
    what = event.action
    if what == Event.EDIT and "content_hash" not in after:
        what = Event.RESCHEDULE
    if what == Event.HAND_OVER and "reason" in after:
        return t()("event.not_mailed")
    return t()(f"event.{what}") if t().has(f"event.{what}") else t()(f"state.{state}")


def _said(error: str) -> str:
    """Return the platform's own words; a failure that has none is a key of the catalogue."""
    return t().reason(error)


def _plain_attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "by": attempt.owner,
        "started_at": attempt.started_at_utc.isoformat(),
        "request_sent_at": _iso(attempt.request_sent_at_utc),
        "ended_at": _iso(attempt.ended_at_utc),
        "outcome": attempt.outcome,
        "error": _said(attempt.error) if attempt.error else None,
        "uploading_percent": attempt.uploading_percent,
    }


def _iso(instant: Any) -> str | None:
    return instant.isoformat() if instant else None
