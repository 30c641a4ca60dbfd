"""How far an import has come: a bar on a terminal, a line now and then elsewhere."""

import sys
from collections.abc import Callable
from typing import TextIO

_EVERY_S = 10.0
_WIDTH = 30


class Progress:
    """Says how far a file of ``size`` is read; ``monotonic_s`` tells the time."""

    def __init__(self, size: int, monotonic_s: Callable[[], float], out: TextIO | None = None) -> None:
        self._size = max(size, 1)
        self._monotonic_s = monotonic_s
        self._out = sys.stderr if out is None else out
        self._began_s = self._said_s = monotonic_s()
        self._first: int | None = None

    def at(self, position: int, minutes: int, refused: int) -> None:
        """Say that everything before a position is read."""
        now_s = self._monotonic_s()
        self._first = position if self._first is None else self._first
        share = min(1.0, position / self._size)
        speed = minutes / max(now_s - self._began_s, 1e-3)
        words = f"{100 * share:5.1f} %  {minutes:,} minutes, {refused:,} refused, {speed:,.0f}/s"
        if self._out.isatty():
            filled = round(_WIDTH * share)
            self._out.write(f"\r[{'#' * filled}{'.' * (_WIDTH - filled)}] {words} ")
            self._out.flush()
        elif now_s - self._said_s >= _EVERY_S or share == 1.0:
            self._said_s = now_s
            self._out.write(f"import: {words}\n")

    def end(self) -> None:
        """Leave the line of the bar."""
        if self._out.isatty():
            self._out.write("\n")
