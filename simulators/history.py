"""A past for the demo: minutes of the same signals, written straight into the database, newest first.

What is older than ``FULL_DAYS`` keeps one minute in ten, so that the longest past stays below 4 GB.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import LiteralString

import numpy as np
from numpy.typing import NDArray

from simulators.park import Park
from simulators.play import weather_of
from simulators.signals.ordinary import Ordinary
from simulators.watches import Q as SENSORS
from smartpark import db, queries

Q = queries.load("simulators", "history.sql")
FULL_DAYS = 12
_THIN = 10
_BLOCK_S = 3 * 3600
_ATTEMPTS = 5
_UNIQUE, _DEADLOCK = "23505", "40P01"
_POSTGRES_EPOCH_S = 946_684_800  # 2000-01-01T00:00Z, where its binary instants begin
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
# One row as binary COPY has it: a count of fields, then each with its length in front, big-endian.
_ROW = np.dtype(
    [("fields", ">i2")]
    + [
        part
        for name, kind in (
            ("sensor_id", ">i4"),
            ("time", ">i8"),
            ("n", ">i4"),
            ("n_valid", ">i4"),
            ("total", ">f8"),
            ("min", ">f8"),
            ("max", ">f8"),
            ("last", ">f8"),
            ("last_at", ">i8"),
            ("flags", "S1"),
        )
        for part in ((f"{name}_size", ">i4"), (name, kind))
    ]
)

Say = Callable[[str], object]


@dataclass(frozen=True)
class History:
    """The past of a park on a seed; sensors without an id in the database are left out."""

    park: Park
    seed: int
    sensor_id: NDArray[np.int32]

    def write(self, conn: db.Connection, days: int, now: datetime, say: Say) -> int:
        """Write the minutes of so many days before now; return how many were new. Each block is one transaction."""
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
            if done % 8 == 0 or done == len(blocks):
                say(f"history: {100 * done // len(blocks)} % of {days} days, {written} minutes new")
        return written

    def _there(self, conn: db.Connection, from_s: int, to_s: int) -> int:
        period = {"first": datetime.fromtimestamp(from_s, UTC), "last": datetime.fromtimestamp(to_s, UTC)}
        row = conn.execute(Q.minutes_there, period).fetchone()
        return int(row[0]) if row else 0

    def _rows(self, signals: Ordinary, from_s: int, to_s: int, step_s: int) -> NDArray[np.void]:
        """Return the rows of binary COPY of the minutes in [from_s, to_s)."""
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
            rows = np.zeros(int(due.sum()), _ROW)
            rows["fields"] = 10
            for name in _ROW.names or ():
                if name.endswith("_size"):
                    rows[name] = rows.dtype[name.removesuffix("_size")].itemsize
            rows["sensor_id"] = np.broadcast_to(self.sensor_id[which][:, None], due.shape)[due]
            rows["time"] = _instant(np.broadcast_to(minutes, due.shape)[due])
            rows["n"] = rows["n_valid"] = count[due]
            rows["total"] = (np.mean(ends, axis=0) * count)[due]
            rows["min"], rows["max"], rows["last"] = (
                a[due] for a in (np.min(ends, 0), np.max(ends, 0), ends[-1])
            )
            rows["last_at"] = _instant(last[due])
            rows["flags"] = b"N"
            parts.append(rows)
        whole = np.empty(sum(map(len, parts)), _ROW)  # concatenate() would turn the bytes round
        np.concatenate(parts, out=whole)
        return whole

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
        yield from_s, to_s, 60 if to_s > full_s else 60 * _THIN
        to_s = from_s


def _instant(time_s: NDArray[np.int64]) -> NDArray[np.int64]:
    return (time_s - _POSTGRES_EPOCH_S) * 1_000_000


def _copy(conn: db.Connection, rows: NDArray[np.void]) -> int:
    """Write rows where there are none; fall back when the live feed has been quicker."""
    try:
        with conn.transaction():
            _send(conn, Q.copy_minutes, rows)
    except db.Error as error:
        if error.sqlstate != _UNIQUE:
            raise
        return _insert(conn, rows)
    return len(rows)


def _insert(conn: db.Connection, rows: NDArray[np.void]) -> int:
    """Write the rows that are not there; give way when ingest holds the same minutes in another order."""
    for attempt in range(_ATTEMPTS):
        try:
            with conn.transaction():
                _send(conn, Q.copy_stage, rows)
                return conn.execute(Q.insert_minutes).rowcount
        except db.Error as error:
            if error.sqlstate != _DEADLOCK or attempt == _ATTEMPTS - 1:
                raise
    return 0


def _send(conn: db.Connection, statement: LiteralString, rows: NDArray[np.void]) -> None:
    with conn.cursor().copy(statement) as copy:
        copy.write(_SIGNATURE)
        for start in range(0, len(rows), 20_000):
            copy.write(rows[start : start + 20_000].tobytes())
        copy.write(b"\xff\xff")
