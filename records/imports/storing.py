"""The minutes of a block into the database: what is there stays, what is new makes its hours due. One transaction a block."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from records.imports.checking import Checked, Minutes, note_duplicates
from smartpark import copy_rows, db, queries

Q = queries.load("records.imports", "imports.sql")
_UNIQUE = "23505"
_HOUR_US, _MINUTE_US = 3_600_000_000, 60_000_000


class Storing:
    """Stores the checked blocks of one import; ``cause`` is what its hours are made anew for."""

    def __init__(self, conn: db.Connection, cause: str) -> None:
        self._conn = conn
        self._cause = cause
        conn.execute(Q.make_stage)
        conn.commit()

    def store(self, checked: Checked, now: datetime) -> None:
        """Store what of a block is not there, note its hours and its ledger; the caller commits."""
        self.leave_out_what_is_there(checked)
        minutes = checked.minutes
        new = self._write(minutes)
        if not new.all():
            lost = minutes.take(~new)
            note_duplicates(checked, lost, lost.value, lost.flag)
            minutes = checked.minutes = minutes.take(new)
        checked.counts["minutes"] += len(minutes)
        self._note_hours(minutes, now)
        self._book(checked, now)

    def leave_out_what_is_there(self, checked: Checked) -> None:
        """Take the minutes that the table has already out of a block, as duplicates or conflicts."""
        minutes = checked.minutes
        if not len(minutes):
            return
        first, last = int(minutes.start_us.min()), int(minutes.start_us.max())
        period: Mapping[str, Any] = {"first": _instant(first), "last": _instant(last)}
        sensors = np.unique(minutes.sensor_id).tolist()
        busy = [row[0] for row in self._conn.execute(Q.busy, {**period, "sensors": sensors}, prepare=False)]
        if not busy:
            return
        asked = np.flatnonzero(np.isin(minutes.sensor_id, busy))
        self._stage(minutes.take(asked), asked)
        found = self._conn.execute(Q.there, period, prepare=False).fetchall()
        self._conn.execute(Q.clear_stage)
        if not found:
            return
        row = np.asarray([one[0] for one in found], np.intp)
        flags = np.asarray([ord(one[2][0]) if len(one[2]) == 1 else 0 for one in found], np.uint8)
        note_duplicates(checked, minutes.take(row), np.asarray([one[1] for one in found], np.float64), flags)
        new = np.ones(len(minutes), np.bool_)
        new[row] = False
        checked.minutes = minutes.take(new)

    def _write(self, minutes: Minutes) -> NDArray[np.bool_]:
        """Write minutes; return which were new. Somebody else may be quicker with one of them."""
        if not len(minutes):
            return np.ones(0, np.bool_)
        try:
            with self._conn.transaction():
                copy_rows.send(self._conn, Q.copy_minutes, _columns(minutes))
        except db.Error as error:
            if error.sqlstate != _UNIQUE:
                raise
        else:
            return np.ones(len(minutes), np.bool_)
        self._stage(minutes, np.arange(len(minutes)))
        stored = set(self._conn.execute(Q.insert_minutes).fetchall())
        self._conn.execute(Q.clear_stage)
        keys = zip(minutes.sensor_id.tolist(), map(_instant, minutes.start_us.tolist()), strict=True)
        return np.asarray([key in stored for key in keys], np.bool_)

    def _stage(self, minutes: Minutes, row: NDArray[np.intp]) -> None:
        copy_rows.send(self._conn, Q.copy_stage, [(copy_rows.INT4, row), *_columns(minutes)])

    def _note_hours(self, minutes: Minutes, now: datetime) -> None:
        if not len(minutes):
            return
        hour = minutes.start_us - minutes.start_us % _HOUR_US
        changes = np.r_[True, (hour[1:] != hour[:-1]) | (minutes.sensor_id[1:] != minutes.sensor_id[:-1])]
        count = int(changes.sum())
        noted = np.full(count, round(now.timestamp() * 1_000_000), np.int64)
        cause = self._cause.encode()
        columns: list[copy_rows.Column] = [
            (copy_rows.INT4, minutes.sensor_id[changes]),
            (copy_rows.TIMESTAMPTZ, copy_rows.instants(hour[changes])),
            (copy_rows.text(len(cause)), np.full(count, cause)),
            (copy_rows.TIMESTAMPTZ, copy_rows.instants(noted)),
        ]
        copy_rows.send(self._conn, Q.copy_due, columns)

    def _book(self, checked: Checked, now: datetime) -> None:
        ids, counts = np.unique(checked.minutes.station_id, return_counts=True)
        stored = Counter(dict(zip(ids.tolist(), counts.tolist(), strict=True)))
        for station in sorted(checked.received):
            entry = {
                "now": now,
                "station_id": station,
                "received": checked.received[station],
                "stored": stored[station],
                "duplicate": checked.duplicate[station],
                "quarantined": checked.quarantined[station],
            }
            self._conn.execute(Q.add_ledger, entry)


def _columns(minutes: Minutes) -> list[copy_rows.Column]:
    begun = copy_rows.instants(minutes.start_us)
    return [
        (copy_rows.INT4, minutes.sensor_id),
        (copy_rows.TIMESTAMPTZ, begun),
        (copy_rows.INT4, minutes.n),
        (copy_rows.INT4, minutes.n_valid),
        (copy_rows.FLOAT8, minutes.value * minutes.n_valid),
        (copy_rows.FLOAT8, minutes.low),
        (copy_rows.FLOAT8, minutes.high),
        (copy_rows.FLOAT8, minutes.value),
        (copy_rows.TIMESTAMPTZ, begun),
        (copy_rows.CHAR, minutes.flag),
    ]


def _instant(us: int) -> datetime:
    return datetime.fromtimestamp(us // 1_000_000, UTC)
