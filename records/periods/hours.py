"""Minutes to hours, by the rule of each medium; pure, on the whole table at once.

An hour is ``none`` without data, ``marked`` under a mark, ``stopped`` where most of its minutes say F or the oxygen says
that nothing burns, ``abnormal`` where one abnormal value spoils it (wastewater), ``short`` with too few valid minutes,
``no_flow`` where a flow-weighted mean has no weight, else ``valid``. Only a valid hour has a mean.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import ceil
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from records.periods.averaging import Means, means_of
from records.periods.flue import at_reference, make_nox, to_dry_standard
from records.periods.grid import HOUR_US, LETTERS, NORMAL, STOPPED, Grid
from records.periods.place import Place
from records.periods.plan import Plan, Sensor
from records.periods.row import Key, Row, number
from records.periods.rules import HOUR_SLOTS, rule_of
from smartpark.science import flue_gas

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def hours_of(
    grid: Grid, plan: Plan, oxygen_not_running: float, known: Mapping[Key, Row] = MappingProxyType({})
) -> list[Row]:
    """Return the hour record of each row of the table.

    Args:
        grid: all sensors of every station and hour in it, marks and corrections laid over. Changed: values in other
            states of the gas become dry and standard, nitrogen oxides are made of NO and NO2 where nothing came.
        plan: the sensors.
        oxygen_not_running: flue gas with so much oxygen or more is of a unit that does not run [% dry].
        known: records that there are of these hours: what was due then stays due, whatever the catalogue says today.

    """
    sensors = [plan.sensors[int(sensor_id)] for sensor_id in grid.sensor_id]
    counts = _Counts(grid, sensors, known)
    place = Place(grid, plan, counts.need)
    to_dry_standard(grid, sensors, place)
    make_nox(grid, place)
    counts.count(grid)
    oxygen = place.neighbour_mean("oxygen")
    idle = oxygen >= oxygen_not_running
    means = means_of(grid, plan, sensors, place, counts.need)
    status = _status(grid, counts, idle, means, sensors)
    valid = status == "valid"
    reference = _references(grid, sensors, known)
    converted = at_reference(means.mean, oxygen, reference, idle)
    entered = (grid.entered & grid.valid).any(axis=1) | (place.entered("oxygen") & ~np.isnan(reference))
    entered |= place.entered("flow") & np.asarray([one == "flow_weighted" for one in means.method])
    judgeable = valid & ~entered
    flag = _flags(grid, sensors, status)
    load = _loads(means, place, sensors, valid, status)
    counted = np.isin(status, ("valid", "short"))
    return [
        Row(
            sensor.id,
            "hour",
            _instant(int(grid.hour_us[at])),
            str(status[at]),
            bool(judgeable[at]),
            number(means.mean[at]) if valid[at] else None,
            number(means.low[at]) if counts.samples[at] else None,
            number(means.high[at]) if counts.samples[at] else None,
            int(counts.expected[at]),
            int(counts.received[at]),
            int(counts.samples[at]),
            flag[at],
            number(converted[at]) if valid[at] else None,
            number(reference[at]),
            None,
            number(means.amount[at])
            if valid[at] or (means.method[at] == "counted" and counted[at])
            else None,
            number(load[at]),
            means.method[at],
            rule_of(sensor.medium, "hour").words,
        )
        for at, sensor in enumerate(sensors)
    ]


class _Counts:
    """How many samples were due, came and are valid [r]."""

    def __init__(self, grid: Grid, sensors: list[Sensor], known: Mapping[Key, Row]) -> None:
        slots, expected = [], []
        for sensor, hour_us in zip(sensors, grid.hour_us.tolist(), strict=True):
            share = _due(sensor, hour_us)
            record = known.get((sensor.id, "hour", _instant(hour_us)))
            whole = sensor.slots
            if record is not None and record.expected:
                whole = round(record.expected / share) if share else record.expected
            slots.append(whole)
            expected.append(
                record.expected if record is not None and record.expected else ceil(whole * share)
            )
        self.slots = np.asarray(slots, np.int64)
        self.expected = np.asarray(expected, np.int64)
        self.need = np.asarray(
            [
                rule_of(sensor.medium, "hour").needed(whole, HOUR_SLOTS)
                for sensor, whole in zip(sensors, slots, strict=True)
            ],
            np.int64,
        )
        self.count(grid)

    def count(self, grid: Grid) -> None:
        """Count what came and what is valid, as it is now."""
        self.received = np.minimum(grid.received.sum(axis=1), self.slots)
        self.samples = np.minimum((grid.received & grid.valid).sum(axis=1), self.slots)


def _due(sensor: Sensor, hour_us: int) -> float:
    """Return the share of an hour in which a sensor is due."""
    begin, end = hour_us, hour_us + HOUR_US
    if sensor.due_since is None:
        return 0.0
    begin = max(begin, _us(sensor.due_since))
    end = end if sensor.due_until is None else min(end, _us(sensor.due_until))
    return max(0, end - begin) / HOUR_US


def _instant(us: int) -> datetime:
    return _EPOCH + timedelta(microseconds=us)


def _references(grid: Grid, sensors: list[Sensor], known: Mapping[Key, Row]) -> Floats:
    """Return the reference oxygen [%] of each hour [r]: that of its record, else that of the limit in force then."""
    found = np.full(len(sensors), np.nan)
    for at, sensor in enumerate(sensors):
        hour = _instant(int(grid.hour_us[at]))
        record = known.get((sensor.id, "hour", hour))
        oxygen = (
            sensor.reference_o2(hour) if record is None else record.reference_o2 or sensor.reference_o2(hour)
        )
        found[at] = np.nan if oxygen is None else oxygen
    return found


def _us(instant: datetime) -> int:
    return (instant - _EPOCH) // timedelta(microseconds=1)


def _status(
    grid: Grid, counts: _Counts, idle: Flags, means: Means, sensors: list[Sensor]
) -> NDArray[np.str_]:
    stopped_minutes = (grid.received & (grid.flags & STOPPED > 0)).sum(axis=1)
    received = grid.received.sum(axis=1)
    # Of what was due, so that one minute that says so stops nothing.
    stopped = (received > 0) & (2 * stopped_minutes > np.maximum(counts.slots, received))
    spoils = np.asarray([rule_of(sensor.medium, "hour").spoils for sensor in sensors])
    abnormal = spoils & (grid.received & ~grid.whole).any(axis=1)
    burns = np.asarray([sensor.medium == "gas" and sensor.milligrams is not None for sensor in sensors])
    zs = np.asarray([sensor.medium == "gas" and sensor.form == "Zs" for sensor in sensors])
    weightless = np.asarray([one == "flow_weighted" for one in means.method]) & np.isnan(means.mean)
    directionless = np.asarray([one == "vector" for one in means.method]) & np.isnan(means.mean)
    return np.select(
        [
            grid.marked,
            received == 0,
            stopped | (idle & (burns | zs)),
            abnormal,
            (counts.samples < counts.need) | np.isinf(means.mean),
            weightless | directionless,
        ],
        ["marked", "none", "stopped", "abnormal", "short", "no_flow"],
        "valid",
    )


def _loads(
    means: Means, place: Place, sensors: list[Sensor], valid: Flags, status: NDArray[np.str_]
) -> Floats:
    """Mass of each hour [kg]: gas from the two hourly means (HJ 212-2017 app. D eq. 33), water from its minutes."""
    flow = place.rows("flow")
    milligrams = np.asarray([sensor.milligrams or np.nan for sensor in sensors])
    gas = np.asarray([sensor.medium == "gas" for sensor in sensors])
    flowing = (flow >= 0) & valid[flow]
    burnt = flue_gas.rate_kg_h(np.maximum(means.mean, 0.0) * milligrams, np.maximum(means.mean[flow], 0.0))
    load = np.where(gas, burnt, means.load * milligrams)
    still = status == "no_flow"
    return np.where(flowing & (valid | still), np.where(still, 0.0, load), np.nan)


def _flags(grid: Grid, sensors: list[Sensor], status: NDArray[np.str_]) -> list[str]:
    """Roll the flags up: HJ 212-2017, notes to C.16-C.18."""
    abnormal = [
        (grid.received & (grid.flags & (1 << bit) > 0)).sum(axis=1) if letter != "N" else None
        for bit, letter in enumerate(LETTERS)
    ]
    table = np.vstack([np.zeros(len(sensors), np.int64) if one is None else one for one in abnormal])
    worst = table.argmax(axis=0)
    most = table.max(axis=0)
    received = grid.received.sum(axis=1)
    normal = (grid.received & (grid.flags == NORMAL)).sum(axis=1)
    found = []
    for at, sensor in enumerate(sensors):
        if not received[at]:
            found.append("-")
        elif rule_of(sensor.medium, "hour").spoils:
            found.append(LETTERS[worst[at]] if most[at] else "N" if status[at] != "abnormal" else "D")
        elif normal[at] >= 0.75 * received[at]:
            found.append("N")
        else:
            found.append("F" if status[at] == "stopped" else "D")
    return found
