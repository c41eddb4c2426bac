"""The composition root: builds every part for one working folder and hands them to each other."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import Lock, RLock
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import UUID

from campaignbot.checking import CheckSubject, Neighbour, PhotoUse, check
from campaignbot.connecting.access import Access
from campaignbot.connecting.apps import connecting_of
from campaignbot.connecting.connect import connect
from campaignbot.connecting.hosting import no_longer_needed, open_host, try_out
from campaignbot.connecting.renew import Renewal, renew_due, renew_refused
from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.clock import Clock, SystemClock
from campaignbot.domain.content import MediaItem, content_hash
from campaignbot.domain.errors import Place, Problem, UserError, user_error
from campaignbot.domain.findings import Finding, Severity
from campaignbot.domain.hosting import PublicHost
from campaignbot.domain.ids import uuid7
from campaignbot.domain.people import Person, Role
from campaignbot.domain.publication import Publication, State
from campaignbot.domain.secrets import Secret
from campaignbot.drafting.drafts import tracked_link
from campaignbot.gateways.credentials import Vault, make_key, require_key
from campaignbot.gateways.hosting import PublicMedia
from campaignbot.gateways.mail import Mailer
from campaignbot.gateways.media import MediaHost, MediaStore
from campaignbot.i18n import Translator, asked_language
from campaignbot.measuring.collect import CollectReport, collect
from campaignbot.pipeline.costing import monthly_sum
from campaignbot.planning.free_days import public_holidays
from campaignbot.platforms.calls import CallLog
from campaignbot.platforms.consent import Consent, ConsentContext, RegisteredApp
from campaignbot.platforms.errors import AuthError
from campaignbot.platforms.protocol import (
    AccountIdentity,
    Adapter,
    AdapterContext,
    Credentials,
    MediaSource,
    Platform,
)
from campaignbot.platforms.registry import load_platform
from campaignbot.publishing.asking import Prepared
from campaignbot.publishing.hand_over import PackFolder
from campaignbot.publishing.pack_mail import MailedPacks
from campaignbot.publishing.publisher import Publisher, PublishingPolicy
from campaignbot.publishing.quiet import QuietHours
from campaignbot.publishing.steps import OnStep, pass_by
from campaignbot.reviewing.comments import Comments
from campaignbot.reviewing.correcting import Correct
from campaignbot.reviewing.recent import RecentPosts
from campaignbot.reviewing.reviews import Reviews
from campaignbot.reviewing.taking_down import TakeDown
from campaignbot.settings import (
    AccountEntry,
    Settings,
    cap_of,
    database_file,
    key_file_of,
    load_accounts,
    load_settings,
)
from campaignbot.storage import accounts, campaigns, credentials, media, publications, schema
from campaignbot.storage import reviews as people
from campaignbot.storage.database import Database, Tx, sqlite_url
from campaignbot.storage.overview import Overview, overview
from campaignbot.storage.places import risk_here
from campaignbot.watching.building import Folder, build_watch
from campaignbot.watching.secrets import Service, ServiceSecrets
from campaignbot.watching.watch import Watch
from campaignbot.watching.ways import mail_server

if TYPE_CHECKING:
    from campaignbot.pipeline.own_media import OwnMedia

_Opened = dict[UUID, tuple[bytes, Adapter]]
_Sealed = tuple[bytes, datetime | None]
_GONE = frozenset({State.REJECTED, State.CANCELLED, State.SKIPPED})


class Application:
    """One working folder, opened: its settings, database and everything that works on them.

    Making one reads the settings and nothing else; the database is opened, and migrated, when it
    is first used. Close it after use.
    """

    def __init__(
        self,
        workdir: Path,
        clock: Clock | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Read the settings; UserError when the folder is no working folder."""
        self.workdir = workdir
        self.clock = clock or SystemClock()
        self._environment = os.environ if environment is None else environment
        self.settings: Settings = load_settings(workdir)
        self.entries: Mapping[str, AccountEntry] = {e.key: e for e in load_accounts(workdir)}
        # Publishing and measuring run in threads of their own, and sessions are not shared.
        self.calls = CallLog()
        self._adapters: _Opened = {}
        self._measuring: _Opened = {}
        self._opening = Lock()
        self._hosting = RLock()
        self._page_host: tuple[bytes, PublicHost] | None = None
        self._database: Database | None = None
        # A version of a brief never changes; reading one for every post would be dear.
        self._latent: dict[tuple[UUID, int], frozenset[str]] = {}

    @cached_property
    def platforms(self) -> Mapping[str, Platform]:
        """The platforms that the accounts name; no SDK is loaded for it."""
        return {name: load_platform(name) for name in {e.platform for e in self.entries.values()}}

    @property
    def database(self) -> Database:
        """The database, migrated, with the accounts and people of the settings in it."""
        with self._opening:
            if self._database is None:
                opened = Database(self.database_url)
                schema.upgrade(opened)
                self._save_accounts_and_people(opened)
                self._database = opened
            return self._database

    @property
    def database_url(self) -> str:
        return self.settings.database or sqlite_url(database_file(self.workdir))

    def place_risk(self) -> Problem | None:
        """Return why the database file is not safe where it lies; None where it is."""
        return risk_here(Database(self.database_url).file)

    @cached_property
    def media(self) -> MediaStore:
        served = self.settings.media.serve_port
        url = self.settings.media.public_url
        if url is None and served is not None:
            url = f"http://127.0.0.1:{served}"
        return MediaStore(self.workdir / "media", url)

    @cached_property
    def public_media(self) -> PublicMedia:
        """The media for adapters: the files, and addresses from which platforms can fetch them."""
        chosen = self.settings.media
        practice = self.settings.simulated or chosen.serve_port is not None
        return PublicMedia(self.media, lambda: self.public_host, here_too=practice)

    @property
    def public_host(self) -> PublicHost | None:
        """Where pictures are put for platforms that fetch them; None where none is configured."""
        with self._hosting:
            if self.settings.media.facebook is not None:
                # Whoever connects the page again gives it another token.
                return self._page(self.settings.media.facebook)
            return self._chosen_host

    @cached_property
    def _chosen_host(self) -> PublicHost | None:
        return open_host(
            self.settings.media,
            self.workdir,
            self.media,
            lambda: self.watched.secrets.find(Service.S3),
            self._page,
        )

    def _page(self, key: str) -> PublicHost:
        """Return the page that holds pictures for other platforms, with the token stored now."""
        entry = self.entries.get(key)
        open_it = self.platforms[entry.platform].open_host if entry else None
        if open_it is None:
            raise user_error("media.no_such_page", remedy="media.no_such_page.remedy", key=key)
        with self.database.read() as tx:
            account = self.access.account(tx, key)
            sealed = credentials.sealed_of(tx, account.id)
        if sealed is None:
            raise user_error(
                "media.page_unconnected", remedy="media.page_unconnected.remedy", key=key
            )
        if self._page_host is None or self._page_host[0] != sealed[0]:
            secrets = Credentials(self._vault().open(sealed[0]), sealed[1])
            self._page_host = sealed[0], open_it(self._context(account, secrets, self.media))
        return self._page_host[1]

    def try_public_host(self, secret: Secret | None = None) -> str:
        """Put a picture on the web and look whether it can be fetched; UserError where it cannot.

        With the secret of a storage, if one is given. Return its address, which is gone by then.
        """
        host, media = self.public_host, self.public_media
        if secret is not None:
            host = open_host(
                self.settings.media, self.workdir, self.media, lambda: secret, self._page
            )
            media = media.on(host)
        return try_out(self.media, host, media)

    def tidy_public_host(self, *, dry_run: bool = False) -> list[str]:
        """Take media off the web that no post waits for any more; return their hashes."""
        host = self.public_host
        if host is None:
            raise user_error("media.no_public_url", remedy="media.no_public_url.remedy")
        with self.database.read() as tx:
            known = publications.list_publications(tx)
        over = no_longer_needed(known)
        for item in () if dry_run else over:
            host.remove(item)
        return [item.sha256 for item in over]

    @cached_property
    def reviews(self) -> Reviews:
        return Reviews(
            self.database, self.clock, self.platforms, self.check, self.new_id, self.known_names
        )

    @cached_property
    def own_media(self) -> OwnMedia:
        # Loaded here: it reads pictures, and most commands have none to do with.
        from campaignbot.pipeline.own_media import OwnMedia

        return OwnMedia(self.database, self.clock, self.media)

    @cached_property
    def take_down(self) -> TakeDown:
        return TakeDown(
            self.database, self.clock, self.platforms, self.open_adapter, self._renew_refused
        )

    @cached_property
    def recent_posts(self) -> RecentPosts:
        return RecentPosts(
            self.database, self.clock, self.platforms, self.open_adapter, self._renew_refused
        )

    @cached_property
    def correct(self) -> Correct:
        return Correct(
            self.database,
            self.clock,
            self.platforms,
            self.open_adapter,
            self.check,
            self.new_id,
            self.known_names,
            self._renew_refused,
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
        )

    def known_names(self, account: Account) -> Mapping[str, str]:
        """Return the names that an account can mention, with their ids."""
        return self.mentions.get(account.key, {})

    @property
    def mentions(self) -> Mapping[str, Mapping[str, str]]:
        """The names that each account can mention, by its key."""
        return {key: entry.mentions for key, entry in self.entries.items()}

    def translator(self, language: str | None = None) -> Translator:
        """Return the translator of a reader.

        CAMPAIGNBOT_LANG decides, else their own language, else that of the settings.
        """
        chosen = asked_language(self._environment) or language or self.settings.language
        return Translator(chosen, self.settings.zone)

    def new_id(self) -> UUID:
        return uuid7(self.clock.now())

    def person(self) -> Person:
        """Return who works here: the first approver of the settings, else the first person."""
        with self.database.read() as tx:
            known = people.list_people(tx)
        by_name = {person.name: person for person in known}
        listed = [by_name[entry.name] for entry in self.settings.people if entry.name in by_name]
        approvers = [person for person in listed if person.role is Role.APPROVER]
        return next(iter(approvers or listed), Person(self.new_id(), "?", Role.READER, "nl"))

    def publisher(self, owner: str | None = None, on_step: OnStep = pass_by) -> Publisher:
        """Return a publisher; `owner` names this process in leases."""
        chosen = self.settings.publishing
        # For colleagues of the organisation, whoever runs the daemon.
        t = Translator(self.settings.language, self.settings.zone)
        folder = PackFolder(self.workdir / "reports" / "handover", self.media.read, t)
        packs = MailedPacks(folder, self._hand_over_to, self.mailer(), t)
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
            renew=self._renew_refused,
        )

    def collect(self) -> CollectReport:
        return collect(
            self.database,
            self.clock,
            self.platforms,
            lambda account: self._adapter(account, self._measuring),
            self._renew_refused,
        )

    def overview(self) -> Overview:
        with self.database.read() as tx:
            return overview(tx, self.clock.now())

    def open_adapter(self, account: Account) -> Adapter:
        """Return the adapter that publishes for an account; AuthError when it is not connected."""
        return self._adapter(account, self._adapters)

    def prepare(self, publication: Publication, account: Account) -> Prepared:
        """Read what decides whether a publication may be sent, and by which adapter, as of now."""
        with self.database.read() as tx:
            left = self._blocking(tx, publication, account)
            sealed = credentials.sealed_of(tx, account.id)
        return Prepared(left, lambda: self._opened(account, self._adapters, sealed))

    def _adapter(self, account: Account, opened: _Opened) -> Adapter:
        with self.database.read() as tx:
            sealed = credentials.sealed_of(tx, account.id)
        return self._opened(account, opened, sealed)

    def _opened(self, account: Account, opened: _Opened, sealed: _Sealed | None) -> Adapter:
        """Return the account's adapter, opened once for the secrets that are stored now.

        Another process may connect an account again while this one runs.
        """
        if sealed is None:
            raise AuthError(f"{account.key}: not connected yet")
        if account.id in opened and opened[account.id][0] == sealed[0]:
            return opened[account.id][1]
        adapter = self._open(account, Credentials(self._vault().open(sealed[0]), sealed[1]))
        opened[account.id] = (sealed[0], adapter)
        return adapter

    def _open(self, account: Account, secrets: Credentials) -> Adapter:
        context = self._context(account, secrets, self.public_media)
        return self.access.platform(account).open_adapter(context)

    def _context(
        self, account: Account, secrets: Credentials, source: MediaSource
    ) -> AdapterContext:
        entry = self._entry(account)
        return AdapterContext(
            external_id=account.external_id,
            credentials=secrets,
            media=source,
            clock=self.clock,
            base_url=entry.base_url,
            timeout_s=entry.timeout_s,
            options=entry.options,
            calls=self.calls,
        )

    def _open_consent(
        self, account: Account, app: RegisteredApp, without: frozenset[str]
    ) -> Consent:
        entry = self._entry(account)
        return connecting_of(self.access, account).open_consent(
            ConsentContext(app, self.clock, entry.base_url, entry.timeout_s, self.calls, without)
        )

    def _entry(self, account: Account) -> AccountEntry:
        """Return what the settings say of an account; the usual where it is to be written there."""
        return self.entries.get(account.key) or AccountEntry(
            account.key, account.platform, account.name
        )

    def connect(self, key: str, secrets: Mapping[str, Secret]) -> AccountIdentity:
        """Try an account's secrets at the platform, and only then seal and store them."""
        return connect(self.access, key, secrets)

    @cached_property
    def access(self) -> Access:
        """What connecting, checking and pausing accounts works with."""
        return Access(
            self.database,
            self.clock,
            self.entries,
            self.platforms,
            self._open,
            self._vault,
            self._open_consent,
            {entry.key: entry.app for entry in self.entries.values() if entry.app},
        )

    def renew_due(self) -> Counter[Renewal]:
        """Renew the access of all accounts for which it is time."""
        return renew_due(self.access)

    def _renew_refused(self, account: Account, since: datetime) -> bool:
        return renew_refused(self.access, account, since)

    def require_secrets(self) -> None:
        """Raise UserError unless this machine has the key that opens all stored credentials."""
        if all(self.platforms[entry.platform].hands_over for entry in self.entries.values()):
            return
        vault = self._vault()
        with self.database.read() as tx:
            sealed = [credentials.sealed_of(tx, a.id) for a in accounts.list_accounts(tx)]
        for found in sealed:
            if found is not None:
                vault.open(found[0])

    def check(
        self,
        publication: Publication,
        account: Account,
        brought: Mapping[str, int] = MappingProxyType({}),
    ) -> tuple[Finding, ...]:
        """Return the findings on a publication as it stands now.

        `brought` are the sizes, by hash, of media that are not in the store yet.
        """
        day = publication.planned.local.date()
        with self.database.read() as tx:
            near = publications.list_publications(
                tx,
                due_from=publication.due_at_utc - timedelta(days=28),
                due_before=publication.due_at_utc + timedelta(days=28),
            )
            return check(
                replace(
                    self._subject(tx, publication, account, brought),
                    neighbours=tuple(
                        Neighbour(
                            other.reference,
                            other.account_id == account.id,
                            other.content.text,
                            other.due_at_utc,
                        )
                        for other in near
                        if other.id != publication.id and other.state not in _GONE
                    ),
                    holidays=public_holidays(day, day),
                    month=monthly_sum(tx, publication, account, self.platforms[account.platform]),
                )
            )

    def blocking(self, publication: Publication, account: Account) -> tuple[Finding, ...]:
        """Return the errors that nobody has waived, as of now.

        What stands around a publication is judged when it is approved: it gives no errors.
        """
        with self.database.read() as tx:
            return self._blocking(tx, publication, account)

    def _blocking(self, tx: Tx, publication: Publication, account: Account) -> tuple[Finding, ...]:
        found = check(self._subject(tx, publication, account))
        errors = tuple(f for f in found if f.severity is Severity.ERROR)
        if not errors:
            return ()
        digest = content_hash(publication.content, account.id)
        waived = people.waived_codes(tx, publication.id, digest)
        return tuple(f for f in errors if f.code not in waived or not f.waivable)

    def _subject(
        self,
        tx: Tx,
        publication: Publication,
        account: Account,
        brought: Mapping[str, int] = MappingProxyType({}),
    ) -> CheckSubject:
        post = publication.post
        vacancy = campaigns.vacancy_by_id(tx, post.vacancy_id) if post.vacancy_id else None
        # The picture of a card shows only where nothing else does.
        shown = publication.content.media or publication.content.files
        told = [media.media_provenance(tx, item.sha256) for item in shown]
        planned_day = publication.planned.local.date()
        return CheckSubject(
            content=publication.content,
            platform=self.platforms[account.platform],
            phase=post.phase,
            latent_persona=post.persona in self._latent_personas(tx, post.campaign_id),
            planned=publication.planned,
            tracking_code=publication.tracking_code,
            after_closing=bool(vacancy and vacancy.last_day and planned_day > vacancy.last_day),
            vacancy=vacancy,
            facts=post.facts,
            needs_open_vacancy=post.needs_open_vacancy,
            photos=tuple(_photo(t) for t in told if t.get("photo")),
            weak_contrasts=tuple(t["weak_contrast"] for t in told if t.get("weak_contrast")),
            media_sizes=tuple(
                brought.get(item.sha256) or self.media_size(item)
                for item in publication.content.media
            ),
            follows=publication.follows_id is not None,
            quiet_from=self.settings.publishing.quiet_from,
            quiet_until=self.settings.publishing.quiet_until,
        )

    def media_size(self, item: MediaItem) -> int:
        """Return how many bytes a medium has; 0 when its file is gone."""
        try:
            return self.media.size(item)
        except UserError:
            # A file that is gone is told when it is sent, and by check-database.
            return 0

    def _latent_personas(self, tx: Tx, campaign_id: UUID | None) -> frozenset[str]:
        if campaign_id is None:
            return frozenset()
        key = (campaign_id, campaigns.brief_version_of(tx, campaign_id))
        if key not in self._latent:
            brief = campaigns.current_brief(tx, campaign_id)
            self._latent[key] = frozenset(p.key for p in brief.personas if p.latent)
        return self._latent[key]

    def _hand_over_to(self, account: Account) -> tuple[str, ...]:
        entry = self.entries.get(account.key)
        return entry.hand_over_to if entry else ()

    def media_host(self) -> MediaHost | None:
        """Return a server for the media folder, where the settings ask for one.

        UserError when its port is in use.
        """
        port = self.settings.media.serve_port
        if port is None:
            return None
        try:
            return MediaHost(self.media.folder, port)
        except OSError as error:
            raise user_error(
                "media.port_in_use",
                remedy="media.port_in_use.remedy",
                port=str(port),
                said=error.strerror or "",
            ) from None

    @cached_property
    def watched(self) -> Folder:
        """What watching needs of this working folder."""
        secrets = ServiceSecrets(self._environment, lambda: self.database, self._vault, self.clock)
        return Folder(
            self.workdir,
            self.settings,
            secrets,
            lambda: self.database,
            self.clock,
            self._environment,
        )

    def mailer(self) -> Mailer | None:
        """Return what sends mail for the team; None where the settings name no mail server."""
        chosen = self.settings.mail
        if chosen is None:
            return None
        find = self.watched.secrets.find
        return Mailer(lambda: mail_server(chosen, find(Service.MAIL), self.workdir))

    def watch(self, name: str) -> Watch:
        """Return the watch over this process, by its name; UserError when its port is in use."""
        return build_watch(self.watched, self.calls.counts, name)

    def close(self) -> None:
        for opened in (self._adapters, self._measuring):
            for _, adapter in opened.values():
                adapter.close()
            opened.clear()
        for host in (self.__dict__.get("_chosen_host"), self._page_host and self._page_host[1]):
            if host is not None:
                host.close()
        if self._database is not None:
            self._database.close()

    @property
    def _key_file(self) -> Path | None:
        return key_file_of(self.workdir, self.settings)

    def _vault(self, make: bool = False) -> Vault:
        """Return the vault, with a new key where there is none yet and one may be made."""
        key = make_key if make else require_key
        return Vault(key(self.workdir, self._key_file, self._environment))

    def _save_accounts_and_people(self, database: Database) -> None:
        with database.write() as tx:
            schema.in_turn(tx)
            for entry in self.entries.values():
                by_hand = self.platforms[entry.platform].hands_over
                accounts.save_account(
                    tx,
                    Account(
                        id=self.new_id(),
                        key=entry.key,
                        platform=entry.platform,
                        name=entry.name,
                        external_id=entry.external_id,
                        zone=self.settings.zone,
                        state=AccountState.ACTIVE if by_hand else AccountState.NOT_CONNECTED,
                        app=entry.app or entry.platform,
                        spacing=None
                        if entry.spacing_min is None
                        else timedelta(minutes=entry.spacing_min),
                        monthly_cap=cap_of(entry, Place(self.workdir)),
                        link=entry.link,
                    ),
                )
            for somebody in self.settings.people:
                people.save_person(
                    tx,
                    Person(
                        self.new_id(),
                        somebody.name,
                        somebody.role,
                        somebody.language,
                        somebody.email,
                    ),
                )


def worker_name() -> str:
    """Return a name for this process that no other living process has."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _photo(told: Mapping[str, str]) -> PhotoUse:
    until = told.get("consent_until")
    return PhotoUse(
        told["photo"], told.get("people", "none"), date.fromisoformat(until) if until else None
    )
