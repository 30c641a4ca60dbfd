"""Looks at each closed day once, station by station, and notes what somebody should look at."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from psycopg.types.json import Jsonb

from records.validity.clue import Values
from records.validity.station_day import SensorDay, kinds, look, step_min
from smartpark import db, queries

_Q = queries.load("records.validity", "findings.sql")
_DAY = timedelta(days=1)
_CLOSED = timedelta(hours=3)  # late data of a day come within so long
_PAST_DAYS = 7  # of minutes
_WEEKS_DAYS = 30  # of hours
_FIRST_DAYS = 2  # looked at when nothing was looked at yet
_AT_ONCE_DAYS = 3  # a round looks at so many days


def turn(conn: db.Connection, now: datetime) -> int:
    """Look at the days that are closed by now; return how many findings are new; commits."""
    found = 0
    for park, timezone, done in conn.execute(_Q.parks).fetchall():
        zone = ZoneInfo(timezone)
        last = (now - _CLOSED).astimezone(zone).date()  # this one is not over
        day = done.astimezone(zone).date() if done else last - _FIRST_DAYS * _DAY
        for _ in range(_AT_ONCE_DAYS):
            if day >= last:
                break
            start, end = _midnight(day, zone), _midnight(day + _DAY, zone)
            found += look_at(conn, park, start, end, now)
            conn.execute(_Q.note_progress, {"park": park, "until": end})
            conn.commit()
            day += _DAY
    return found


def look_at(conn: db.Connection, park: int, start: datetime, end: datetime, now: datetime) -> int:
    """Look at [start, end) of every station of a park; return how many findings are new."""
    by_station: dict[int, list[Sequence[Any]]] = defaultdict(list)
    for station_id, *sensor in conn.execute(_Q.sensors, {"park": park}).fetchall():
        by_station[station_id].append(sensor)
    found = 0
    for sensors in by_station.values():
        days = _days(conn, sensors, start, end)
        rows = []
        for sensor_id, clue in look(days):
            zh, en = kinds()[clue.kind].sentences(clue.evidence)
            step = timedelta(minutes=step_min(clue))
            rows.append(
                {
                    "sensor": sensor_id,
                    "kind": clue.kind,
                    "starts_at": start + clue.first * step,
                    "ends_at": start + clue.end * step,
                    "evidence": Jsonb(dict(clue.evidence)),
                    "text_zh": zh,
                    "text_en": en,
                    "now": now,
                }
            )
        if rows:
            with conn.cursor() as cursor:
                cursor.executemany(_Q.found, rows)
                found += cursor.rowcount
    return found


def _days(
    conn: db.Connection, sensors: Sequence[Sequence[Any]], start: datetime, end: datetime
) -> list[SensorDay]:
    about = {
        "sensors": [sensor[0] for sensor in sensors],
        "from": start,
        "to": end,
        "before": start - _PAST_DAYS * _DAY,
        "long_before": start - _WEEKS_DAYS * _DAY,
        "day_before": start - _DAY,
        "behind": end + _DAY,
    }
    # Planned anew each time: a plan for any span would look into every chunk there is.
    minutes = _by_sensor(conn.execute(_Q.minutes, about, prepare=False))
    hours = _by_sensor(conn.execute(_Q.hours, about, prepare=False))
    reported = _by_sensor(conn.execute(_Q.reported, about, prepare=False))
    conflicts: dict[int, int] = dict(conn.execute(_Q.conflicts, about).fetchall())
    return [
        _day(
            sensor,
            _Rows(minutes.get(sensor[0], []), hours.get(sensor[0], []), reported.get(sensor[0], [])),
            conflicts.get(sensor[0], 0),
            start,
            end,
        )
        for sensor in sensors
    ]


class _Rows:
    """What the database has of one sensor."""

    def __init__(self, minutes: list[Any], hours: list[Any], reported: list[Any]) -> None:
        self.minutes = minutes
        self.hours = hours
        self.reported = reported


def _day(sensor: Sequence[Any], rows: _Rows, conflicts: int, start: datetime, end: datetime) -> SensorDay:
    sensor_id, quantity, unit, water, limit = sensor
    begin_s, n = int(start.timestamp()), round((end - start) / timedelta(minutes=1))
    past = _PAST_DAYS * 1440
    place = [(row[0] - begin_s) // 60 + past for row in rows.minutes]
    means, lasts, lows = (
        _laid(zip(place, (row[column] for row in rows.minutes), strict=True), past + n)
        for column in (1, 2, 3)
    )
    calibrating, stopped = (
        np.isin(
            np.arange(n), [at - past for at, row in zip(place, rows.minutes, strict=True) if letter in row[4]]
        )
        for letter in "CF"
    )
    whole = _laid(
        (((row[0] - begin_s) // 3600 + _WEEKS_DAYS * 24, row[1]) for row in rows.hours),
        (_WEEKS_DAYS + 2) * 24,
    )
    return SensorDay(
        id=sensor_id,
        quantity=quantity,
        unit=unit,
        water=water,
        limit=limit,
        mean=means[past:],
        past=means[:past],
        last=lasts[past:],
        low=lows[past:],
        calibrating=calibrating,
        stopped=stopped,
        hours=whole[-72:],
        past_hours=whole[: _WEEKS_DAYS * 24],
        reported=_laid((((row[0] - begin_s) // 3600 + 24, row[1]) for row in rows.reported), 72),
        conflicts=conflicts,
        readings=sum(row[5] for at, row in zip(place, rows.minutes, strict=True) if at >= past),
    )


def _by_sensor(rows: Iterable[Sequence[Any]]) -> dict[int, list[Sequence[Any]]]:
    found: dict[int, list[Sequence[Any]]] = defaultdict(list)
    for sensor_id, *row in rows:
        found[sensor_id].append(row)
    return found


def _laid(values: Iterable[tuple[int, float | None]], length: int) -> Values:
    """Return values at their places, NaN where there is none; places outside are left out."""
    table = np.full(length, np.nan)
    for place, value in values:
        if value is not None and 0 <= place < length:
            table[place] = value
    return table


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
