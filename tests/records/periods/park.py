"""One station of each medium, and minutes with every kind of trouble by a seed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from smartpark import db

DAY0 = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)  # midnight of 22 November in the park
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STACK, WATER, AIR, MAST, METER, NOISE = range(1, 7)
SO2, O2, GAS_FLOW, NO, NO2, NOX = 11, 12, 13, 14, 15, 16
COD, WATER_FLOW, PH = 21, 22, 23
OZONE, PM10 = 31, 32
WIND_SPEED, WIND_DIRECTION = 41, 42
POWER, ENERGY = 51, 52
LEQ = 61

_PARK = f"""
insert into park (id, code, name_zh, name_en, timezone, lat, lon) values (1, 'p', '园', 'Park', 'Asia/Shanghai', 39, 106);
insert into enterprise (id, park_id, code, name_zh, name_en, sector, lat, lon) values (1, 1, 'e', '企', 'E', 's', 39, 106);
insert into quantity (code, name_zh, name_en, unit, decimals, source) values
  ('a21026','二氧化硫','SO2','mg/m³',1,'t'), ('a19001','氧含量','O2','%',2,'t'), ('a00000','烟气流量','flow','m³/h',0,'t'),
  ('a21003','一氧化氮','NO','mg/m³',1,'t'), ('a21004','二氧化氮','NO2','mg/m³',1,'t'), ('a21002','氮氧化物','NOx','mg/m³',1,'t'),
  ('w01018','化学需氧量','COD','mg/L',1,'t'), ('w00000','流量','flow','L/s',2,'t'), ('w01001','pH','pH','',2,'t'),
  ('a05024','臭氧','O3','mg/m³',3,'t'), ('a34002','PM10','PM10','µg/m³',0,'t'), ('a01007','风速','speed','m/s',1,'t'),
  ('a01008','风向','direction','°',0,'t'), ('x_power','功率','power','kW',1,'t'), ('x_energy','电量','energy','kWh',1,'t'),
  ('Leq','等效声级','Leq','dB(A)',1,'t');
insert into station (id, park_id, enterprise_id, code, kind, outlet_kind, name_zh, name_en, lat, lon, feed, stream_class) values
  ({STACK},1,1,'stack-1','stack','boiler','烟囱','stack',39,106,'rest','emission'),
  ({WATER},1,1,'ww-1','wastewater','direct','排口','outlet',39,106,'rest','emission'),
  ({AIR},1,null,'air-1','air',null,'空气站','air',39,106,'rest','ambient'),
  ({MAST},1,null,'mast-1','weather',null,'气象','mast',39,106,'rest','ambient'),
  ({METER},1,1,'meter-1','energy',null,'电表','meter',39,106,'rest','meter'),
  ({NOISE},1,null,'noise-1','noise',null,'噪声','noise',39,106,'rest','ambient');
insert into sensor (id, station_id, quantity, period_s, unit, due_since) values
  ({SO2},{STACK},'a21026',60,'mg/m³','2026-01-01Z'), ({O2},{STACK},'a19001',60,'%','2026-01-01Z'),
  ({GAS_FLOW},{STACK},'a00000',60,'m³/h','2026-01-01Z'), ({NO},{STACK},'a21003',60,'mg/m³','2026-01-01Z'),
  ({NO2},{STACK},'a21004',60,'mg/m³','2026-01-01Z'), ({NOX},{STACK},'a21002',60,'mg/m³','2026-01-01Z'),
  ({COD},{WATER},'w01018',60,'mg/L','2026-01-01Z'), ({WATER_FLOW},{WATER},'w00000',60,'L/s','2026-01-01Z'),
  ({PH},{WATER},'w01001',60,'','2026-01-01Z'),
  ({OZONE},{AIR},'a05024',60,'mg/m³','2026-01-01Z'), ({PM10},{AIR},'a34002',60,'µg/m³','2026-01-01Z'),
  ({WIND_SPEED},{MAST},'a01007',60,'m/s','2026-01-01Z'), ({WIND_DIRECTION},{MAST},'a01008',60,'°','2026-01-01Z'),
  ({POWER},{METER},'x_power',300,'kW','2026-01-01Z'), ({ENERGY},{METER},'x_energy',300,'kWh','2026-01-01Z'),
  ({LEQ},{NOISE},'Leq',60,'dB(A)','2026-01-01Z');
insert into limit_value (code, quantity, form, station_kind, basis, stage, value, unit, reference_o2, kind, standard, clause,
  valid_from, verified, source) values
  ('so2', 'a21026', 'Zs', 'stack', 'hour', 'H', 50, 'mg/m³', 9, 'industry', 'GB 13271-2014', 't3', '2014-07-01Z', true, 't');
"""
_TYPICAL = {
    SO2: 40.0, O2: 8.0, GAS_FLOW: 80_000.0, NO: 60.0, NO2: 5.0, COD: 45.0, WATER_FLOW: 17.5, PH: 7.5, OZONE: 0.08, PM10: 90.0,
    WIND_SPEED: 3.0, WIND_DIRECTION: 200.0, POWER: 900.0, LEQ: 55.0,
}  # fmt: skip
_COLUMNS = "sensor_id, time, n, n_valid, total, min, max, last, last_at, flags"


def build(conn: db.Connection, *, began: datetime = DAY0) -> None:
    """Insert the park; hours are closed from ``began`` on."""
    conn.execute(_PARK.encode())
    conn.execute(
        "insert into ledger (minute, source, station_id, received, stored) values (%s, 'mqtt', 1, 1, 1)",
        [began],
    )
    conn.commit()


def minute(
    sensor: int,
    at: datetime,
    value: float,
    *,
    n: int = 1,
    valid: int = 1,
    flags: str = "N",
    last: float | None = None,
) -> tuple[Any, ...]:
    """Return one row of table minute; its valid readings lie one below and one above the mean."""
    mean = (value - 1, value + 1) if valid else (None, None)
    return (sensor, at, n, valid, value * valid, *mean, value if last is None else last, at, flags)


def insert(conn: db.Connection, rows: list[tuple[Any, ...]]) -> None:
    """Store minutes; those there stay."""
    marks = ", ".join(["%s"] * 10)
    with conn.cursor() as cursor:
        cursor.executemany(
            f"insert into minute ({_COLUMNS}) values ({marks}) on conflict (sensor_id, time) do nothing".encode(),
            rows,
        )
    conn.commit()


def even(sensor: int, start: datetime, hours: float, value: float, step: int = 1) -> list[tuple[Any, ...]]:
    """Return the same minute again and again."""
    return [minute(sensor, start + at * MINUTE, value) for at in range(0, round(hours * 60), step)]


def troubled(start: datetime, hours: int, seed: int, *, calm: bool = False) -> Iterator[tuple[Any, ...]]:
    """Yield minutes of every sensor: gaps, flags, minutes that are valid in part, calm, zero flow, hours without anything."""
    chance = np.random.default_rng(seed)
    energy = 1000.0
    for hour in range(hours):
        for sensor, typical in _TYPICAL.items():
            mood = chance.uniform(0.5, 0.9) if calm and chance.random() < 0.95 else chance.random()
            if mood < 0.05:
                continue  # nothing came
            lost = chance.random() * (0.5 if mood < 0.2 else 0.05)
            bad = (
                0.7 if 0.2 < mood < 0.25 else 0.3 if 0.25 <= mood < 0.3 else 0.02 if 0.3 < mood < 0.5 else 0.0
            )
            letter = str(chance.choice(list("FMDCTBS")))
            for at in range(0, 60, 5 if sensor == POWER else 1):
                if chance.random() < lost:
                    continue
                value = typical * (1 + 0.3 * chance.standard_normal())
                if sensor == WATER_FLOW and mood > 0.9:
                    value = 0.0
                when = start + hour * HOUR + at * MINUTE
                if chance.random() < bad:
                    valid = int(chance.choice([0, 2, 3]))
                    yield minute(
                        sensor,
                        when,
                        value,
                        n=4,
                        valid=valid,
                        flags="".join(sorted({"N", letter} if valid else {letter})),
                    )
                else:
                    yield minute(sensor, when, value, n=4, valid=4)
        for at in range(0, 60, 5):
            energy = 50.0 if hour == 13 and at == 0 else energy + float(chance.integers(60, 90))
            if chance.random() > 0.05:
                yield minute(ENERGY, start + hour * HOUR + at * MINUTE, energy)
