"""Whose turn it is: of several fleets that play one park, the newest plays; the others stand aside until it ends."""

import fcntl
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from smartpark import clock

_LOOK_EVERY_S = 0.2


class Turn:
    """A place in the row of the fleets of one park on one broker; the kernel frees it when the process dies."""

    def __init__(self, data_dir: Path, park: str, url: str) -> None:
        self._folder = data_dir / "fleets" / f"{park}-{hashlib.sha256(url.encode()).hexdigest()[:12]}"
        self.name = f"{os.getpid():07d}"
        self._place: Path | None = None
        self._held: IO[str] | None = None
        self._looked_s = -_LOOK_EVERY_S
        self._mine = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.give_back()

    def take(self) -> None:
        """Step in front: the fleets that play now stand aside."""
        self._folder.mkdir(parents=True, exist_ok=True)
        place = self._folder / f"{int(clock.epoch_s() * 1e6):020d}-{self.name}"
        unseen = place.with_name(f".{place.name}")
        self._held = unseen.open("w")
        fcntl.flock(self._held, fcntl.LOCK_EX)
        self._place = unseen.rename(place)  # nobody sees it before it is held

    def give_back(self) -> None:
        """Leave the row."""
        if self._place is not None and self._held is not None:
            self._place.unlink(missing_ok=True)
            self._held.close()
            self._held = self._place = None

    def is_mine(self) -> bool:
        """Whether no newer fleet plays; looks a few times a second."""
        now_s = clock.monotonic_s()
        if now_s - self._looked_s >= _LOOK_EVERY_S:
            self._looked_s = now_s
            self._mine = not any(place > self._place for place in self._others()) if self._place else True
        return self._mine

    @property
    def has_heir(self) -> bool:
        """Whether another fleet waits to go on when this one leaves."""
        return bool(self._others())

    def _others(self) -> list[Path]:
        """Return the places of the other fleets that live; sweep those of the dead."""
        if self._place is None:
            return []
        places = [place for place in self._folder.iterdir() if not place.name.startswith(".")]
        return [place for place in places if place != self._place and _held(place)]


def _held(place: Path) -> bool:
    with suppress(FileNotFoundError), place.open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        place.unlink(missing_ok=True)
    return False
