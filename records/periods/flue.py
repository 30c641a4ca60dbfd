"""Flue gas before it is averaged: dry, at standard state, nitrogen oxides as NO2; and after it, at reference oxygen; pure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from records.periods.grid import Grid
from records.periods.place import Place
from records.periods.plan import GAS_FLOW, Sensor
from smartpark.science import flue_gas

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def to_dry_standard(grid: Grid, sensors: Sequence[Sensor], place: Place) -> None:
    """Bring what is measured wet or in the hot duct to dry gas at standard state, minute by minute."""
    which = np.asarray(
        [at for at, one in enumerate(sensors) if one.gas_state != "dry_standard" and _depends_on_state(one)],
        np.intp,
    )
    if not len(which):
        return
    states = [sensors[at].gas_state for at in which]
    wet = np.asarray([state.startswith("wet") for state in states])[:, None]
    hot = np.asarray([state.endswith("actual") for state in states])[:, None]
    flow = np.asarray([sensors[at].quantity == GAS_FLOW for at in which])[:, None]
    air = place.minutes("barometer", which)
    air = np.where(hot, np.where(np.isnan(air), flue_gas.STANDARD_KPA, air), flue_gas.STANDARD_KPA)
    duct = (
        np.where(hot, place.minutes("temperature", which), 0.0),
        np.where(hot, place.minutes("pressure", which), 0.0),
        air,
    )
    moisture = np.where(wet, place.minutes("moisture", which), 0.0)
    concentration = flue_gas.dry(flue_gas.at_standard_state(1.0, *duct), moisture)
    factor = np.where(flow, flue_gas.dry_flow_m3_h(1.0, *duct, moisture), concentration)
    for table in (grid.mean, grid.low, grid.high, grid.last):
        table[which] *= factor
    grid.valid[which] &= ~np.isnan(factor)


def _depends_on_state(sensor: Sensor) -> bool:
    """Return whether a sensor's value depends on the state of the gas: a concentration or the flow."""
    return sensor.medium == "gas" and (sensor.milligrams is not None or sensor.quantity == GAS_FLOW)


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
