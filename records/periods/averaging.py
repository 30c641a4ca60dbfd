"""The minutes of an hour to its mean, by the method of each quantity; pure."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from records.periods.grid import Grid
from records.periods.place import Place
from records.periods.plan import Plan, Sensor
from records.periods.rules import HOUR_SLOTS
from smartpark.science import averages, water

Floats = NDArray[np.float64]

_MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Means:
    """What the minutes of each row come to [r]; NaN: nothing."""

    mean: Floats
    low: Floats
    high: Floats
    load: Floats  # mass in an hour [kg], of a concentration in mg/L
    amount: Floats
    method: list[str]


def means_of(grid: Grid, plan: Plan, sensors: list[Sensor], place: Place, need: NDArray[np.int64]) -> Means:
    """Return what the valid minutes of each row come to, whether there are enough of them or not."""
    weight = grid.valid.sum(axis=1)
    values = np.where(grid.valid, grid.mean, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(weight > 0, values.sum(axis=1) / weight, np.nan)
    low = np.where(grid.valid, grid.low, np.inf).min(axis=1)
    high = np.where(grid.valid, grid.high, -np.inf).max(axis=1)
    load, amount = np.full(len(sensors), np.nan), np.full(len(sensors), np.nan)
    methods: list[str] = [plan.method(sensor.id) for sensor in sensors]
    for at, sensor in enumerate(sensors):
        if sensor.averaging.amount is not None:
            amount[at] = mean[at] * sensor.averaging.amount
    for method, work in (
        ("flow_weighted", _flow_weighted),
        ("vector", _vector),
        ("energy", _energy),
        ("counted", _counted),
    ):
        which = np.asarray([at for at, one in enumerate(methods) if one == method], np.intp)
        if len(which):
            work(grid, place, which, (mean, load, amount, methods, need))
    return Means(mean, low, high, load, amount, methods)


_Results = tuple[Floats, Floats, Floats, list[str], NDArray[np.int64]]


def _flow_weighted(grid: Grid, place: Place, which: NDArray[np.intp], results: _Results) -> None:
    """Mean and load of the minutes in which concentration and flow are valid. Arithmetic where they are too few for an hour."""
    mean, load, _, methods, need = results
    concentration = _valid(grid, which)
    volume = water.slice_volume_m3(np.maximum(place.minutes("flow", which), 0.0), _MINUTE_S)
    both = (concentration >= 0) & np.isfinite(volume)  # a negative value is invalid, HJ 356-2019
    carried = np.where(both, water.load_kg(concentration, volume), 0.0).sum(axis=1)
    count = both.sum(axis=1)
    enough = count >= need[which]
    with np.errstate(invalid="ignore", divide="ignore"):
        load[which] = np.where(enough, carried / count * HOUR_SLOTS, np.nan)
    weighted = water.flow_weighted_mean_mg_l(concentration, volume)
    for at, has_flow in zip(which.tolist(), enough.tolist(), strict=True):
        if not has_flow:
            methods[at] = "arithmetic"
    mean[which] = np.where(enough, weighted, mean[which])


def _vector(grid: Grid, place: Place, which: NDArray[np.intp], results: _Results) -> None:
    """Direction [°] of the mean vector, weighted with the speed where there is an hour of it."""
    speed = place.minutes("wind", which)
    speed[np.isnan(speed).all(axis=1)] = 1.0
    results[0][which] = averages.vector_wind(speed, _valid(grid, which))[1]


def _energy(grid: Grid, _: Place, which: NDArray[np.intp], results: _Results) -> None:
    """Level [dB] of the mean energy."""
    results[0][which] = averages.energy_mean_db(_valid(grid, which))


def _valid(grid: Grid, which: NDArray[np.intp]) -> Floats:
    """Return the minutes of some rows [w, 60] that may be averaged, NaN elsewhere."""
    return np.where(grid.valid[which], grid.mean[which], np.nan)


def _counted(grid: Grid, _: Place, which: NDArray[np.intp], results: _Results) -> None:
    """What a counter went on by since the newest value before the hour; a step back is a new counter and adds nothing."""
    for at in which.tolist():
        readings = grid.last[at][grid.received[at] & grid.valid[at]]
        opening = grid.opening[at]
        steps = np.diff(readings if np.isnan(opening) else np.append(opening, readings))
        results[2][at] = float(steps[steps > 0].sum()) if len(readings) else np.nan
        results[0][at] = float(readings[-1]) if len(readings) else np.nan
