"""Loggers whose password changes: either of two counts until it is known which one they have."""

import threading
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from smartpark.hj212.frame import Frame


class Passwords:
    """Written by the network thread, read by the worker's."""

    def __init__(self) -> None:
        self.pairs: Mapping[str, AbstractSet[str]] = {}  # what a logger may speak under, by MN
        self._used: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def counts(self, frame: Frame) -> bool:
        """Return whether a frame is under one of two passwords of its logger, and note which."""
        pair = self.pairs.get(frame.head.mn)
        if pair is None or frame.head.pw not in pair:
            return False
        with self._lock:
            self._used.setdefault(frame.head.mn, set()).add(frame.head.pw)
        return True

    def used(self) -> Mapping[str, AbstractSet[str]]:
        """Return the passwords that loggers with two spoke under since the last call."""
        with self._lock:
            used, self._used = self._used, {}
        return used
