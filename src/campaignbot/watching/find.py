"""What a person should be told, from the state of affairs at one instant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.alerts import Alert, AlertKind
from campaignbot.domain.messages import Message
from campaignbot.domain.money import Money
from campaignbot.domain.publication import Publication, State
from campaignbot.platforms.protocol import Platform
from campaignbot.platforms.versions import WARN_DAYS
from campaignbot.publishing.costs import CAP_REACHED
from campaignbot.storage.overview import SILENT_AFTER
from campaignbot.storage.watched import Comments, Watched

TOKEN_DAYS = (14, 7, 1)
"""How many days before access to an account ends it is told."""
VERSION_DAYS = (WARN_DAYS, 14, 1, 0)
"""How many days before a platform ends the version of its API that we speak it is told."""

# A read-back that the platform could not answer is tried again; by then a person should know.
_UNSURE_FOR = timedelta(minutes=15)
_KINDS = {
    State.FAILED: AlertKind.FAILED,
    State.MISSED: AlertKind.MISSED,
    State.UNCERTAIN: AlertKind.UNCERTAIN,
    State.PUBLISHED: AlertKind.CUT,
}


@dataclass(frozen=True, slots=True)
class Rules:
    """When to speak: `comments_every` is the least time between two alerts about one post.

    `platforms` are those of which it is known when their versions end, by name.
    """

    comments_every: timedelta = timedelta(hours=4)
    platforms: Mapping[str, Platform] = field(default_factory=dict)


def find_alerts(seen: Watched, rules: Rules) -> tuple[Alert, ...]:
    """Return every occurrence that people should know of, told before or not."""
    return (
        *_publications(seen),
        *_accounts(seen),
        *_versions(seen, rules),
        *_workers(seen),
        *_comments(seen, rules),
        *_capped(seen),
    )


def _publications(seen: Watched) -> Iterator[Alert]:
    names = {account.id: account.name for account in seen.accounts}
    for publication in (*seen.trouble, *seen.cut):
        if publication.state is State.UNCERTAIN and not _needs_a_person(publication, seen):
            continue
        kind = _KINDS[publication.state]
        # That the program looks no more is news, although it looked in vain before.
        asked = ":asked" if publication.id in seen.unasked and publication.uncertain_checks else ""
        yield Alert(
            # The version: the same post may fail again after a person sent it again.
            key=f"{kind}:{publication.reference}:{publication.version}{asked}",
            kind=kind,
            subject=publication.reference,
            message=Message(
                f"alert.{kind}",
                {
                    "ref": publication.reference,
                    "account": names.get(publication.account_id, "?"),
                    "at": publication.due_at_utc,
                },
            ),
            reason=publication.reason,
            permalink=publication.permalink,
        )


def _needs_a_person(uncertain: Publication, seen: Watched) -> bool:
    since = uncertain.uncertain_since_utc or seen.at_utc
    return (
        uncertain.id in seen.unasked
        or uncertain.uncertain_checks > 0
        or seen.at_utc - since >= _UNSURE_FOR
    )


def _accounts(seen: Watched) -> Iterator[Alert]:
    for account in seen.accounts:
        if account.state is AccountState.LACKS_PERMISSION and account.lacks is not None:
            yield _lacking(account, account.lacks)
        ends = account.token_expires_at_utc
        if account.state is AccountState.TOKEN_EXPIRED or (ends and ends <= seen.at_utc):
            # Connected again, it is another access that can end.
            connected = seen.connected_at.get(account.id)
            yield _access(account, AlertKind.EXPIRED, connected.isoformat() if connected else "-")
        elif ends and account.state is AccountState.ACTIVE:
            left = ends - seen.at_utc
            passed = [days for days in TOKEN_DAYS if left <= timedelta(days=days)]
            if passed:
                which = f"{ends.isoformat()}:{min(passed)}"
                yield _access(account, AlertKind.EXPIRES, which, ends)


def _access(account: Account, kind: AlertKind, which: str, ends: datetime | None = None) -> Alert:
    params = {"key": account.key, "account": account.name}
    return Alert(
        key=f"{kind}:{account.key}:{which}",
        kind=kind,
        subject=account.key,
        message=Message(f"alert.{kind}", params | ({"at": ends} if ends else {})),
    )


def _lacking(account: Account, why: Message) -> Alert:
    kind, since = AlertKind.LACKS_PERMISSION, why.params["since"]
    assert isinstance(since, datetime)
    return Alert(
        # Connected anew and refused again, it is told again; renewed meanwhile, it is not.
        key=f"{kind}:{account.key}:{since.isoformat()}",
        kind=kind,
        subject=account.key,
        message=Message(
            f"alert.{kind}", {**why.params, "key": account.key, "account": account.name}
        ),
    )


def _versions(seen: Watched, rules: Rules) -> Iterator[Alert]:
    connected = {a.platform for a in seen.accounts if a.state is not AccountState.NOT_CONNECTED}
    for name in sorted(connected & rules.platforms.keys()):
        platform = rules.platforms[name]
        if (version := platform.api_version) is None:
            continue
        left = version.days_left(seen.at_utc.date())
        passed = [days for days in VERSION_DAYS if left <= days]
        if passed:
            yield Alert(
                key=f"{AlertKind.VERSION}:{name}:{version.name}:{min(passed)}",
                kind=AlertKind.VERSION,
                subject=name,
                message=Message(
                    "alert.version", {"platform": platform.label, "day": version.sunset_on}
                ),
            )


def _workers(seen: Watched) -> Iterator[Alert]:
    for worker in seen.workers:
        gone = (
            worker.stopped_at_utc is None and seen.at_utc - worker.heartbeat_at_utc > SILENT_AFTER
        )
        # A laptop that sleeps with nothing to do worries nobody.
        if gone and (seen.late or worker.name in seen.in_hand):
            yield Alert(
                key=f"{AlertKind.SILENT}:{worker.name}:{worker.heartbeat_at_utc.isoformat()}",
                kind=AlertKind.SILENT,
                subject=worker.name,
                message=Message(
                    "alert.silent",
                    {"worker": worker.name, "at": worker.heartbeat_at_utc, "late": seen.late},
                ),
            )


def _comments(seen: Watched, rules: Rules) -> Iterator[Alert]:
    for read in seen.comments:
        told = seen.comments_told.get(read.reference)
        if told is not None and seen.at_utc - told.at_utc < rules.comments_every:
            continue
        fresh = read.total - _known(read)
        if fresh >= 1:
            times = told.times if told else 0
            yield Alert(
                key=f"{AlertKind.COMMENTS}:{read.reference}:{times + 1}",
                kind=AlertKind.COMMENTS,
                subject=read.reference,
                message=Message(
                    "alert.comments",
                    {"ref": read.reference, "account": read.account, "n": fresh,
                     "total": read.total},
                ),
                permalink=read.permalink,
                total=read.total,
            )  # fmt: skip


def _capped(seen: Watched) -> Iterator[Alert]:
    """Say once a month of an account that its posts wait because its monthly sum is used up."""
    names = {account.id: account for account in seen.accounts}
    for publication in seen.waiting:
        reason, account = publication.reason, names.get(publication.account_id)
        if account is None or reason is None or reason.key != CAP_REACHED:
            continue
        # Raised and used up again, it is told again.
        cap, until = reason.params["cap"], reason.params["from"]
        assert isinstance(cap, Money) and isinstance(until, datetime)
        yield Alert(
            key=f"{AlertKind.CAPPED}:{account.key}:{cap.micros}:{until.isoformat()}",
            kind=AlertKind.CAPPED,
            subject=account.key,
            message=Message(f"alert.{AlertKind.CAPPED}", reason.params),
        )


def _known(read: Comments) -> int:
    return 0 if read.lowest_since_told is None else read.lowest_since_told
