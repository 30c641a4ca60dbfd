"""A past for the demo: minutes of the same signals, written straight into the database, newest first.

What is older than ``FULL_DAYS`` keeps one minute in twenty, so that the longest past with its records stays below 4 GB.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from simulators.park import Park
from simulators.play import weather_of
from simulators.signals.ordinary import Ordinary
from simulators.watches import Q as SENSORS
from smartpark import copy_rows, db, queries

Q = queries.load("simulators", "history.sql")
FULL_DAYS = 4
_THIN = 20
_BLOCK_S = 3 * 3600
_ATTEMPTS = 5
_UNIQUE, _DEADLOCK = "23505", "40P01"
_MINUTE_S, _HOUR_S = 60, 3600

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Rows:
    """Minutes as columns [n], times in seconds since 1970."""

    sensor_id: NDArray[np.int32]
    time_s: NDArray[np.int64]
    n: NDArray[np.int64]
    total: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    last: NDArray[np.float64]
    last_s: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.time_s)

    def columns(self) -> list[copy_rows.Column]:
        """Return the columns of the table of minutes."""
        return [
            (copy_rows.INT4, self.sensor_id),
            (copy_rows.TIMESTAMPTZ, copy_rows.instants(self.time_s * 1_000_000)),
            (copy_rows.INT4, self.n),
            (copy_rows.INT4, self.n),
            (copy_rows.FLOAT8, self.total),
            (copy_rows.FLOAT8, self.low),
            (copy_rows.FLOAT8, self.high),
            (copy_rows.FLOAT8, self.last),
            (copy_rows.TIMESTAMPTZ, copy_rows.instants(self.last_s * 1_000_000)),
            (copy_rows.text(1), np.full(len(self), b"N")),
        ]


@dataclass(frozen=True)
class History:
    """The past of a park on a seed; sensors without an id in the database are left out."""

    park: Park
    seed: int
    sensor_id: NDArray[np.int32]

    def write(self, conn: db.Connection, days: int, now: datetime, say: Say) -> int:
        """Write the minutes of so many days before now; return how many were new. Each block is one transaction.

        Records are made of every minute of ``FULL_DAYS``: their hours are noted with them.
        """
        signals = Ordinary(self.park, self.seed, weather_of(self.park, self.seed))
        end_s = _end_s(conn, now)
        written = 0
        conn.execute(Q.make_stage)
        conn.commit()
        blocks = list(_blocks(end_s, days))
        for done, (from_s, to_s, step_s) in enumerate(blocks, 1):
            rows = self._rows(signals, from_s, to_s, step_s)
            there = self._there(conn, from_s, to_s)
            if there < len(rows):
                written += _copy(conn, rows) if not there else _insert(conn, rows)
                if step_s == _MINUTE_S:
                    self._note_hours(conn, from_s, to_s, now)
            conn.commit()
            if done % 8 == 0 or done == len(blocks):
                say(f"history: {100 * done // len(blocks)} % of {days} days, {written} minutes new")
        return written

    def _note_hours(self, conn: db.Connection, from_s: int, to_s: int, now: datetime) -> None:
        """Note the whole hours of a block, once for each station: of one sensor the whole station is made."""
        first_s, last_s = -(-from_s // _HOUR_S) * _HOUR_S, to_s // _HOUR_S * _HOUR_S
        noted = {
            "sensors": self.sensor_id[self.sensor_id > 0].tolist(),
            "first": datetime.fromtimestamp(first_s, UTC),
            "last": datetime.fromtimestamp(last_s - _HOUR_S, UTC),
            "now": now,
        }
        conn.execute(Q.note_hours, noted)

    def _there(self, conn: db.Connection, from_s: int, to_s: int) -> int:
        period = {"first": datetime.fromtimestamp(from_s, UTC), "last": datetime.fromtimestamp(to_s, UTC)}
        row = conn.execute(Q.minutes_there, period).fetchone()
        return int(row[0]) if row else 0

    def _rows(self, signals: Ordinary, from_s: int, to_s: int, step_s: int) -> Rows:
        """Return the minutes in [from_s, to_s)."""
        parts = []
        for period_s in np.unique(self.park.period_s):
            which = np.flatnonzero((self.park.period_s == period_s) & (self.sensor_id > 0))
            minutes = np.arange(from_s, to_s, step_s)
            # the first and the last instant within each minute at which the point is due
            first = minutes + (self.park.offset_s[which][:, None] - minutes) % period_s
            count = np.maximum(0, -((first - minutes - 60) // period_s))
            last = first + np.maximum(count - 1, 0) * period_s
            ends = [
                self._shown(signals, which, moment)
                for moment in ((first, last) if period_s < 60 else (last,))
            ]
            due = count > 0
            low, high = np.min(ends, 0)[due], np.max(ends, 0)[due]
            parts.append(
                Rows(
                    np.broadcast_to(self.sensor_id[which][:, None], due.shape)[due],
                    np.broadcast_to(minutes, due.shape)[due],
                    count[due],
                    (np.mean(ends, axis=0) * count)[due],
                    low,
                    high,
                    ends[-1][due],
                    last[due],
                )
            )
        return Rows(*(np.concatenate([getattr(part, name) for part in parts]) for name in Rows.__slots__))

    def _shown(
        self, signals: Ordinary, which: NDArray[np.intp], time_s: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        value = signals.values(which, time_s.astype(np.float64))
        value = np.minimum(value, self.park.span_high[which][:, None])
        scale = self.park.scale[which][:, None]
        return np.asarray(np.round(value * scale) / scale)


def sensor_ids(conn: db.Connection, park: Park) -> NDArray[np.int32]:
    """Return the id of every point [n], 0 for one that the database does not know."""
    known = {tuple(row[:3]): row[3] for row in conn.execute(SENSORS.sensor_ids, {"park": park.code})}
    conn.commit()
    return np.asarray([known.get((p.station, p.quantity, p.form), 0) for p in park.points], np.int32)


def records_end_s(conn: db.Connection, days: int, now: datetime) -> int:
    """Return where records are no more made of minutes [s]: before it they have to be written as they are."""
    end_s = _end_s(conn, now)
    return min((from_s for from_s, _, step_s in _blocks(end_s, days) if step_s == _MINUTE_S), default=end_s)


def _end_s(conn: db.Connection, now: datetime) -> int:
    """Return where the past ends [s]: at the first minute of the live feed, so that the two never share one."""
    row = conn.execute(Q.first_receipt).fetchone()
    conn.commit()
    first = row[0] if row is not None and row[0] is not None else now
    return int(min(first, now).timestamp()) // 60 * 60


def _blocks(end_s: int, days: int) -> Iterator[tuple[int, int, int]]:
    """Yield (from, to, step) [s], the newest first."""
    start_s = end_s - int(timedelta(days=days).total_seconds())
    full_s = end_s - FULL_DAYS * 86400
    to_s = end_s
    while to_s > start_s:
        from_s = max(start_s, (to_s - 1) // _BLOCK_S * _BLOCK_S)
        yield from_s, to_s, _MINUTE_S if to_s > full_s else _MINUTE_S * _THIN
        to_s = from_s


def _copy(conn: db.Connection, rows: Rows) -> int:
    """Write rows where there are none; fall back when the live feed has been quicker."""
    try:
        with conn.transaction():
            copy_rows.send(conn, Q.copy_minutes, rows.columns())
    except db.Error as error:
        if error.sqlstate != _UNIQUE:
            raise
        return _insert(conn, rows)
    return len(rows)


def _insert(conn: db.Connection, rows: Rows) -> int:
    """Write the rows that are not there; give way when ingest holds the same minutes in another order."""
    for attempt in range(_ATTEMPTS):
        try:
            with conn.transaction():
                copy_rows.send(conn, Q.copy_stage, rows.columns())
                return conn.execute(Q.insert_minutes).rowcount
        except db.Error as error:
            if error.sqlstate != _DEADLOCK or attempt == _ATTEMPTS - 1:
                raise
    return 0
