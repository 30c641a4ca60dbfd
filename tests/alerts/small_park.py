"""A park small enough to read: one chlorine detector, one tank, one outlet, made by hand in a database."""

from datetime import datetime
from typing import Any

import numpy as np
from psycopg.types.json import Jsonb

from smartpark import db
from smartpark.readings import Readings

T0 = datetime.fromisoformat("2026-11-22T03:12:00+08:00")
T0_US = round(T0.timestamp() * 1e6)
SECOND = 1_000_000
CL2, LEVEL, COD, VALVE = 1, 2, 3, 4
_VALID_FROM = datetime.fromisoformat("2020-01-01T00:00:00+08:00")

GAS_RULE = {
    "wording": "gas",
    "basis": "instant",
    "limit_kinds": ["setpoint"],
    "stages": {"H": {"level": "orange"}, "HH": {"level": "red"}},
    "latch": False,
    "deadband_of_limit": 0.1,
}


def build(conn: db.Connection, *, rules: bool = True) -> None:
    """Insert the park: enterprise 1 with a gas, a hazard and a wastewater station."""
    conn.execute(
        "insert into park (id, code, name_zh, name_en, timezone, lat, lon) values (1, 'demo', '园区', 'Park', 'Asia/Shanghai', 39.45, 106.68)"
    )
    conn.execute(
        "insert into enterprise (id, park_id, code, name_zh, name_en, sector, lat, lon) values (1, 1, 'e01', '氯碱一厂', 'Chlor-alkali One', 'chlor', 39.45, 106.68)"
    )
    for code, zh, en, unit in (
        ("a99001", "氯气", "chlorine", "mg/m3"),
        ("x_level", "液位", "level", "m"),
        ("w01018", "化学需氧量", "COD", "mg/L"),
        ("x_valve", "阀位", "valve", "1"),
    ):
        conn.execute(
            "insert into quantity (code, name_zh, name_en, unit, source) values (%s, %s, %s, %s, 'test')",
            [code, zh, en, unit],
        )
    for sid, code, kind, feed, cls in (
        (1, "g01", "gas", "safety", "safety"),
        (2, "t01", "hazard", "safety", "safety"),
        (3, "w01", "wastewater", "rest", "emission"),
    ):
        conn.execute(
            "insert into station (id, park_id, enterprise_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class) values (%s, 1, 1, %s, %s, %s, %s, 39.45, 106.68, %s, %s)",
            [sid, code, kind, code, code, feed, cls],
        )
    for sensor, station, quantity, unit, period in (
        (CL2, 1, "a99001", "mg/m3", 1),
        (LEVEL, 2, "x_level", "m", 60),
        (COD, 3, "w01018", "mg/L", 3600),
        (VALVE, 2, "x_valve", "1", 60),
    ):
        conn.execute(
            "insert into sensor (id, station_id, quantity, unit, period_s, due_since, span_low, span_high) values (%s, %s, %s, %s, %s, %s, 0, 10)",
            [sensor, station, quantity, unit, period, _VALID_FROM],
        )
    limit(conn, "cl2_h", "a99001", "H", 1.0)
    limit(conn, "cl2_hh", "a99001", "HH", 2.0)
    if rules:
        rule(conn, "gas_toxic", "limit", {"quantities": ["a99001"]}, GAS_RULE)
    conn.commit()


def limit(conn: db.Connection, code: str, quantity: str, stage: str, value: float) -> None:
    conn.execute(
        "insert into limit_value (code, quantity, basis, stage, value, unit, kind, standard, clause, valid_from, verified, source)"
        " values (%s, %s, 'instant', %s, %s, 'x', 'setpoint', 'GB/T 50493-2019', '5.5.2', %s, true, 'test')",
        [code, quantity, stage, value, _VALID_FROM],
    )


def rule(
    conn: db.Connection,
    code: str,
    kind: str,
    applies: dict[str, Any],
    parameters: dict[str, Any],
    *,
    class_: str = "alarm",
) -> None:
    conn.execute(
        "insert into rule (code, version, kind, class, name_zh, name_en, applies, parameters, source) values (%s, 1, %s, %s, %s, %s, %s, %s, 'test')",
        [code, kind, class_, code, code, Jsonb(applies), Jsonb(parameters)],
    )


def readings(
    *rows: tuple[float, float] | tuple[float, float, str] | tuple[float, float, str, str],
    sensor: int = CL2,
    lag_s: float = 0.1,
) -> Readings:
    """Make readings of one sensor of (seconds after T0, value, flag, mark)."""
    full = [(*row, *("N", "-")[len(row) - 2 :]) for row in rows]
    times = np.array([T0_US + round(row[0] * SECOND) for row in full], np.int64)
    return Readings(
        np.full(len(full), sensor, np.int32),
        times,
        np.array([row[1] for row in full], np.float64),
        np.array([ord(row[2]) for row in full], np.uint8),
        np.array([ord(row[3]) for row in full], np.uint8),
        times + round(lag_s * SECOND),
    )


def store(conn: db.Connection, new: Readings) -> None:
    """Store readings and latest as ingest would."""
    for i in range(len(new)):
        sensor, value = int(new.sensor_id[i]), float(new.value[i])
        flag, mark = chr(new.flag[i]), chr(new.mark[i])
        at, received = int(new.time_us[i]), int(new.received_us[i])
        conn.execute(
            "insert into reading values (%s, %s, to_timestamp(%s::bigint / 1000000.0), %s, %s, %s)",
            [sensor, (received - at) // SECOND, at, value, flag, mark],
        )
        conn.execute(
            "insert into latest values (%s, to_timestamp(%s::bigint / 1000000.0), to_timestamp(%s::bigint / 1000000.0), %s, %s, %s)"
            " on conflict (sensor_id) do update set time = excluded.time, received_at = excluded.received_at,"
            " value = excluded.value, flag = excluded.flag, mark = excluded.mark where latest.time < excluded.time",
            [sensor, at, received, value, flag, mark],
        )
