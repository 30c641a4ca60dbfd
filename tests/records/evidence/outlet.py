"""One stack with SO2, oxygen and flow, an hour of readings, the frames that brought them, and its records."""

from datetime import UTC, datetime, timedelta

from records.corrections import decisions
from records.corrections.proposal import Proposal
from records.periods.remaking import Remaking
from records.periods.store import load_plan
from smartpark import db
from smartpark.hj212.checksum import checksum

HOUR = datetime(2026, 11, 20, 5, tzinfo=UTC)
NEXT = HOUR + timedelta(hours=1)
MN = "88880000000000000000000K"
SO2, O2, FLOW = 31, 32, 33
PLACE = """
insert into quantity (code, name_zh, name_en, unit, source) values ('a21026', '二氧化硫', 'SO2', 'mg/m³', 'HJ 212'),
  ('a19001', '含氧量', 'oxygen', '%%', 'HJ 212'), ('a00000', '标干流量', 'dry flow', 'm³/h', 'HJ 212');
insert into station (id, park_id, enterprise_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class)
values (30, 1, 1, 'k3', 'stack', '三号炉', 'Stack 3', 39.4, 106.6, 'gateway', 'emission');
insert into sensor (id, station_id, quantity, period_s, due_since, unit) values
  (31, 30, 'a21026', 60, '2026-01-01Z', 'mg/m³'), (32, 30, 'a19001', 60, '2026-01-01Z', '%%'), (33, 30, 'a00000', 60, '2026-01-01Z', 'm³/h');
insert into logger (mn, station_id, password, edition, admitted, first_seen, last_seen)
values ('88880000000000000000000K', 30, '123456', 2017, true, '2026-01-01Z', '2026-11-20 06:00Z');
insert into limit_value (code, quantity, form, station_id, basis, stage, value, unit, reference_o2, kind, standard, clause, valid_from,
                         verified, source)
values ('so2-old', 'a21026', 'Zs', 30, 'hour', 'H', 100, 'mg/m³', 9, 'industry', 'GB 13271-2014', '表2', '2020-01-01Z', true, 'x'),
       ('so2-new', 'a21026', 'Zs', 30, 'hour', 'H', 35, 'mg/m³', 9, 'permit', '许可证 2027', '3.1', '2027-01-01Z', true, 'x');
insert into reading (sensor_id, lag_s, time, value, flag, mark)
select s, 2, %(hour)s::timestamptz + i * interval '1 minute', (case s when 31 then 58 when 32 then 7 else 40000 end) + i %% 7,
       case when s = 31 and i = 3 then 'D' else 'N' end, '-'
from generate_series(31, 33) s, generate_series(0, 59) i;
insert into minute (sensor_id, time, n, n_valid, total, min, max, last, last_at, flags)
select sensor_id, time, 1, (flag = 'N')::int, case flag when 'N' then value else 0 end, case flag when 'N' then value end,
       case flag when 'N' then value end, value, time, flag from reading where sensor_id > 30;
insert into reported_record (sensor_id, period, start, revision, avg, flag, mn, resent, received_at)
values (31, 'hour', %(hour)s, 1, 60.9, 'N', '88880000000000000000000K', false, '2026-11-20 06:01Z')
"""


def found(conn: db.Connection) -> None:
    """Make the stack, its hour, and the record of it in two revisions: a correction was confirmed."""
    for part in PLACE.split(";\n"):
        conn.execute(part.encode(), {"hour": HOUR})
    for minute in range(60):
        flag = "D" if minute == 3 else "N"
        raw = frame(f"2026112013{minute:02}00", f"{58 + minute % 7}", flag)
        at = HOUR + timedelta(minutes=minute)
        conn.execute(
            b"insert into raw_frame (received_at, mn, st, cn, qn, data_time, resent, source, peer, frame)"
            b" values (%s, %s, '31', '2011', null, %s, false, 'tcp', '10.0.0.9:1', %s)",
            [at + timedelta(seconds=2), MN, at, raw],
        )
    make(conn, "closed", NEXT)
    said = {"starts_at": HOUR + timedelta(minutes=10), "ends_at": HOUR + timedelta(minutes=20)}
    for number, more in enumerate(({"kind": "scale", "factor": 0.5, "shift": 1.0}, {"kind": "exclude"}), 1):
        at = {name: value + (number - 1) * timedelta(minutes=20) for name, value in said.items()}
        about = Proposal(sensor_id=SO2, reason="标气复核后量程系数有误", **at, **more)
        made = decisions.propose(conn, about, actor="operator", now=NEXT + timedelta(hours=number))
        if number == 1:
            decisions.decide(conn, made, "confirm", actor="bureau", now=NEXT + timedelta(hours=2))
            make(conn, f"correction {made}", NEXT + timedelta(hours=3))
    conn.commit()


def make(conn: db.Connection, cause: str, now: datetime) -> None:
    """Make the records of the hour as the engine does."""
    Remaking(conn, load_plan(conn), now, NEXT, 19.0).hours([(30, HOUR)], cause=cause, first_cause=cause)


def frame(time: str, value: str, flag: str) -> bytes:
    """Return a frame of instant values as a logger sends it."""
    oxygen = 7 + int(time[10:12]) % 7
    cp = f"DataTime={time};a21026-Rtd={value},a21026-Flag={flag};a19001-Rtd={oxygen},a19001-Flag=N"
    segment = f"QN={time}000;ST=31;CN=2011;PW=123456;MN={MN};Flag=5;CP=&&{cp}&&".encode()
    return b"##%04d%s%04X" % (len(segment), segment, checksum(segment))
