"""Gathers everything behind one hour of one sensor, down to the frame as it came."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row, tuple_row

from records.evidence.frames import opened
from records.periods.plan import Plan, Sensor
from records.periods.rules import HOUR_SLOTS, rule_of
from records.periods.store import load_plan
from smartpark import flag_use, queries

_Q = queries.load("records.evidence", "evidence.sql")
_HOUR = timedelta(hours=1)
_GAS_FLOW = "a00000"
_INSTANTS = "2011"  # the command that brings readings: smartpark/hj212/commands.csv
_GASES = ("flow", "no", "no2")  # inputs that depend on the state of the gas themselves

AnyConnection = psycopg.Connection[Any]


class UnknownSensorError(LookupError):
    """There is no such sensor, or it is not this reader's to see."""


def gather(
    conn: AnyConnection,
    sensor_id: int,
    hour: datetime,
    *,
    zone: str,
    exact: bool,
    oxygen_not_running: float,
) -> dict[str, Any]:
    """Return the hour of a sensor that begins at an instant, and everything behind it.

    Args:
        conn: sees what its reader may see.
        sensor_id: the sensor.
        hour: a full hour.
        zone: IANA name, in which the hour is written; the connection writes every other time.
        exact: whether frames are handed out with their passwords.
        oxygen_not_running: flue gas with so much oxygen or more is of a unit that does not run [% dry].

    Raises:
        UnknownSensorError: not there, or not to be seen.

    """
    hour = hour.astimezone(ZoneInfo(zone))
    span = {"sensor": sensor_id, "from": hour, "to": hour + _HOUR}
    sensor = _one(conn, _Q.sensor, span)
    if sensor is None:
        raise UnknownSensorError(sensor_id)
    codes = [sensor["quantity"], *sensor.pop("old_codes")]
    plan = load_plan(conn)
    record = _one(conn, _Q.record, span)
    computed = _computed(plan, sensor_id, record, hour)
    roles = {number: role for role, number in _neighbours(plan, sensor_id).items()}
    about = {**span, "station_id": sensor["station_id"], "sensors": [sensor_id, *roles]}
    minutes = _all(conn, _Q.minutes, about)
    inputs = [
        {
            "role": roles[row["sensor_id"]],
            **row,
            "rule": _rule(plan.sensors[row["sensor_id"]], row.pop("expected"), hour),
        }
        for row in _all(conn, _Q.inputs, about | {"sensors": list(roles)})
    ]
    marks, corrections = _all(conn, _Q.marks, about), _all(conn, _Q.corrections, about)
    months = _all(conn, _Q.months, about)
    objects = [f"mark {row['id']}" for row in marks] + [f"correction {row['id']}" for row in corrections]
    opening = _one(conn, _Q.opening, about) if computed["method"] == "counted" else None
    back = about | {"back": timedelta(minutes=computed.pop("step_min")) - _HOUR}
    admitted_at = sensor.pop("admitted_at")
    return {
        "sensor": sensor,
        "start": hour,
        "end": hour + _HOUR,
        "label": label(hour, sensor["timezone"]),
        "record": record,
        "revisions": _all(conn, _Q.revisions, about),
        "minutes": [row for row in minutes if row["sensor_id"] == sensor_id],
        "readings": _readings(_all(conn, _Q.readings, about), sensor["stream_class"]),
        "conflicts": _all(conn, _Q.conflicts, about),
        "frames": [_frame(row, codes, exact=exact) for row in _all(conn, _Q.frames, about)],
        **computed,
        "oxygen_not_running": oxygen_not_running,
        "opening": opening["last"] if opening else None,
        "held": _one(conn, _Q.held, back) if back["back"] > timedelta() else None,
        "codes": codes,
        "instants": _INSTANTS,
        "units": _all(conn, _Q.units, about),
        "admitted_at": admitted_at,
        "readings_kept": _one(conn, _Q.reading_kept, about) is not None,
        "inputs": inputs,
        "input_minutes": [
            {"role": roles[row["sensor_id"]], **row} for row in minutes if row["sensor_id"] in roles
        ],
        "limits": _all(conn, _Q.limits, about),
        "reported": _all(conn, _Q.reported, about),
        "marks": marks,
        "corrections": corrections,
        "files": _all(conn, _Q.files, {"objects": objects}),
        "alerts": _all(conn, _Q.alerts, about),
        "missing": _one(conn, _Q.missing, about),
        "months": months,
        "objects": objects + [f"month {row['id']}" for row in months],
    }


def label(hour: datetime, timezone: str) -> str:
    """Return an hour so that it means one hour: date, period and offset; the last of a day ends at 24:00."""
    zone = ZoneInfo(timezone)
    start, end = hour.astimezone(zone), (hour + _HOUR).astimezone(zone)
    closing = "24:00" if (end.hour, end.minute) == (0, 0) else f"{end:%H:%M}"
    return f"{start:%Y-%m-%d %H:%M}-{closing} (UTC{start:%z})"


def digests(conn: AnyConnection) -> list[tuple[int, str, str]]:
    """Return number, digest before and digest of every entry of the chain."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(_Q.digests).fetchall()
    return [(number, bytes(previous).hex(), bytes(digest).hex()) for number, previous, digest in rows]


def _computed(plan: Plan, sensor_id: int, record: dict[str, Any] | None, hour: datetime) -> dict[str, Any]:
    """Return what the hour is computed with beside its minutes."""
    sensor = plan.sensors.get(sensor_id)
    if sensor is None:  # not admitted: no record is made of it
        nothing = {
            "rule": {"slots": 60, "need": 45, "spoils": False, "burns": False},
            "due_share": 0.0,
            "method": "arithmetic",
            "step_min": 1,
            "amount_factor": None,
            "milligrams": None,
            "medium": "other",
            "is_flow": False,
        }
        return {**nothing, "gas_states": {}}
    near = {role: plan.sensors[number] for role, number in _neighbours(plan, sensor_id).items()}
    raw: dict[str, Sensor] = {"": sensor} | {role: near[role] for role in _GASES if role in near}
    return {
        "rule": _rule(sensor, record["expected"] if record else None, hour),
        "due_share": _due(sensor, hour),
        "method": plan.method(sensor_id),
        "step_min": sensor.step_min,
        "amount_factor": sensor.averaging.amount,
        "milligrams": sensor.milligrams,
        "medium": sensor.medium,
        "is_flow": sensor.quantity == _GAS_FLOW,
        "gas_states": {role: one.gas_state for role, one in raw.items() if _has_state(one)},
    }


def _rule(sensor: Sensor, expected: int | None, hour: datetime) -> dict[str, Any]:
    """Return when an hour of a sensor is valid; what was due of a record stays due, whatever the catalogue says today."""
    share, slots = _due(sensor, hour), sensor.slots
    if expected:
        slots = round(expected / share) if share else expected
    rule = rule_of(sensor.medium, "hour")
    burns = sensor.medium == "gas" and (sensor.milligrams is not None or sensor.form == "Zs")
    return {"slots": slots, "need": rule.needed(slots, HOUR_SLOTS), "spoils": rule.spoils, "burns": burns}


def _due(sensor: Sensor, hour: datetime) -> float:
    """Return the share of an hour in which a sensor is due."""
    if sensor.due_since is None:
        return 0.0
    end = hour + _HOUR if sensor.due_until is None else min(hour + _HOUR, sensor.due_until)
    return max(timedelta(), end - max(hour, sensor.due_since)) / _HOUR


def _has_state(sensor: Sensor) -> bool:
    return sensor.medium == "gas" and (sensor.milligrams is not None or sensor.quantity == _GAS_FLOW)


def _neighbours(plan: Plan, sensor_id: int) -> dict[str, int]:
    near = plan.neighbours.get(sensor_id)
    if near is None:
        return {}
    return {
        role: number for role, number in asdict(near).items() if number is not None and number != sensor_id
    }


def _readings(rows: Sequence[dict[str, Any]], stream_class: str) -> list[dict[str, Any]]:
    uses = {
        kind: flag_use.use_of(stream_class, *kind).bits & flag_use.AVERAGE > 0
        for kind in {(row["flag"], row["mark"]) for row in rows}
    }
    return [{**row, "averaged": uses[row["flag"], row["mark"]]} for row in rows]


def _frame(row: dict[str, Any], codes: Sequence[str], *, exact: bool) -> dict[str, Any]:
    raw = bytes(row.pop("frame"))
    return {**row, **opened(raw, codes, exact=exact)}


def _all(conn: AnyConnection, query: Any, about: dict[str, Any]) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, about).fetchall()


def _one(conn: AnyConnection, query: Any, about: dict[str, Any]) -> dict[str, Any] | None:
    found = _all(conn, query, about)
    return found[0] if found else None
