"""The records of a day once more, minute by minute and without arrays, from the words of the rules."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from math import atan2, cos, degrees, log10, radians, sin, sqrt

from smartpark import db
from tests.records.periods import park

Minute = tuple[int, int, float, str, float]  # n, n_valid, mean, flags, last
HOUR = timedelta(hours=1)


def minutes_of(conn: db.Connection) -> dict[int, dict[datetime, Minute]]:
    """Return every stored minute by sensor and time."""
    found: dict[int, dict[datetime, Minute]] = {}
    for sensor, time, n, valid, mean, flags, last in conn.execute(
        "select sensor_id, time, n, n_valid, mean, flags, last from minute"
    ):
        found.setdefault(sensor, {})[time] = (n, valid, mean, flags, last)
    return found


def hour(
    data: Mapping[int, Mapping[datetime, Minute]], sensor: int, start: datetime
) -> tuple[str, float | None, float | None]:
    """Return (status, mean, mass or amount) of an hour."""
    table = dict(data.get(sensor, {}))
    times = [start + at * timedelta(minutes=1) for at in range(60)]
    if sensor == park.NOX:
        table = {
            t: (4, 4, no[2] * 46 / 30 + no2[2], "N", 0.0)
            for t in times
            if (no := _beside(data, park.NO, start, t)) and (no2 := _beside(data, park.NO2, start, t))
        }
        came = [t for t in times if t in data.get(park.NO, {})]
    else:
        came = [t for t in times if t in table]
    good = [t for t in times if t in table and _is_good(table[t])]
    status = _status(data, sensor, start, table, came, good)
    if status not in {"valid", "no_flow"}:
        return status, None, None
    return _value(data, sensor, start, table, good, status)


def _is_good(one: Minute) -> bool:
    return one[1] > 0 and one[1] >= 0.75 * one[0]


def _valid(data: Mapping[int, Mapping[datetime, Minute]], sensor: int, time: datetime) -> Minute | None:
    one = data.get(sensor, {}).get(time)
    return one if one is not None and _is_good(one) else None


def _beside(
    data: Mapping[int, Mapping[datetime, Minute]], sensor: int, start: datetime, time: datetime
) -> Minute | None:
    """A valid minute of a neighbour, in an hour of which it has enough."""
    valid = sum(_valid(data, sensor, start + at * timedelta(minutes=1)) is not None for at in range(60))
    return _valid(data, sensor, time) if valid >= 45 else None


def _status(data, sensor, start, table, came, good) -> str:
    if not came:
        return "none"
    source = data[park.NO] if sensor == park.NOX else table
    slots, need = (12, 9) if sensor in {park.POWER, park.ENERGY} else (60, 45)
    if sum("F" in source[t][3] for t in came) * 2 > max(slots, len(came)):
        return "stopped"
    if sensor in {park.SO2, park.NO, park.NO2, park.NOX}:
        oxygen = [
            one[2]
            for at in range(60)
            if (one := _beside(data, park.O2, start, start + at * timedelta(minutes=1)))
        ]
        if oxygen and sum(oxygen) / len(oxygen) >= 19.0:
            return "stopped"
    if sensor in {park.COD, park.WATER_FLOW, park.PH} and any(
        table[t][0] != table[t][1] or table[t][3] != "N" for t in came
    ):
        return "abnormal"
    if min(len(good), slots) < need:
        return "short"
    if sensor == park.COD:
        good_c = [t for t in good if table[t][2] >= 0]
        flow = [(t, one) for t in good_c if (one := _beside(data, park.WATER_FLOW, start, t))]
        if len(flow) >= 45 and sum(max(one[2], 0) for _, one in flow) == 0:
            return "no_flow"
    return "valid"


def _value(data, sensor, start, table, good, status):
    mean = sum(table[t][2] for t in good) / len(good)
    extra = None
    if sensor == park.COD:
        both = [
            (table[t][2], max(one[2], 0.0))
            for t in good
            if table[t][2] >= 0 and (one := _beside(data, park.WATER_FLOW, start, t))
        ]
        flow_status = hour(data, park.WATER_FLOW, start)[0]
        if len(both) >= 45:
            volume = sum(q for _, q in both)
            mean = sum(c * q for c, q in both) / volume if volume else None
            load = sum(c * q for c, q in both) / len(both) * 0.0036
            extra = (0.0 if status == "no_flow" else load) if flow_status == "valid" else None
        mean = None if status == "no_flow" else mean
    elif sensor in {park.SO2, park.NO, park.NO2, park.NOX}:
        flow_status, flow, _ = hour(data, park.GAS_FLOW, start)
        extra = mean * flow * 1e-6 if flow_status == "valid" else None
    elif sensor == park.WIND_DIRECTION:
        pairs = [(table[t][2], one[2]) for t in good if (one := _beside(data, park.WIND_SPEED, start, t))]
        pairs = pairs or [(table[t][2], 1.0) for t in good]
        east = sum(s * sin(radians(d)) for d, s in pairs)
        north = sum(s * cos(radians(d)) for d, s in pairs)
        if sqrt(east**2 + north**2) <= 1e-9 * sum(s for _, s in pairs):
            return "no_flow", None, None
        mean = degrees(atan2(east, north)) % 360
    elif sensor == park.LEQ:
        mean = 10 * log10(sum(10 ** (table[t][2] / 10) for t in good) / len(good))
    elif sensor == park.WATER_FLOW:
        extra = mean * 3.6
    elif sensor in {park.GAS_FLOW, park.POWER}:
        extra = mean
    elif sensor == park.ENERGY:
        before = [t for t in table if t < start]
        readings = ([table[max(before)][4]] if before else []) + [table[t][4] for t in good]
        extra = sum(max(0.0, b - a) for a, b in pairwise(readings))
        mean = readings[-1]
    return status, mean, extra


def day(
    data: Mapping[int, Mapping[datetime, Minute]], sensor: int, start: datetime
) -> tuple[str, float | None, float | None]:
    """Return (status, mean, mass) of a day of a concentration, from its hours."""
    hours = [hour(data, sensor, start + at * HOUR) for at in range(24)]
    statuses = [status for status, _, _ in hours]
    masses = [mass for _, _, mass in hours if mass is not None]
    mass = sum(masses) if masses else None
    valid = [mean for status, mean, _ in hours if status == "valid"]
    if set(statuses) == {"none"}:
        return "none", None, None
    water = sensor == park.COD
    if water and "abnormal" in statuses:
        return "abnormal", None, mass
    enough = len(valid) + statuses.count("no_flow") >= 18 if water else len(valid) >= 20
    if not enough:
        lacking = (18 if water else 20) - len(valid) - statuses.count("no_flow") * water
        return ("stopped" if statuses.count("stopped") >= max(1, lacking) else "short"), None, mass
    if water:
        flows = [hour(data, park.WATER_FLOW, start + at * HOUR)[2] for at in range(24)]
        weighed = [
            (hours[at][1], flows[at]) for at in range(24) if hours[at][0] == "valid" and flows[at] is not None
        ]
        if len(weighed) + statuses.count("no_flow") >= 18:
            return "valid", sum(c * q for c, q in weighed) / sum(q for _, q in weighed), mass
    return "valid", sum(valid) / len(valid), mass
