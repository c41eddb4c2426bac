"""The settings of one working folder: `config/campaignbot.yaml` and `config/accounts.yaml`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Annotated, ClassVar

from campaignbot.domain.accounts import LinkPlace
from campaignbot.domain.bounds import Port, Within
from campaignbot.domain.content import Content
from campaignbot.domain.errors import Place, user_error
from campaignbot.domain.keys import Key, ReferencePrefix
from campaignbot.domain.money import Money
from campaignbot.domain.people import Role
from campaignbot.domain.phases import Phase
from campaignbot.gateways.mail import MailSecurity
from campaignbot.platforms.registry import load_platform
from campaignbot.yamlfiles import place_in, read_yaml

_STRICT: dict[str, object] = {"extra": "forbid"}
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
_SUM = re.compile(r"(?P<amount>\d{1,7}(?:[.,]\d{1,2})?) ?(?P<currency>[A-Z]{3})")
_SECRET_WORDS = ("token", "secret", "password", "wachtwoord")


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """Somebody of the team."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    name: str
    role: Role = Role.EDITOR
    """What they may do: reader, editor or approver."""
    language: str = "nl"
    """The language in which the program speaks to them: nl or en."""
    email: str | None = None
    login: str | tuple[str, ...] = ()
    """The login of this person on the machines where the program runs, or a list of several."""

    @property
    def logins(self) -> tuple[str, ...]:
        return (self.login,) if isinstance(self.login, str) else self.login


@dataclass(frozen=True, slots=True)
class ReviewRuleSettings:
    """What is asked of approvals of some posts, beside what is asked of all."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    phase: Phase | None = None
    """Only posts of this phase: awareness, interest, decision or action."""
    channel: str | None = None
    """Only posts on this account: its key in accounts.yaml."""
    approvers: int = 1
    """How many people must approve."""
    not_the_last_editor: bool = False
    """Whether somebody else than who changed the post last must approve."""


@dataclass(frozen=True, slots=True)
class ReviewSettings:
    """How many people approve a post, and who; see docs/people.md."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    approvers: int = 1
    """How many people must approve."""
    not_the_last_editor: bool = False
    """Whether somebody else than who changed the post last must approve."""
    where: tuple[ReviewRuleSettings, ...] = ()
    """More for some posts, by phase, by channel or by both; the strictest rule counts."""


@dataclass(frozen=True, slots=True)
class PublishingSettings:
    """How the daemon publishes."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    quiet_from: time = time(21, 0)
    """From this time on, what is late or tried again waits until the morning."""
    quiet_until: time = time(7, 0)
    """The morning; equal to `quiet_from` means that there are no quiet hours."""
    parallel: Annotated[int, Within(1, 64)] = 4
    """How many accounts are published to at the same time."""
    grace_h: Annotated[int, Within(0, 168)] = 6
    """How many hours after its time a post may still go out; afterwards it is missed."""
    spacing_min: Annotated[int, Within(0, 1440)] = 5
    """Least number of minutes between two posts of one account."""
    lease_min: Annotated[int, Within(1, 1440)] = 10
    """How long one attempt may take before another worker looks what became of it."""
    tick_s: Annotated[int, Within(1, 3600)] = 15
    """How often the daemon looks at what is due, in seconds."""
    measure_min: Annotated[int, Within(1, 1440)] = 15
    """How often the daemon looks whether statistics should be read, in minutes."""


@dataclass(frozen=True, slots=True)
class S3Settings:
    """Storage on the web that speaks Amazon's S3; its secret key stands elsewhere."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    bucket: str
    """The name of the bucket."""
    region: str | None = None
    """Where it is, such as eu-central-1."""
    endpoint: str | None = None
    """The address of a storage that is not Amazon's own."""
    prefix: str = ""
    """What the names in the bucket begin with."""
    public_url: str | None = None
    """The bucket's address for everyone; without one, addresses are signed and last a day."""
    key_id: str | None = None
    """The name of the access key; without one, what the machine itself was given is used."""


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """Where pictures can be fetched by platforms that fetch them themselves (Instagram).

    One of `public_url`, `s3` and `facebook`: see docs/media-hosts.md.
    """

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    public_url: str | None = None
    """The address under which the folder is on the web: media/, or the one that `folder` names."""
    folder: Path | None = None
    """A folder of your web server, on this machine or mounted, to which pictures are copied."""
    s3: S3Settings | None = None
    """Storage on the web to which pictures are copied."""
    facebook: str | None = None
    """The key of a Facebook page in accounts.yaml that holds the pictures, unpublished."""
    serve_port: Port | None = None
    """Serve media/ on this port of this machine; for the sandbox only."""


@dataclass(frozen=True, slots=True)
class MailSettings:
    """The mail server through which alerts go; its password stands elsewhere."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    host: str
    """The name of the mail server."""
    sender: str
    """The address that the mail comes from."""
    port: Port = 587
    """587 for starttls, 465 for tls, 25 for none."""
    security: MailSecurity = MailSecurity.STARTTLS
    """starttls, tls, or none (for a server on this machine)."""
    user: str | None = None
    """The name to log in with; without one, nobody logs in."""
    ca_file: Path | None = None
    """The certificates that the server's own is checked with, where the system's do not hold it."""


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """Who is told when something needs a person, and how health can be asked for."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    alerts_to: tuple[str, ...] = ()
    """E-mail addresses; without any, the approvers among `people`."""
    comments_h: Annotated[int, Within(0, 720)] = 4
    """At most one alert about new comments on a post in this many hours."""
    comments_days: Annotated[int, Within(0, 3650)] = 30
    """For how many days after a post was published new comments on it are told."""
    http_port: Port | None = None
    """Answer /health and /metrics on this port of this machine."""
    stale_s: Annotated[int, Within(1, 86_400)] = 300
    """After how many seconds without a good round the daemon is called unhealthy."""


@dataclass(frozen=True, slots=True)
class ConnectSettings:
    """How accounts are connected through the consent pages of platforms."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    port: Port = 8765
    """The port of this machine that takes the answer; apps are registered with it."""
    wait_min: Annotated[float, Within(1, 120)] = 10
    """How many minutes to wait for the answer."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices of one team."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    organisation: str
    """The employer's name, as in texts."""
    reference: ReferencePrefix = "CB"
    """The letters before the number of a post (CB-0001)."""
    language: str = "nl"
    """The language of the organisation's posts and reports."""
    zone: str = "Europe/Amsterdam"
    """The IANA time zone in which times are planned."""
    careers_url: str | None = None
    """The careers site: where posts without a vacancy lead to."""
    database: str | None = None
    """An SQLAlchemy URL; without one, an SQLite file in data/."""
    key_file: Path | None = None
    """A file with the key of the vault; without one, the keyring of the operating system."""
    people: tuple[PersonEntry, ...] = ()
    review: ReviewSettings = field(default_factory=ReviewSettings)
    publishing: PublishingSettings = field(default_factory=PublishingSettings)
    media: MediaSettings = field(default_factory=MediaSettings)
    mail: MailSettings | None = None
    watch: WatchSettings = field(default_factory=WatchSettings)
    connect: ConnectSettings = field(default_factory=ConnectSettings)
    simulated: bool = False
    """True in a folder whose accounts are those of the sandbox: reports then say so."""


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One account or offline channel of `accounts.yaml`; no secrets stand here."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    key: Key
    platform: Key
    """An adapter's name: linkedin, facebook, instagram, x, manual."""
    name: str
    """The name as followers see it."""
    external_id: str = ""
    """The platform's own id of the page or profile."""
    base_url: str | None = None
    """Another server that speaks the platform's API, such as the sandbox."""
    timeout_s: Annotated[float, Within(1, 600)] = 30.0
    """How long one request may take."""
    app: Key | None = None
    """The name of the app through which it is connected; accounts of one app share its limits."""
    spacing_min: Annotated[int, Within(0, 1440)] | None = None
    """Least number of minutes between two posts, where it differs from the team's."""
    monthly_cap: str | None = None
    """What posts and readings may cost in a calendar month, such as "25.00 USD"; without one, as
    much as it takes. What would cost more waits, and is told."""
    link: LinkPlace = LinkPlace.IN_TEXT
    """Where drafts put the link: in_text, in_reply (a reply below the post) or in_picture (a QR
    code in the picture)."""
    hand_over_to: tuple[str, ...] = ()
    """E-mail addresses of who places the posts, for an account without an API."""
    mentions: Mapping[str, str] = field(default_factory=dict)
    """Names that may stand behind an @ in texts, each with the platform's id of that page."""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The contents of `accounts.yaml`."""

    __pydantic_config__: ClassVar[dict[str, object]] = _STRICT
    accounts: tuple[AccountEntry, ...]


def load_settings(workdir: Path) -> Settings:
    """Read `config/campaignbot.yaml`; UserError when the folder is no working folder."""
    path = workdir / "config" / "campaignbot.yaml"
    if not path.exists():
        raise user_error(
            "settings.no_workdir",
            remedy="settings.no_workdir.remedy",
            place=Place(path),
            folder=str(workdir.absolute()),
        )
    settings = read_yaml(path, Settings)
    if settings.language not in {"nl", "en"}:
        raise user_error(
            "file.not_one_of",
            remedy="file.not_one_of.remedy",
            place=Place(path, field="language"),
            value=settings.language,
            known="nl, en",
        )
    _require_zone(settings.zone, path)
    _require_one_place(settings.media, path)
    _require_told_apart(settings.people, path)
    _require_enough_approvers(settings, path)
    for number, address in enumerate(settings.watch.alerts_to):
        _require_email(address, Place(path, field=f"watch.alerts_to.{number}"))
    return settings


def database_file(workdir: Path) -> Path:
    """Return where the database of a working folder lies, unless its settings name another."""
    return workdir / "data" / "campaignbot.db"


def key_file_of(workdir: Path, settings: Settings) -> Path | None:
    """Return the file with the key of the vault; None where the system keeps it."""
    file = settings.key_file
    return workdir / file.expanduser() if file is not None else None


def load_accounts(workdir: Path) -> tuple[AccountEntry, ...]:
    """Read `config/accounts.yaml`; UserError when a key stands twice or a secret stands there."""
    path = workdir / "config" / "accounts.yaml"
    entries = read_yaml(path, Accounts).accounts
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        place = Place(path, field=f"accounts.{number}.key")
        if entry.key in seen:
            raise user_error(
                "settings.twice", remedy="settings.twice.remedy", place=place, name=entry.key
            )
        for address in entry.hand_over_to:
            _require_email(address, Place(path, field=f"accounts.{number}.hand_over_to"))
        if entry.monthly_cap is not None:
            cap_of(entry, place_in(path, "accounts", number, "monthly_cap"))
        if entry.link is LinkPlace.IN_REPLY:
            _require_replies(entry, place_in(path, "accounts", number, "link"))
        for name, identity in entry.mentions.items():
            if not name[:1].isalnum() or not identity.strip():
                raise user_error(
                    "settings.bad_mention",
                    remedy="settings.bad_mention.remedy",
                    place=Place(path, field=f"accounts.{number}.mentions.{name}"),
                    name=name,
                )
        for option in entry.options:
            if any(word in option.lower() for word in _SECRET_WORDS):
                raise user_error(
                    "settings.secret",
                    remedy="settings.secret.remedy",
                    place=Place(path, field=f"accounts.{number}.options.{option}"),
                    name=option,
                )
        seen.add(entry.key)
    return entries


def cap_of(entry: AccountEntry, place: Place) -> Money | None:
    """Return an account's monthly cap; UserError when it is no sum, or not in what is charged."""
    if entry.monthly_cap is None:
        return None
    found = _SUM.fullmatch(entry.monthly_cap.strip())
    if found is None:
        raise user_error(
            "settings.bad_cap",
            remedy="settings.bad_cap.remedy",
            place=place,
            value=entry.monthly_cap,
        )
    price = load_platform(entry.platform).cost(Content(""))
    if price is None:
        raise user_error(
            "settings.cap_for_nothing",
            remedy="settings.cap_for_nothing.remedy",
            place=place,
            name=entry.key,
        )
    cap = Money.of(found["amount"].replace(",", "."), found["currency"])
    if cap.currency != price.currency:
        raise user_error(
            "settings.cap_currency",
            remedy="settings.cap_currency.remedy",
            place=place,
            value=cap.currency,
            known=price.currency,
        )
    return cap


def _require_replies(entry: AccountEntry, place: Place) -> None:
    if not load_platform(entry.platform).can_reply:
        raise user_error(
            "settings.no_replies",
            remedy="settings.no_replies.remedy",
            place=place,
            platform=load_platform(entry.platform).label,
        )


def _require_one_place(media: MediaSettings, path: Path) -> None:
    """Raise UserError for several places to put media in, or for one without an address."""
    names = ("public_url", "s3", "facebook")
    chosen = [name for name in names if getattr(media, name) is not None]
    if len(chosen) > 1:
        raise user_error(
            "settings.media_places",
            remedy="settings.media_places.remedy",
            place=Place(path, field=f"media.{chosen[1]}"),
            names=", ".join(chosen),
        )
    if media.folder is not None and media.public_url is None:
        raise user_error(
            "settings.media_folder",
            remedy="settings.media_folder.remedy",
            place=Place(path, field="media.folder"),
        )
    addresses = {"public_url": media.public_url}
    if media.s3 is not None:
        addresses |= {"s3.endpoint": media.s3.endpoint, "s3.public_url": media.s3.public_url}
    for name, address in addresses.items():
        if address is not None and not address.startswith(("https://", "http://")):
            raise user_error(
                "settings.bad_address",
                remedy="settings.bad_address.remedy",
                place=Place(path, field=f"media.{name}"),
                value=address,
            )


def _require_told_apart(people: tuple[PersonEntry, ...], path: Path) -> None:
    """Raise UserError when a name or login could be that of two people."""
    owners: dict[str, int] = {}
    for number, person in enumerate(people):
        for word in dict.fromkeys((person.name, *person.logins)):
            field_name = "name" if word == person.name else "login"
            place = place_in(path, "people", number, field_name)
            if not word.strip():
                raise user_error(
                    "settings.empty_name", remedy="settings.empty_name.remedy", place=place
                )
            if owners.setdefault(word.casefold(), number) != number:
                raise user_error(
                    "settings.same_person",
                    remedy="settings.same_person.remedy",
                    place=place,
                    name=word,
                )


def _require_enough_approvers(settings: Settings, path: Path) -> None:
    """Raise UserError when a post would wait for more approvals than there are approvers."""
    known = sum(person.role is Role.APPROVER for person in settings.people)
    asked: list[tuple[int, tuple[str | int, ...]]] = [(settings.review.approvers, ())]
    asked += [(r.approvers, ("where", n)) for n, r in enumerate(settings.review.where)]
    for number, within in asked:
        place = place_in(path, "review", *within, "approvers") if number != 1 else Place(path)
        if number < 1:
            raise user_error(
                "settings.no_approvers", remedy="settings.no_approvers.remedy", place=place
            )
        if number > max(known, 1):
            raise user_error(
                "settings.few_approvers",
                remedy="settings.few_approvers.remedy",
                place=place,
                wanted=number,
                known=known,
            )


def _require_email(address: str, place: Place) -> None:
    if not _EMAIL.fullmatch(address):
        raise user_error(
            "settings.bad_email", remedy="settings.bad_email.remedy", place=place, value=address
        )


def _require_zone(zone: str, path: Path) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise user_error(
            "settings.bad_zone",
            remedy="settings.bad_zone.remedy",
            place=Place(path, field="zone"),
            name=zone,
        ) from None
