"""A park of two enterprises with records as the engine writes them: a stack with a sensor at reference oxygen, wastewater, air."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from smartpark import db

ZONE = ZoneInfo("Asia/Shanghai")
MONTH = datetime(2026, 10, 1, tzinfo=ZONE)
NEXT = datetime(2026, 11, 1, tzinfo=ZONE)
NOW = datetime(2026, 11, 1, 3, 0, tzinfo=ZONE)
SO2, SO2_ZS, FLOW, COD, OTHER_COD, PM10 = 11, 12, 13, 21, 31, 41

PARK = """
insert into park (id, code, name_zh, name_en, timezone, lat, lon) values (1, 'p1', '示范园区', 'Park', 'Asia/Shanghai', 39, 106);
insert into zone (id, park_id, code, name_zh, name_en, kind) values (1, 1, 'z1', '一区', 'Zone', 'production');
insert into enterprise (id, park_id, zone_id, code, name_zh, name_en, sector, lat, lon) values
  (1, 1, 1, 'e1', '甲化工', 'Alpha', '氯碱', 39, 106), (2, 1, 1, 'e2', '乙化工', 'Beta', '煤化工', 39, 106);
insert into quantity (code, name_zh, name_en, unit, decimals, source) values
  ('a21026', '二氧化硫', 'SO2', 'mg/m³', 1, 't'), ('a00000', '烟气流量', 'flow', 'm³/h', 0, 't'),
  ('w01018', '化学需氧量', 'COD', 'mg/L', 1, 't'), ('a34002', '可吸入颗粒物', 'PM10', 'µg/m³', 0, 't');
"""
OUTLETS = """
insert into station (id, park_id, enterprise_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class) values
  (11, 1, 1, 'stack-1', 'stack', '1号烟囱', 'stack', 39, 106, 'rest', 'emission'),
  (12, 1, 1, 'ww-1', 'wastewater', '废水总排口', 'outlet', 39, 106, 'rest', 'emission'),
  (13, 1, 2, 'ww-2', 'wastewater', '乙排口', 'outlet', 39, 106, 'rest', 'emission'),
  (14, 1, null, 'air-1', 'air', '空气一站', 'air', 39, 106, 'rest', 'ambient');
insert into sensor (id, station_id, quantity, form, period_s, unit, due_since) values
  (11, 11, 'a21026', '', 60, 'mg/m³', '2026-01-01Z'), (12, 11, 'a21026', 'Zs', 60, 'mg/m³', '2026-01-01Z'),
  (13, 11, 'a00000', '', 60, 'm³/h', '2026-01-01Z'), (21, 12, 'w01018', '', 60, 'mg/L', '2026-01-01Z'),
  (31, 13, 'w01018', '', 60, 'mg/L', '2026-01-01Z'), (41, 14, 'a34002', '', 60, 'µg/m³', '2026-01-01Z');
update station set attributes = '{"not_monitored": "SO2 NO2 CO O3 PM2.5"}' where id = 14;
insert into limit_value (code, quantity, form, station_kind, basis, stage, value, unit, kind, standard, clause, valid_from, verified, source)
values ('so2-hour', 'a21026', 'Zs', 'stack', 'hour', 'H', 35, 'mg/m³', 'industry', 'GB 13223-2011', '表1', '2012-01-01Z', true, 't'),
       ('cod-day', 'w01018', '', 'wastewater', 'day', 'H', 60, 'mg/L', 'integrated', 'GB 8978-1996', '表4', '1998-01-01Z', true, 't'),
       ('cod-hour', 'w01018', '', 'wastewater', 'hour', 'H', 1, 'mg/L', 'local', '未核对', '表1', '1998-01-01Z', false, 't');
insert into missing_hour (station_id, hour, due, present, cause, minutes, evidence, decided_at) values
  (11, '2026-10-03 08:00+08', 60, 0, 'platform', '{}', '[]', '2026-10-03Z'),
  (11, '2026-10-03 09:00+08', 60, 20, 'platform', '{}', '[]', '2026-10-03Z'),
  (11, '2026-10-03 10:00+08', 60, 0, 'network', '{}', '[]', '2026-10-03Z'),
  (13, '2026-10-03 10:00+08', 60, 0, 'enterprise', '{}', '[]', '2026-10-03Z');
"""
RECORDS = """
insert into record (sensor_id, period, start, status, judgeable, mean, min, max, expected, received, samples, flag, mass, method,
                    edition, cause, made_at)
select s.id, %(period)s, t at time zone 'Asia/Shanghai', 'valid', true, s.mean, s.mean - 1, s.mean + 1, %(expected)s, %(expected)s,
       %(expected)s, 'N', case when s.id in (11, 21, 31) then 2.5 end, 'arithmetic', 't', 'closed',
       t at time zone 'Asia/Shanghai' + interval '1 hour'
from (values (11, 20.0), (12, 25.0), (13, 5000.0), (21, 40.0), (31, 41.0), (41, 60.0)) as s (id, mean)
cross join generate_series(%(from)s::timestamp, %(to)s::timestamp - interval '1 second', %(step)s::interval) t
"""
SPECIAL = """
update record set mean = 70.5, min = 69, max = 72 where sensor_id = 12 and period = 'hour' and start = '2026-10-05 14:00+08';
update record set mean = 61.0 where sensor_id = 21 and period = 'day' and start = '2026-10-07 00:00+08';
update record set mean = 99.0, judgeable = false where sensor_id = 21 and period = 'day' and start = '2026-10-08 00:00+08';
update record set status = 'short', mean = null, min = 1, max = 2, samples = 12, judgeable = false, flag = 'D', mass = null
where sensor_id = 11 and period = 'day' and start = '2026-10-03 00:00+08';
update record set status = 'none', mean = null, min = null, max = null, samples = 0, received = 0, judgeable = false, flag = 'B', mass = null
where sensor_id = 11 and period = 'hour' and start in ('2026-10-03 08:00+08', '2026-10-03 10:00+08');
update record set status = 'short', mean = null, samples = 10, received = 20, judgeable = false, flag = 'D', mass = null
where sensor_id = 11 and period = 'hour' and start = '2026-10-03 09:00+08';
"""

PROGRESS = """
insert into record_progress (job, done_until) values ('record hours', '2027-06-01Z'), ('substitution', '2027-06-01Z')
on conflict (job) do nothing
"""


def build(conn: db.Connection, *, park: bool = True) -> None:
    """Insert the park and October 2026: hours, days and the month."""
    if park:
        conn.execute(PARK.encode())
    conn.execute(OUTLETS.encode())
    for period, step, expected in (("hour", "1 hour", 60), ("day", "1 day", 24), ("month", "1 month", 31)):
        about = {"period": period, "step": step, "expected": expected}
        conn.execute(RECORDS.encode(), about | {"from": "2026-10-01", "to": "2026-11-01"})
    conn.execute(SPECIAL.encode())
    conn.execute(PROGRESS.encode())
    conn.commit()


def seal(conn: db.Connection, enterprise: int = 1, at: datetime = NOW) -> int:
    """Finalise October."""
    row = conn.execute(
        "insert into sealed_month (enterprise_id, month, sealed_by, sealed_at, figures, sha256)"
        " values (%s, '2026-10-01', 'bureau', %s, '{}', '\\x00') returning id",
        [enterprise, at],
    ).fetchone()
    conn.commit()
    assert row is not None
    return int(row[0])


def revise(
    conn: db.Connection, sensor: int, period: str, start: datetime, mean: float, *, at: datetime
) -> None:
    """Make a record anew, as the engine does: the old one goes to its revisions."""
    about = {"sensor": sensor, "period": period, "start": start, "mean": mean, "at": at}
    conn.execute(
        "insert into record_revision (sensor_id, period, start, revision, status, judgeable, mean, min, max, expected, received,"
        " samples, flag, converted, reference_o2, mean_8h, amount, mass, method, edition, cause, made_at, replaced_at)"
        " select sensor_id, period, start, revision, status, judgeable, mean, min, max, expected, received, samples, flag,"
        " converted, reference_o2, mean_8h, amount, mass, method, edition, cause, made_at, %(at)s from record"
        " where sensor_id = %(sensor)s and period = %(period)s and start = %(start)s",
        about,
    )
    conn.execute(
        "update record set mean = %(mean)s, revision = revision + 1, cause = 'late', made_at = %(at)s"
        " where sensor_id = %(sensor)s and period = %(period)s and start = %(start)s",
        about,
    )
    conn.commit()


HOUR = timedelta(hours=1)
