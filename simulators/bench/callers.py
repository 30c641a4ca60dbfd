"""Two thousand loggers in one thread: frames made beforehand go out as the answers come in, or at a given rate."""

import selectors
import socket
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import NamedTuple

from simulators.bench.frames import frames
from smartpark import clock

WINDOW = 4  # unanswered frames a connection
_PATIENCE_S = 60.0
_TICK_S = 0.002
_BYTES = 65536


class Order(NamedTuple):
    """One run: so many frames a connection; at ``frames_s`` all together, or, at 0, as fast as answers come."""

    each: int
    frames_s: float


@dataclass(slots=True)
class Outcome:
    """How a run went: from its first frame to its last answer [s], and how late each answer came [ms]."""

    sent: int = 0
    answered: int = 0
    lasted_s: float = 0.0
    delays_ms: list[float] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Caller:
    socket: socket.socket
    frames: list[bytes]
    following: int = 0
    flying: deque[float] = field(default_factory=deque)  # when each unanswered frame was due


class Crowd:
    """All connections to a gateway.

    Args:
        address: of the gateway.
        callers: how many connections, each a logger.

    """

    def __init__(self, address: tuple[str, int], callers: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._callers = []
        for _ in range(callers):
            caller = _Caller(socket.create_connection(address, timeout=_PATIENCE_S), [])
            caller.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(caller.socket, selectors.EVENT_READ, caller)
            self._callers.append(caller)

    def load(self, first_s: int, each: int) -> None:
        """Make the frames of the next run, one a second from ``first_s`` on [s since 1970]."""
        for number, caller in enumerate(self._callers):
            caller.frames, caller.following = frames(number, first_s, each), 0
            caller.flying.clear()

    def fast(self) -> Outcome:
        """Send everything, so many unanswered at a time, and wait for the answers."""
        outcome = Outcome()
        begun_s = heard_s = clock.monotonic_s()
        for caller in self._callers:
            self._send(caller, WINDOW, begun_s, outcome)
        total = sum(len(caller.frames) for caller in self._callers)
        while outcome.answered < total and clock.monotonic_s() - heard_s < _PATIENCE_S:
            for caller, count in self._heard(1.0):
                heard_s = clock.monotonic_s()
                self._answered(caller, count, heard_s, outcome)
                self._send(caller, count, heard_s, outcome)
        outcome.lasted_s = heard_s - begun_s
        return outcome

    def steady(self, frames_s: float) -> Outcome:
        """Send everything at a rate [1/s]; a delay counts from the moment at which a frame was due."""
        outcome = Outcome()
        total = sum(len(caller.frames) for caller in self._callers)
        begun_s = heard_s = clock.monotonic_s()
        while outcome.answered < total and clock.monotonic_s() - heard_s < _PATIENCE_S:
            due = min(total, int((clock.monotonic_s() - begun_s) * frames_s))
            for nth in range(outcome.sent, due):
                self._send(self._callers[nth % len(self._callers)], 1, begun_s + nth / frames_s, outcome)
            for caller, count in self._heard(_TICK_S):
                heard_s = clock.monotonic_s()
                self._answered(caller, count, heard_s, outcome)
        outcome.lasted_s = heard_s - begun_s
        return outcome

    def close(self) -> None:
        """End every connection."""
        for caller in self._callers:
            with suppress(OSError):
                caller.socket.close()
        self._selector.close()

    def _send(self, caller: _Caller, count: int, due_s: float, outcome: Outcome) -> None:
        some = caller.frames[caller.following : caller.following + count]
        for frame in some:
            caller.socket.sendall(frame)
            caller.flying.append(due_s)
        caller.following += len(some)
        outcome.sent += len(some)

    def _heard(self, patience_s: float) -> list[tuple[_Caller, int]]:
        """Return who heard how many answers; each is one line."""
        return [
            (key.data, key.data.socket.recv(_BYTES).count(b"\n"))
            for key, _ in self._selector.select(patience_s)
        ]

    def _answered(self, caller: _Caller, count: int, now_s: float, outcome: Outcome) -> None:
        for _ in range(count):
            outcome.delays_ms.append(1000.0 * (now_s - caller.flying.popleft()))
        outcome.answered += count


def serve(address: tuple[str, int], callers: int, pipe: Connection) -> None:
    """Take orders until there is none and give back their outcomes; runs in a process of its own."""
    crowd = Crowd(address, callers)
    first_s = int(clock.epoch_s()) - 3600
    pipe.send(None)
    while (order := pipe.recv()) is not None:
        crowd.load(first_s, order.each)
        first_s += order.each
        pipe.send(crowd.steady(order.frames_s) if order.frames_s else crowd.fast())
    crowd.close()
