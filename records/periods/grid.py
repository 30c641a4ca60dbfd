"""The minutes of some hours as a table: a row an (sensor, hour), a column a minute; with marks and corrections laid over; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from records.periods.rules import HOUR_SLOTS

MINUTE_US = 60_000_000
HOUR_US = HOUR_SLOTS * MINUTE_US
LETTERS = "NFMSDCTB"  # HJ 212-2017 table 8; bit i of a set of flags stands for letter i
NORMAL, STOPPED, ENTERED = 1, 2, 8
_ENOUGH = 0.75  # of the readings of a minute: HJ 212-2017, notes to C.16-C.18


@dataclass(frozen=True, slots=True)
class Minutes:
    """Columns of m minutes; NaN where a value is missing; ``flags`` are bits over LETTERS."""

    sensor_id: NDArray[np.int32]
    start_us: NDArray[np.int64]
    n: NDArray[np.int32]
    n_valid: NDArray[np.int32]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    last: NDArray[np.float64]
    flags: NDArray[np.uint8]

    @classmethod
    def none(cls) -> Self:
        """Return no minutes."""
        f = np.empty(0)
        i = np.empty(0, np.int32)
        return cls(i, np.empty(0, np.int64), i, i, f, f, f, f, np.empty(0, np.uint8))


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark over [start, end) [us]; ``sensor_id`` None: the whole station."""

    station_id: int
    sensor_id: int | None
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class Overlay:
    """A confirmed correction over [start, end) [us]: scale, exclude or enter; they are applied in this order of time."""

    sensor_id: int
    kind: str
    start_us: int
    end_us: int
    decided_us: int = 0
    factor: float = 1.0
    shift: float = 0.0
    value: float = np.nan


@dataclass(slots=True)
class Grid:
    """Rows (sensor, hour) sorted by (sensor, hour), columns the 60 minutes [r, 60]."""

    sensor_id: NDArray[np.int32]
    hour_us: NDArray[np.int64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    last: NDArray[np.float64]
    received: NDArray[np.bool_]
    valid: NDArray[np.bool_]  # may be averaged
    whole: NDArray[np.bool_]  # every reading of the minute may be
    flags: NDArray[np.uint8]
    entered: NDArray[np.bool_]
    marked: NDArray[np.bool_]  # [r]
    opening: NDArray[np.float64]  # newest value before the hour [r], of counters

    @classmethod
    def of(cls, sensor_id: NDArray[np.int32], hour_us: NDArray[np.int64], minutes: Minutes) -> Self:
        """Lay minutes into rows that are sorted by (sensor, hour) without equal ones; minutes of no row are left out."""
        rows = len(sensor_id)
        shape = (rows, HOUR_SLOTS)
        mean, low, high, last = (np.full(shape, np.nan) for _ in range(4))
        received, valid, whole, entered = (np.zeros(shape, np.bool_) for _ in range(4))
        flags = np.zeros(shape, np.uint8)
        row, column = _places(sensor_id, hour_us, minutes)
        there = row >= 0
        at = (row[there], column[there])
        usable = (minutes.n_valid > 0) & (minutes.n_valid >= _ENOUGH * minutes.n)
        for table, values in (
            (mean, minutes.mean),
            (low, minutes.low),
            (high, minutes.high),
            (last, minutes.last),
        ):
            table[at] = values[there]
        received[at] = True
        valid[at] = usable[there]
        whole[at] = (minutes.n_valid == minutes.n)[there] & (minutes.flags == NORMAL)[there]
        flags[at] = minutes.flags[there]
        return cls(
            sensor_id=sensor_id,
            hour_us=hour_us,
            mean=mean,
            low=low,
            high=high,
            last=last,
            received=received,
            valid=valid,
            whole=whole,
            flags=flags,
            entered=entered,
            marked=np.zeros(rows, np.bool_),
            opening=np.full(rows, np.nan),
        )

    def open_with(self, at: int, value: float, minute_us: int, overlays: Sequence[Overlay]) -> None:
        """Let a counter go on from a value before its hour, with the corrections of its minute laid over it."""
        for one in overlays:
            if one.sensor_id == int(self.sensor_id[at]) and one.start_us <= minute_us < one.end_us:
                value = value * one.factor + one.shift if one.kind == "scale" else np.nan
        self.opening[at] = value

    def hold(self, at: int, value: float, *, whole: bool, flags: int) -> None:
        """Let the result of a slow analyser stand for an hour in which it gave none; HJ 356-2019: it holds until the next."""
        for table in (self.mean, self.low, self.high, self.last):
            table[at, 0] = value
        self.received[at, 0] = self.valid[at, 0] = True
        self.whole[at, 0], self.flags[at, 0] = whole, flags

    def lay(self, station_id: NDArray[np.int32], marks: Sequence[Mark], overlays: Sequence[Overlay]) -> None:
        """Lay marks over hours that they touch, and corrections, in their order, over minutes; stations [r]."""
        for mark in marks:
            mine = (
                station_id == mark.station_id if mark.sensor_id is None else self.sensor_id == mark.sensor_id
            )
            self.marked |= mine & (self.hour_us < mark.end_us) & (self.hour_us + HOUR_US > mark.start_us)
        minute = self.hour_us[:, None] + MINUTE_US * np.arange(HOUR_SLOTS)
        for one in overlays:
            where = (
                (self.sensor_id == one.sensor_id)[:, None] & (minute >= one.start_us) & (minute < one.end_us)
            )
            if one.kind == "scale":
                self._scale(where, one.factor, one.shift)
            elif one.kind == "exclude":
                # Taken out by two people, it neither counts nor spoils.
                self.valid &= ~where
                self.whole |= where
            else:
                self._enter(where & ~self.valid, one.value)

    def _scale(self, where: NDArray[np.bool_], factor: float, shift: float) -> None:
        for table in (self.mean, self.low, self.high, self.last):
            table[where] = table[where] * factor + shift
        if factor < 0:
            low = self.low[where]
            self.low[where] = self.high[where]
            self.high[where] = low

    def _enter(self, where: NDArray[np.bool_], value: float) -> None:
        for table in (self.mean, self.low, self.high, self.last):
            table[where] = value
        for truth in (self.received, self.valid, self.whole, self.entered):
            truth[where] = True
        self.flags[where] = ENTERED


def letters(flags: str) -> int:
    """Return a set of flag letters as bits; a letter outside the table counts as a fault."""
    bits = 0
    for letter in flags:
        bits |= 1 << (LETTERS.index(letter) if letter in LETTERS else LETTERS.index("D"))
    return bits


def _places(
    sensor_id: NDArray[np.int32], hour_us: NDArray[np.int64], minutes: Minutes
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return row and column of each minute; row -1: it belongs to none."""
    if not len(minutes.sensor_id) or not len(sensor_id):
        return np.full(len(minutes.sensor_id), -1, np.intp), minutes.start_us
    hour = minutes.start_us - minutes.start_us % HOUR_US
    base = int(min(hour_us.min(), hour.min())) // HOUR_US
    span = int(max(hour_us.max(), hour.max())) // HOUR_US - base + 1
    key = sensor_id.astype(np.int64) * span + hour_us // HOUR_US - base
    asked = minutes.sensor_id.astype(np.int64) * span + hour // HOUR_US - base
    row = np.searchsorted(key, asked)
    row[row == len(key)] = 0
    row[key[row] != asked] = -1
    return row, (minutes.start_us - hour) // MINUTE_US
