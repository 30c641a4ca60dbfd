"""Air stations, an outlet and their official records, made by the database in bulk: for the tests of records and air."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from fastapi.testclient import TestClient

from api.app import create_app
from api.house import House
from smartpark import clock, db, settings
from smartpark.embedded.private import PrivateServers
from tests.api.conftest import As
from tests.databases import clone

POLLUTANTS = ("a21026", "a21004", "a21005", "a05024", "a34002", "a34004")
STATIONS = """
insert into quantity (code, name_zh, name_en, unit, decimals, source) values
  ('a21026', '二氧化硫', 'SO2', 'mg/m³', 3, 'HJ 212'), ('a21004', '二氧化氮', 'NO2', 'mg/m³', 3, 'HJ 212'),
  ('a21005', '一氧化碳', 'CO', 'mg/m³', 2, 'HJ 212'), ('a05024', '臭氧', 'O3', 'mg/m³', 3, 'HJ 212'),
  ('a34002', 'PM10', 'PM10', 'µg/m³', 0, 'HJ 212'), ('a34004', 'PM2.5', 'PM2.5', 'µg/m³', 0, 'HJ 212'),
  ('a01007', '风速', 'wind speed', 'm/s', 1, 'HJ 212'), ('a01008', '风向', 'wind direction', '°', 0, 'HJ 212');
insert into station (id, park_id, enterprise_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class)
select 100 + n, 1, null, 'air-' || n, 'air', '空气站' || n, 'Air ' || n, 39.4, 106.6, 'rest', 'ambient'
from generate_series(1, %(stations)s) n;
insert into station (id, park_id, enterprise_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class) values
  (99, 1, null, 'mast', 'weather', '气象塔', 'Mast', 39.4, 106.6, 'rest', 'ambient');
insert into sensor (id, station_id, quantity, period_s, due_since, unit)
select st.id * 10 + q.n, st.id, q.code, 60, %(since)s, 'x'
from station st, unnest(%(pollutants)s::text[]) with ordinality as q (code, n) where st.code like 'air-%%';
insert into sensor (id, station_id, quantity, period_s, due_since, unit) values
  (990, 99, 'a01007', 60, %(since)s, 'm/s'), (991, 99, 'a01008', 60, %(since)s, '°');
"""
RECORDS = """
insert into record (sensor_id, period, start, status, judgeable, mean, min, max, expected, received, samples, flag, mean_8h,
                    method, edition, cause, made_at)
select s.id, %(period)s, h.start, 'valid', true, v.mean, v.mean * 0.9, v.mean * 1.1, 60, 60, 60, 'N',
       case when s.quantity = 'a05024' then v.mean end, 'arithmetic', 'GB 3095-2012', 'closed', h.start + interval '65 minutes'
from generate_series(%(from)s::timestamptz, %(to)s::timestamptz - interval '1 second', %(step)s::interval) h (start)
cross join sensor s join station st on st.id = s.station_id,
lateral (select case when s.quantity like 'a34%%' then 30 + (extract(epoch from h.start)::int8 / 3600 + s.id) %% 40
                     when s.quantity = 'a21005' then 0.4 + (s.id %% 5) * 0.1
                     when s.quantity = 'a01008' then (extract(epoch from h.start)::int8 / 3600 * 45) %% 360
                     when s.quantity = 'a01007' then 2
                     else 0.010 + ((extract(epoch from h.start)::int8 / 3600 + s.id) %% 30) * 0.001 end::float8 as mean) v
where st.kind in ('air', 'weather') and (%(sensors)s::int[] is null or s.id = any(%(sensors)s));
"""


def stations(conn: db.Connection, since: datetime, count: int = 4) -> None:
    """Add air stations 101, 102 ... with six sensors each (1011 SO2, NO2, CO, O3, PM10, 1016 PM2.5) and a mast 99."""
    values = {"stations": count, "since": since, "pollutants": list(POLLUTANTS)}
    for part in STATIONS.split(";\n")[:-1]:
        conn.execute(part.encode(), values)


def fill(
    conn: db.Connection, period: str, start: datetime, end: datetime, sensors: list[int] | None = None
) -> None:
    """Make valid records of hours or days of the air stations and the mast over [start, end)."""
    step = {"hour": "1 hour", "day": "1 day"}[period]
    conn.execute(
        RECORDS.encode(), {"period": period, "from": start, "to": end, "step": step, "sensors": sensors}
    )


@contextmanager
def opened(servers: PrivateServers, founded: str) -> Iterator[tuple[db.Connection, As]]:
    """Yield a copy of the small park that the tests of one file share, and somebody of each role who asks it."""
    with clone(servers, founded) as dsn, db.connect(dsn, name="tests") as conn:
        app = create_app(settings.load({"SMARTPARK_DB__DSN": dsn, "SMARTPARK_DB__POOL_SIZE": "4"}, None))
        house: House = app.state.house

        def somebody(username: str) -> TestClient:
            token = house.tokens.sign(username, 1, "bearer", clock.now())
            return TestClient(app, headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})

        with TestClient(app):
            yield conn, somebody


def put(
    conn: db.Connection,
    sensor: int,
    start: datetime,
    value: float | None,
    *,
    column: str = "mean",
    period: str = "day",
) -> None:
    """Change one value of one record."""
    done = conn.execute(
        f"update record set {column} = %s where sensor_id = %s and period = %s and start = %s".encode(),
        [value, sensor, period, start],
    )
    assert done.rowcount == 1
