"""The tables, once, for SQLite and PostgreSQL."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from campaignbot.domain.accounts import AccountState, HoldScope, LinkPlace
from campaignbot.domain.metrics import Metric, Missing
from campaignbot.domain.people import Role, Verdict
from campaignbot.domain.phases import Phase
from campaignbot.domain.publication import State
from campaignbot.storage.types import EnumText, Json, UtcInstant

# In these states nobody reads the words of a publication: another may have them.
FREE_WORDS = (State.REJECTED, State.CANCELLED, State.REMOVED, State.SKIPPED)
_LIVE_WORDS = text(f"state NOT IN ({', '.join(repr(str(state)) for state in FREE_WORDS)})")

metadata = MetaData(
    # Named constraints, so that batch migrations can find them on SQLite.
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts up by itself only for a column declared INTEGER PRIMARY KEY.
_Serial = BigInteger().with_variant(Integer(), "sqlite")

person = Table(
    "person",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("role", EnumText(Role), nullable=False),
    Column("language", String(8), nullable=False),
    Column("email", String(320)),
)

campaign = Table(
    "campaign",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("key", String(100), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("brief_version", Integer, nullable=False),
    Column("created_at_utc", UtcInstant, nullable=False),
)

brief_version = Table(
    "brief_version",
    metadata,
    Column("campaign_id", ForeignKey("campaign.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Json, nullable=False),
    Column("saved_at_utc", UtcInstant, nullable=False),
)

vacancy = Table(
    "vacancy",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reference", String(200), nullable=False, unique=True),
    Column("title", String(300), nullable=False),
    Column("document", Json, nullable=False),
    Column("last_day", Date),
    Column("closed_at_utc", UtcInstant),
    Column("read_at_utc", UtcInstant, nullable=False),
)

# Several campaigns can be about one vacancy; position 0 is the vacancy whose facts posts use.
campaign_vacancy = Table(
    "campaign_vacancy",
    metadata,
    Column("campaign_id", ForeignKey("campaign.id"), primary_key=True),
    Column("vacancy_id", ForeignKey("vacancy.id"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("key", String(100), nullable=False, unique=True),
    Column("platform", String(50), nullable=False),
    Column("name", String(200), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("zone", String(64), nullable=False),
    Column("state", EnumText(AccountState), nullable=False),
    Column("token_expires_at_utc", UtcInstant),
    # What a pause hides; null without one.
    Column("resumes_as", EnumText(AccountState)),
    # What the platform said when it refused to publish, or to tell numbers, for want of a
    # permission.
    Column("lacks", Json),
    Column("unmeasured", Json),
    # Accounts of one app share what the platform allows that app.
    Column("app", String(100), nullable=False),
    # Least time between two posts, where it differs from the team's.
    Column("spacing_s", Integer),
    # What it may cost in a calendar month; both or neither.
    Column("cap_micros", BigInteger),
    Column("cap_currency", String(3)),
    Column("link_place", EnumText(LinkPlace), nullable=False),
    # Pacing and rate limits: nothing is claimed for the account before this instant.
    Column("next_free_at_utc", UtcInstant),
)

rate_budget = Table(
    "rate_budget",
    metadata,
    # The id of an account, or the name of an app.
    Column("owner", String(100), primary_key=True),
    Column("bucket", String(100), primary_key=True),
    Column("remaining", Integer, nullable=False),
    Column("resets_at_utc", UtcInstant, nullable=False),
)

post = Table(
    "post",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("campaign_id", ForeignKey("campaign.id"), index=True),
    Column("vacancy_id", ForeignKey("vacancy.id"), index=True),
    Column("phase", EnumText(Phase), nullable=False),
    Column("persona", String(100), nullable=False),
    Column("angle", String(100), nullable=False),
    Column("language", String(8), nullable=False),
    Column("facts", Json, nullable=False),
    Column("needs_open_vacancy", Boolean, nullable=False),
    Column("talent_pool", Boolean, nullable=False),
    Column("story", Integer),
    Column("wording", String(100), nullable=False),
    Column("layout", String(100), nullable=False),
    Column("photo", String(100), nullable=False),
)

publication = Table(
    "publication",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reference", String(20), nullable=False, unique=True),
    Column("post_id", ForeignKey("post.id"), nullable=False, index=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("content_hash", String(80), nullable=False),
    Column("text_key", String(64), nullable=False),
    Column("tracking_code", String(16), nullable=False, unique=True),
    Column("planned_local", DateTime(timezone=False), nullable=False),
    Column("planned_zone", String(64), nullable=False),
    Column("due_at_utc", UtcInstant, nullable=False),
    Column("window_end_utc", UtcInstant, nullable=False),
    Column("state", EnumText(State), nullable=False),
    Column("version", Integer, nullable=False),
    # When the daemon should look at it; only where it waits for the daemon.
    Column("next_at_utc", UtcInstant),
    Column("approved_hash", String(80)),
    Column("retry_at_utc", UtcInstant),
    Column("receipt", Json),
    Column("external_id", String(200)),
    Column("permalink", Text),
    Column("placement", Json),
    Column("published_at_utc", UtcInstant),
    Column("uncertain_since_utc", UtcInstant),
    Column("uncertain_checks", Integer, nullable=False, server_default=text("0")),
    Column("reason", Json),
    Column("follows_id", ForeignKey("publication.id")),
    # The length in which its post was worded.
    Column("variant", String(20), nullable=False),
    Index("ix_publication_next_at_utc", "next_at_utc"),
    Index("ix_publication_follows_id", "follows_id"),
    Index("ix_publication_account_id_state", "account_id", "state"),
    Index("ix_publication_state_due_at_utc", "state", "due_at_utc"),
    # The latest that went out, and what is planned around a time.
    Index("ix_publication_state_published_at_utc", "state", "published_at_utc"),
    Index("ix_publication_account_id_due_at_utc", "account_id", "due_at_utc"),
    Index("ix_publication_due_at_utc", "due_at_utc"),
    # Read-back by text needs it, and so do followers: the same words only once on an account.
    Index(
        "uq_publication_account_id_text_key",
        "account_id",
        "text_key",
        unique=True,
        sqlite_where=_LIVE_WORDS,
        postgresql_where=_LIVE_WORDS,
    ),
)

content_version = Table(
    "content_version",
    metadata,
    Column("publication_id", ForeignKey("publication.id"), primary_key=True),
    Column("content_hash", String(80), primary_key=True),
    Column("document", Json, nullable=False),
    Column("saved_at_utc", UtcInstant, nullable=False),
    Column("saved_by", String(200), nullable=False),
)

# Of the versions of a publication's content, the one that it has now.
CURRENT_CONTENT = (content_version.c.publication_id == publication.c.id) & (
    content_version.c.content_hash == publication.c.content_hash
)

media_file = Table(
    "media_file",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("mime", String(100), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("width_px", Integer, nullable=False),
    Column("height_px", Integer, nullable=False),
    # Layout, brand and photo that it was made of.
    Column("provenance", Json, nullable=False),
    Column("stored_at_utc", UtcInstant, nullable=False),
)

photo = Table(
    "photo",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("credit", String(300), nullable=False),
    Column("description", Json, nullable=False),
    Column("consent_by", String(200)),
    Column("consent_until", Date),
    Column("withdrawn", Boolean, nullable=False),
)

decision = Table(
    "decision",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("publication_id", ForeignKey("publication.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("verdict", EnumText(Verdict), nullable=False),
    Column("content_hash", String(80), nullable=False),
    Column("taken_at_utc", UtcInstant, nullable=False),
    Column("reason", Text),
    ForeignKeyConstraint(
        ["publication_id", "content_hash"],
        ["content_version.publication_id", "content_version.content_hash"],
    ),
)

waiver = Table(
    "waiver",
    metadata,
    Column("publication_id", ForeignKey("publication.id"), primary_key=True),
    Column("finding_code", String(100), primary_key=True),
    Column("content_hash", String(80), primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("given_at_utc", UtcInstant, nullable=False),
)

hold = Table(
    "hold",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("scope", EnumText(HoldScope), nullable=False),
    Column("scope_id", Uuid),
    Column("reason", Json, nullable=False),
    Column("by", String(200), nullable=False),
    Column("from_utc", UtcInstant, nullable=False),
    Column("until_utc", UtcInstant),
    Column("lifted_at_utc", UtcInstant),
    Index("ix_hold_scope_scope_id", "scope", "scope_id"),
)

attempt = Table(
    "attempt",
    metadata,
    Column("publication_id", ForeignKey("publication.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("owner", String(200), nullable=False),
    Column("started_at_utc", UtcInstant, nullable=False),
    Column("lease_end_utc", UtcInstant, nullable=False),
    Column("request_sent_at_utc", UtcInstant),
    # How much of a large file is uploaded.
    Column("upload_percent", Integer),
    Column("ended_at_utc", UtcInstant),
    Column("outcome", String(32)),
    Column("error", Text),
    Index("ix_attempt_ended_at_utc", "ended_at_utc"),
)

snapshot = Table(
    "snapshot",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("publication_id", ForeignKey("publication.id")),
    Column("account_id", ForeignKey("account.id")),
    Column("metric", EnumText(Metric), nullable=False),
    Column("value", BigInteger),
    Column("missing", EnumText(Missing)),
    Column("taken_at_utc", UtcInstant, nullable=False),
    UniqueConstraint("publication_id", "metric", "taken_at_utc"),
    UniqueConstraint("account_id", "metric", "taken_at_utc"),
)

measurement = Table(
    "measurement",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False, index=True),
    Column("goal", String(50), nullable=False),
    Column("value", String(50), nullable=False),
    Column("measured_on", Date, nullable=False),
    Column("by", String(200), nullable=False),
)

application = Table(
    "application",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    # The ATS's own number of the application; never a name or an address.
    Column("reference", String(100), nullable=False, unique=True),
    Column("tracking_code", String(16), index=True),
    Column("stage", String(50), nullable=False),
    Column("received_on", Date, nullable=False),
    Column("simulated", Boolean, nullable=False),
)

cost = Table(
    "cost",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("publication_id", ForeignKey("publication.id"), index=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
    Column("amount_micros", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("estimated", Boolean, nullable=False),
    Column("incurred_at_utc", UtcInstant, nullable=False),
    Index("ix_cost_account_id_incurred_at_utc", "account_id", "incurred_at_utc"),
)

sent_summary = Table(
    "sent_summary",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    Column("week_start", Date, nullable=False),
    Column("language", String(8), nullable=False),
    Column("folder", Text, nullable=False),
    Column("written_at_utc", UtcInstant, nullable=False),
    UniqueConstraint("campaign_id", "week_start", "language"),
)

worker = Table(
    "worker",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("started_at_utc", UtcInstant, nullable=False),
    Column("heartbeat_at_utc", UtcInstant, nullable=False),
    Column("stopped_at_utc", UtcInstant),
    Column("problem", Json),
)

credential = Table(
    "credential",
    metadata,
    Column("account_id", ForeignKey("account.id"), primary_key=True),
    Column("encrypted", LargeBinary, nullable=False),
    Column("expires_at_utc", UtcInstant),
    Column("saved_at_utc", UtcInstant, nullable=False),
    # When a person must connect again, whatever is renewed before.
    Column("person_by_utc", UtcInstant),
    # When it is renewed without anybody; never when null.
    Column("renew_at_utc", UtcInstant),
    # Until then, somebody is renewing it.
    Column("renewing_until_utc", UtcInstant),
    # How often renewing failed since it last worked; how often of these it was refused.
    Column("renew_failures", Integer, nullable=False),
    Column("renew_refusals", Integer, nullable=False),
    Column("renew_said", String(500)),
    # By the platform's own names; not told when null.
    Column("permissions", Json),
)

# Secrets that belong to no account: of the mail server, of the ways to alert.
service_secret = Table(
    "service_secret",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("encrypted", LargeBinary, nullable=False),
    Column("saved_at_utc", UtcInstant, nullable=False),
)

# What was told to people, once; `key` names the occurrence, so that no worker tells it again.
alert = Table(
    "alert",
    metadata,
    Column("key", String(300), primary_key=True),
    Column("kind", String(50), nullable=False),
    Column("message", Json, nullable=False),
    Column("reason", Json),
    # What it is about: the reference of a publication, the key of an account, a worker.
    Column("subject", String(200), nullable=False),
    Column("permalink", Text),
    # The total that was told, where it is a number that rose.
    Column("total", BigInteger),
    Column("raised_at_utc", UtcInstant, nullable=False),
    Index("ix_alert_kind_subject", "kind", "subject"),
)

# One alert on its way to one reader, so that a reader who has it never gets it again because
# another could not be reached.
alert_delivery = Table(
    "alert_delivery",
    metadata,
    Column("alert_key", ForeignKey("alert.key"), primary_key=True),
    Column("way", String(400), primary_key=True),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    # Nobody tries before this instant: moved on by who claims it, and by every failure.
    Column("next_try_at_utc", UtcInstant, nullable=False),
    Column("sent_at_utc", UtcInstant),
    Column("problem", Json),
    Index("ix_alert_delivery_sent_at_utc_way", "sent_at_utc", "way"),
)

event = Table(
    "event",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("at_utc", UtcInstant, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("action", String(50), nullable=False),
    Column("object_kind", String(50), nullable=False),
    Column("object_id", Uuid, nullable=False),
    Column("before", Json, nullable=False),
    Column("after", Json, nullable=False),
    Index("ix_event_object_kind_object_id", "object_kind", "object_id"),
)
