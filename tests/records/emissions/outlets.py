"""Outlets of two enterprises, and records of them as the engine writes them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from smartpark import db

HOUR = timedelta(hours=1)
T0 = datetime(2026, 4, 30, 16, 0, tzinfo=UTC)  # midnight of 1 May in the park
SO2, GAS_FLOW, COD, WATER_FLOW, INLET_COD, PLANT_COD = 11, 12, 21, 22, 31, 41

_PARK = """
insert into park (id, code, name_zh, name_en, timezone, lat, lon) values (1, 'p', '园', 'Park', 'Asia/Shanghai', 39, 106);
insert into enterprise (id, park_id, code, name_zh, name_en, sector, lat, lon) values
  (1, 1, 'e1', '甲', 'Alpha', 'coal', 39, 106), (2, 1, 'e2', '乙', 'Beta', 'sewage', 39, 106);
insert into quantity (code, name_zh, name_en, unit, source) values
  ('a21026', '二氧化硫', 'SO2', 'mg/m³', 't'), ('a00000', '流量', 'flow', 'm³/h', 't'),
  ('w01018', '化学需氧量', 'COD', 'mg/L', 't'), ('w00000', '流量', 'flow', 'L/s', 't');
insert into station (id, park_id, enterprise_id, code, kind, outlet_kind, name_zh, name_en, lat, lon, feed, stream_class) values
  (1, 1, 1, 'stack-1', 'stack', 'boiler', '烟囱', 'stack', 39, 106, 'rest', 'emission'),
  (2, 1, 1, 'ww-1', 'wastewater', 'to_plant', '纳管排口', 'outlet', 39, 106, 'rest', 'emission'),
  (3, 1, 2, 'ww-in', 'wastewater', 'plant_inlet', '进水口', 'inlet', 39, 106, 'rest', 'emission'),
  (4, 1, 2, 'ww-out', 'wastewater', 'plant', '总排口', 'plant outlet', 39, 106, 'rest', 'emission');
insert into sensor (id, station_id, quantity, period_s, unit, due_since) values
  (11, 1, 'a21026', 60, 'mg/m³', '2026-01-01Z'), (12, 1, 'a00000', 60, 'm³/h', '2026-01-01Z'),
  (21, 2, 'w01018', 60, 'mg/L', '2026-01-01Z'), (22, 2, 'w00000', 60, 'L/s', '2026-01-01Z'),
  (31, 3, 'w01018', 60, 'mg/L', '2026-01-01Z'), (32, 3, 'w00000', 60, 'L/s', '2026-01-01Z'),
  (41, 4, 'w01018', 60, 'mg/L', '2026-01-01Z'), (42, 4, 'w00000', 60, 'L/s', '2026-01-01Z');
"""

_RECORD = (
    "insert into record (sensor_id, period, start, status, judgeable, mean, expected, received, samples, flag, mass, amount,"
    " method, edition, cause, made_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'arithmetic', 't', 'closed', %s)"
    " on conflict (sensor_id, period, start) do update set status = excluded.status, mass = excluded.mass,"
    " mean = excluded.mean, samples = excluded.samples, revision = record.revision + 1, made_at = excluded.made_at"
)


def build(conn: db.Connection) -> None:
    """Insert the outlets."""
    conn.execute(_PARK.encode())
    conn.commit()


def mark(
    conn: db.Connection, station: int, start: datetime, count: int, *, effect: str, filed_at: datetime
) -> int:
    """File a condition mark over so many hours of a station; return its number."""
    row = conn.execute(
        "insert into data_mark (station_id, kind, code, effect, starts_at, ends_at, reason, filed_by, filed_at, voucher_due,"
        " state) values (%s, 'condition', 'c', %s, %s, %s, 'r', 'x', %s, %s, 'filed') returning id",
        [station, effect, start, start + count * HOUR, filed_at, filed_at],
    ).fetchone()
    conn.commit()
    assert row is not None
    return int(row[0])


def hours(
    conn: db.Connection,
    sensor: int,
    start: datetime,
    found: Sequence[tuple[str, float | None]],
    *,
    made_at: datetime,
    amounts: Sequence[float | None] = (),
) -> None:
    """Store hours from ``start`` on, each its status and mass [kg]; a second time is a revision."""
    rows = []
    for number, (status, mass) in enumerate(found):
        valid = status == "valid"
        amount = amounts[number] if amounts else None
        flag, n = ("F" if status == "stopped" else "N"), (60 if valid else 0)
        row = (sensor, "hour", start + number * HOUR, status, valid, 1.0 if valid else None, 60, 60, n, flag)
        rows.append((*row, mass, amount, made_at))
    with conn.cursor() as cursor:
        cursor.executemany(_RECORD, rows)
    conn.commit()


def day(
    conn: db.Connection,
    sensor: int,
    start: datetime,
    mass: float | None,
    *,
    made_at: datetime,
    valid: bool = True,
    amount: float | None = None,
    samples: int = 24,
) -> None:
    """Store one day with its mass [kg]."""
    status = "valid" if valid else "short"
    row = (
        sensor,
        "day",
        start,
        status,
        valid,
        1.0 if valid else None,
        24,
        24,
        samples,
        "N",
        mass,
        amount,
        made_at,
    )
    conn.execute(_RECORD, row)
    conn.commit()
