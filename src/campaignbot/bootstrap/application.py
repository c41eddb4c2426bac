"""Everything that works on one working folder, built when it is first used."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from campaignbot.bootstrap.checks import Checks
from campaignbot.bootstrap.connections import Connections, OpenedAdapters
from campaignbot.bootstrap.folder import WorkingFolder
from campaignbot.bootstrap.hosting import Hosting
from campaignbot.connecting.access import Access
from campaignbot.connecting.connect import BY_PROGRAM, connect
from campaignbot.connecting.renew import Renewal, renew_due
from campaignbot.domain.accounts import Account
from campaignbot.domain.clock import Clock
from campaignbot.domain.publication import Publication
from campaignbot.domain.secrets import Secret
from campaignbot.drafting.drafts import tracked_link
from campaignbot.gateways.mail import Mailer
from campaignbot.i18n import Translator
from campaignbot.measuring.collect import CollectReport, collect
from campaignbot.platforms.protocol import AccountIdentity, Adapter
from campaignbot.publishing.asking import Prepared
from campaignbot.publishing.hand_over import PackFolder
from campaignbot.publishing.pack_mail import MailedPacks
from campaignbot.publishing.publisher import Publisher, PublishingPolicy
from campaignbot.publishing.quiet import QuietHours
from campaignbot.publishing.steps import OnStep, pass_by
from campaignbot.reviewing.comments import Comments
from campaignbot.reviewing.correcting import Correct
from campaignbot.reviewing.live_posts import Reach
from campaignbot.reviewing.placing import Placing
from campaignbot.reviewing.recent import RecentPosts
from campaignbot.reviewing.reviews import Reviews
from campaignbot.reviewing.taking_down import TakeDown
from campaignbot.storage import credentials
from campaignbot.storage.overview import Overview, overview
from campaignbot.watching.building import Folder, build_watch
from campaignbot.watching.secrets import Service
from campaignbot.watching.watch import Watch
from campaignbot.watching.ways import mail_server

if TYPE_CHECKING:
    from campaignbot.pipeline.own_media import OwnMedia


class Application(WorkingFolder):
    """One working folder, with everything that works on it. Close it after use."""

    def __init__(
        self,
        workdir: Path,
        clock: Clock | None = None,
        environment: Mapping[str, str] | None = None,
        *,
        acting_as: str | None = None,
    ) -> None:
        """Read the settings; UserError as in the working folder."""
        super().__init__(workdir, clock, environment, acting_as=acting_as)
        # Each needs the other: media may lie on a page that is reached as any account is.
        self.connections = Connections(self, lambda: self.hosting.media)
        self.hosting = Hosting(self, self.connections)
        self.checks = Checks(self)
        # Publishing and measuring run in threads of their own, and sessions are not shared.
        self._publishing = OpenedAdapters(self, self.connections)
        self._measuring = OpenedAdapters(self, self.connections)

    @cached_property
    def reviews(self) -> Reviews:
        return Reviews(
            self.database,
            self.clock,
            self.platforms,
            self.checks.findings,
            self.new_id,
            self.known_names,
            self.checks.background_of,
            self.policy,
        )

    @cached_property
    def placing(self) -> Placing:
        return Placing(self.database, self.clock, self.platforms, self.policy)

    @cached_property
    def own_media(self) -> OwnMedia:
        # Loaded here: it reads pictures, and most commands have none to do with.
        from campaignbot.pipeline.own_media import OwnMedia

        return OwnMedia(self.database, self.clock, self.media, self.policy)

    @property
    def _reach(self) -> Reach:
        return Reach(self.clock, self.platforms, self.open_adapter, self.connections.renew_refused)

    @cached_property
    def take_down(self) -> TakeDown:
        return TakeDown(self.database, self._reach, self.policy)

    @cached_property
    def recent_posts(self) -> RecentPosts:
        return RecentPosts(self.database, self._reach)

    @cached_property
    def correct(self) -> Correct:
        return Correct(
            self.database,
            self._reach,
            self.checks.findings,
            self.new_id,
            self.known_names,
            self.policy,
        )

    @cached_property
    def comments(self) -> Comments:
        return Comments(
            self.database,
            self.clock,
            self.platforms,
            self.new_id,
            tracked_link,
            self.settings.reference,
            self.known_names,
            self.policy,
        )

    def publisher(self, owner: str | None = None, on_step: OnStep = pass_by) -> Publisher:
        """Return a publisher; `owner` names this process in leases."""
        chosen = self.settings.publishing
        # For colleagues of the organisation, whoever runs the daemon.
        t = Translator(self.settings.language, self.settings.zone)
        folder = PackFolder(self.workdir / "reports" / "handover", self.media.read, t)
        packs = MailedPacks(
            folder, lambda account: self.entry(account).hand_over_to, self.mailer(), t
        )
        return Publisher(
            self.database,
            self.clock,
            self.platforms,
            self.open_adapter,
            packs,
            owner=owner or worker_name(),
            prepare=self.prepare,
            policy=PublishingPolicy(
                lease=timedelta(minutes=chosen.lease_min),
                spacing=timedelta(minutes=chosen.spacing_min),
                quiet=QuietHours(chosen.quiet_from, chosen.quiet_until),
                parallel=chosen.parallel,
            ),
            on_step=on_step,
            renew=self.connections.renew_refused,
        )

    def collect(self) -> CollectReport:
        return collect(
            self.database,
            self.clock,
            self.platforms,
            self._measuring.of,
            self.connections.renew_refused,
        )

    def overview(self) -> Overview:
        with self.database.read() as tx:
            return overview(tx, self.clock.now())

    def open_adapter(self, account: Account) -> Adapter:
        """Return the adapter that publishes for an account; AuthError when it is not connected."""
        return self._publishing.of(account)

    def prepare(self, publication: Publication, account: Account) -> Prepared:
        """Read what decides whether a publication may be sent, and by which adapter, as of now."""
        with self.database.read() as tx:
            left = self.checks.blocking_in(tx, publication, account)
            sealed = credentials.sealed_of(tx, account.id)
        return Prepared(left, lambda: self._publishing.with_sealed(account, sealed))

    def connect(self, key: str, secrets: Mapping[str, Secret]) -> AccountIdentity:
        """Try an account's secrets at the platform, and only then seal and store them."""
        actor = self.actor()
        by = actor.name if actor.is_known else BY_PROGRAM
        return connect(self.access, key, secrets, by=by)

    @property
    def access(self) -> Access:
        """What connecting, checking and pausing accounts works with."""
        return self.connections.access

    def renew_due(self) -> Counter[Renewal]:
        """Renew the access of all accounts for which it is time."""
        return renew_due(self.access)

    @cached_property
    def watched(self) -> Folder:
        """What watching needs of this working folder."""
        return Folder(
            self.workdir,
            self.settings,
            self.secrets,
            lambda: self.database,
            self.clock,
            self.environment,
        )

    def mailer(self) -> Mailer | None:
        """Return what sends mail for the team; None where the settings name no mail server."""
        chosen = self.settings.mail
        if chosen is None:
            return None
        find = self.secrets.find
        return Mailer(lambda: mail_server(chosen, find(Service.MAIL), self.workdir))

    def watch(self, name: str) -> Watch:
        """Return the watch over this process, by its name; UserError when its port is in use."""
        return build_watch(self.watched, self.connections.calls.counts, name)

    def close(self) -> None:
        for part in (self._publishing, self._measuring, self.hosting):
            part.close()
        super().close()


def worker_name() -> str:
    """Return a name for this process that no other living process has."""
    return f"{socket.gethostname()}:{os.getpid()}"
