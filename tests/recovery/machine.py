"""A team, its workers and its platforms, in which anything happens in any order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import delete
from tests.recovery.laws import Laws
from tests.recovery.platform_model import Kind, ReadTrouble, Times, Trouble, platforms

from campaignbot.domain.accounts import Account, AccountState, HoldScope
from campaignbot.domain.brief import Brief, BriefKind
from campaignbot.domain.campaigns import BriefVersion, Campaign
from campaignbot.domain.content import Content
from campaignbot.domain.errors import UserError
from campaignbot.domain.people import Actor, HowKnown, Person, Role
from campaignbot.domain.phases import Phase
from campaignbot.domain.publication import (
    UNSENT,
    Event,
    IllegalTransition,
    Post,
    Publication,
    State,
)
from campaignbot.domain.vacancy import Vacancy
from campaignbot.domain.walltime import WallTime
from campaignbot.publishing.hand_over import Handed
from campaignbot.publishing.publisher import Publisher, PublishingPolicy
from campaignbot.publishing.steps import Step
from campaignbot.publishing.stopping import resume, stop
from campaignbot.reviewing.correcting import Correct
from campaignbot.reviewing.live_posts import Reach
from campaignbot.reviewing.placing import Placing
from campaignbot.reviewing.reviews import Reviews
from campaignbot.storage import accounts, campaigns, publications, reviews
from campaignbot.storage.database import Database
from campaignbot.storage.tables import metadata

ZONE = "Europe/Amsterdam"
STARTS = (
    datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
    # The nights in which the clocks go back and forward.
    datetime(2026, 10, 24, 17, 0, tzinfo=UTC),
    datetime(2027, 3, 27, 18, 0, tzinfo=UTC),
)
POLICY = PublishingPolicy(lease=timedelta(minutes=10), spacing=timedelta(minutes=5))
_HANG = POLICY.lease + timedelta(minutes=1)
_WORKERS = 3
# What comes more than once is drawn more often.
STRIKING = (*Step, Step.REQUEST_MARKED, Step.ANSWERED, Step.ANSWERED)
STRIKES = (
    *("killed", "killed", "killed", "hangs", "hangs"),
    *("another works", "stopped", "clock back", "clock ahead", "edited"),
)

minutes = st.sampled_from((1, 4, 12, 30, 60, 180)).map(lambda m: timedelta(minutes=m))
# Within a minute a list may not show yet what was created.
shortly = st.sampled_from((0, 20, 60, 300)).map(lambda s: timedelta(seconds=s))
soon = st.sampled_from((0, 4, 15, 60, 240)).map(lambda m: timedelta(minutes=m))
wrong = st.sampled_from((2, 12, 60, 60, 180, 180, 2880)).map(lambda m: timedelta(minutes=m))
windows = st.sampled_from((30, 180, 480, 1440)).map(lambda m: timedelta(minutes=m))
which = st.integers(0, 11)
troubles = st.lists(st.sampled_from(Trouble), min_size=1, max_size=3)


class Killed(BaseException):
    """What a kill is to the code it strikes: nothing that could be caught and tidied up."""


@dataclass
class Worker:
    """One process that publishes; at a step it may be struck by what was planned for it."""

    name: str
    publisher: Publisher
    at: Step | None = None
    strike: Callable[[], None] = lambda: None

    def passes(self, step: Step) -> None:
        if step is self.at:
            self.at = None
            self.strike()


class Team(RuleBasedStateMachine):
    """Every rule is one thing that somebody or something does; the laws hold after each."""

    steps = 0
    """How many of them did something, over all runs of this process."""

    database: Database
    """Where it all is stored; emptied at the start of each run."""

    def __init__(self) -> None:
        super().__init__()
        self._numbers = count(1)
        self._names = count(1)

    # What there is at the start.

    @initialize(start=st.sampled_from(STARTS))
    def begin(self, start: datetime) -> None:
        with self.database.write() as tx:
            for table in reversed(metadata.sorted_tables):
                tx.execute(delete(table))
        self.times = Times(start)
        self.laws = Laws(self.database, self.times, POLICY.spacing)
        self.platforms = platforms()
        self.reviews = Reviews(
            self.database, self.times.machine, self.platforms, lambda _p, _a: (), self.new_id
        )
        self.placing = Placing(self.database, self.times.machine, self.platforms)
        anna = Person(self.new_id(), "Anna", Role.APPROVER, "nl")
        self.approver = Actor(anna, HowKnown.OPTION)
        self._seed(start)
        self.workers = [self._hired() for _ in range(_WORKERS)]
        for at in range(2 * len(Kind)):
            hours = timedelta(hours=at // len(Kind))
            self.plan(at, hours, timedelta(hours=8), link=bool(at % 2), follows=None, unread=False)

    def _seed(self, start: datetime) -> None:
        campaign = Campaign(self.new_id(), "voorbeeld", "Voorbeeldcampagne", 1, start)
        brief = Brief("Voorbeeldcampagne", BriefKind.VACANCY, "waterrijk", start.date())
        vacancy = Vacancy(self.new_id(), "VB-1", "Adviseur", "Gemeente Voorbeeld")
        self.campaign, self.vacancy = campaign, vacancy
        with self.database.write() as tx:
            reviews.save_person(tx, self.approver.person)
            campaigns.save_campaign(
                tx, campaign, BriefVersion(campaign.id, 1, brief, (), (), start)
            )
            campaigns.save_vacancy(tx, vacancy, now=start)
            campaigns.link_vacancy(tx, campaign.id, vacancy.id)
            self.accounts = [
                accounts.save_account(
                    tx, Account(self.new_id(), name, name, "Gemeente Voorbeeld", name, ZONE)
                )
                for name in (*Kind, "manual")
            ]

    def new_id(self) -> UUID:
        return UUID(int=next(self._numbers))

    def _hired(self) -> Worker:
        name = f"worker-{next(self._names)}"
        worker = Worker(
            name,
            Publisher(
                self.database,
                self.times.machine,
                self.platforms,
                self.laws.platform.open_adapter,
                self._pack,
                owner=name,
                policy=POLICY,
                uniform=lambda: 0.5,
                on_step=lambda step: self._passed(name, step),
            ),
        )
        return worker

    def _passed(self, name: str, step: Step) -> None:
        if step is Step.CLAIMED:
            self.laws.claimed(name)
        next(worker for worker in self.workers if worker.name == name).passes(step)

    def _pack(self, publication: Publication, _account: Account) -> Handed:
        self.laws.may_go(publication, self.times.machine.now())
        return Handed(Path(publication.reference))

    # What people do.

    @rule(
        account=which,
        due_in=soon,
        window=windows,
        link=st.booleans(),
        follows=which | st.none(),
        unread=st.sampled_from((False, False, False, True)),
    )
    def plan(
        self,
        account: int,
        due_in: timedelta,
        window: timedelta,
        link: bool,
        follows: int | None,
        unread: bool,
    ) -> None:
        """Write a post, mostly approved; one that follows another stands on the same account."""
        parents = [p for p in self._all() if p.follows_id is None]
        parent = parents[follows % len(parents)] if follows is not None and parents else None
        chosen = parent.account_id if parent else self.accounts[account % len(self.accounts)].id
        number = next(self._numbers)
        planned = WallTime.at(self.times.machine.now() + due_in, ZONE)
        in_campaign = number % 3 > 0
        post = Post(
            self.new_id(),
            self.campaign.id if in_campaign else None,
            self.vacancy.id if in_campaign and number % 2 else None,
            Phase.AWARENESS,
            "p",
            "angle",
            "nl",
            needs_open_vacancy=in_campaign and number % 2 > 0 and number % 4 > 1,
        )
        new = Publication(
            id=self.new_id(),
            reference=f"VB-{number:04}",
            post=post,
            account_id=chosen,
            content=Content(
                f"Bericht {number}.", f"https://werk.example/?utm_id={number:08}" if link else None
            ),
            tracking_code=f"{number:08}",
            planned=planned,
            due_at_utc=planned.instant,
            window_end_utc=planned.instant + window,
            state=State.IN_REVIEW,
            follows_id=parent.id if parent else None,
        )
        with self.database.write() as tx:
            publications.add_post(tx, post)
            publications.add_publication(tx, new, now=self.times.machine.now(), actor="Anna")
        self.laws.words[new.content.text] = new.id
        self._did()
        if not unread:
            self._person(lambda: self.reviews.approve(new, self.approver), new, approves=True)

    @rule(of=which, verdict=st.sampled_from(("yes", "yes", "yes", "not yet", "no")))
    def decide(self, of: int, verdict: str) -> None:
        found = self._one(of, State.IN_REVIEW)
        if found is None:
            return
        match verdict:
            case "yes":
                self._person(
                    lambda: self.reviews.approve(found, self.approver), found, approves=True
                )
            case "not yet":
                self._person(
                    lambda: self.reviews.request_changes(found, self.approver, "Te lang."), found
                )
            case "no":
                self._person(lambda: self.reviews.reject(found, self.approver, "Nee."), found)

    @rule(of=which, what=st.sampled_from(("words", "words", "time", "cancel")), by=soon)
    def change(self, of: int, what: str, by: timedelta) -> None:
        match what:
            case "words":
                self.write_anew(of)
            case "time":
                self.move(of, by)
            case "cancel":
                self.cancel(of)

    def write_anew(self, of: int) -> None:
        if found := self._one(of, *UNSENT):
            number = next(self._numbers)
            content = replace(found.content, text=f"Herschreven {number}.")
            self.laws.words[content.text] = found.id
            self._person(
                lambda: self.reviews.edit(found, self.approver, content=content), found, voids=True
            )

    def move(self, of: int, by: timedelta) -> None:
        if found := self._one(of, State.APPROVED, State.RETRY_WAITING, State.IN_REVIEW):
            planned = WallTime.at(self.times.machine.now() + by, ZONE)
            self._person(
                lambda: self.reviews.edit(found, self.approver, planned=planned), found, voids=True
            )

    def cancel(self, of: int) -> None:
        if found := self._one(of, *UNSENT):
            self._person(lambda: self.reviews.cancel(found, self.approver), found)

    @rule(of=which, due_in=soon, window=windows)
    def send_again(self, of: int, due_in: timedelta, window: timedelta) -> None:
        if found := self._one(of, State.MISSED, State.FAILED):
            planned = WallTime.at(self.times.machine.now() + due_in, ZONE)
            self._person(
                lambda: self.reviews.send_again(found, self.approver, planned, window),
                found,
                approves=True,
            )

    @rule(of=which, skips=st.booleans())
    def place(self, of: int, skips: bool) -> None:
        """Place by hand, or not, what was handed over; say where an uncertain post stands."""
        if by_hand := self._one(of, State.HANDED_OVER):
            if skips:
                self._person(lambda: self.placing.skip(by_hand, self.approver, "Vol."), by_hand)
            else:
                self._mark_placed(by_hand, "https://prikbord.example/1")
        elif lost := self._one(of, State.UNCERTAIN):
            for post in self.laws.platform.posts:
                if self.laws.words[post.content.text] == lost.id:
                    self._mark_placed(lost, f"https://platform.example/{post.id}")

    def _mark_placed(self, found: Publication, address: str) -> None:
        self._person(lambda: self.placing.mark_placed(found, self.approver, address), found)

    @rule(of=which)
    def take_down(self, of: int) -> None:
        found = self._one(of, State.PUBLISHED)
        if found is None or found.external_id is None:
            return
        account = next(a for a in self.accounts if a.id == found.account_id)
        self.laws.platform.open_adapter(account).delete(found.external_id)
        self._person(lambda: self._remove(found), found)

    @rule(of=which)
    def correct(self, of: int) -> None:
        found = self._one(of, State.PUBLISHED)
        if found is None:
            return
        words = f"Verbeterd {next(self._numbers)}."
        self.laws.words[words] = found.id
        reach = Reach(self.times.machine, self.platforms, self.laws.platform.open_adapter)
        correct = Correct(self.database, reach, lambda _p, _a: (), self.new_id)
        self._person(
            lambda: correct(found, self.approver, words, "Fout.").publication, found, approves=True
        )

    def _remove(self, found: Publication) -> Publication:
        with self.database.write() as tx:
            return publications.move(
                tx, found, Event.REMOVE, now=self.times.machine.now(), actor="Anna"
            )

    @rule(scope=st.sampled_from(HoldScope), of=which)
    def stop(self, scope: HoldScope, of: int) -> None:
        scope_id = self._scope_id(scope, of)
        stop(
            self.database, self.times.machine, self.new_id,
            by="Anna", reason="Even niet.", scope=scope, scope_id=scope_id,
        )  # fmt: skip
        self.laws.holds.add((scope, scope_id))
        self._did()

    @rule()
    def go_on(self) -> None:
        for scope, scope_id in sorted(self.laws.holds, key=str):
            resume(self.database, self.times.machine, by="Anna", scope=scope, scope_id=scope_id)
            self._did()
        self.laws.holds.clear()

    def _scope_id(self, scope: HoldScope, of: int) -> UUID | None:
        everything = self._all()
        return {
            HoldScope.ALL: None,
            HoldScope.CAMPAIGN: self.campaign.id,
            HoldScope.VACANCY: self.vacancy.id,
            HoldScope.CLOSED_VACANCY: self.vacancy.id,
            HoldScope.ACCOUNT: self.accounts[of % len(self.accounts)].id,
            HoldScope.PUBLICATION: everything[of % len(everything)].id,
        }[scope]

    @rule(of=which, paused=st.sampled_from((False, False, True)))
    def pause_or_reconnect(self, of: int, paused: bool) -> None:
        account = self.accounts[of % len(self.accounts)]
        self.laws.platform.expired.discard(account.key)
        self._set(account, AccountState.PAUSED if paused else AccountState.ACTIVE)
        self._did()

    def _set(self, account: Account, state: AccountState) -> None:
        with self.database.write() as tx:
            accounts.set_account_state(
                tx, account.id, state, now=self.times.machine.now(), actor="Anna"
            )

    # What happens to them.

    @rule(of=which)
    def token_expires(self, of: int) -> None:
        self.laws.platform.expired.add(self.accounts[of % len(self.accounts)].key)
        self._did()

    def trouble(self, of: int, kinds: list[Trouble], reading: list[ReadTrouble]) -> None:
        key = self.accounts[of % len(self.accounts)].key
        self.laws.platform.troubles[key].extend(kinds)
        self.laws.platform.read_troubles[key].extend(reading)

    @rule(by=minutes)
    def time_passes(self, by: timedelta) -> None:
        self.times.let_pass(by)
        self._did()

    @rule(by=wrong, back=st.booleans())
    def clock_is_set_wrong(self, by: timedelta, back: bool) -> None:
        self.times.leap(-by if back else by)
        self.laws.clock_was_set()
        self._did()

    @rule()
    def clock_is_set_right(self) -> None:
        self.times.mend()
        self.laws.clock_was_set()
        self._did()

    # What workers do.

    @rule(worker=which, by=minutes | shortly)
    def work(self, worker: int, by: timedelta) -> None:
        self.times.let_pass(by)
        self._work(worker)

    @rule(every=minutes, often=st.integers(2, 6))
    def work_for_hours(self, every: timedelta, often: int) -> None:
        for at in range(often):
            self.work(at, every)

    @rule(
        worker=which,
        of=st.lists(which, min_size=1, max_size=3),
        kinds=troubles,
        reading=st.lists(st.sampled_from(ReadTrouble), max_size=2),
        then=shortly,
    )
    def work_in_trouble(
        self,
        worker: int,
        of: list[int],
        kinds: list[Trouble],
        reading: list[ReadTrouble],
        then: timedelta,
    ) -> None:
        for account in of:
            self.trouble(account, kinds, reading)
        self.work(worker, POLICY.spacing)
        for at in (1, 2):
            self.work(worker + at, then)

    @rule(
        worker=which,
        account=which,
        at=st.sampled_from(STRIKING),
        kinds=st.just([]) | troubles,
        strike=st.sampled_from(STRIKES),
    )
    def work_struck_in_the_middle(
        self, worker: int, account: int, at: Step, strike: str, kinds: list[Trouble]
    ) -> None:
        self.plan(account, timedelta(0), timedelta(hours=8), link=True, follows=None, unread=False)
        for key in range(len(Kind)):
            self.trouble(key, kinds, [])
        chosen = self.workers[worker % len(self.workers)]
        chosen.at, chosen.strike = at, lambda: self._strike(strike, worker)
        self.work(worker, POLICY.spacing)

    @rule(
        account=which,
        by=wrong,
        back=st.booleans(),
        kinds=st.just([]) | troubles,
        stopped=st.booleans(),
    )
    def work_on_a_wrong_clock(
        self, account: int, by: timedelta, back: bool, kinds: list[Trouble], stopped: bool
    ) -> None:
        """Stop for a while, perhaps; the clock is set wrong, and something is due by it."""
        if stopped:
            self.stop(HoldScope.ALL, 0)
        self.clock_is_set_wrong(by, back)
        self.plan(account, timedelta(0), timedelta(hours=8), link=True, follows=None, unread=False)
        self.trouble(account, kinds, [])
        for worker in range(_WORKERS):
            self.work(worker, POLICY.spacing)
        if stopped:
            self.go_on()

    @rule(worker=which, of=which)
    def look_at_one_account(self, worker: int, of: int) -> None:
        chosen = self.workers[worker % len(self.workers)]
        chosen.publisher.look_at(self.accounts[of % len(Kind)].id)
        self._did()

    def _work(self, worker: int) -> None:
        at = worker % len(self.workers)
        chosen = self.workers[at]
        try:
            chosen.publisher.tick()
        except Killed:
            self.workers[at] = self._hired()
        chosen.at = None
        self._did()

    def _strike(self, strike: str, worker: int) -> None:
        match strike:
            case "killed":
                raise Killed
            case "hangs":
                self.times.let_pass(_HANG)
                self._work(worker + 1)
            case "another works":
                self._work(worker + 1)
            case "stopped":
                self.stop(HoldScope.ALL, 0)
            case "clock back":
                self.clock_is_set_wrong(timedelta(hours=1), back=True)
            case "clock ahead":
                self.clock_is_set_wrong(timedelta(hours=1), back=False)
            case "edited":
                self.write_anew(worker)

    # What must hold.

    @invariant()
    def laws_hold(self) -> None:
        self.laws.check()

    def teardown(self) -> None:
        """All is mended: then nothing is left that is neither done nor with a person."""
        if not hasattr(self, "workers"):
            return
        self.times.mend()
        self.laws.clock_was_set()
        self.laws.platform.troubles.clear()
        self.laws.platform.read_troubles.clear()
        self.laws.platform.expired.clear()
        for account in self.accounts:
            self._set(account, AccountState.ACTIVE)
        self.go_on()
        self.workers = [self._hired()]
        for _ in range(80):
            self._work(0)
            self.laws.check()
            if not self._under_way():
                return
            self.times.let_pass(timedelta(hours=1))
        raise AssertionError(f"never settled: {self._under_way()}")

    def _under_way(self) -> list[str]:
        with self.database.read() as tx:
            left = publications.list_publications(
                tx, states=[State.PUBLISHING, State.RETRY_WAITING, State.UNCERTAIN]
            )
        return [f"{p.reference} {p.state}" for p in left]

    # Finding and counting.

    def _all(self) -> tuple[Publication, ...]:
        with self.database.read() as tx:
            return publications.list_publications(tx)

    def _one(self, of: int, *states: State) -> Publication | None:
        with self.database.read() as tx:
            found = publications.list_publications(tx, states=states)
        return found[of % len(found)] if found else None

    def _person(
        self,
        act: Callable[[], Publication],
        on: Publication,
        *,
        approves: bool = False,
        voids: bool = False,
    ) -> None:
        """Let a person act; what the program refuses changes nothing."""
        try:
            after = act()
        except (UserError, IllegalTransition, publications.StaleVersion):
            return
        if approves:
            self.laws.approved[on.id] = after.content_hash
        if voids:
            self.laws.approved.pop(on.id, None)
        self._did()

    @staticmethod
    def _did() -> None:
        Team.steps += 1


def team_on(database: Database) -> type[Team]:
    """Return the machine for one migrated database."""
    return type("TeamHere", (Team,), {"database": database})
