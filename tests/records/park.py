"""A park small enough to count: a stack with a logger, a wastewater outlet, a gas detector, and minutes as ingest writes them."""

from datetime import UTC, datetime, timedelta

from smartpark import db

T0 = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)  # midnight of 22 November in the park
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
STACK, WATER, GAS = 1, 2, 3
SO2, SO2_ZS, COD, LEVEL, CL2 = 11, 12, 21, 22, 31
LOGGER = "010000A8900016F000169DC0"

_PARK = f"""
insert into park (id, code, name_zh, name_en, timezone, lat, lon) values (1, 'p', '园', 'Park', 'Asia/Shanghai', 39, 106);
insert into quantity (code, name_zh, name_en, unit, decimals, source) values
  ('a21026', '二氧化硫', 'SO2', 'mg/m³', 1, 't'), ('w01018', '化学需氧量', 'COD', 'mg/L', 1, 't'),
  ('a21022', '氯气', 'chlorine', 'mg/m³', 2, 't'), ('x_level', '液位', 'level', 'm', 2, 't');
insert into station (id, park_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class) values
  ({STACK}, 1, 'stack-1', 'stack', '烟囱', 'stack', 39, 106, 'rest', 'emission'),
  ({WATER}, 1, 'ww-1', 'wastewater', '排口', 'outlet', 39, 106, 'rest', 'emission'),
  ({GAS}, 1, 'gas-1', 'gas', '氯气', 'chlorine', 39, 106, 'safety', 'safety');
insert into sensor (id, station_id, quantity, form, period_s, unit, due_since) values
  ({SO2}, {STACK}, 'a21026', '', 60, 'mg/m³', '2026-01-01Z'), ({SO2_ZS}, {STACK}, 'a21026', 'Zs', 60, 'mg/m³', null),
  ({COD}, {WATER}, 'w01018', '', 60, 'mg/L', '2026-01-01Z'), ({LEVEL}, {WATER}, 'x_level', '', 60, 'm', null),
  ({CL2}, {GAS}, 'a21022', '', 60, 'mg/m³', '2026-01-01Z');
"""


def build(conn: db.Connection) -> None:
    """Insert the park."""
    conn.execute(_PARK.encode())
    conn.commit()


def logger(conn: db.Connection, station_id: int = STACK, mn: str = LOGGER, minutes: int = 1) -> None:
    """Admit a data logger."""
    conn.execute(
        "insert into logger (mn, station_id, admitted, minute_interval_min) values (%s, %s, true, %s)",
        [mn, station_id, minutes],
    )
    conn.commit()


def fill(
    conn: db.Connection,
    sensor: int,
    start: datetime,
    end: datetime,
    *,
    value: float = 10.0,
    flags: str = "N",
    step: timedelta = MINUTE,
    received: datetime | None = None,
) -> None:
    """Store minutes [start, end) of a sensor, received at their end: four values each, all valid where flags are N."""
    valid = 4 if flags == "N" else 3 if "N" in flags else 0
    conn.execute(
        "insert into minute (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags)"
        " select %s, t, 4, %s, %s, %s, %s, %s, t + interval '45 s', %s"
        " from generate_series(%s, %s - interval '1 us', %s::interval) t on conflict do nothing",
        [
            sensor,
            valid,
            value * valid,
            value - 1 if valid else None,
            value + 1 if valid else None,
            value,
            flags,
            start,
            end,
            step,
        ],
    )
    conn.execute(
        "insert into ledger (minute, source, station_id, received, stored)"
        " select date_trunc('minute', %s::timestamptz), 'mqtt', station_id, 1, 1 from sensor where id = %s on conflict do nothing",
        [received or end, sensor],
    )
    conn.commit()


def receiver(conn: db.Connection, address: str, *, edition: int = 2017, **more: object) -> int:
    """Add a receiver; return its id."""
    columns = {
        "park_id": 1,
        "code": "bureau",
        "name_zh": "局",
        "name_en": "Bureau",
        "protocol": "hj212",
        "address": address,
        "edition": edition,
        **more,
    }
    row = conn.execute(
        f"insert into upward_receiver ({', '.join(columns)}) values ({', '.join(['%s'] * len(columns))}) returning id".encode(),
        list(columns.values()),
    ).fetchone()
    conn.commit()
    assert row is not None
    return int(row[0])


def point(
    conn: db.Connection,
    receiver_id: int,
    station_id: int,
    *,
    periods: tuple[str, ...] = ("minute",),
    since: datetime = T0,
) -> str:
    """Let a receiver get a station; return its MN there."""
    mn = f"88888880000000000000000{station_id}"
    conn.execute(
        "insert into upward_point (receiver_id, station_id, mn, system, periods, since) values (%s, %s, %s, %s, %s, %s)",
        [receiver_id, station_id, mn, "32" if station_id == WATER else "31", list(periods), since],
    )
    conn.commit()
    return mn


def states(conn: db.Connection) -> dict[str, int]:
    """Return how many items are in which state."""
    return dict(conn.execute("select state, count(*) from upward_item group by 1").fetchall())
