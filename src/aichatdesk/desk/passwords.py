"""Hash and check passwords without letting a flood of logins take the machine."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher

_AT_ONCE = 2


class Passwords:
    """argon2id, two at a time; bcrypt hashes of imported accounts are accepted once and replaced."""

    def __init__(self) -> None:
        self._hasher = PasswordHash((Argon2Hasher(), BcryptHasher()))
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")
        # Checked where there is no account, so that its absence cannot be told from the time it takes.
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        """The hash to store."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    async def check(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Whether the password is right, and a better hash to store where there is one."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._check, password, stored)

    def _check(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        if stored is None:
            self._nobody = self._nobody or self._hasher.hash("nobody's password")
            self._hasher.verify(password, self._nobody)
            return False, None
        try:
            return self._hasher.verify_and_update(password, stored)
        except UnknownHashError:
            return False, None
