"""The vault, the media store, and the host that serves it to the sandbox."""

from __future__ import annotations

import hashlib
import stat
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

from campaignbot.domain.content import MediaItem
from campaignbot.domain.errors import UserError
from campaignbot.domain.secrets import Secret
from campaignbot.gateways.credentials import (
    CREDENTIAL,
    ENVIRONMENT,
    Vault,
    find_key,
    make_key,
    new_key,
    require_key,
    write_key_file,
)
from campaignbot.gateways.media import MediaHost, MediaStore

TOKENS = {"access_token": Secret("hoogst geheim"), "refresh": Secret("é")}
PICTURE = b"no real picture, but bytes"


def key_of(error: pytest.ExceptionInfo[UserError]) -> str:
    return error.value.problems[0].what.key


def test_what_was_sealed_can_be_opened_with_the_same_key() -> None:
    key = new_key()
    sealed = Vault(key).seal(TOKENS)
    assert Vault(key).open(sealed) == TOKENS
    assert b"geheim" not in sealed


def test_another_key_opens_nothing() -> None:
    sealed = Vault(new_key()).seal(TOKENS)
    with pytest.raises(UserError) as caught:
        Vault(new_key()).open(sealed)
    assert key_of(caught) == "vault.other_key"
    assert caught.value.__cause__ is None


def test_a_changed_seal_is_not_opened() -> None:
    vault = Vault(new_key())
    sealed = bytearray(vault.seal(TOKENS))
    sealed[30] ^= 1
    with pytest.raises(UserError):
        vault.open(bytes(sealed))


@pytest.mark.parametrize("key", ["", "te kort", "é" * 44])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(UserError) as caught:
        Vault(Secret(key))
    assert key_of(caught) == "vault.bad_key"


def test_a_key_file_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "vault.key"
    key = make_key(tmp_path, path, {})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert find_key(tmp_path, path, {}) == key
    Vault(key)


def test_a_key_that_is_there_is_never_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "vault.key"
    assert make_key(tmp_path, path, {}) == make_key(tmp_path, path, {})
    with pytest.raises(FileExistsError):
        write_key_file(path, new_key())


def test_the_environment_comes_first_then_the_credential_then_the_file(tmp_path: Path) -> None:
    path = tmp_path / "vault.key"
    write_key_file(path, Secret("van het bestand"))
    (tmp_path / CREDENTIAL).write_text("van systemd\n")
    given = {ENVIRONMENT: " uit de omgeving\n", "CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert find_key(tmp_path, path, given) == Secret("uit de omgeving")
    del given[ENVIRONMENT]
    assert find_key(tmp_path, path, given) == Secret("van systemd")
    assert find_key(tmp_path, path, {}) == Secret("van het bestand")


def test_without_a_key_it_is_said_where_to_put_one(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        require_key(tmp_path, tmp_path / "weg.key", {})
    assert key_of(caught) == "vault.no_key"
    assert caught.value.problems[0].what.params["variable"] == ENVIRONMENT


def item(data: bytes = PICTURE, mime: str = "image/jpeg") -> MediaItem:
    return MediaItem(hashlib.sha256(data).hexdigest(), mime, 10, 10, "Een proef")


@pytest.fixture
def store(tmp_path: Path) -> MediaStore:
    made = MediaStore(tmp_path / "media", "https://media.waterrijk.example/")
    assert made.put(PICTURE, "image/jpeg") == item().sha256
    return made


def test_a_picture_comes_back_byte_for_byte(store: MediaStore) -> None:
    assert store.read(item()) == PICTURE


def test_the_same_picture_is_stored_once_and_not_written_again(store: MediaStore) -> None:
    store.path(item()).chmod(0o400)
    before = store.path(item()).stat().st_mtime_ns
    store.put(PICTURE, "image/jpeg")
    assert store.path(item()).stat().st_mtime_ns == before
    assert len([p for p in store.folder.rglob("*") if p.is_file()]) == 1


def test_a_picture_that_was_changed_afterwards_is_refused(store: MediaStore) -> None:
    store.path(item()).write_bytes(PICTURE + b"!")
    with pytest.raises(UserError) as caught:
        store.read(item())
    assert key_of(caught) == "media.changed"


def test_a_picture_that_is_gone_is_named(store: MediaStore) -> None:
    store.path(item()).unlink()
    with pytest.raises(UserError) as caught:
        store.read(item())
    assert key_of(caught) == "media.gone"


def test_the_public_address_is_below_the_one_of_the_settings(store: MediaStore) -> None:
    digest = item().sha256
    wanted = f"https://media.waterrijk.example/{digest[:2]}/{digest}.jpg"
    assert store.public_url(item()) == wanted


def test_without_a_public_address_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        MediaStore(tmp_path).public_url(item())
    assert key_of(caught) == "media.no_public_url"


@pytest.fixture
def host(store: MediaStore) -> Iterator[MediaHost]:
    serving = MediaHost(store.folder)
    serving.start()
    yield serving
    serving.stop()


def test_the_host_serves_what_the_store_keeps(store: MediaStore, host: MediaHost) -> None:
    served = MediaStore(store.folder, host.url)
    with urllib.request.urlopen(served.public_url(item())) as answer:
        assert answer.read() == PICTURE
        assert answer.headers["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("path", ["/", "/aa/", "/../campaignbot.yaml", "/%2e%2e/%2e%2e/etc/passwd"])
def test_the_host_lists_nothing_and_leaves_its_folder_never(host: MediaHost, path: str) -> None:
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(f"{host.url}{path}")
    assert caught.value.code == 404
    caught.value.close()


def test_a_port_in_use_is_refused(host: MediaHost, tmp_path: Path) -> None:
    with pytest.raises(OSError):
        MediaHost(tmp_path, host.port)
