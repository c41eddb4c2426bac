"""The consent page of the imitated platforms: what a person sees, and what they decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import urlencode, urlsplit, urlunsplit

from aiohttp import web
from jinja2 import Template
from jinja2.sandbox import SandboxedEnvironment

from campaignbot.sandbox.http import kind, world_of
from campaignbot.sandbox.oauth_grants import PracticeApp
from campaignbot.sandbox.wall.words import language_of


@dataclass(frozen=True)
class Look:
    """How a platform's page looks; `one` says that the person is one account, and picks it."""

    name: str
    colour: str
    one: bool = False


@dataclass(frozen=True)
class Asked:
    """A request for consent that is in order."""

    app: PracticeApp
    redirect: str
    state: str | None
    scopes: tuple[str, ...]
    challenge: str | None = None


@dataclass(frozen=True)
class Dialog:
    """The consent page of one platform, shown and answered.

    `asked` reads what is asked for, or says what is wrong with it; `denial` is what the redirect
    says of a person's no; the accounts to choose from are those of `platform`.
    """

    look: Look
    platform: str
    asked: Callable[[web.Request], Asked | web.Response]
    denial: Mapping[str, str]

    def routes(self, path: str) -> list[web.RouteDef]:
        mark = kind("oauth")
        return [web.get(path, mark(self.show)), web.post(path, mark(self.answer))]

    async def show(self, request: web.Request) -> web.Response:
        asked = self.asked(request)
        if isinstance(asked, web.Response):
            return asked
        known = world_of(request).accounts.values()
        html = _page().render(
            look=self.look,
            app=asked.app.client_id,
            scopes=asked.scopes,
            choices=[account for account in known if account.platform == self.platform],
            back=urlsplit(asked.redirect).netloc,
            language=language_of(None, request.headers.get("Accept-Language", "")),
        )
        return web.Response(text=html, content_type="text/html")

    async def answer(self, request: web.Request) -> web.Response:
        """Send the browser back with a code, or with a no; nothing unasked can be granted."""
        asked = self.asked(request)
        if isinstance(asked, web.Response):
            return asked
        form, world = await request.post(), world_of(request)
        if form.get("decision") != "allow":
            return back_to(asked.redirect, **self.denial, state=asked.state)
        scopes = tuple(s for s in asked.scopes if s in form.getall("scope", []))
        pages = tuple(str(page) for page in form.getall("page", []))
        code = world.grants.give_code(
            asked.app,
            asked.redirect,
            scopes,
            pages[:1] if self.look.one else pages,
            world.now(),
            asked.challenge,
        )
        world.dirty = True
        return back_to(asked.redirect, code=code.value, state=asked.state)


def asked_by(request: web.Request, family: str, separators: str) -> Asked | web.Response:
    """Return what is asked for; a page that says what is wrong where nothing may be sent back.

    An app that is unknown, or whose redirect address is another one, gets no redirect: the
    address may be anybody's. https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1
    """
    query = request.query
    app = world_of(request).grants.app(family, query.get("client_id", ""))
    if app is None:
        return refusal("The passed in client_id is invalid")
    redirect = query.get("redirect_uri", "")
    if redirect not in app.redirects:
        return refusal("The redirect_uri does not match the registered value")
    if query.get("response_type", "code") != "code":
        return refusal("The response_type must be code")
    text = query.get("scope", "")
    for separator in separators:
        text = text.replace(separator, " ")
    return Asked(
        app,
        redirect,
        query.get("state"),
        tuple(text.split()),
        query.get("code_challenge"),
    )


def back_to(redirect: str, **values: str | None) -> web.Response:
    """Send the browser back with these values."""
    parts = urlsplit(redirect)
    query = urlencode({name: value for name, value in values.items() if value is not None})
    address = urlunsplit(parts._replace(query=query))
    return web.Response(status=302, headers={"Location": address})


def oauth_error(error: str, description: str, status: int = 400) -> web.Response:
    """Refuse a request for tokens: https://www.rfc-editor.org/rfc/rfc6749#section-5.2."""
    return web.json_response({"error": error, "error_description": description}, status=status)


def refusal(said: str) -> web.Response:
    html = _page().render(refused=said, look=Look("practice platform", "#555"))
    return web.Response(text=html, content_type="text/html", status=400)


@cache
def _page() -> Template:
    source = (files(__package__) / "oauth_page.html.j2").read_text(encoding="utf-8")
    return SandboxedEnvironment(autoescape=True).from_string(source)
