"""The demonstration: four weeks of one campaign, published to the sandbox on a simulated clock."""

from __future__ import annotations

import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from campaignbot import pipeline
from campaignbot.bootstrap import Application
from campaignbot.briefing.samples import move_sample_dates
from campaignbot.domain.campaigns import Campaign
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.errors import user_error
from campaignbot.domain.publication import Publication
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.folders import not_writable
from campaignbot.gateways.login import login_name
from campaignbot.reporting.weeks import Week
from campaignbot.sandbox import Sandbox, SandboxAccount
from campaignbot.sandbox.audience import applications
from campaignbot.starter import make_workdir
from campaignbot.storage import publications, statistics
from campaignbot.storage.statistics import Application as JobApplication
from campaignbot.summaries import write_week
from campaignbot.yamlfiles import change_yaml

MARKER = ".campaignbot-demo"
APPROVER = "Demo-goedkeurder (simulatie)"
BRIEF = "adviseur-omgevingsrecht"
ZONE = ZoneInfo("Europe/Amsterdam")
_SAMPLE_CLOSING = date(2026, 12, 20)
_WEEKS = 5
_LEAST_AHEAD = timedelta(days=4)
"""As many days at least lie between today and the closing day, so that enough is left to judge."""
_WAITING = 6
_MEASURE_EVERY = timedelta(hours=6)
_FOLLOWERS = {"linkedin": 4200, "facebook": 6100, "instagram": 3300, "x": 2500}

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demonstration made; `states` counts publications by platform and state.

    `channels` are the proposed ones: name, whether chosen, and the last reason for or against.
    `acting_as` is whom to name when acting there, None where the login says so.
    """

    workdir: Path
    database_url: str
    states: dict[str, dict[str, int]]
    summaries: tuple[Path, ...]
    pictures: tuple[Path, ...]
    channels: tuple[tuple[str, bool, str], ...]
    waiting: int
    applications: int
    sandbox_url: str
    acting_as: str | None = None

    def to_json(self) -> dict[str, object]:
        return {
            "simulated": True,
            "workdir": str(self.workdir),
            "database_url": self.database_url,
            "channels": [
                {"name": name, "chosen": chosen, "reason": why}
                for name, chosen, why in self.channels
            ],
            "publications": self.states,
            "summaries": [str(path) for path in self.summaries],
            "pictures": [str(path) for path in self.pictures],
            "waiting_for_review": self.waiting,
            "applications": self.applications,
        }


def run_demo(workdir: Path, today: date, progress: Progress) -> DemoResult:
    """Make a fresh demonstration in a folder of its own, and run four weeks of it.

    The sample's dates are moved by whole weeks to `closing_day`. UserError when
    the folder holds anything but an earlier demonstration.
    """
    progress("prepare", 0, 1)
    closing = closing_day(today)
    _prepare_folder(workdir)
    move_dates(workdir, closing)
    sandbox = Sandbox(workdir / "data" / "sandbox")
    sandbox.start()
    try:
        _point_at_sandbox(workdir, sandbox)
        start = datetime.combine(first_day(closing), time(6), ZONE)
        end = datetime.combine(today, time(6), ZONE)
        clock = SimulatedClock(start.astimezone(UTC))
        sandbox.world.set_clock(clock.now())
        with _opened(workdir, clock) as application:
            result = _run(application, sandbox, clock, end.astimezone(UTC), progress)
        sandbox.world.set_clock(None)
        return result
    finally:
        sandbox.stop()


def closing_day(today: date) -> date:
    """Return the first Sunday that leaves posts to judge, whatever day of the week it is."""
    earliest = today + _LEAST_AHEAD
    return earliest + timedelta(days=7 - earliest.isoweekday())


def first_day(closing: date) -> date:
    return closing - timedelta(weeks=_WEEKS, days=-1)


def left_to_review(
    made: Sequence[Publication], today: date, number: int = _WAITING
) -> tuple[Publication, ...]:
    """Return what waits for whoever tries the program: the first posts from tomorrow on.

    What hangs below a post goes along with it.
    """
    ahead = [p for p in made if p.planned.local.date() > today and p.follows_id is None]
    first = sorted(ahead, key=lambda p: (p.due_at_utc, p.reference))[:number]
    kept = {p.id for p in first}
    return tuple(p for p in made if p.id in kept or p.follows_id in kept)


@contextmanager
def _opened(workdir: Path, clock: SimulatedClock) -> Iterator[Application]:
    application = Application(workdir, clock, acting_as=APPROVER)
    try:
        with application.hosting.served():
            yield application
    finally:
        application.close()


def _run(
    application: Application,
    sandbox: Sandbox,
    clock: SimulatedClock,
    end: datetime,
    progress: Progress,
) -> DemoResult:
    _connect(application, sandbox)
    brief = application.workdir / "briefs" / f"{BRIEF}.yaml"
    proposal = pipeline.propose(
        application.workdir,
        brief,
        application.settings,
        frozenset(application.entries),
        clock,
        application.new_id,
    )
    pipeline.refuse_incomplete(proposal, brief)
    studio = pipeline.open_studio(application.workdir, proposal.brief.brand, application.media)
    made = pipeline.make(
        proposal,
        application.database,
        application.settings,
        application.platforms,
        studio,
        clock,
        application.new_id,
        progress,
        application.mentions,
        by=APPROVER,
    )
    _approve(application, made.publications, end, progress)
    shown_until = end.date() - timedelta(days=3)
    weeks = _weeks(proposal.plan.first_day, shown_until, application.settings.zone)
    written = _live_through(application, sandbox, clock, made, weeks, end, progress)
    return _result(application, sandbox, made.campaign, written, _channels(application, proposal))


def _prepare_folder(workdir: Path) -> None:
    try:
        if workdir.exists() and any(workdir.iterdir()):
            if not (workdir / MARKER).exists():
                raise user_error(
                    "demo.not_empty", remedy="demo.not_empty.remedy", folder=str(workdir)
                )
            for entry in workdir.iterdir():
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        workdir.mkdir(parents=True, exist_ok=True)
        (workdir / MARKER).write_text("campaignbot demo\n")
    except OSError as error:
        raise not_writable(workdir, error) from None
    make_workdir(workdir)


def move_dates(workdir: Path, closing: date) -> None:
    """Move the sample to this closing day, and let its campaign begin earlier before it."""
    by = closing - _SAMPLE_CLOSING
    for path in (workdir / "briefs").iterdir():
        text = path.read_text(encoding="utf-8")
        path.write_text(move_sample_dates(text, by, _SAMPLE_CLOSING.year), encoding="utf-8")
    change_yaml(
        workdir / "briefs" / f"{BRIEF}.yaml", {"start": first_day(closing), "weeks": _WEEKS}
    )


def _point_at_sandbox(workdir: Path, sandbox: Sandbox) -> None:
    from campaignbot.gateways.media import MediaHost
    from campaignbot.settings import load_accounts

    # A port that was free a moment ago; the host itself is opened with the application.
    probe = MediaHost(workdir / "media")
    port = probe.port
    probe.close()
    change_yaml(
        workdir / "config" / "campaignbot.yaml",
        {
            "simulated": True,
            "key_file": "data/vault.key",
            "media": {"serve_port": port},
            "people": [_approver()],
        },
    )
    entries = []
    for entry in load_accounts(workdir):
        row = {"key": entry.key, "platform": entry.platform, "name": entry.name}
        if entry.external_id:
            row["external_id"] = entry.external_id
        if entry.platform in sandbox.base_urls:
            row["base_url"] = sandbox.base_urls[entry.platform]
        entries.append(row)
    change_yaml(workdir / "config" / "accounts.yaml", {"accounts": entries})


def _approver() -> dict[str, str]:
    """Return the invented approver, whose part whoever runs the demonstration takes over."""
    login = login_name()
    told = {"name": APPROVER, "role": "approver", "language": "nl"}
    return told | {"login": login} if login else told


def _connect(application: Application, sandbox: Sandbox) -> None:
    for entry in application.entries.values():
        if entry.platform not in sandbox.base_urls:
            continue
        token = secrets.token_urlsafe(24)
        sandbox.seed_accounts(
            [
                SandboxAccount(
                    entry.platform,
                    entry.external_id,
                    entry.name,
                    token,
                    _FOLLOWERS.get(entry.platform, 1000),
                )
            ]
        )
        application.connect(entry.key, {"access_token": Secret(token)})


def _approve(
    application: Application,
    made: tuple[Publication, ...],
    end: datetime,
    progress: Progress,
) -> None:
    """Approve everything but what is left to whoever tries the program."""
    approver = application.actor()
    waiting = {p.id for p in left_to_review(made, end.astimezone(ZONE).date())}
    for done, publication in enumerate(made):
        progress("approve", done, len(made))
        if publication.id not in waiting and not application.reviews.item(publication.id).blocking:
            application.reviews.approve(publication, approver)
    progress("approve", len(made), len(made))


def _live_through(
    application: Application,
    sandbox: Sandbox,
    clock: SimulatedClock,
    made: pipeline.Made,
    weeks: tuple[Week, ...],
    end: datetime,
    progress: Progress,
) -> tuple[Path, ...]:
    """Move the clock from event to event; at each, do what the daemon does.

    The summary of a week is written when its end has come: what it says is true of that moment.
    """
    publisher = application.publisher("demo")
    first = clock.now()
    days = (end - first).days
    left, written = list(weeks), list[Path]()
    for instant in _instants(first, end, made.publications, weeks):
        clock.move_to(instant)
        sandbox.world.set_clock(instant)
        publisher.tick()
        application.collect()
        _receive_applications(application, sandbox)
        while left and left[0].end <= instant:
            files = write_week(application, made.campaign, left.pop(0))
            written += [files.html, files.text]
        progress("live", (instant - first).days, days)
    progress("live", days, days)
    for week in left:
        files = write_week(application, made.campaign, week)
        written += [files.html, files.text]
    return tuple(written)


def _instants(
    first: datetime, end: datetime, made: tuple[Publication, ...], weeks: tuple[Week, ...]
) -> list[datetime]:
    instants = {p.due_at_utc for p in made} | {week.end for week in weeks}
    instant = first
    while instant < end:
        instants.add(instant)
        instant += _MEASURE_EVERY
    return sorted({i for i in instants if i < end} | {end})


def _receive_applications(application: Application, sandbox: Sandbox) -> None:
    """Take over what the imitated ATS counted."""
    rows = [
        JobApplication(
            row["reference"],
            row["tracking_code"],
            row["stage"],
            date.fromisoformat(row["received_on"]),
            simulated=True,
        )
        for row in applications(sandbox.world)
    ]
    with application.database.write() as tx:
        statistics.add_applications(tx, rows)


def _weeks(first: date, last: date, zone: str) -> tuple[Week, ...]:
    weeks = [Week.of(first, zone)]
    while weeks[-1].following.monday <= last:
        weeks.append(weeks[-1].following)
    return tuple(weeks)


def _channels(
    application: Application, proposal: pipeline.Proposal
) -> tuple[tuple[str, bool, str], ...]:
    t = application.translator()
    return tuple(
        (p.channel.name, p.chosen, t.text(p.reasons[-1]) if p.reasons else "")
        for p in proposal.plan.channels
    )


def _result(
    application: Application,
    sandbox: Sandbox,
    campaign: Campaign,
    summaries: tuple[Path, ...],
    channels: tuple[tuple[str, bool, str], ...],
) -> DemoResult:
    with application.database.read() as tx:
        listed = publications.list_publications(tx, campaign_id=campaign.id)
        received = sum(map(len, statistics.applications_by_publication(tx).values()))
    platforms = {str(a.id): a.platform for a in application.overview().accounts.values()}
    states: dict[str, Counter[str]] = {}
    for publication in listed:
        platform = platforms[str(publication.account_id)]
        states.setdefault(platform, Counter())[publication.state] += 1
    return DemoResult(
        workdir=application.workdir,
        database_url=application.database_url,
        states={name: dict(count) for name, count in sorted(states.items())},
        summaries=summaries,
        pictures=tuple(
            sorted({application.media.path(m) for p in listed for m in p.content.files})
        ),
        channels=channels,
        waiting=len(application.reviews.queue()),
        applications=received,
        sandbox_url=sandbox.url,
        acting_as=None if login_name() else APPROVER,
    )
