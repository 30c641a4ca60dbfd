"""What a scenario does to the ordinary signals; pure, so that a replay gives the same park."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulators.chance import Floats
from simulators.park import Park
from simulators.plume import Release, metres_between

Which = NDArray[np.intp]
Seconds = NDArray[np.int64]


class Effect(Protocol):
    """Changes the values [k] of points [k] at instants [k]."""

    def __call__(self, which: Which, time_s: Seconds, value: Floats) -> Floats:
        """Return the changed values, in the registry's unit."""
        ...


@dataclass(frozen=True)
class Cloud:
    """A release reaches the points downwind; ``unit_per_mg_m3`` turns its concentration into each point's unit."""

    park: Park
    release: Release
    unit_per_mg_m3: Mapping[int, float]

    @cached_property
    def _factor(self) -> Floats:
        factor = np.zeros(len(self.park.points))
        factor[list(self.unit_per_mg_m3)] = list(self.unit_per_mg_m3.values())
        return factor

    @cached_property
    def _where_m(self) -> tuple[Floats, Floats]:
        return metres_between(self.release.lat, self.release.lon, *self.park.places_deg)

    def __call__(self, which: Which, time_s: Seconds, value: Floats) -> Floats:
        """Add the concentration of the cloud."""
        rows = np.flatnonzero(self._factor[which])
        if not len(rows):
            return value
        east_m, north_m = self._where_m
        points = which[rows]
        more = self.release.mg_m3(east_m[points], north_m[points], 2.0, time_s[rows].astype(np.float64))
        out = value.copy()
        out[rows] += more * self._factor[points]
        return out


@dataclass(frozen=True)
class Course:
    """One point follows a line of (instant [s], value) corners while it lasts, and is itself again afterwards."""

    point: int
    corners: tuple[tuple[float, float | None], ...]

    def __call__(self, which: Which, time_s: Seconds, value: Floats) -> Floats:
        """Replace the value between the first and the last corner; a corner of None is the ordinary value."""
        times = [at for at, _ in self.corners]
        rows = np.flatnonzero((which == self.point) & (time_s >= times[0]) & (time_s <= times[-1]))
        out = value.copy()
        for row in rows:
            corners = [float(value[row]) if target is None else target for _, target in self.corners]
            out[row] = np.interp(time_s[row], times, corners)
        return out


@dataclass(frozen=True)
class Step:
    """Many points stand at a value of their own from their moment on, until all are let go."""

    values: Mapping[int, float]
    starts_s: Mapping[int, float]
    ends_s: float

    @cached_property
    def _columns(self) -> tuple[NDArray[np.int64], Floats, Floats]:
        points = np.asarray(sorted(self.values), np.int64)
        chosen = [self.values[int(p)] for p in points]
        begun = [self.starts_s[int(p)] for p in points]
        return points, np.asarray(chosen, np.float64), np.asarray(begun, np.float64)

    def __call__(self, which: Which, time_s: Seconds, value: Floats) -> Floats:
        """Replace the values."""
        points, chosen, begun = self._columns
        if not len(points):
            return value
        place = np.minimum(np.searchsorted(points, which), len(points) - 1)
        mine = (points[place] == which) & (time_s >= begun[place]) & (time_s < self.ends_s)
        return np.where(mine, chosen[place], value)
