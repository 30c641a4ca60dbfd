"""What happened in the past of the demo: seasons, dust, exceedances, gaps, overhauls, a slip of a unit; pure, by seed.

Season and trend are 1 at the end of the past, so that the live feed goes on without a step. Nothing is marked: a mark has
its entry in the chain, and nobody has filed any.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from simulators.chance import Floats, generator, key, uniform
from simulators.past.points import Points
from simulators.signals.families import is_held

HOUR_S, _DAY_S, _YEAR_S = 3600, 86400, 365.25 * 86400
STATUSES = ("valid", "short", "abnormal", "stopped", "none")
VALID, SHORT, ABNORMAL, STOPPED, NONE = range(5)
Limits = Mapping[tuple[str, str, str], tuple[float, float]]  # of the hour: least and greatest that may hold

_HEATED = ("a2", "a34")  # gases and dust of the air follow the heating season
_DUST = {"a34001": 9.0, "a34002": 8.0, "a34004": 2.6}
_LATELY = 96  # hours
_SLIP = ("to_plant", "w21011", 1000.0)  # µg/L were sent as mg/L
_SLIP_AGO_S, _SLIP_LASTS_S = 12 * _DAY_S, 5 * HOUR_S


@dataclass(slots=True)
class Happenings:
    """Of points [k] and hours [h]: what multiplies a concentration, its status and flag, how many samples are there."""

    factor: Floats
    status: NDArray[np.int8]
    flag: NDArray[np.uint8]
    received: NDArray[np.int32]
    samples: NDArray[np.int32]
    slip: Floats  # what was sent is so many times what the instrument showed


class Story:
    """The past of a park on a seed, which ends at an instant [s since 1970]."""

    def __init__(self, points: Points, seed: int, end_s: int, limits: Limits) -> None:
        self._points = points
        self._seed = seed
        self._end_s = end_s
        self._limits = {
            at: limits[name]
            for at, n in enumerate(points.which)
            if (
                name := (
                    points.park.points[n].station,
                    points.park.points[n].quantity,
                    points.park.points[n].form,
                )
            )
            in limits
        }
        self._held = np.asarray([is_held(points.park.points[n]) for n in points.which], np.bool_)
        self._stations = sorted(set(points.station))
        self._of = {
            station: np.flatnonzero(np.asarray(points.station) == station) for station in self._stations
        }

    def of(self, hours_s: NDArray[np.int64], mean: Floats) -> Happenings:
        """Return what happened in consecutive hours [h] whose ordinary means are [k, h]."""
        shape = (len(self._points), len(hours_s))
        slots = np.broadcast_to(self._points.slots[:, None], shape)
        found = Happenings(
            self._slow(hours_s.astype(np.float64)),
            np.zeros(shape, np.int8),
            np.full(shape, ord("N"), np.uint8),
            slots.copy(),
            slots.copy(),
            np.ones(shape),
        )
        self._dust(found, hours_s)
        self._exceed(found, hours_s, mean)
        self._troubles(found, hours_s)
        self._slip(found, hours_s)
        return found

    def _slow(self, time_s: Floats) -> Floats:
        """Season and trend: winters are worse, most outlets improve by some percent a year."""
        keys = np.asarray([key(self._seed, f"{station}/past") for station in self._points.station], np.uint64)
        trend = 0.10 * uniform(keys, np.asarray(-1))[:, None] - 0.03
        heated = np.asarray(
            [
                q.startswith(_HEATED) and m == "air"
                for q, m in zip(self._points.quantity, self._points.medium, strict=True)
            ]
        )
        amplitude = np.where(heated, 0.25, 0.05)[:, None]
        season, now = (np.cos(2 * np.pi * (at / _YEAR_S - 0.045)) for at in (time_s, float(self._end_s)))
        factor = (1.0 + amplitude * (season - now)) * (1.0 + trend * (self._end_s - time_s) / _YEAR_S)
        follows = self._points.concentration & ~self._held
        return np.where(follows[:, None], np.clip(factor, 0.4, 2.0), 1.0)

    def _dust(self, found: Happenings, hours_s: NDArray[np.int64]) -> None:
        """Two sand-dust days each spring, over the whole park."""
        year = datetime.fromtimestamp(int(hours_s[0]), UTC).year
        chance = generator(self._seed, f"dust/{year}")
        spring_s = int(datetime(year, 3, 10, tzinfo=UTC).timestamp())
        for day in chance.integers(0, 70, 2):
            middle_s = spring_s + int(day) * _DAY_S + 12 * HOUR_S
            shape = np.exp(-(((hours_s - middle_s) / (7.0 * HOUR_S)) ** 2))
            for quantity, times in _DUST.items():
                rows = [at for at, q in enumerate(self._points.quantity) if q == quantity]
                found.factor[rows] *= 1.0 + (times - 1.0) * shape

    def _exceed(self, found: Happenings, hours_s: NDArray[np.int64], mean: Floats) -> None:
        """A handful of exceedances a month, of one to three hours, some of them in the last days."""
        choices = [at for at in sorted(self._limits) if not self._held[at]]
        chance = generator(self._seed, f"exceedances/{hours_s[0] // _DAY_S}")
        if not choices:
            return
        count = max(1, round(6 * len(hours_s) / 720))
        newest = hours_s[-1] + HOUR_S >= self._end_s
        for n in range(count + (2 if newest else 0)):
            at = choices[int(chance.integers(len(choices)))]
            earliest = max(0, len(hours_s) - _LATELY) if n >= count else 0
            first = int(chance.integers(earliest, max(earliest + 1, len(hours_s) - 3)))
            hours = slice(first, first + int(chance.integers(1, 4)))
            over = self._limits[at][1] * float(chance.uniform(1.05, 1.5))
            self._scale(found, at, hours, over / np.maximum(mean[at, hours], 1e-9))

    def _slip(self, found: Happenings, hours_s: NDArray[np.int64]) -> None:
        """For some hours twelve days ago, the last outlet of its kind sends a pollutant in a thousandth of its unit."""
        outlet_kind, quantity, times = _SLIP
        stations = self._points.park.stations
        rows = [
            at
            for at, station in enumerate(self._points.station)
            if stations[station].outlet_kind == outlet_kind and self._points.quantity[at] == quantity
        ]
        begins_s = (self._end_s - _SLIP_AGO_S) // _DAY_S * _DAY_S
        hours = (hours_s >= begins_s) & (hours_s < begins_s + _SLIP_LASTS_S)
        for row in rows[-1:]:
            found.slip[row, hours] = times
            self._set(found, np.asarray([row]), np.flatnonzero(hours), VALID, samples=1.0)

    def _scale(self, found: Happenings, at: int, hours: slice, factor: Floats) -> None:
        """Scale a point, and with it the measured value of which it is the converted one."""
        station, quantity = self._points.station[at], self._points.quantity[at]
        for row in self._of[station]:
            if self._points.quantity[row] == quantity:
                found.factor[row, hours] = factor

    def _troubles(self, found: Happenings, hours_s: NDArray[np.int64]) -> None:
        for station in self._stations:
            rows = self._of[station]
            medium = self._points.medium[rows[0]]
            chance = generator(self._seed, f"{station}/troubles/{hours_s[0] // _DAY_S}")
            if chance.random() < 0.5:
                hours = self._window(chance, len(hours_s), 1, 7)
                self._set(found, rows, slice(hours.start - 1, hours.start), SHORT, received=0.5, samples=0.5)
                self._set(found, rows, hours, NONE, received=0.0, flag="-")
            if medium in {"gas", "water"}:
                at = self._window(chance, len(hours_s), 1, 2)
                measured = rows[self._points.concentration[rows]]
                if medium == "water":
                    self._set(found, measured, at, ABNORMAL, samples=0.7, flag="C")
                else:
                    self._set(found, measured, at, SHORT, samples=0.6, flag="D")
                if chance.random() < 0.2:
                    hours = self._window(chance, len(hours_s), 2, 6)
                    status, flag = (ABNORMAL, "M") if medium == "water" else (SHORT, "D")
                    self._set(found, measured, hours, status, samples=0.0, flag=flag)
                if chance.random() < 0.2:
                    hours = self._window(chance, len(hours_s), 24, 96)
                    status = ABNORMAL if medium == "water" else SHORT
                    self._set(found, measured, hours, status, samples=0.0, flag="D")
            if medium == "gas":
                self._set(found, rows, self._overhaul(station, hours_s), STOPPED, samples=0.0, flag="F")

    def _overhaul(self, station: str, hours_s: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the hours of the overhaul of a unit: once a year, six to ten days."""
        year = datetime.fromtimestamp(int(hours_s[0]), UTC).year
        chance = generator(self._seed, f"{station}/overhaul/{year}")
        begins_s = int(datetime(year, 4, 1, tzinfo=UTC).timestamp()) + int(chance.integers(0, 200)) * _DAY_S
        ends_s = begins_s + int(chance.integers(6, 11)) * _DAY_S
        return np.flatnonzero((hours_s >= begins_s) & (hours_s < ends_s))

    @staticmethod
    def _window(chance: np.random.Generator, hours: int, least: int, most: int) -> slice:
        first = int(chance.integers(1, max(2, hours - most)))
        return slice(first, min(hours, first + int(chance.integers(least, most))))

    def _set(
        self,
        found: Happenings,
        rows: NDArray[np.intp],
        hours: slice | NDArray[np.intp],
        status: int,
        *,
        received: float = 1.0,
        samples: float = 0.0,
        flag: str = "N",
    ) -> None:
        for row in rows:
            found.status[row, hours] = status
            found.received[row, hours] = round(received * float(self._points.slots[row]))
            found.samples[row, hours] = round(samples * float(self._points.slots[row]))
            found.flag[row, hours] = ord(flag)
