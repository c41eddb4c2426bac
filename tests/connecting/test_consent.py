"""What a consent can answer, and what becomes of it: in one clear sentence, or connected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.conftest import MONDAY
from tests.consents import CLIENT_SECRET, FAMILIES, consented, decide, with_apps
from tests.workdirs import account_of, opened, sandboxed

from campaignbot.bootstrap import Application
from campaignbot.connecting import apps
from campaignbot.connecting.consent import Question, answer_in, code_in, exchanged
from campaignbot.connecting.pages import chosen
from campaignbot.domain.accounts import Account
from campaignbot.domain.clock import SimulatedClock
from campaignbot.domain.errors import UserError
from campaignbot.domain.secrets import Secret
from campaignbot.platforms.consent import Consent, Page, RegisteredApp
from campaignbot.sandbox import Sandbox, SandboxPost
from campaignbot.sandbox.fault import Fault

PLATFORMS = tuple(FAMILIES)
CODE_LASTS = {
    "linkedin": timedelta(minutes=30),
    "facebook": timedelta(minutes=10),
    "instagram": timedelta(minutes=10),
    "x": timedelta(seconds=30),
}


class Asking:
    """One consent of a platform that is being asked for."""

    def __init__(self, application: Application, sandbox: Sandbox, key: str) -> None:
        self.application, self.sandbox, self.key = application, sandbox, key
        self.account: Account = account_of(application, key)
        self.app = apps.require_app(application.access, self.account)
        self.question = Question()

    @contextmanager
    def consent(self, app: RegisteredApp | None = None) -> Iterator[Consent]:
        opened_consent = self.application.access.open_consent(
            self.account, app or self.app, frozenset()
        )
        with closing(opened_consent) as consent:
            yield consent

    def answer(self, *, allow: bool = True) -> Mapping[str, str]:
        with self.consent() as consent:
            address = consent.address(self.question.state, self.question.challenge)
        sent_to = decide(address, allow=allow, follow=False).headers["Location"]
        return answer_in(sent_to)

    def code(self) -> Secret:
        return code_in(self.question, self.answer(), self.key)

    def refusal(self, code: Secret, app: RegisteredApp | None = None) -> tuple[str, str]:
        """Return the key of the sentence, and the platform's words, with which it is refused."""
        with self.consent(app) as consent, pytest.raises(UserError) as refused:
            exchanged(consent, code, self.question, self.key)
        what = refused.value.problems[0].what
        return what.key, str(what.params["said"])


@contextmanager
def asking(folder: Path, key: str) -> Iterator[Asking]:
    with sandboxed(folder) as sandbox:
        sandbox.world.set_clock(MONDAY)
        with_apps(folder, sandbox)
        with opened(folder, SimulatedClock(MONDAY)) as application:
            yield Asking(application, sandbox, key)


def said(answer: Mapping[str, str], question: Question) -> str:
    with pytest.raises(UserError) as refused:
        code_in(question, answer, "LinkedIn")
    return refused.value.problems[0].what.key


@pytest.mark.parametrize("key", PLATFORMS)
def test_a_code_works_once_in_time_and_for_its_own_app(tmp_path: Path, key: str) -> None:
    with asking(tmp_path, key) as ours:
        code = ours.code()
        with ours.consent() as consent:
            grant, pages = exchanged(consent, code, ours.question, key)
        assert [page.external_id for page in pages] == [ours.account.external_id]
        assert grant.credentials.permissions is not None
        refused = "consent.not_exchanged"
        assert ours.refusal(code)[0] == refused
        assert ours.refusal(Secret("made-up"))[0] == refused
        elsewhere = replace(ours.app, redirect=f"{ours.app.redirect}/other")
        assert ours.refusal(ours.code(), elsewhere)[0] == refused
        impostor = replace(ours.app, client_secret=Secret("not-this-secret"))
        key_said, words = ours.refusal(ours.code(), impostor)
        assert key_said == refused and "not-this-secret" not in words
        late = ours.code()
        ours.sandbox.world.set_clock(MONDAY + CODE_LASTS[key] + timedelta(seconds=1))
        assert ours.refusal(late)[0] == refused


@pytest.mark.parametrize("key", PLATFORMS)
@pytest.mark.parametrize("kind", ["http_500", "drop_before", "malformed", "empty", "rate_limit"])
def test_a_platform_that_fails_is_told_and_changes_nothing(
    tmp_path: Path, key: str, kind: str
) -> None:
    with asking(tmp_path, key) as ours:
        code, platform = ours.code(), "facebook" if key == "instagram" else key
        ours.sandbox.world.faults.append(Fault(platform, "oauth", kind))
        told, words = ours.refusal(code)
        assert told == "consent.silent"
        assert code.reveal() not in words and ours.app.client_secret.reveal() not in words


def test_x_takes_the_code_only_from_whom_it_was_asked_by(tmp_path: Path) -> None:
    with asking(tmp_path, "x") as ours:
        code = ours.code()
        ours.question = Question(state=ours.question.state)
        assert ours.refusal(code)[0] == "consent.not_exchanged"


def test_a_public_client_of_x_needs_no_secret(tmp_path: Path) -> None:
    with asking(tmp_path, "x") as ours:
        known = ours.sandbox.world.grants.app("x", "app-x")
        assert known is not None
        ours.sandbox.world.grants.register(replace(known, client_secret=None))
        public = replace(ours.app, client_secret=Secret(""))
        apps.register(ours.application.access, "x", public, secret_optional=True)
        assert consented(ours.application, "x").credentials.renew_at_utc is not None


@pytest.mark.parametrize("key", PLATFORMS)
def test_what_a_consent_gives_is_enough_to_take_a_post_down(tmp_path: Path, key: str) -> None:
    with asking(tmp_path, key) as ours:
        consented(ours.application, key)
        world, account = ours.sandbox.world, account_of(ours.application, key)
        post = SandboxPost("7300000000000000042", key, account.external_id, "Weg ermee.", MONDAY)
        world.add_post(post)
        with closing(ours.application.open_adapter(account)) as adapter:
            adapter.delete(post.id)
        assert world.find(key, post.id) is None


@pytest.mark.parametrize("key", PLATFORMS)
def test_no_is_told_as_no(tmp_path: Path, key: str) -> None:
    with asking(tmp_path, key) as ours:
        assert said(ours.answer(allow=False), ours.question) == "consent.denied"


def test_only_the_answer_to_this_question_counts() -> None:
    question = Question()
    for state in ({}, {"state": ""}, {"state": Question().state}, {"state": "é"}):
        assert said({"code": "123", **state}, question) == "consent.other_state"
        assert said({"error": "access_denied", **state}, question) == "consent.other_state"
    ours = {"state": question.state}
    assert said(ours, question) == "consent.no_code"
    assert said({**ours, "error": "server_error"}, question) == "consent.refused"
    told = {**ours, "error": "x", "error_description": "The redirect_uri does not match"}
    with pytest.raises(UserError) as refused:
        code_in(question, told, "LinkedIn")
    remedy = refused.value.problems[0].remedy
    assert remedy is not None and remedy.key == "consent.redirect.remedy"
    scope = {**ours, "error": "unauthorized_scope_error", "error_description": "Not authorized"}
    with pytest.raises(UserError) as refused:
        code_in(question, scope, "LinkedIn")
    remedy = refused.value.problems[0].remedy
    assert remedy is not None and remedy.key == "consent.scope.remedy"
    assert code_in(question, {**ours, "code": "123"}, "LinkedIn") == Secret("123")


def test_a_question_is_new_each_time_and_shows_nothing() -> None:
    one, other = Question(), Question()
    assert one.state != other.state and one.verifier != other.verifier
    assert len(one.verifier) >= 43 and one.verifier not in one.challenge
    assert one.state not in repr(one) and one.verifier not in repr(one)
    # The example of https://www.rfc-editor.org/rfc/rfc7636#appendix-B.
    known = Question("s", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert known.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.parametrize("pasted", ["", "   ", "hello", "http://localhost:1/callback", "http://["])
def test_what_is_no_answer_is_not_taken_for_one(pasted: str) -> None:
    with pytest.raises(UserError) as refused:
        answer_in(pasted)
    assert refused.value.problems[0].what.key == "consent.not_the_address"


def test_an_address_is_read_with_what_surrounds_it() -> None:
    assert answer_in("  http://localhost:1/callback?state=a&code=b%3D#_=_\n") == {
        "state": "a",
        "code": "b=",
    }


def page(number: int, *, may_post: bool = True) -> Page:
    return Page(f"urn:li:organization:{number}", f"Pagina {number}", may_post)


def test_the_page_is_the_one_asked_for_or_ours_or_the_only_one(tmp_path: Path) -> None:
    with sandboxed(tmp_path), opened(tmp_path) as application:
        ours = replace(account_of(application, "linkedin"), external_id=page(2).external_id)
        new = replace(ours, external_id="")
        three = (page(1), page(2), page(3))
        assert chosen(three, ours, "LinkedIn", None) == page(2)
        assert chosen(three, ours, "LinkedIn", "3") == page(3)
        assert chosen(three, ours, "LinkedIn", "urn:li:organization:1") == page(1)
        assert chosen((page(1),), new, "LinkedIn", None) == page(1)
        assert chosen(three, new, "LinkedIn", None) is None
        # Never another page than ours without being asked for.
        assert chosen((page(1),), ours, "LinkedIn", None) is None
        for pages, asked, key in (
            ((), None, "consent.no_pages"),
            (three, "4", "consent.page_unknown"),
            ((page(2, may_post=False),), None, "consent.may_not_post"),
            ((page(1, may_post=False),), "1", "consent.may_not_post"),
        ):
            with pytest.raises(UserError) as refused:
                chosen(pages, ours, "LinkedIn", asked)
            assert refused.value.problems[0].what.key == key


def test_an_app_is_kept_sealed_and_comes_back_as_it_was(tmp_path: Path) -> None:
    with sandboxed(tmp_path), opened(tmp_path) as application:
        access = application.access
        assert apps.all_registered(access) == ()
        secret = CLIENT_SECRET.format(family="linkedin")
        given = RegisteredApp("app-linkedin", Secret(secret), "http://localhost:8765/callback")
        apps.register(access, "linkedin", given, secret_optional=False)
        assert apps.registered(access, "linkedin") == given
        assert [found.name for found in apps.all_registered(access)] == ["linkedin"]
        for file in (tmp_path / "data").glob("campaignbot.db*"):
            assert secret.encode() not in file.read_bytes()
        for wrong, key in (
            (replace(given, client_id=" "), "app.no_id"),
            (replace(given, client_secret=Secret("")), "app.no_secret"),
            (replace(given, redirect="localhost:8765"), "app.bad_redirect"),
            (replace(given, redirect="http://localhost:99999/"), "app.bad_redirect"),
            (replace(given, redirect="http://localhost/?a=b"), "app.bad_redirect"),
        ):
            with pytest.raises(UserError) as refused:
                apps.register(access, "linkedin", wrong, secret_optional=False)
            assert refused.value.problems[0].what.key == key
        assert apps.registered(access, "linkedin") == given
        assert apps.forget(access, "linkedin") and not apps.forget(access, "linkedin")


def test_facebook_and_instagram_share_an_app_unless_the_settings_say_otherwise(
    tmp_path: Path,
) -> None:
    with sandboxed(tmp_path), opened(tmp_path) as application:
        facebook, instagram = (account_of(application, k) for k in ("facebook", "instagram"))
        access = application.access
        assert apps.app_name(access, facebook) == apps.app_name(access, instagram) == "meta"
        apart = replace(access, apps={"instagram": "bureau"})
        assert apps.app_name(apart, instagram) == "bureau"


@pytest.mark.parametrize(
    ("redirect", "port"),
    [
        ("http://localhost:8765/callback", 8765),
        ("http://127.0.0.1:99/x", 99),
        ("https://localhost:8765/callback", None),
        ("https://www.waterrijk.example/koppelen", None),
    ],
)
def test_only_plain_addresses_of_this_machine_can_be_answered_here(
    redirect: str, port: int | None
) -> None:
    assert apps.loopback_port(redirect) == port
