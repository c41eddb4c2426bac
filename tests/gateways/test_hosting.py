"""Where pictures are put for platforms to fetch, and the look that is taken at every address."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pytest
import requests
from tests.gateways.conftest import PICTURE
from tests.loopback import Quiet, serving

from campaignbot.domain.content import MediaItem
from campaignbot.domain.errors import UserError
from campaignbot.domain.hosting import MediaUnreachable, PublicHost
from campaignbot.gateways import web
from campaignbot.gateways.hosting import OwnFolder, PublicMedia, WebFolder
from campaignbot.gateways.media import MediaHost, MediaStore
from campaignbot.i18n import Translator


def key_of(error: pytest.ExceptionInfo[UserError]) -> str:
    return error.value.problems[0].what.key


@pytest.fixture
def site(tmp_path: Path) -> Iterator[MediaHost]:
    """The organisation's own web server, which serves the folder site/."""
    serving = MediaHost(tmp_path / "site")
    serving.start()
    yield serving
    serving.stop()


def public(store: MediaStore, host: PublicHost | None, *, here_too: bool = True) -> PublicMedia:
    return PublicMedia(store, lambda: host, here_too=here_too)


def test_a_picture_is_copied_once_under_a_name_that_nobody_guesses(
    store: MediaStore, item: MediaItem, site: MediaHost, tmp_path: Path
) -> None:
    host = WebFolder(store, tmp_path / "site", site.url)
    url = public(store, host).public_url(item)
    assert url == f"{site.url}/{item.sha256}.jpg"
    assert requests.get(url, timeout=5).content == PICTURE
    copy = tmp_path / "site" / f"{item.sha256}.jpg"
    before = copy.stat().st_mtime_ns
    assert public(store, host).public_url(item) == url
    assert copy.stat().st_mtime_ns == before, "it is not copied again"
    assert [p.name for p in (tmp_path / "site").iterdir()] == [copy.name], "nothing half written"


def test_a_copy_that_was_cut_off_is_made_again(
    store: MediaStore, item: MediaItem, site: MediaHost, tmp_path: Path
) -> None:
    host = WebFolder(store, tmp_path / "site", site.url)
    (tmp_path / "site" / f"{item.sha256}.jpg").write_bytes(PICTURE[:5])
    assert requests.get(public(store, host).public_url(item), timeout=5).content == PICTURE


def test_two_posts_that_need_the_same_picture_at_once_both_get_it(
    item: MediaItem, tmp_path: Path
) -> None:
    """Two accounts in one process, or two containers whose processes have the same number."""
    waiting: list[Callable[[], str]] = []

    class Meanwhile(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if waiting:
                waiting.pop()()
            return super().read(size)

    class Busy(MediaStore):
        def open(self, item: MediaItem) -> BinaryIO:
            return Meanwhile(self.read(item))

    host = WebFolder(Busy(tmp_path / "media"), tmp_path / "site", "https://www.example.org/beeld")
    waiting.append(lambda: host.put(item))
    assert host.put(item) == f"https://www.example.org/beeld/{item.sha256}.jpg"
    [copy] = (tmp_path / "site").iterdir()
    assert copy.read_bytes() == PICTURE


def test_a_picture_can_be_taken_off_the_web_also_twice(
    store: MediaStore, item: MediaItem, site: MediaHost, tmp_path: Path
) -> None:
    host = WebFolder(store, tmp_path / "site", site.url)
    url = public(store, host).public_url(item)
    for _ in range(2):
        host.remove(item)
    assert requests.get(url, timeout=5).status_code == 404
    assert store.read(item) == PICTURE, "the archive keeps it"


def test_the_media_folder_itself_can_be_on_the_web_and_loses_nothing(tmp_path: Path) -> None:
    serving = MediaHost(tmp_path / "media")
    serving.start()
    store = MediaStore(tmp_path / "media", serving.url)
    item = MediaItem(store.put(PICTURE, "image/jpeg"), "image/jpeg", 1, 1, "")
    host = OwnFolder(store)
    url = public(store, host).public_url(item)
    assert requests.get(url, timeout=5).content == PICTURE
    host.remove(item)
    assert store.read(item) == PICTURE
    serving.stop()


def test_a_folder_that_cannot_be_written_says_so_and_may_come_back(
    store: MediaStore, item: MediaItem, tmp_path: Path
) -> None:
    (tmp_path / "mount").write_text("in the way")
    with pytest.raises(MediaUnreachable) as caught:
        WebFolder(store, tmp_path / "mount", "https://x.example").put(item)
    assert key_of(caught) == "workdir.not_writable"


def test_without_a_place_it_says_that_one_is_missing(store: MediaStore, item: MediaItem) -> None:
    with pytest.raises(UserError) as caught:
        public(store, None).public_url(item)
    assert key_of(caught) == "media.no_public_url"
    assert not isinstance(caught.value, MediaUnreachable), "waiting does not help"


@dataclass
class Odd:
    """A web server that answers as it is told."""

    status: int = 200
    mime: str = "image/jpeg"
    length: int | None = len(PICTURE)
    head: int | None = None
    to: str | None = None
    asked: int = 0
    url: str = ""


@pytest.fixture
def odd() -> Iterator[Odd]:
    state = Odd()

    class Handler(Quiet):
        def answer(self) -> None:
            state.asked += 1
            head = self.command == "HEAD"
            if state.to is not None:
                self.send_response(302)
                self.send_header("Location", state.to)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(state.head if head and state.head else state.status)
            self.send_header("Content-Type", state.mime)
            if state.length is not None:
                self.send_header("Content-Length", str(state.length))
            self.end_headers()
            if not head:
                self.wfile.write(bytes(state.length or 0))

        do_GET = do_HEAD = answer

    with serving(Handler) as state.url:
        yield state


class Elsewhere:
    """A place that says where a picture is, whatever stands there."""

    def __init__(self, url: str, keeps_bytes: bool = True) -> None:
        self.url, self.keeps_bytes = url, keeps_bytes

    def put(self, _item: MediaItem) -> str:
        return self.url

    def remove(self, _item: MediaItem) -> None:
        """Hold nothing."""

    def close(self) -> None:
        """Hold nothing."""


def refused(store: MediaStore, item: MediaItem, host: Elsewhere, here_too: bool = True) -> str:
    with pytest.raises(MediaUnreachable) as caught:
        public(store, host, here_too=here_too).public_url(item)
    problem = caught.value.problems[0]
    for language in ("nl", "en"):
        said = Translator(language, "Europe/Amsterdam").text(problem.what)
        assert "{" not in said and "advice." not in said
    return problem.what.key


@pytest.mark.parametrize("status", [401, 404, 410, 500])
def test_an_address_that_answers_no_picture_is_told(
    store: MediaStore, item: MediaItem, odd: Odd, status: int
) -> None:
    odd.status = status
    assert refused(store, item, Elsewhere(f"{odd.url}/a.jpg")) == "media.unreachable"


def test_a_login_page_is_no_picture(store: MediaStore, item: MediaItem, odd: Odd) -> None:
    odd.mime = "text/html; charset=utf-8"
    assert refused(store, item, Elsewhere(f"{odd.url}/a.jpg")) == "media.other_kind"


def test_a_picture_of_another_length_is_not_the_approved_one(
    store: MediaStore, item: MediaItem, odd: Odd
) -> None:
    odd.length = 7
    assert refused(store, item, Elsewhere(f"{odd.url}/a.jpg")) == "media.other_size"
    made_anew = Elsewhere(f"{odd.url}/a.jpg", keeps_bytes=False)
    assert public(store, made_anew).public_url(item) == made_anew.url


@pytest.mark.parametrize("head", [403, 405, 501])
def test_a_server_that_knows_no_head_is_asked_for_the_picture(
    store: MediaStore, item: MediaItem, odd: Odd, head: int
) -> None:
    odd.head = head
    assert public(store, Elsewhere(f"{odd.url}/a.jpg")).public_url(item)
    assert odd.asked == 2


def test_a_server_that_is_down_is_told(store: MediaStore, item: MediaItem) -> None:
    assert refused(store, item, Elsewhere("http://127.0.0.1:9/a.jpg")) == "media.unreachable"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.jpg",
        "http://10.1.2.3/a.jpg",
        "http://192.168.1.20/a.jpg",
        "http://[::1]/a.jpg",
        "http://169.254.169.254/latest",
        "ftp://127.0.0.1/a.jpg",
    ],
)
def test_an_address_inside_the_own_network_is_no_use_to_a_platform(
    store: MediaStore, item: MediaItem, url: str
) -> None:
    assert refused(store, item, Elsewhere(url), here_too=False) == "media.not_public"


def test_a_redirect_into_the_own_network_is_not_followed(
    store: MediaStore, item: MediaItem, odd: Odd
) -> None:
    odd.to = "http://10.1.2.3/a.jpg"
    assert refused(store, item, Elsewhere(f"{odd.url}/a.jpg")) == "media.not_public"


def test_endless_redirects_end(store: MediaStore, item: MediaItem, odd: Odd) -> None:
    odd.to = f"{odd.url}/b.jpg"
    assert refused(store, item, Elsewhere(f"{odd.url}/a.jpg")) == "media.unreachable"
    assert odd.asked == 5


def test_what_is_said_of_an_address_leaves_out_its_secrets(
    store: MediaStore, item: MediaItem
) -> None:
    signed = "http://naam:wachtwoord@127.0.0.1:9/a.jpg?X-Amz-Signature=geheim"
    with pytest.raises(MediaUnreachable) as caught:
        public(store, Elsewhere(signed)).public_url(item)
    said = repr(caught.value.problems) + repr(caught.value.__cause__)
    assert "geheim" not in said and "wachtwoord" not in said
    assert web.shown(signed) == "http://127.0.0.1:9/a.jpg"


def test_a_picture_that_was_changed_after_its_approval_is_not_given_away(
    store: MediaStore, item: MediaItem, odd: Odd
) -> None:
    store.path(item).write_bytes(PICTURE[::-1])
    with pytest.raises(UserError) as caught:
        public(store, Elsewhere(f"{odd.url}/a.jpg")).public_url(item)
    assert key_of(caught) == "media.changed" and not odd.asked


def test_a_file_that_is_gone_is_no_matter_of_waiting(
    store: MediaStore, item: MediaItem, site: MediaHost, tmp_path: Path
) -> None:
    store.path(item).unlink()
    with pytest.raises(UserError) as caught:
        public(store, WebFolder(store, tmp_path / "site", site.url)).public_url(item)
    assert key_of(caught) == "media.gone" and not isinstance(caught.value, MediaUnreachable)
