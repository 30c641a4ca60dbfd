"""Readings into their table, each exactly once: a fast way above the watermark, a careful way for the rest."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from ingest import binary
from ingest.check import Checked
from smartpark import db, queries
from smartpark.readings import Readings

_Q = queries.load("ingest")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database said.

    ``new`` are the inserted readings, sorted by (sensor, time), ``new_row`` their rows of the directory;
    ``duplicates`` counts per sensor id what was there already.
    """

    new: Readings
    new_row: NDArray[np.intp]
    duplicates: dict[int, int]
    conflicts: int


def instant(us: int) -> datetime:
    """Return microseconds since 1970 as the aware instant that they are."""
    return _EPOCH + timedelta(microseconds=us)


def microseconds(at: datetime) -> int:
    """Return an aware instant as microseconds since 1970, exactly."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def insert(
    conn: db.Connection, checked: Checked, watermark: NDArray[np.int64], source: str, *, careful: bool = False
) -> Stored:
    """Insert what is not there yet.

    Args:
        conn: in the transaction of the batch.
        checked: items in order of arrival.
        watermark: newest stored instant [us] of each row of the directory.
        source: of the batch, for conflicts.
        careful: take the careful way for all, whatever the watermarks say.

    """
    all_readings = checked.readings
    order = np.lexsort((all_readings.time_us, all_readings.sensor_id))
    readings, row = all_readings.take(order), checked.row[order]
    first = np.ones(len(readings), np.bool_)
    first[1:] = (readings.sensor_id[1:] != readings.sensor_id[:-1]) | (
        readings.time_us[1:] != readings.time_us[:-1]
    )
    fast = first & (readings.time_us > watermark[row]) & (not careful)
    inserted = fast.copy()
    if fast.any():
        _copy_fast(conn, readings.take(fast) if not fast.all() else readings)
    duplicates: dict[int, int] = {}
    conflicts = 0
    rest = np.flatnonzero(~fast)
    if len(rest):
        staged = readings.take(rest)
        new, duplicates = _merge(conn, staged)
        inserted[rest[new]] = True
        if duplicates:
            conflicts = _note_conflicts(conn, staged, source)
    if not inserted.all():
        readings, row = readings.take(inserted), row[inserted]
    return Stored(readings, row, duplicates, conflicts)


def _copy_fast(conn: db.Connection, readings: Readings) -> None:
    with conn.cursor() as cursor:
        with cursor.copy(_Q.copy_reading) as copy:
            copy.write(binary.rows(_columns(readings)))
        if cursor.rowcount != len(readings):
            raise RuntimeError(f"COPY took {cursor.rowcount} of {len(readings)} readings")


def _columns(readings: Readings) -> list[tuple[str, NDArray[np.generic]]]:
    return [
        (binary.INT4, readings.sensor_id),
        (binary.INT4, (readings.received_us - readings.time_us) // 1_000_000),
        (binary.TIMESTAMPTZ, binary.timestamps(readings.time_us)),
        (binary.FLOAT8, readings.value),
        (binary.CHAR, readings.flag),
        (binary.CHAR, readings.mark),
    ]


def _merge(conn: db.Connection, staged: Readings) -> tuple[NDArray[np.intp], dict[int, int]]:
    """Return the positions of what was inserted, and the duplicates of each sensor."""
    ordinal: tuple[str, NDArray[np.generic]] = (binary.INT4, np.arange(len(staged)))
    with conn.cursor() as cursor, cursor.copy(_Q.copy_staged) as copy:
        copy.write(binary.rows([ordinal, *_columns(staged)]))
    returned = conn.execute(_Q.merge_staged).fetchall()
    duplicates: dict[int, int] = dict(conn.execute(_Q.count_staged).fetchall())
    for sensor_id, _ in returned:
        duplicates[sensor_id] -= 1
    duplicates = {sensor_id: count for sensor_id, count in duplicates.items() if count}
    if len(returned) == len(staged):
        return np.arange(len(staged)), duplicates
    position: dict[tuple[int, int], int] = {}
    for at, key in enumerate(zip(staged.sensor_id.tolist(), staged.time_us.tolist(), strict=True)):
        position.setdefault(key, at)
    return np.array(sorted(position[s, t] for s, t in returned), np.intp), duplicates


def _note_conflicts(conn: db.Connection, staged: Readings, source: str) -> int:
    span = {
        "source": source,
        "first": instant(int(staged.time_us.min())),
        "last": instant(int(staged.time_us.max())),
    }
    return conn.execute(_Q.note_conflicts, span).rowcount
