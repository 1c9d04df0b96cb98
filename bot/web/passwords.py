"""Staff's passwords: a file of names and argon2 hashes, and the cookies that it stands behind."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.errors import SettingsError

NAME = re.compile(r"[\w.@-]{1,100}")
MAX_PASSWORD_CHARACTERS = 200
MIN_PASSWORD_CHARACTERS = 12
SIGNED_IN_SECONDS = 8 * 3600
SKEW_SECONDS = 300
"""So far may the clocks of two replicas be apart."""
_HASHER = PasswordHasher()


@cache
def _nobodys() -> str:
    """The hash that is looked at for a name that nobody has."""
    return _HASHER.hash(secrets.token_hex())


class Passwords:
    """The password file, read again whenever it is needed: who is taken out of it is out."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._read()

    def fits(self, name: str, password: str) -> bool:
        """Whether a name has that password; it takes as long for a name that nobody has."""
        if len(password) > MAX_PASSWORD_CHARACTERS:
            return False
        hashed = self._read().get(name)
        try:
            return _HASHER.verify(hashed or _nobodys(), password) and hashed is not None
        except (VerificationError, InvalidHashError):
            return False

    def cookie(self, name: str) -> str:
        """A word that says until when `name` is signed in, and that only this file can have said it."""
        until = int(self._clock()) + SIGNED_IN_SECONDS
        said = f"{until}.{base64.urlsafe_b64encode(name.encode()).decode().rstrip('=')}"
        return f"{said}.{self._signature(said, name)}"

    def holds(self, cookie: str) -> bool:
        """Whether a cookie is one of ours, still good, and of somebody who is in the file unchanged."""
        said, _, signature = cookie.rpartition(".")
        until, _, encoded = said.partition(".")
        try:
            name = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
            expected = self._signature(said, name)
        except (ValueError, KeyError, binascii.Error, SettingsError):
            return False
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            return False
        # A server that was started by a clock that is behind lets nobody stay for longer than from now on.
        return 0 < int(until) - self._clock() <= SIGNED_IN_SECONDS + SKEW_SECONDS

    def _signature(self, said: str, name: str) -> str:
        """Raises KeyError for a name that is not in the file."""
        key = hashlib.sha256(b"grundlag cookie\x00" + self._read()[name].encode()).digest()
        return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()

    def _read(self) -> Mapping[str, str]:
        return read_passwords(self._path)


def read_passwords(path: Path) -> dict[str, str]:
    """The hash of each name. Raises SettingsError when the file cannot be read or a line is not one of ours."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{path} cannot be read. Write it with `grundlag password NAME`.") from None
    found = {}
    for number, line in enumerate(lines, 1):
        name, _, hashed = line.partition(":")
        if not NAME.fullmatch(name) or not hashed.startswith("$argon2id$"):
            raise SettingsError(
                f"{path} line {number} is no name and hash. Remove it; `grundlag password` writes them."
            )
        found[name] = hashed
    return found


def write_password(path: Path, name: str, password: str) -> None:
    """Give `name` a password, in a file that only its owner can read.

    Raises SettingsError for a name or password that cannot be used.
    """
    if not NAME.fullmatch(name):
        raise SettingsError(f"{name!r} is no name: letters, digits, and . @ _ - expected.")
    if not MIN_PASSWORD_CHARACTERS <= len(password) <= MAX_PASSWORD_CHARACTERS:
        raise SettingsError(
            f"A password of {len(password)} characters found, {MIN_PASSWORD_CHARACTERS} to {MAX_PASSWORD_CHARACTERS} "
            "expected. Choose another; a sentence is easy to remember."
        )
    known = read_passwords(path) if path.exists() else {}
    known[name] = _HASHER.hash(password)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    draft.touch(mode=0o600, exist_ok=False)
    draft.write_text("".join(f"{name}:{hashed}\n" for name, hashed in known.items()), encoding="utf-8")
    draft.replace(path)
