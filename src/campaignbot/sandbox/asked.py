"""What the control API is asked, as types: anything else is refused with what is wrong."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal, TypeVar

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from campaignbot.sandbox.scenario import told_by

NOT_JSON = {"field": "", "problem": "not JSON"}
PlatformName = Literal["linkedin", "facebook", "instagram", "x"]
_Name = Annotated[str, Field(min_length=1)]
_Seconds = Annotated[float, Field(ge=0, le=10**9, allow_inf_nan=False)]


class Asked(BaseModel):
    """The body of a request to the control API."""

    model_config = ConfigDict(extra="forbid")


class AskedClock(Asked):
    """An instant at which the clock stands, or the word that it is to follow real time."""

    now: AwareDatetime | None = None
    real: bool = False

    @model_validator(mode="after")
    def _one_of_two(self) -> AskedClock:
        if (self.now is None) is not self.real:
            raise ValueError("either now, an instant with its zone, or real")
        if self.now is not None and not 2000 <= self.now.year <= 2100:
            raise ValueError("now lies in a year from 2000 to 2100")
        return self


class AskedLimit(Asked):
    """A limit in the words of the control API; see `CallLimit`."""

    platform: Literal["linkedin", "facebook", "instagram", "x", "meta"]
    on: _Name
    owner: Literal["account", "app"] = "account"
    allowed: Annotated[int, Field(ge=0)]
    window_s: Annotated[int, Field(gt=0, le=366 * 86_400)]
    kind: Literal["fixed", "rolling", "day"] = "fixed"
    tells: Literal["reset", "retry_after", "retry_after_date", "odd", "nothing"] = "reset"


class AskedAccount(Asked):
    """An account in the words of the control API; see `SandboxAccount`."""

    platform: PlatformName
    external_id: _Name
    name: str
    token: _Name
    followers: Annotated[int, Field(ge=0)] = 1000
    token_expires_at: AwareDatetime | None = None
    scopes: tuple[str, ...] = ()
    page_id: str | None = None
    username: str | None = None
    roles: tuple[str, ...] = ("ADMINISTRATOR",)
    credits_micros: int | None = None


class AskedAccounts(Asked):
    """Accounts to add."""

    accounts: list[AskedAccount]


class AskedToken(Asked):
    """Another token of an account, or another end of it; null is none."""

    platform: PlatformName
    external_id: str
    token: _Name | None = None
    expires_at: AwareDatetime | None = None


class AskedApp(Asked):
    """An app to register; see `PracticeApp`."""

    family: Literal["linkedin", "meta", "x"]
    client_id: _Name
    client_secret: str | None = None
    redirects: tuple[str, ...]
    refreshes: bool = True


class AskedVisibility(Asked):
    """How long lists of a platform do not show a new post."""

    platform: PlatformName
    delay_s: _Seconds


class AskedProcessing(Asked):
    """How long a platform processes what is uploaded from now on."""

    platform: PlatformName
    takes_s: _Seconds


class AskedGhosts(Asked):
    """Whether a platform refuses the text of a deleted post as a duplicate."""

    platform: PlatformName
    on: bool = True


class AskedRedirect(Asked):
    """Where an address leads on to; null ends that."""

    source: str = Field(alias="from")
    to: str | None = None


class AskedCredits(Asked):
    """What is left of an account's credits at X; null is as much as needed."""

    external_id: str
    micros: Annotated[int, Field(ge=0)] | None


class AskedNames(Asked):
    """By which names X goes; see `x_names`."""

    x: Literal["tweet", "post"]


A = TypeVar("A", bound=Asked)


def refused(problems: list[dict[str, str]]) -> web.Response:
    return web.json_response({"ok": False, "problems": problems}, status=400)


async def values_of(request: web.Request) -> Any:
    """Return the plain values of a body; raises the answer to one that is no JSON."""
    try:
        return json.loads(await request.read())
    except (ValueError, RecursionError):
        body = json.dumps({"ok": False, "problems": [NOT_JSON]})
        raise web.HTTPBadRequest(text=body, content_type="application/json") from None


def takes(
    kind: type[A],
) -> Callable[
    [Callable[[web.Request, A], Awaitable[web.Response]]],
    Callable[[web.Request], Awaitable[web.Response]],
]:
    """Hand a handler the body of a request; what does not fit is refused with field and problem."""

    def wrap(
        handler: Callable[[web.Request, A], Awaitable[web.Response]],
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def read(request: web.Request) -> web.Response:
            try:
                asked = kind.model_validate(await values_of(request))
            except ValidationError as error:
                return refused(told_by(error))
            return await handler(request, asked)

        return read

    return wrap
