"""Passwords: argon2id, in threads of their own, and as slow for an unknown name as for a wrong password."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

LENGTH = 12
"""A password has at least so many characters (NIST SP 800-63B-4 asks for 15 where it stands alone, 8 beside another factor)."""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""OWASP's recommended minimum for argon2id: 19 MiB, two passes, one lane (about 30 ms)."""


class Passwords:
    """At most two are worked on at a time, so that a rush of sign-ins takes neither all memory nor all cores."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(2, "passwords")
        self._nobodys = _HASHER.hash("nobody's password")

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, _HASHER.hash, password)

    async def holds(self, hash: str | None, password: str) -> bool:
        """Whether it is the password; without a hash, the same work for nothing and False."""

        def verify() -> bool:
            try:
                _HASHER.verify(hash or self._nobodys, password)
            except VerifyMismatchError:
                return False
            return hash is not None

        return await asyncio.get_running_loop().run_in_executor(self._threads, verify)

    def close(self) -> None:
        self._threads.shutdown()
