"""What a logger keeps: the instants of the last minutes, and its minute, hour and day records for at least a week."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulators.chance import Floats

MINUTE, HOUR, DAY = "minute", "hour", "day"
_HOUR_S, _DAY_S = 3600, 86_400
_KEPT_S: Mapping[str, int] = MappingProxyType({MINUTE: 8 * _DAY_S, HOUR: 60 * _DAY_S, DAY: 400 * _DAY_S})
_INSTANTS = 60
_NORMAL, _FAULT = ord("N"), ord("D")
_NORMAL_SHARE = 0.75  # of a period of flue gas, HJ 212-2017 notes to tables C.16 to C.18

Flags = NDArray[np.uint8]


class Instant(NamedTuple):
    """What all points [n] showed at an instant of the logger's clock, in the sender's units."""

    own_s: int
    sent: Floats
    flags: Flags


@dataclass(frozen=True, slots=True)
class Record:
    """A period: ``sent`` [3 x n] has mean, low and high in the sender's units, ``flags`` a letter for each point."""

    start_s: int
    length_s: int
    sent: Floats
    flags: str


class Closed(NamedTuple):
    """A record that has just been finished."""

    period: str
    record: Record


class Memory:
    """Takes instants in the order of the logger's clock and makes records of them; the end of a period is open.

    Args:
        utc_offset_s: of the local time, in which days begin.
        minute_interval_min: length of the minute records.
        strict: one abnormal value makes a period abnormal, as of wastewater; else more than a quarter does.

    """

    def __init__(self, utc_offset_s: int, minute_interval_min: int = 1, *, strict: bool = False) -> None:
        self._utc_offset_s = utc_offset_s
        self._strict = strict
        self._open: dict[str, _Open] = {}
        self._kept: dict[str, dict[int, Record]] = {MINUTE: {}, HOUR: {}, DAY: {}}
        self._length_s = {MINUTE: 60 * minute_interval_min, HOUR: _HOUR_S, DAY: _DAY_S}
        self.instants: deque[Instant] = deque(maxlen=_INSTANTS)

    @property
    def minute_interval_min(self) -> int:
        """How long a minute record is [min]."""
        return self._length_s[MINUTE] // 60

    @minute_interval_min.setter
    def minute_interval_min(self, minutes: int) -> None:
        self._length_s[MINUTE] = 60 * minutes
        self._open.pop(MINUTE, None)

    def take(self, own_s: NDArray[np.int64], sent: Floats, flags: Flags) -> list[Closed]:
        """Take instants [k] of all points [k x n]; return the records that they finish."""
        closed: list[Closed] = []
        for at in range(max(0, len(own_s) - _INSTANTS), len(own_s)):
            self.instants.append(Instant(int(own_s[at]), sent[at], flags[at]))
        for period in self._kept:
            starts = self._start_s(period, own_s)
            cuts = np.flatnonzero(np.diff(starts)) + 1
            for first, last in zip([0, *cuts], [*cuts, len(own_s)], strict=True):
                if first == last:
                    continue
                start_s = int(starts[first])
                window = self._open.get(period)
                if window is not None and window.start_s != start_s:
                    closed.append(self._close(period))
                    window = None
                if window is None:
                    window = self._open[period] = _Open(start_s, self._length_s[period], sent.shape[1])
                window.add(sent[first:last], flags[first:last])
        return closed

    def turn(self, own_s: float) -> list[Closed]:
        """Return the records whose period has ended by now on the logger's clock [s]."""
        ended = [period for period, one in self._open.items() if one.start_s + one.length_s <= own_s]
        return [self._close(period) for period in self._kept if period in ended]

    def between(self, cycle: str, first_s: int, last_s: int) -> list[Record]:
        """Return the records that start between two instants, both included."""
        kept = self._kept[cycle]
        return [kept[start_s] for start_s in sorted(kept) if first_s <= start_s <= last_s]

    def _start_s(self, cycle: str, own_s: NDArray[np.int64]) -> NDArray[np.int64]:
        return own_s - (own_s + self._utc_offset_s) % self._length_s[cycle]

    def _close(self, cycle: str) -> Closed:
        record = self._open.pop(cycle).record(strict=self._strict)
        kept = self._kept[cycle]
        kept[record.start_s] = record
        while len(kept) > _KEPT_S[cycle] // self._length_s[cycle]:
            del kept[next(iter(kept))]
        return Closed(cycle, record)


class _Open:
    """A period that has not ended."""

    def __init__(self, start_s: int, length_s: int, points: int) -> None:
        self.start_s = start_s
        self.length_s = length_s
        self._count = 0
        self._total = np.zeros(points)
        self._low = np.full(points, np.inf)
        self._high = np.full(points, -np.inf)
        self._abnormal = np.zeros(points, np.int64)
        self._letter = np.full(points, _NORMAL, np.uint8)

    def add(self, sent: Floats, flags: Flags) -> None:
        self._count += len(sent)
        self._total += sent.sum(0)
        np.minimum(self._low, sent.min(0), out=self._low)
        np.maximum(self._high, sent.max(0), out=self._high)
        if (flags != _NORMAL).any():
            self._abnormal += (flags != _NORMAL).sum(0)
            for row in flags:
                self._letter = np.where(row != _NORMAL, row, self._letter)

    def record(self, *, strict: bool) -> Record:
        flags = self._letter
        if not strict:
            normal = self._count - self._abnormal >= _NORMAL_SHARE * self._count
            flags = np.where(normal, _NORMAL, _FAULT).astype(np.uint8)
        sent = np.stack([self._total / self._count, self._low, self._high])
        return Record(self.start_s, self.length_s, sent, bytes(flags).decode("ascii"))
