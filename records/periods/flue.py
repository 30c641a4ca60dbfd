"""Flue gas before it is averaged: dry, at standard state, nitrogen oxides as NO2; and after it, at reference oxygen; pure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from records.periods.grid import Grid
from records.periods.place import Place
from records.periods.plan import Sensor
from records.periods.rules import HOUR_SLOTS
from smartpark.science import flue_gas

_ATMOSPHERE_KPA = 101.325  # where the station has no barometer

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def to_dry_standard(grid: Grid, sensors: Sequence[Sensor], place: Place) -> None:
    """Bring what is measured wet or in the hot duct to dry gas at standard state, minute by minute."""
    for state in ("wet_standard", "wet_actual", "dry_actual"):
        which = np.asarray(
            [
                at
                for at, sensor in enumerate(sensors)
                if sensor.gas_state == state and _depends_on_state(sensor)
            ],
            np.intp,
        )
        if not len(which):
            continue
        flow = np.asarray([sensors[at].quantity == "a00000" for at in which])[:, None]
        factor = np.ones((len(which), HOUR_SLOTS))
        if state.startswith("wet"):
            dry = flue_gas.dry(1.0, place.minutes("moisture", which))
            factor *= np.where(flow, 1 / dry, dry)
        if state.endswith("actual"):
            air = place.minutes("barometer", which)
            air = np.where(np.isnan(air), _ATMOSPHERE_KPA, air)
            hot = flue_gas.at_standard_state(
                1.0, place.minutes("temperature", which), place.minutes("pressure", which), air
            )
            factor *= np.where(flow, 1 / hot, hot)
        for table in (grid.mean, grid.low, grid.high, grid.last):
            table[which] *= factor
        grid.valid[which] &= ~np.isnan(factor)


def _depends_on_state(sensor: Sensor) -> bool:
    """Return whether a sensor's value depends on the state of the gas: a concentration or the flow."""
    return sensor.medium == "gas" and (sensor.milligrams is not None or sensor.quantity == "a00000")


def make_nox(grid: Grid, place: Place) -> None:
    """Make nitrogen oxides of NO and NO2 in hours in which no NOx came and NO is measured."""
    no = place.rows("no")
    which = np.flatnonzero((no >= 0) & ~grid.received.any(axis=1))
    if not len(which):
        return
    nitric, dioxide = place.minutes("no", which), place.minutes("no2", which)
    dioxide[place.rows("no2")[which] < 0] = 0.0
    made = flue_gas.nox_mg_m3(nitric, dioxide)
    for table in (grid.mean, grid.low, grid.high, grid.last):
        table[which] = made
    grid.valid[which] = ~np.isnan(made)
    grid.entered[which] = grid.entered[no[which]] & grid.valid[which]
    grid.marked[which] |= grid.marked[no[which]]
    grid.received[which] = grid.received[no[which]]
    grid.whole[which] = grid.valid[which]
    grid.flags[which] = grid.flags[no[which]]


def at_reference(mean: Floats, oxygen: Floats, reference: Floats, idle: Flags) -> Floats:
    """Return hourly means [r] at the reference oxygen [%], NaN where none is asked for or the unit is idle."""
    return np.where(idle, np.nan, flue_gas.at_reference_oxygen(mean, oxygen, reference))
