"""Minutes out of the database as columns, records back into it as revisions."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from psycopg.rows import dict_row

from records.periods.grid import Grid, Mark, Minutes, Overlay, letters
from records.periods.kept import Base
from records.periods.longer import Part
from records.periods.plan import Plan, Reference, Sensor
from records.periods.row import Key, Row
from records.periods.rules import HOUR_SLOTS, Period
from smartpark import db, queries

Q = queries.load("records.periods", "store.sql")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_2000_US = 946_684_800_000_000
_SIGNATURE_BYTES = 19
_HOUR = timedelta(hours=1)
_WEEK = timedelta(days=8)
_LAYOUT = np.dtype(
    [("fields", ">i2")]
    + [
        part
        for name, kind in (
            ("sensor_id", ">i4"),
            ("time", ">i8"),
            ("n", ">i4"),
            ("n_valid", ">i4"),
            ("mean", ">f8"),
            ("low", ">f8"),
            ("high", ">f8"),
            ("last", ">f8"),
            ("flags", "S8"),
        )
        for part in ((f"{name}_size", ">i4"), (name, kind))
    ]
)

Pair = tuple[int, datetime]  # a sensor, or a station, and the start of an hour


class Change(NamedTuple):
    """A record that was made or made anew; the old values are None where it is new."""

    sensor_id: int
    period: Period
    start: datetime
    revision: int
    old_status: str | None
    old_mean: float | None
    old_mass: float | None
    status: str
    mean: float | None
    mass: float | None
    converted: float | None
    judgeable: bool
    expected: int
    samples: int
    flag: str
    cause: str


def load_plan(conn: db.Connection) -> Plan:
    """Read every sensor and put them together by station."""
    with conn.cursor(row_factory=dict_row) as cursor:
        references: dict[int, list[Reference]] = {}
        for row in cursor.execute(Q.references):
            one = Reference(row["since"], row["until"], row["reference_o2"])
            references.setdefault(row["sensor_id"], []).append(one)
        return Plan.of(
            Sensor(**row, references=tuple(references.get(row["id"], ())))
            for row in cursor.execute(Q.sensors)
        )


def load_grid(conn: db.Connection, plan: Plan, pairs: Sequence[Pair]) -> tuple[Grid, list[Overlay]]:
    """Return the table of some (sensor, hour), sorted, with marks and corrections laid over, and these corrections."""
    sensors = [sensor_id for sensor_id, _ in pairs]
    hours = [hour for _, hour in pairs]
    span = {"first": min(hours), "last": max(hours) + _HOUR}
    about = {"sensors": sensors, "hours": hours, **span}
    hour_us = np.asarray([microseconds(hour) for hour in hours], np.int64)
    grid = Grid.of(np.asarray(sensors, np.int32), hour_us, _minutes(conn, about))
    stations = [plan.sensors[sensor_id].station_id for sensor_id in sensors]
    overlays = _overlays(conn, set(sensors), span)
    _look_back(conn, plan, pairs, grid, overlays)
    grid.lay(np.asarray(stations, np.int32), _marks(conn, set(stations), span), overlays)
    return grid, overlays


def _look_back(
    conn: db.Connection, plan: Plan, pairs: Sequence[Pair], grid: Grid, overlays: Sequence[Overlay]
) -> None:
    """Give counters the value that they go on from, and slow analysers without a result in an hour the one that holds."""
    backs = {}
    for at, (sensor_id, _) in enumerate(pairs):
        step_min = plan.sensors[sensor_id].step_min
        if plan.method(sensor_id) == "counted":
            backs[at] = _WEEK
        elif step_min > HOUR_SLOTS and not grid.received[at].any():
            backs[at] = timedelta(minutes=step_min - HOUR_SLOTS)
    if not backs:
        return
    hours = [pairs[at][1] for at in backs]
    where = {pairs[at]: at for at in backs}
    asked = {
        "sensors": [pairs[at][0] for at in backs],
        "hours": hours,
        "backs": list(backs.values()),
        "first": min(hours) - max(backs.values()),
        "last": max(hours),
    }
    for sensor_id, hour, minute, last, mean, n, n_valid, flags in conn.execute(
        Q.openings, asked, prepare=False
    ):
        at = where[sensor_id, hour]
        if plan.method(sensor_id) == "counted":
            grid.open_with(at, last, microseconds(minute), overlays)
        else:
            grid.hold(at, mean, whole=n == n_valid and flags == "N", flags=letters(flags))


def load_bases(conn: db.Connection, pairs: Sequence[Pair]) -> dict[Key, Base]:
    """Return what hours (sensor, hour) came to before any mark, of those that have records."""
    hours = [hour for _, hour in pairs]
    about = {
        "sensors": [sensor_id for sensor_id, _ in pairs],
        "hours": hours,
        "first": min(hours),
        "last": max(hours) + _HOUR,
    }
    found = (
        Base(Row(*row), microseconds(made_at))
        for made_at, *row in conn.execute(Q.bases, about, prepare=False)
    )
    return {base.row.key: base for base in found}


def stored_rows(
    conn: db.Connection, sensors: Iterable[int], period: Period, first: datetime, last: datetime
) -> list[Row]:
    """Return records of [first, last) as they stand."""
    about = {"sensors": list(sensors), "period": period, "first": first, "last": last}
    return [Row(*row) for row in conn.execute(Q.stored, about, prepare=False)]


def load_parts(
    conn: db.Connection,
    plan: Plan,
    part: Period,
    spans: Sequence[tuple[int, datetime, datetime]],
    number_of: Mapping[int, Any],
) -> list[list[Part]]:
    """Return the parts of each (sensor, start, end); ``number_of`` gives each sensor the zone that numbers them."""
    partners, weights = [], []
    for sensor_id, _, _ in spans:
        near = plan.neighbours[sensor_id]
        partners.append(near.flow if near.flow is not None else near.wind)
        weights.append("mean" if near.flow is None else "amount")
    about = {
        "sensors": [sensor_id for sensor_id, _, _ in spans],
        "partners": partners,
        "weights": weights,
        "starts": [start for _, start, _ in spans],
        "ends": [end for _, _, end in spans],
        "part": part,
        "first": min(start for _, start, _ in spans),
        "last": max(end for _, _, end in spans),
    }
    found: list[list[Part]] = [[] for _ in spans]
    for ordinal, start, *values in conn.execute(Q.parts, about, prepare=False):
        local = start.astimezone(number_of[spans[ordinal - 1][0]])
        found[ordinal - 1].append(Part(local.hour if part == "hour" else local.month, *values))
    return found


def write(
    conn: db.Connection, rows: Sequence[Row], *, cause: str, first_cause: str, now: datetime
) -> list[Change]:
    """Write records whose values differ from those there are; return them.

    Args:
        conn: in a transaction.
        rows: at most one of each key.
        cause: of new revisions of what is there.
        first_cause: of what was not there.
        now: when; where the clock went back, a revision is dated as late as the one before.

    """
    if not rows:
        return []
    conn.execute(Q.stage)
    conn.execute(Q.clear_stage)
    with conn.cursor() as cursor, cursor.copy(Q.copy_stage) as copy:
        for row in rows:
            copy.write_row(row)
    starts = [row.start for row in rows]
    about = {
        "cause": cause,
        "first_cause": first_cause,
        "now": now,
        "first": min(starts),
        "last": max(starts),
    }
    conn.execute(Q.keep, about, prepare=False)
    return [Change(*row) for row in conn.execute(Q.write, about, prepare=False)]


def microseconds(instant: datetime) -> int:
    """Return an instant [us since 1970]."""
    return (instant - EPOCH) // timedelta(microseconds=1)


def _minutes(conn: db.Connection, about: Mapping[str, Any]) -> Minutes:
    with conn.cursor() as cursor, cursor.copy(Q.minutes.rstrip().rstrip(";"), about) as copy:
        data = b"".join(bytes(block) for block in copy)
    table = np.frombuffer(
        data, _LAYOUT, (len(data) - _SIGNATURE_BYTES - 2) // _LAYOUT.itemsize, _SIGNATURE_BYTES
    )
    if not len(table):
        return Minutes.none()
    distinct, which = np.unique(table["flags"], return_inverse=True)
    bits = np.asarray([letters(flags.decode().strip()) for flags in distinct], np.uint8)
    mean, low, high, last = (table[name].astype(np.float64) for name in ("mean", "low", "high", "last"))
    return Minutes(
        sensor_id=table["sensor_id"].astype(np.int32),
        start_us=table["time"].astype(np.int64) + _EPOCH_2000_US,
        n=table["n"].astype(np.int32),
        n_valid=table["n_valid"].astype(np.int32),
        mean=mean,
        low=low,
        high=high,
        last=last,
        flags=bits[which],
    )


def _marks(conn: db.Connection, stations: set[int], span: Mapping[str, datetime]) -> list[Mark]:
    about = {"stations": sorted(stations), **span}
    return [
        Mark(station_id, sensor_id, microseconds(start), microseconds(end))
        for station_id, sensor_id, start, end in conn.execute(Q.marks, about)
    ]


def _overlays(conn: db.Connection, sensors: set[int], span: Mapping[str, datetime]) -> list[Overlay]:
    about = {"sensors": sorted(sensors), **span}
    return [
        Overlay(sensor_id, kind, *(microseconds(at) for at in (start, end, decided)), *numbers)
        for sensor_id, kind, start, end, decided, *numbers in conn.execute(Q.corrections, about)
    ]
