"""The minute and the newest value of each sensor, kept current by the transaction that stores the readings."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest import binary, minutes
from smartpark import db, flag_use, queries
from smartpark.readings import Readings

_Q = queries.load("ingest")


def add_minutes(conn: db.Connection, new: Readings, stream_class: NDArray[np.int64]) -> int:
    """Add newly stored readings, sorted by (sensor, time), to their minutes; return how many minutes.

    ``stream_class`` [n] decides with flag and mark which may be averaged.
    """
    valid = flag_use.uses(stream_class, new.flag, new.mark) & flag_use.AVERAGE > 0
    sums = minutes.add_up(new, valid)
    if len(sums.sensor_id):
        columns: Sequence[tuple[str, NDArray[np.generic]]] = [
            (binary.INT4, sums.sensor_id),
            (binary.TIMESTAMPTZ, binary.timestamps(sums.start_us)),
            (binary.INT4, sums.n),
            (binary.INT4, sums.n_valid),
            (binary.FLOAT8, sums.total),
            (binary.FLOAT8, sums.low),
            (binary.FLOAT8, sums.high),
            (binary.FLOAT8, sums.last),
            (binary.TIMESTAMPTZ, binary.timestamps(sums.last_us)),
            (binary.TEXT8, sums.flags),
        ]
        with conn.cursor() as cursor, cursor.copy(_Q.copy_minute) as copy:
            copy.write(binary.rows(columns))
        conn.execute(_Q.merge_minute)
    return len(sums.sensor_id)


def keep_latest(conn: db.Connection, new: Readings) -> None:
    """Keep the newest of newly stored readings, sorted by (sensor, time), of each sensor."""
    if not len(new):
        return
    newest = new.take(np.append(np.flatnonzero(new.sensor_id[1:] != new.sensor_id[:-1]), len(new) - 1))
    columns: Sequence[tuple[str, NDArray[np.generic]]] = [
        (binary.INT4, newest.sensor_id),
        (binary.TIMESTAMPTZ, binary.timestamps(newest.time_us)),
        (binary.TIMESTAMPTZ, binary.timestamps(newest.received_us)),
        (binary.FLOAT8, newest.value),
        (binary.CHAR, newest.flag),
        (binary.CHAR, newest.mark),
    ]
    with conn.cursor() as cursor, cursor.copy(_Q.copy_latest) as copy:
        copy.write(binary.rows(columns))
    conn.execute(_Q.merge_latest)
