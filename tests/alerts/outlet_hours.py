"""A boiler stack with hourly limits, and its official hours as the engine writes and judges them."""

from dataclasses import replace
from datetime import datetime, timedelta

from alerts import rows
from alerts.life import Event, fold
from alerts.official import Fact, assert_condition
from smartpark import db
from tests.alerts import small_park

EIGHT = datetime.fromisoformat("2026-11-22T08:00:00+08:00")
HOUR = timedelta(hours=1)
NOX, NOX_ZS, SO2 = 11, 12, 13
PARAMETERS = {
    "wording": "emission",
    "basis": "hour",
    "limit_kinds": ["permit", "local", "industry", "integrated"],
    "stages": {"H": {"level": "orange"}},
    "latch": False,
}


def build(conn: db.Connection) -> db.Connection:
    """Insert the outlet and its limits."""
    small_park.build(conn)
    conn.execute(
        "insert into quantity (code, name_zh, name_en, unit, decimals, source) values"
        " ('a21002', '氮氧化物', 'NOx', 'mg/m³', 1, 't'), ('a21026', '二氧化硫', 'SO2', 'mg/m³', 1, 't')"
    )
    conn.execute(
        "insert into station (id, park_id, enterprise_id, code, kind, outlet_kind, name_zh, name_en, lat, lon, feed, stream_class)"
        " values (9, 1, 1, 'st9', 'stack', 'boiler', '九号', 'Nine', 39.4, 106.6, 'rest', 'emission')"
    )
    conn.execute(
        "insert into sensor (id, station_id, quantity, form, unit, period_s, due_since) values"
        " (11, 9, 'a21002', '', 'mg/m³', 60, '2026-01-01Z'), (12, 9, 'a21002', 'Zs', 'mg/m³', 60, '2026-01-01Z'),"
        " (13, 9, 'a21026', '', 'mg/m³', 60, '2026-01-01Z')"
    )
    for code, quantity in (("nox", "a21002"), ("so2", "a21026")):
        conn.execute(
            "insert into limit_value (code, quantity, form, outlet_kind, basis, stage, value, unit, reference_o2, kind, standard,"
            " clause, valid_from, verified, source)"
            " values (%s, %s, 'Zs', 'boiler', 'hour', 'H', 50, 'mg/m³', 9, 'industry', 'GB 13271-2014', '表2', '2020-01-01Z', true, 't')",
            [code, quantity],
        )
    small_park.rule(conn, "stack_hour", "limit", {"kinds": ["stack"], "forms": ["Zs"]}, PARAMETERS)
    conn.commit()
    return conn


def hour(number: int, value: float | None, **more) -> Fact:
    start = EIGHT + number * HOUR
    fact = Fact(
        sensor_id=NOX_ZS,
        period="hour",
        start=start,
        end=start + HOUR,
        value=value,
        judgeable=value is not None,
        revision=1,
        cause="closed",
        made_at=start + HOUR + timedelta(minutes=5),
        expected=60,
        samples=58,
    )
    return replace(fact, **more)


def judge(conn: db.Connection, *facts: Fact):
    """Write the records as the engine does, judge them, commit."""
    for f in facts:
        conn.execute(
            "insert into record (sensor_id, period, start, status, judgeable, mean, expected, received, samples, flag, converted,"
            " method, edition, revision, cause, made_at) values (%s, %s, %s, %s, %s, %s, 60, 60, %s, 'N', %s, 'arithmetic', 'x', %s, %s, %s)"
            " on conflict (sensor_id, period, start) do update set status = excluded.status, judgeable = excluded.judgeable,"
            " mean = excluded.mean, revision = excluded.revision, cause = excluded.cause, made_at = excluded.made_at",
            [
                *(f.sensor_id, f.period, f.start, "valid" if f.judgeable else "short", f.judgeable),
                *(f.value if f.judgeable else None, f.samples, f.converted, f.revision, f.cause, f.made_at),
            ],
        )
    judged = assert_condition(conn, facts, max(f.made_at for f in facts))
    conn.commit()
    return judged


def all_of(conn, what="select * from alert order by id"):
    with conn.cursor(row_factory=db.dict_row) as cursor:
        return cursor.execute(what).fetchall()


def types(conn):
    return [row["type"] for row in all_of(conn, "select type from alert_event order by id")]


def acknowledge(conn, number=None):
    number = number or all_of(conn)[-1]["id"]
    alert = rows.lock(conn, [number])[number]
    event = Event(type="acknowledged", at=EIGHT + 2 * HOUR, actor="operator")
    rows.update(conn, fold(alert, event))
    rows.append(conn, [(number, event)])
    conn.commit()
