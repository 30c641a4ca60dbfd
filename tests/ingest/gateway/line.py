"""A line without a network: a transport that notes what becomes of it, a loop whose time the test turns."""

import socket
from collections.abc import Callable
from typing import Any


class Time:
    """As much of an event loop as a connection needs."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self._later: list[tuple[float, Callable[..., Any], tuple[Any, ...]]] = []

    def time(self) -> float:
        return self.now_s

    def call_later(self, after_s: float, call: Callable[..., Any], *more: Any) -> None:
        self._later.append((self.now_s + after_s, call, more))

    def pass_by(self, seconds: float) -> None:
        """Let time pass, in seconds, and what is due happen."""
        until_s = self.now_s + seconds
        while due := [one for one in self._later if one[0] <= until_s]:
            first = min(due, key=lambda one: one[0])
            self._later.remove(first)
            self.now_s = max(self.now_s, first[0])
            first[1](*first[2])
        self.now_s = until_s


class Transport:
    """The other end of it reads when the test says so."""

    def __init__(self, host: str = "10.0.0.1") -> None:
        self.host = host
        self.socket: socket.socket | None = None
        self.reading = True
        self.written: list[bytes] = []
        self.closing = self.aborted = False

    def get_extra_info(self, name: str) -> tuple[str, int] | socket.socket | None:
        return {"peername": (self.host, 4711), "socket": self.socket}[name]

    def set_write_buffer_limits(self, high: int) -> None:
        assert high > 0

    def is_closing(self) -> bool:
        return self.closing

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.closing = self.aborted = True
