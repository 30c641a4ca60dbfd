"""A small park of two enterprises in an empty database, with accounts of every role."""

from datetime import UTC, datetime, timedelta
from typing import Any

from alerts import rows
from alerts.life import Event, fold
from api.passwords import Passwords
from ingest.batch import Origin
from smartpark import db, demo

T0 = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
PARK = """
insert into park (id, code, name_zh, name_en, timezone, lat, lon, plan)
values (1, 'p1', '示范园区', 'Demo park', 'Asia/Shanghai', 39.45, 106.68, '{"type":"FeatureCollection","features":[]}');
insert into zone (id, park_id, code, name_zh, name_en, kind) values (1, 1, 'z1', '一区', 'Zone 1', 'production');
insert into enterprise (id, park_id, zone_id, code, name_zh, name_en, sector, hazchem, lat, lon, phone) values
  (1, 1, 1, 'e1', '甲化工', 'Alpha Chemical', 'chlor-alkali', true, 39.45, 106.68, '0473-1'),
  (2, 1, 1, 'e2', '乙化工', 'Beta Chemical', 'coal', true, 39.46, 106.69, '0473-2');
insert into hazard_source (park_id, enterprise_id, code, name_zh, name_en, level, lat, lon) values
  (1, 1, 'h1', '氯库', 'Chlorine store', 1, 39.45, 106.68), (1, 2, 'h2', '罐区', 'Tank farm', 2, 39.46, 106.69);
insert into quantity (code, name_zh, name_en, unit, decimals, source) values
  ('a24088', '非甲烷总烃', 'NMHC', 'mg/m3', 2, 'HJ 212'), ('x_lel', '可燃气体', 'combustible gas', '%LEL', 1, 'own');
insert into station (id, park_id, enterprise_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class) values
  (1, 1, 1, 's1', 'gas', '甲一号', 'Alpha 1', 39.451, 106.681, 'safety', 'safety'),
  (2, 1, 2, 's2', 'gas', '乙一号', 'Beta 1', 39.461, 106.691, 'safety', 'safety'),
  (3, 1, null, 's3', 'air', '空气站', 'Air station', 39.47, 106.70, 'rest', 'ambient');
insert into sensor (id, station_id, quantity, period_s, due_since, unit) values
  (1, 1, 'x_lel', 1, '2026-01-01Z', '%LEL'), (2, 2, 'x_lel', 1, '2026-01-01Z', '%LEL'),
  (3, 3, 'a24088', 60, '2026-01-01Z', 'mg/m3');
insert into camera (id, park_id, station_id, code, name_zh, name_en, lat, lon) values
  (1, 1, 1, 'c1', '甲摄像机', 'Alpha camera', 39.45, 106.68), (2, 1, 2, 'c2', '乙摄像机', 'Beta camera', 39.46, 106.69);
insert into camera_view values (1, 1), (2, 2);
insert into limit_value (code, quantity, station_kind, basis, stage, value, unit, kind, standard, clause, valid_from,
                         verified, source)
values ('gas-l1', 'x_lel', 'gas', 'instant', 'H', 25, '%LEL', 'setpoint', 'GB/T 50493-2019', '5.5.2', '2020-01-01Z', true, 'x');
insert into limit_value (code, quantity, station_id, basis, stage, value, unit, kind, standard, clause, valid_from,
                         verified, source)
values ('gas-own-2', 'x_lel', 2, 'instant', 'H', 20, '%LEL', 'permit', 'permit 2', '1', '2020-01-01Z', true, 'x');
insert into rule (code, version, kind, class, name_zh, name_en, applies, parameters, source)
values ('gas', 1, 'limit', 'alarm', '可燃气', 'Combustible gas', '{}', '{}', 'GB/T 50493-2019');
insert into maintenance_window (station_id, kind, starts_at, ends_at, reason, filed_by) values
  (1, 'maintenance', '2026-11-22Z', '2026-11-23Z', 'own', 'x'), (2, 'maintenance', '2026-11-22Z', '2026-11-23Z', 'other', 'x');
insert into drill (park_id, station_id, starts_at, ends_at, reason, declared_by) values
  (1, null, '2026-11-22Z', '2026-11-23Z', 'all', 'x'), (1, 2, '2026-11-22Z', '2026-11-23Z', 'other', 'x');
insert into quarantine (digest, topic, payload, reason, detail, source, station_id, items, received_at, last_seen_at) values
  ('\\x01', 'smartpark/p1/gas/s1/readings', '{"values":{}}', 'malformed', 'no time', 'mqtt', 1, 1, '2026-11-22Z', '2026-11-22Z'),
  ('\\x02', 'smartpark/p1/gas/s2/readings', '\\xff00', 'malformed', 'no JSON', 'mqtt', 2, 1, '2026-11-22Z', '2026-11-22Z');
insert into ledger (minute, source, station_id, received, stored, duplicate, quarantined) values
  ('2026-11-22Z', 'mqtt', 1, 10, 8, 1, 1), ('2026-11-22Z', 'mqtt', 2, 20, 20, 0, 0);
"""
LOGGERS = """
insert into logger (mn, station_id, password, edition, first_seen, last_seen, clock_offset_s, deviations, frames) values
  ('88880000000000000000000A', 1, '123456', 2017, '2026-11-22Z', '2026-11-22 01:00Z', 1.5, '{no_flag}', 3),
  ('88880000000000000000000B', 2, null, 2017, '2026-11-22Z', '2026-11-22 01:00Z', null, '{}', 1);
insert into quantity (code, name_zh, name_en, unit, decimals, registered, source)
values ('zz9001', 'zz9001', 'zz9001', '', 3, false, 'seen');
insert into sensor (id, station_id, quantity, period_s, unit, admitted) values
  (4, 1, 'zz9001', 60, '', false), (5, 2, 'zz9001', 60, '', false);
insert into raw_frame (received_at, mn, st, cn, qn, pno, data_time, resent, source, peer, frame) values
  ('2026-11-22 00:01Z', '88880000000000000000000A', '31', '2011', '20261122080100000', null, '2026-11-22 00:00Z', false, 'tcp',
   '10.0.0.1:4001', '##0101QN=20261122080100000;ST=31;CN=2011;PW=123456;MN=88880000000000000000000A;Flag=5;CP=&&x&&ABCD'),
  ('2026-11-22 00:02Z', '88880000000000000000000A', '31', '2011', '20261122080200000', null, '2026-11-22 00:01Z', false, 'tcp',
   '10.0.0.1:4001', '\\x2323ff00'),
  ('2026-11-22 00:02Z', '88880000000000000000000B', '31', '2011', null, null, '2026-11-22 00:01Z', false, 'mqtt', null, '##0000');
insert into logger_report (mn, cn, time, digest, data, resent, received_at) values
  ('88880000000000000000000A', '2081', '2026-11-22Z', '\\x01', '{"RestartTime": "20261122080000"}', false, '2026-11-22Z'),
  ('88880000000000000000000B', '2081', '2026-11-22Z', '\\x01', '{"RestartTime": "20261122080000"}', false, '2026-11-22Z');
insert into logger_session (mn, peer, opened_at, last_at, closed_at, closed_by, frames) values
  ('88880000000000000000000A', '10.0.0.1:4001', '2026-11-22Z', '2026-11-22 01:00Z', '2026-11-22 01:00Z', 'network', 3);
insert into logger_command (mn, cn, parameters, cause, state, requested_by, requested_at, exe_rtn, qn_rtn) values
  ('88880000000000000000000A', '2051', '{"EndTime": "20261122090000", "BeginTime": "20261122080000"}', 'gap', 'done', 'system',
   '2026-11-22Z', 1, 1),
  ('88880000000000000000000B', '1072', '{"NewPW": "654321"}', 'person', 'waiting_second', 'admin', '2026-11-22Z', null, null);
insert into logger_gap (mn, period, from_time, to_time, found_at, tries, next_at, command_id, filled_at) values
  ('88880000000000000000000A', 'minute', '2026-11-22Z', '2026-11-22 01:00Z', '2026-11-22Z', 1, '2026-11-22Z', 1, '2026-11-22Z'),
  ('88880000000000000000000A', 'hour', '2026-11-21Z', '2026-11-21 01:00Z', '2026-11-22Z', 0, '2026-11-22Z', null, null);
insert into reported_record (sensor_id, period, start, revision, avg, min, max, flag, mn, resent, received_at) values
  (1, 'minute', '2026-11-22 00:00Z', 1, 13.0, 11, 17, 'N', '88880000000000000000000A', false, '2026-11-22 00:01Z'),
  (1, 'minute', '2026-11-22 00:00Z', 2, 14.0, 11, 17, 'N', '88880000000000000000000A', true, '2026-11-22 00:05Z'),
  (1, 'minute', '2026-11-22 00:01Z', 1, 99.0, 11, 17, 'D', '88880000000000000000000A', false, '2026-11-22 00:02Z'),
  (1, 'minute', '2026-11-22 00:30Z', 1, 14.0, 11, 17, 'N', '88880000000000000000000A', false, '2026-11-22 00:31Z'),
  (2, 'hour', '2026-11-22 00:00Z', 1, 15.0, 11, 17, 'N', '88880000000000000000000B', false, '2026-11-22 01:01Z');
insert into missing_hour (station_id, hour, due, present, sensor_due, sensor_present, cause, minutes, evidence, decided_at, resolved_at) values
  (1, '2026-11-22 00:00Z', 60, 10, 120, 20, 'network', '{"network": 40, "unknown": 10}', '[{"kind": "session"}]', '2026-11-22 01:10Z', null),
  (2, '2026-11-22 01:00Z', 60, 0, null, null, 'enterprise', '{"enterprise": 60}', '[]', '2026-11-22 02:10Z', null),
  (3, '2026-11-22 01:00Z', 60, 0, null, null, 'platform', '{"platform": 60}', '[]', '2026-11-22 02:10Z', '2026-11-22 03:00Z');
insert into upward_receiver (id, park_id, code, name_zh, name_en, protocol, address, password)
values (1, 1, 'region', '自治区平台', 'Region', 'hj212', '10.1.1.1:9000', 'secret');
insert into upward_point (receiver_id, station_id, mn, since) values (1, 1, 'UP1', '2026-11-01Z'), (1, 2, 'UP2', '2026-11-01Z');
insert into upward_item (receiver_id, station_id, period, start, state, tries, sent_at, confirmed_at) values
  (1, 1, 'minute', '2026-11-22 00:00Z', 'confirmed', 1, '2026-11-22 00:01Z', '2026-11-22 00:01Z'),
  (1, 1, 'minute', '2026-11-22 00:01Z', 'sent', 1, '2026-11-22 00:02Z', null),
  (1, 1, 'minute', '2026-11-22 00:02Z', 'due', 0, null, null),
  (1, 2, 'minute', '2026-11-22 00:00Z', 'no_data', 0, null, null),
  (1, 1, 'hour', '2026-11-22 00:00Z', 'confirmed', 2, '2026-11-22 01:01Z', '2026-11-22 01:01Z');
insert into upward_state (receiver_id, connected, since, last_success, heartbeat_at)
values (1, true, '2026-11-22Z', '2026-11-22 01:01Z', '2026-11-22 01:02Z');
"""
READINGS = """
insert into reading (sensor_id, lag_s, time, value, flag, mark)
select s, 0, %(t0)s::timestamptz + i * interval '1 s', 10 + s + i %% 7, 'N', '-'
from generate_series(1, 3) s, generate_series(0, %(n)s - 1) i;
insert into latest (sensor_id, time, received_at, value, flag, mark)
select distinct on (sensor_id) sensor_id, time, time, value, flag, mark from reading order by sensor_id, time desc;
insert into minute (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags)
select sensor_id, time_bucket('1 minute', time), count(*), count(*), sum(value), min(value), max(value),
       last(value, time), max(time), 'N'
from reading group by 1, 2;
"""
ENTERPRISE = 1
MN, OTHER_MN = "88880000000000000000000A", "88880000000000000000000B"
READINGS_EACH = 600


def found(conn: db.Connection) -> None:
    """Make the park, ten minutes of readings, one alert of each enterprise, and an account of each role."""
    conn.execute(PARK.encode())
    conn.execute(LOGGERS.encode())
    for part in READINGS.split(";\n")[:-1]:
        conn.execute(part.encode(), {"t0": T0, "n": READINGS_EACH})
    people(conn)
    for enterprise in (1, 2):
        raise_alert(conn, enterprise)
    conn.commit()


def people(conn: db.Connection) -> None:
    """Make the accounts of the demo with one shared, quickly made hash."""
    hashed = Passwords().make("secret-demo")
    for user in demo.USERS:
        conn.execute(
            "insert into account (username, name, name_en, password_hash, role, enterprise_id, demo)"
            " values (%s, %s, %s, %s, %s, %s, true)",
            [
                user.username,
                user.name_zh,
                user.name_en,
                hashed,
                user.role,
                ENTERPRISE if user.role == "enterprise" else None,
            ],
        )


def raise_alert(conn: db.Connection, enterprise: int, at: datetime = T0, **more: object) -> int:
    """Raise an alert at the station of an enterprise; return its number."""
    data = {
        "park_id": 1,
        "rule": "gas",
        "rule_version": 1,
        "target_kind": "sensor",
        "target_id": enterprise,
        "sensor_id": enterprise,
        "station_id": enterprise,
        "enterprise_id": enterprise,
        "class": "alarm",
        "level": "orange",
        "stage": "H",
        "value": 31.0,
        "limit_value": 25.0,
        "unit": "%LEL",
        "clause": "GB/T 50493-2019 5.5.2",
        "text_zh": "可燃气体超限",
        "text_en": "combustible gas above its limit",
        "latch": False,
    } | more
    events = [Event(type="raised", at=at, data=data), Event(type="annunciated", at=at)]
    alert = None
    for event in events:
        alert = fold(alert, event)
    assert alert is not None
    number = rows.insert(conn, alert)
    rows.append(conn, [(number, event) for event in events])
    return number


def clear_alert(conn: db.Connection, number: int, at: datetime = T0 + timedelta(minutes=5)) -> None:
    """Let the condition of an alert return to normal."""
    alert = rows.lock(conn, [number])[number]
    event = Event(type="cleared", at=at)
    rows.update(conn, fold(alert, event))
    rows.append(conn, [(number, event)])


def one(conn: db.Connection, text: str, *values: object) -> Any:
    """Return the first row of a query."""
    row = conn.execute(text.encode(), values).fetchone()
    conn.commit()
    return row


def catalogue(conn: db.Connection) -> int:
    """Return the revision of the catalogue."""
    return int(one(conn, "select version from revision where name = 'catalogue'")[0])


def quarantine(conn: db.Connection, mn: str, payload: bytes, reason: str = "unknown_station") -> None:
    """Keep a message of a logger that was refused."""
    topic = f"smartpark/p1/hj212/{mn}"
    conn.execute(
        "insert into quarantine (digest, topic, payload, reason, detail, source, items, received_at, last_seen_at)"
        " values (%s, %s, %s, %s, 'not admitted', 'hj212', 1, now(), now())",
        [Origin(topic, payload, 0).digest, topic, payload, reason],
    )
    conn.commit()
