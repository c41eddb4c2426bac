"""What can go wrong at a platform, classed by what to do next."""

from __future__ import annotations

from datetime import datetime

from campaignbot.domain.cleaning import clean
from campaignbot.platforms import outcomes
from campaignbot.platforms.advice import Advice
from campaignbot.platforms.outcomes import Outcome


class PlatformError(Exception):
    """A platform's refusal or silence; the message keeps the platform's own words.

    Adapters raise one of the subclasses at a single seam and keep the SDK's error as `__cause__`.
    Messages are shown and logged: they never hold a token or an address with one. `advice` is what
    a person can do about it, where the platform's code tells more than the class.
    """

    usual = Advice.WAIT
    """What helps against errors of this class."""

    def __init__(self, said: str, *, advice: Advice | None = None) -> None:
        super().__init__(clean(said))
        self.advice = advice or self.usual


class AuthError(PlatformError):
    """The token is missing, expired or revoked: connect the account again."""

    usual = Advice.CONNECT_AGAIN


class PermissionMissing(PlatformError):
    """The token is good, but does not allow this: grant the permission, then connect again."""

    usual = Advice.GRANT_PERMISSION


class ContentRefused(PlatformError):
    """The platform does not take this content: change it."""

    usual = Advice.CHANGE_CONTENT


class DuplicateRefused(ContentRefused):
    """The platform says that the same post is there already; `existing_id` where it names it."""

    def __init__(self, said: str, existing_id: str | None = None) -> None:
        super().__init__(said)
        self.existing_id = existing_id


class RateLimitReached(PlatformError):
    """Too many calls: wait until `until_utc`, or a while where the platform names no time."""

    def __init__(
        self, said: str, until_utc: datetime | None = None, *, advice: Advice | None = None
    ) -> None:
        super().__init__(said, advice=advice)
        self.until_utc = until_utc


class PlatformUnavailable(PlatformError):
    """The platform failed, or could not be reached, or answered nonsense: try again later.

    Not before `until_utc` where the platform names a time.
    """

    def __init__(
        self, said: str, until_utc: datetime | None = None, *, advice: Advice | None = None
    ) -> None:
        super().__init__(said, advice=advice)
        self.until_utc = until_utc


class VersionRetired(PlatformError):
    """The platform no longer knows the version of its API that this program speaks.

    Nothing was carried out, whatever was asked: a newer program can ask again.
    """

    usual = Advice.NEWER_PROGRAM


class MetricRetired(PlatformError):
    """The platform no longer knows one of the metrics that were asked for."""


class LeaseLost(Exception):
    """Another worker may have taken over: stop at once, send nothing.

    Raised by `before_create`; adapters let it pass through.
    """


def outcome_of(error: PlatformError, *, create_was_sent: bool) -> Outcome:
    """Return the outcome that an error means.

    After the create request was sent, only a clear refusal proves that nothing was created; a
    failure or silence may hide a post. PermissionMissing counts as AuthExpired: a person must
    grant it, and retrying cannot help.
    """
    said, advice = str(error), error.advice
    match error:
        case AuthError() | PermissionMissing():
            return outcomes.AuthExpired(said, advice)
        case DuplicateRefused(existing_id=existing_id):
            return outcomes.Duplicate(said, existing_id)
        case ContentRefused():
            return outcomes.Rejected(said, advice)
        case RateLimitReached(until_utc=until_utc):
            return outcomes.RateLimited(said, until_utc, advice)
        case PlatformUnavailable(until_utc=until_utc) if until_utc and not create_was_sent:
            return outcomes.RateLimited(said, until_utc, advice)
        case VersionRetired():
            return outcomes.Unavailable(said, advice)
        case _ if create_was_sent:
            return outcomes.Unknown(said)
        case _:
            return outcomes.Unavailable(said, advice)
