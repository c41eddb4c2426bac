"""Secrets of accounts: sealed with a key that never lies beside the database."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from campaignbot.domain.errors import user_error
from campaignbot.domain.secrets import Secret

SERVICE = "campaignbot"
ENVIRONMENT = "CAMPAIGNBOT_KEY"
CREDENTIAL = "campaignbot-key"


class Vault:
    """Seals and opens secrets with one key (Fernet: AES-128-CBC with HMAC-SHA256)."""

    def __init__(self, key: Secret) -> None:
        try:
            self._fernet = Fernet(key.reveal())
        except ValueError:
            raise user_error("vault.bad_key", remedy="vault.bad_key.remedy") from None

    def seal(self, secrets: Mapping[str, Secret]) -> bytes:
        plain = json.dumps({name: secret.reveal() for name, secret in secrets.items()})
        return self._fernet.encrypt(plain.encode())

    def open(self, sealed: bytes) -> dict[str, Secret]:
        """Return the secrets; UserError when they were sealed with another key."""
        try:
            plain = self._fernet.decrypt(sealed)
        except InvalidToken:
            raise user_error("vault.other_key", remedy="vault.other_key.remedy") from None
        return {name: Secret(value) for name, value in json.loads(plain).items()}


def new_key() -> Secret:
    """Return a fresh key."""
    return Secret(Fernet.generate_key().decode())


def find_key(workdir: Path, key_file: Path | None, environment: Mapping[str, str]) -> Secret | None:
    """Return the key of a working folder, or None where there is none yet.

    Looked for in this order: the environment, a systemd credential, the key file of the settings,
    the keyring of the operating system.
    """
    if given := environment.get(ENVIRONMENT):
        return Secret(given.strip())
    if folder := environment.get("CREDENTIALS_DIRECTORY"):
        credential = Path(folder) / CREDENTIAL
        if credential.is_file():
            return Secret(credential.read_text().strip())
    if key_file is not None:
        return Secret(key_file.read_text().strip()) if key_file.is_file() else None
    return _from_keyring(workdir)


def require_key(workdir: Path, key_file: Path | None, environment: Mapping[str, str]) -> Secret:
    """Return the key; UserError that says where to put one when there is none."""
    key = find_key(workdir, key_file, environment)
    if key is None:
        raise user_error("vault.no_key", remedy="vault.no_key.remedy", variable=ENVIRONMENT)
    return key


def make_key(workdir: Path, key_file: Path | None, environment: Mapping[str, str]) -> Secret:
    """Return the key, made and kept first where there is none.

    Kept in the key file of the settings (readable by its owner only), else in the keyring of the
    operating system; UserError where neither can be.
    """
    if (known := find_key(workdir, key_file, environment)) is not None:
        return known
    key = new_key()
    if key_file is not None:
        write_key_file(key_file, key)
        return key
    import keyring
    from keyring.errors import KeyringError

    with suppress(KeyringError):
        keyring.set_password(SERVICE, str(workdir.resolve()), key.reveal())
    # Read again: a keyring that is switched off takes a password and keeps nothing.
    if _from_keyring(workdir) != key:
        raise user_error("vault.no_key", remedy="vault.no_key.remedy", variable=ENVIRONMENT)
    return key


def write_key_file(path: Path, key: Secret) -> None:
    """Write a new key file that only its owner can read; FileExistsError when there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key.reveal() + "\n")


def _from_keyring(workdir: Path) -> Secret | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        found = keyring.get_password(SERVICE, str(workdir.resolve()))
    except KeyringError:
        return None
    return Secret(found) if found else None
