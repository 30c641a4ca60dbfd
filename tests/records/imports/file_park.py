"""A park for files: a wastewater outlet and an air station; names of columns as people write them."""

from pathlib import Path

from smartpark import db

PARK = """
insert into park (id, code, name_zh, name_en, timezone, lat, lon) values (1, 'p', '园', 'Park', 'Asia/Shanghai', 39, 106);
insert into quantity (code, name_zh, name_en, unit, plausible_low, plausible_high, source) values
  ('w00000', '流量', 'flow', 'L/s', 0, 100000, 't'), ('w01018', '化学需氧量', 'COD', 'mg/L', 0, 200000, 't'),
  ('w21003', '氨氮', 'ammonia', 'mg/L', 0, 100000, 't'), ('w01012', '悬浮物', 'SS', 'mg/L', 0, 100000, 't'),
  ('a34004', '细颗粒物', 'PM2.5', 'µg/m³', 0, 100000, 't');
insert into station (id, park_id, code, kind, name_zh, name_en, lat, lon, feed, stream_class) values
  (1, 1, 'ww-out', 'wastewater', '排口', 'outlet', 39, 106, 'rest', 'emission'),
  (2, 1, 'air-1', 'air', '空气站', 'air', 39, 106, 'rest', 'ambient');
insert into sensor (id, station_id, quantity, period_s, unit, due_since) values
  (11, 1, 'w00000', 60, 'L/s', '2020-01-01Z'), (12, 1, 'w01018', 60, 'mg/L', '2020-01-01Z'),
  (13, 1, 'w21003', 60, 'mg/L', '2020-01-01Z'), (14, 1, 'w01012', 60, 'mg/L', '2020-01-01Z'),
  (21, 2, 'a34004', 60, 'µg/m³', '2020-01-01Z');
"""

WIDE = """
park: p
time: {column: 时间, format: "%Y-%m-%d %H:%M", period_s: 60}
missing: {sentinels: [-9999, -200]}
flags: {正常: N, 维护: M}
columns:
  COD: {station: ww-out, quantity: w01018, unit: mg/L, flag: 标记}
  流量: {station: ww-out, quantity: w00000, unit: m3/h}
"""


def build(conn: db.Connection) -> None:
    """Insert the park."""
    conn.execute(PARK.encode())
    conn.commit()


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path
