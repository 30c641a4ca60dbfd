"""Decides every hour in which something due is missing: new hours as they close, open ones again until the data come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from psycopg.types.json import Jsonb

from records.missing.cause import decide
from records.missing.evidence import around
from records.missing.presence import due_minutes, gaps, missing_minutes
from smartpark import db, queries

_Q = queries.load("records.missing", "hours.sql")

HORIZON = timedelta(days=35)
GRACE = timedelta(minutes=10)
_HOUR = timedelta(hours=1)
_STRIDE = timedelta(hours=12)  # new hours of one transaction
_RECENT = timedelta(days=2)  # evidence about younger hours is looked for every time
_EVERYTHING_EVERY = timedelta(hours=1)

Pair = tuple[int, datetime]


@dataclass(frozen=True, slots=True)
class _Lack:
    station_id: int
    hour: datetime
    due: int
    missing: Sequence[int]


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
    lacks: list[_Lack] = []
    changed = 0
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
    for station_id, hour, due_since, due_until, step_min, heard in conn.execute(
        _Q.heard, about, prepare=False
    ).fetchall():
        due = due_minutes(hour, max(due_since, since), due_until)
        missing = missing_minutes(due, set(heard), step_min)
        if missing:
            lacks.append(_Lack(station_id, hour, len(due), missing))
        elif due:
            changed += conn.execute(_Q.resolve, {"station_id": station_id, "hour": hour, "now": now}).rowcount
    return changed + (_note(conn, lacks, now) if lacks else 0)


def _note(conn: db.Connection, lacks: Sequence[_Lack], now: datetime) -> int:
    about = {
        "stations": [lack.station_id for lack in lacks],
        "hours": [lack.hour for lack in lacks],
        "oldest": now - HORIZON,
    }
    edges = {(s, h): ends for s, h, *ends in conn.execute(_Q.edges, about, prepare=False).fetchall()}
    told = []
    for lack in lacks:
        before, after = edges[lack.station_id, lack.hour]
        told.append((lack, gaps(lack.hour, lack.missing, before, after or now)))
    start = min(gap.start for _, found in told for gap in found)
    end = max(gap.end for _, found in told for gap in found)
    seen = around(conn, sorted({lack.station_id for lack in lacks}), start, end)
    rows = []
    for lack, found in told:
        decision = decide(found, seen[lack.station_id])
        rows.append(
            {
                "station_id": lack.station_id,
                "hour": lack.hour,
                "due": lack.due,
                "present": lack.due - len(lack.missing),
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
