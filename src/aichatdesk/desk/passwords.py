"""Hash and check passwords without letting a flood of logins take the machine."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher

from aichatdesk.core.errors import Unavailable

T = TypeVar("T")

_AT_ONCE = 2
_MOST_WAITING = 16
_RETRY_SECONDS = 5
_BCRYPT_BYTES = 72


class Passwords:
    """argon2id, two at a time and few in the queue; bcrypt hashes of imported accounts are replaced at first use.

    `argon2` says how much work a hash is, where it should be other than the library's own choice.
    """

    def __init__(self, argon2: Argon2Hasher | None = None) -> None:
        self._hasher = PasswordHash((argon2 or Argon2Hasher(), BcryptHasher()))
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")
        self._waiting = 0
        # Checked where there is no account, so that its absence cannot be told from the time it takes.
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """The hash to store; raises `Unavailable` where too many wait already."""
        return await self._in_turn(lambda: self._hasher.hash(password))

    async def check(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Whether the password is right, and a better hash to store where there is one; raises as `hash`."""
        return await self._in_turn(lambda: self._check(password, stored))

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._waiting >= _AT_ONCE + _MOST_WAITING:
            raise Unavailable(
                "Too many passwords are being checked; try again in a few seconds.",
                retry_after=_RETRY_SECONDS,
            )
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

    def _check(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        if stored is None:
            self._nobody = self._nobody or self._hasher.hash("nobody's password")
            self._hasher.verify(password, self._nobody)
            return False, None
        try:
            if BcryptHasher.identify(stored):
                return self._check_imported(password, stored)
            return self._hasher.verify_and_update(password, stored)
        except (UnknownHashError, ValueError):  # no hash at all, or a damaged one
            return False, None

    def _check_imported(self, password: str, stored: str) -> tuple[bool, str | None]:
        """bcrypt never looked further than 72 bytes, and its present library refuses more."""
        right = BcryptHasher().verify(password.encode()[:_BCRYPT_BYTES], stored)
        return right, self._hasher.hash(password) if right else None
