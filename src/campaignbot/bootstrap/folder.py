"""One working folder: its settings, its database with the accounts and people in it, its files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from threading import Lock
from uuid import UUID

from campaignbot.bootstrap import acting
from campaignbot.domain.accounts import Account, AccountState
from campaignbot.domain.clock import Clock, SystemClock
from campaignbot.domain.content import MediaItem
from campaignbot.domain.errors import Place, Problem, UserError
from campaignbot.domain.ids import uuid7
from campaignbot.domain.people import Actor, Person
from campaignbot.domain.policy import Act, Policy
from campaignbot.gateways.credentials import Vault, make_key, require_key
from campaignbot.gateways.media import MediaStore
from campaignbot.i18n import Translator, asked_language
from campaignbot.platforms.protocol import Platform
from campaignbot.platforms.registry import load_platform
from campaignbot.settings import (
    AccountEntry,
    Settings,
    cap_of,
    database_file,
    key_file_of,
    load_accounts,
    load_settings,
)
from campaignbot.storage import accounts, schema
from campaignbot.storage import reviews as people
from campaignbot.storage.database import Database, sqlite_url
from campaignbot.storage.places import risk_here
from campaignbot.watching.secrets import ServiceSecrets


class WorkingFolder:
    """What every part works on.

    Making one reads the settings and nothing else; the database is opened, and migrated, when it
    is first used.
    """

    def __init__(
        self,
        workdir: Path,
        clock: Clock | None = None,
        environment: Mapping[str, str] | None = None,
        *,
        acting_as: str | None = None,
    ) -> None:
        """Read the settings; `acting_as` is the name or login that somebody gave of themselves.

        UserError when the folder is no working folder, or the settings name nobody so.
        """
        self.workdir = workdir
        self.clock = clock or SystemClock()
        self.environment = os.environ if environment is None else environment
        self.settings: Settings = load_settings(workdir)
        self.entries: Mapping[str, AccountEntry] = {e.key: e for e in load_accounts(workdir)}
        self.policy: Policy = acting.policy_of(self.settings, self.entries, workdir)
        self._who = acting.find_actor(self.settings, workdir, acting_as, self.environment)
        self._opening = Lock()
        self._database: Database | None = None

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

    def media_size(self, item: MediaItem) -> int:
        """Return how many bytes a medium has; 0 when its file is gone."""
        try:
            return self.media.size(item)
        except UserError:
            # A file that is gone is told when it is sent, and by check-database.
            return 0

    @cached_property
    def secrets(self) -> ServiceSecrets:
        """The secrets of services beside the platforms."""
        return ServiceSecrets(self.environment, lambda: self.database, self.vault, self.clock)

    def entry(self, account: Account) -> AccountEntry:
        """Return what the settings say of an account; the usual where it is to be written there."""
        return self.entries.get(account.key) or AccountEntry(
            account.key, account.platform, account.name
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
        chosen = asked_language(self.environment) or language or self.settings.language
        return Translator(chosen, self.settings.zone)

    def new_id(self) -> UUID:
        return uuid7(self.clock.now())

    def actor(self) -> Actor:
        """Return who works here, as the database knows them; a reader where nobody knows."""
        if self._who.entry is None:
            return Actor.unknown(self._who.login, self.settings.language)
        with self.database.read() as tx:
            known = {person.name: person for person in people.list_people(tx)}
        return Actor(known[self._who.entry.name], self._who.how_known)

    def require_actor(self, act: Act) -> Actor:
        """Return who works here; UserError when they may not do this."""
        actor = self.actor()
        self.policy.may(actor, act).require()
        return actor

    def vault(self, make: bool = False) -> Vault:
        """Return the vault, with a new key where there is none yet and one may be made."""
        key = make_key if make else require_key
        return Vault(key(self.workdir, key_file_of(self.workdir, self.settings), self.environment))

    def close(self) -> None:
        if self._database is not None:
            self._database.close()

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
