"""Passwords: Argon2id, at most two at a time, because each takes 64 MiB."""

import threading

from pwdlib import PasswordHash

_AT_ONCE = 2
_PATIENCE_S = 10.0


class BusyError(RuntimeError):
    """Too many log-ins at the same moment."""


class Passwords:
    """Hashes and checks passwords, bounded in memory."""

    def __init__(self) -> None:
        self._hash = PasswordHash.recommended()
        self._seats = threading.BoundedSemaphore(_AT_ONCE)
        self._dummy: str | None = None

    def make(self, password: str) -> str:
        """Return the hash of a password."""
        with self._seats:
            return self._hash.hash(password)

    def check(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Return whether it fits, and a fresh hash when the stored one is of an older kind.

        An unknown account (``None``) costs the same time as a known one.

        Raises:
            BusyError: no seat came free in time.

        """
        if not self._seats.acquire(timeout=_PATIENCE_S):
            raise BusyError
        try:
            if stored is None:
                self._dummy = self._dummy or self._hash.hash("no account has this password")
                self._hash.verify(password, self._dummy)
                return False, None
            return self._hash.verify_and_update(password, stored)
        finally:
            self._seats.release()
