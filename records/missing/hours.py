"""Decides every hour in which something due is missing: new hours as they close, open ones again until the data come."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import orjson
from psycopg.types.json import Jsonb

from records.missing.cause import MINUTE, Gap, decide
from records.missing.evidence import around
from records.missing.presence import Lack, Sensor, due_minutes, gaps, lack_of, missing_minutes, off_beat
from smartpark import db, queries

_Q = queries.load("records.missing", "hours.sql")

HORIZON = timedelta(days=35)
GRACE = timedelta(minutes=10)
_HOUR = timedelta(hours=1)
_STRIDE = timedelta(hours=12)  # new hours of one transaction
_RECENT = timedelta(days=2)  # evidence about younger hours is looked for every time
_EVERYTHING_EVERY = timedelta(hours=1)

Pair = tuple[int, datetime]


class MissingHours:
    """The job; safe to repeat, commits."""

    def __init__(self) -> None:
        self._all_at: datetime | None = None

    def turn(self, conn: db.Connection, now: datetime) -> int:
        """Decide what can be decided by now; return how many rows were written or changed."""
        since, done = conn.execute(_Q.reach).fetchone() or (None, None)
        if since is None:
            return 0  # nothing ever came: nothing was due yet
        changed = self._open(conn, now, since)
        last = (now - GRACE).replace(minute=0, second=0, microsecond=0)
        hour = max(filter(None, (done, _floor(now - HORIZON), _floor(since))))
        stations = [station_id for (station_id,) in conn.execute(_Q.stations)]
        while hour < last:
            until = min(hour + _STRIDE, last)
            pairs = [(s, at) for at in _hours(hour, until) for s in stations]
            changed += _decide(conn, pairs, since, now)
            conn.execute(_Q.note_progress, {"until": until})
            conn.commit()
            hour = until
        return changed

    def _open(self, conn: db.Connection, now: datetime, since: datetime) -> int:
        """Decide open hours again: young ones every time, all of them now and then."""
        everything = self._all_at is None or now - self._all_at >= _EVERYTHING_EVERY
        about = {"since": now - (HORIZON if everything else _RECENT), "until": now}
        pairs: list[Pair] = conn.execute(_Q.open_hours, about).fetchall()
        changed = 0
        while pairs:
            some = [pair for pair in pairs if pair[1] < pairs[0][1] + _STRIDE]
            pairs = pairs[len(some) :]
            changed += _decide(conn, some, since, now)
            conn.commit()
        if everything:
            self._all_at = now
        return changed


def _decide(conn: db.Connection, pairs: Sequence[Pair], since: datetime, now: datetime) -> int:
    """Decide hours of stations; nothing is due before ``since``."""
    if not pairs:
        return 0
    hours = [hour for _, hour in pairs]
    about = {
        "stations": [station_id for station_id, _ in pairs],
        "hours": hours,
        "first": min(hours) - _HOUR,
        "last": max(hours) + _HOUR,
    }
    # Planned anew each time: a plan for any span would look into every chunk there is.
    by_hour: dict[Pair, list[Sensor]] = {}
    for station_id, hour, name, due_since, due_until, step_min, slow, heard in conn.execute(
        _Q.heard, about, prepare=False
    ).fetchall():
        due = due_minutes(hour, max(due_since, since), due_until)
        if due:
            sensor = (
                Sensor(name, due) if heard is None else _sensor(name, due, set(heard), step_min, slow=slow)
            )
            by_hour.setdefault((station_id, hour), []).append(sensor)
    lacks: dict[Pair, Lack] = {}
    changed = 0
    for pair, sensors in by_hour.items():
        lack = lack_of(sensors)
        if lack is not None:
            lacks[pair] = lack
        else:
            changed += conn.execute(_Q.resolve, {"station_id": pair[0], "hour": pair[1], "now": now}).rowcount
    return changed + (_note(conn, lacks, now) if lacks else 0)


def _sensor(name: str, due: range, heard: set[int], step_min: int, *, slow: bool) -> Sensor:
    missing = missing_minutes(due, heard, step_min)
    return Sensor(name, due, missing, off_beat(missing, heard) if slow and step_min <= 1 else frozenset())


def _note(conn: db.Connection, lacks: Mapping[Pair, Lack], now: datetime) -> int:
    silent = [pair for pair, lack in lacks.items() if lack.silent]
    about = {
        "stations": [station_id for station_id, _ in silent],
        "hours": [hour for _, hour in silent],
        "oldest": now - HORIZON,
    }
    edges = {(s, h): ends for s, h, *ends in conn.execute(_Q.edges, about, prepare=False).fetchall()}
    found: dict[Pair, list[Gap]] = {}
    for pair in silent:
        before, after = edges[pair]
        found[pair] = gaps(pair[1], lacks[pair].silent, before, after or now)
    starts = [gap.start for some in found.values() for gap in some]
    ends = [gap.end for some in found.values() for gap in some]
    hours = [hour for _, hour in lacks]
    start, end = min(starts + hours), max([*ends, *(hour + _HOUR for hour in hours)])
    seen = around(conn, sorted({station_id for station_id, _ in lacks}), start, end, silent)
    rows = []
    for (station_id, hour), lack in lacks.items():
        partial = {hour + number * MINUTE: sensors for number, sensors in lack.partial.items()}
        decision = decide(found.get((station_id, hour), ()), seen[station_id], partial)
        rows.append(
            {
                "station_id": station_id,
                "hour": hour,
                "due": lack.due,
                "present": lack.due - len(lack.silent) - len(lack.partial),
                "sensor_due": lack.sensor_due,
                "sensor_present": lack.sensor_due - lack.sensor_missing,
                "cause": decision.cause,
                "minutes": Jsonb(dict(decision.minutes)),
                "evidence": Jsonb(list(decision.evidence), dumps=_dumps),
                "now": now,
            }
        )
    with conn.cursor() as cursor:
        cursor.executemany(_Q.note_missing, rows)
        return cursor.rowcount


def _dumps(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)


def _floor(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)


def _hours(start: datetime, end: datetime) -> Iterable[datetime]:
    while start < end:
        yield start
        start += _HOUR
