"""Loggers whose password changes: which of two they use, and what they say under the one that we do not know them by yet.

A logger that has taken a new password and whose word about it was lost would be refused for ever. So both count until it
has shown which one it uses, and what it says meanwhile is kept back for the moment that it takes us to believe it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from smartpark.hj212.frame import Frame, FrameError

_WAITS_S = 10.0  # in that time the worker has written the password down, and read it again

L = TypeVar("L")


class Passwords(Generic[L]):
    """Written by the network thread, read by the worker's; ``L`` is a connection that can be held."""

    def __init__(self) -> None:
        self.others: Mapping[str, str] = {}  # the password that a logger may also use, by MN
        self._used: dict[str, str] = {}
        self._kept: dict[L, tuple[float, list[Frame | FrameError]]] = {}

    def note(self, frame: Frame) -> bool:
        """Note under which password a logger spoke; return whether it is the one that it may also use."""
        if not self.others:
            return False
        other = self.others.get(frame.head.mn)
        if other is None:
            return False
        self._used[frame.head.mn] = frame.head.pw
        return frame.head.pw == other

    def used(self) -> Mapping[str, str]:
        """Return the passwords that loggers with two spoke under since the last call."""
        used, self._used = self._used, {}
        return used

    def keep(self, link: L, frames: Sequence[Frame | FrameError], now_s: float) -> None:
        """Keep frames back, from the first under the other password on."""
        self._kept.setdefault(link, (now_s, []))[1].extend(frames)

    def keeps(self, link: L) -> bool:
        """Return whether frames of a connection are kept back."""
        return link in self._kept

    def due(self, trusts: Callable[[Frame], bool], now_s: float) -> list[tuple[L, list[Frame | FrameError]]]:
        """Return, once, what was kept back and is believed now, or was not in time."""
        due = [
            link
            for link, (since_s, kept) in self._kept.items()
            if now_s - since_s > _WAITS_S or (isinstance(kept[0], Frame) and trusts(kept[0]))
        ]
        return [(link, self._kept.pop(link)[1]) for link in due]
