"""The array-wise part of judging: of a whole batch, find the few readings that could change a condition.

A reading is let through when it is in order and its sensor is not settled, or violates something in this batch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Self

import numpy as np
from numpy.typing import NDArray

from alerts.points import Point
from smartpark import flag_use
from smartpark.readings import Readings

NEVER_US = -(2**62)


@dataclass(frozen=True, slots=True)
class Marks:
    """New values of a per-sensor array: ``at`` [k] positions, ``us`` [k] instants in microseconds."""

    at: NDArray[np.int64]
    us: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sieve:
    """Per-point arrays [n]; positions are those of ``sensor_id``."""

    sensor_id: NDArray[np.int64]
    lookup: NDArray[np.int64]  # sensor id -> position, -1 where it is not ours
    class_number: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    live_us: NDArray[np.int64]
    watched: NDArray[np.bool_]

    @classmethod
    def of(cls, points: Sequence[Point], envelopes: Mapping[int, tuple[float, float]]) -> Self:
        """Build the arrays; ``envelopes`` = {position: (low, high)} of the points that a rule watches."""
        ids = np.array([p.sensor_id for p in points], np.int64)
        lookup = np.full(int(ids.max(initial=0)) + 1, -1, np.int64)
        lookup[ids] = np.arange(len(ids))
        low, high = np.full(len(ids), -inf), np.full(len(ids), inf)
        watched = np.zeros(len(ids), np.bool_)
        for at, (lowest, highest) in envelopes.items():
            low[at], high[at], watched[at] = lowest, highest, True
        return cls(
            ids,
            lookup,
            np.array([flag_use.class_number(p.stream_class) for p in points], np.int64),
            low,
            high,
            np.array([p.live_window_us for p in points], np.int64),
            watched,
        )

    def positions(self, sensor_id: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return the position of each sensor [k], -1 where it is not ours."""
        inside = (sensor_id >= 0) & (sensor_id < len(self.lookup))
        at: NDArray[np.int64] = self.lookup[np.where(inside, sensor_id, 0)]
        return np.where(inside, at, -1)


@dataclass(frozen=True, slots=True)
class Sifted:
    """What one batch holds for judging."""

    picked: Readings  # sorted by sensor, then time
    at: NDArray[np.int64]  # position of each picked reading
    bits: NDArray[np.uint8]
    fresh: NDArray[np.bool_]
    starts: NDArray[np.intp]  # first picked reading of each sensor
    late: Readings  # out of order and past something: to be judged again
    watermark: Marks
    heard: Marks
    stale_at: NDArray[np.int64]  # position of every reading that was not live on receipt


def sift(
    sieve: Sieve, readings: Readings, watermark_us: NDArray[np.int64], busy: NDArray[np.bool_]
) -> Sifted:
    """Sift readings sorted by sensor, then time; ``watermark_us`` and ``busy`` are per position [n]."""
    at = sieve.positions(readings.sensor_id)
    if len(at) and at.min() < 0:
        ours = at >= 0
        readings, at = readings.take(ours), at[ours]
    age_us = readings.received_us - readings.time_us
    bits = flag_use.uses(sieve.class_number[at], readings.flag, readings.mark)
    in_order = readings.time_us > watermark_us[at]
    beyond = (readings.value > sieve.high[at]) | (readings.value < sieve.low[at])
    could = bits & (flag_use.RAISE | flag_use.MARKED) != 0
    past = (beyond & could) | ((bits & flag_use.OVER_RANGE) != 0)
    hot = busy.copy()
    hot[at[in_order & past]] = True
    counts = bits & (flag_use.RAISE | flag_use.CLEAR | flag_use.MARKED) != 0
    watched = sieve.watched[at]
    pick = np.flatnonzero(hot[at] & in_order & counts & watched)
    late = np.flatnonzero(~in_order & watched & past)
    picked_at = at[pick]
    fresh = age_us <= sieve.live_us[at]
    return Sifted(
        readings.take(pick),
        picked_at,
        bits[pick],
        fresh[pick],
        _starts(picked_at),
        readings.take(late),
        *_marks(at, readings, watermark_us),
        at[~fresh],
    )


def _starts(at: NDArray[np.int64]) -> NDArray[np.intp]:
    if not len(at):
        return np.empty(0, np.intp)
    return np.concatenate(([0], np.flatnonzero(at[1:] != at[:-1]) + 1))


def _marks(at: NDArray[np.int64], readings: Readings, watermark_us: NDArray[np.int64]) -> tuple[Marks, Marks]:
    starts = _starts(at)
    if not len(starts):
        none = np.empty(0, np.int64)
        return Marks(none, none), Marks(none, none)
    positions = at[starts]
    known = np.minimum(readings.time_us, readings.received_us)
    newest = np.maximum(np.maximum.reduceat(known, starts), watermark_us[positions])
    return Marks(positions, newest), Marks(positions, np.maximum.reduceat(readings.received_us, starts))
