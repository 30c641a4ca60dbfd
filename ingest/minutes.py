"""The minute of each sensor, added up from newly stored readings: pure, on columns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartpark.readings import Readings

MINUTE_US = 60_000_000
# HJ 212-2017 table 8 in the order of the alphabet, as bits of a set.
_LETTERS = "BCDFMNST"
_SETS = np.array(
    ["".join(c for i, c in enumerate(_LETTERS) if n >> i & 1).ljust(8).encode() for n in range(256)], "S8"
)
_BIT = np.zeros(256, np.uint8)
for _place, _letter in enumerate(_LETTERS):
    _BIT[ord(_letter)] = 1 << _place


@dataclass(frozen=True, slots=True)
class Minutes:
    """Columns of m (sensor, minute) pairs, sorted; ``low`` and ``high`` are NaN where no value is valid.

    ``start_us`` is the start of the minute [us since 1970]; ``flags`` the distinct flags, sorted, padded with spaces.
    """

    sensor_id: NDArray[np.int32]
    start_us: NDArray[np.int64]
    n: NDArray[np.int32]
    n_valid: NDArray[np.int32]
    total: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    last: NDArray[np.float64]
    last_us: NDArray[np.int64]
    flags: NDArray[np.bytes_]


def add_up(readings: Readings, valid: NDArray[np.bool_]) -> Minutes:
    """Return the minutes [start, end) of readings sorted by (sensor, time) without equal keys.

    ``valid`` [n] says which may be averaged.
    """
    start = readings.time_us - readings.time_us % MINUTE_US
    changes = (readings.sensor_id[1:] != readings.sensor_id[:-1]) | (start[1:] != start[:-1])
    first = np.concatenate(([0], np.flatnonzero(changes) + 1)) if len(readings) else np.empty(0, np.intp)
    if not len(first):
        none_f, none_i = np.empty(0, np.float64), np.empty(0, np.int32)
        return Minutes(
            none_i, start, none_i, none_i, none_f, none_f, none_f, none_f, start, np.empty(0, "S8")
        )
    n_valid = np.add.reduceat(valid.astype(np.int32), first)
    low = np.minimum.reduceat(np.where(valid, readings.value, np.inf), first)
    high = np.maximum.reduceat(np.where(valid, readings.value, -np.inf), first)
    after = np.append(first[1:], len(readings))
    return Minutes(
        readings.sensor_id[first],
        start[first],
        (after - first).astype(np.int32),
        n_valid,
        np.add.reduceat(np.where(valid, readings.value, 0.0), first),
        np.where(n_valid > 0, low, np.nan),
        np.where(n_valid > 0, high, np.nan),
        readings.value[after - 1],
        readings.time_us[after - 1],
        _SETS[np.bitwise_or.reduceat(_BIT[readings.flag], first)],
    )
