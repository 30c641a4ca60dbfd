"""The minute and the newest value of each sensor, kept current by the transaction that stores the readings.

Three ways into a minute, by what they cost: sums of minutes beyond everything stored of their sensor are new rows
and copied; sums of minutes of one day are added by a join; whatever is left is merged row by row.
"""

from dataclasses import fields
from datetime import datetime, timedelta
from typing import LiteralString

import numpy as np
from numpy.typing import NDArray

from ingest import binary
from ingest.batch import MINUTE_US
from ingest.minutes import Minutes, add_up
from ingest.readings_table import Stored, instant, microseconds
from smartpark import db, flag_use, queries

_Q = queries.load("ingest")
_A_DAY = timedelta(days=1)
_HOUR_US = 3_600_000_000
_PUNCTUAL_US = 2 * MINUTE_US  # before the records of an hour are made, and long enough to commit


def add_minutes(
    conn: db.Connection,
    stored: Stored,
    stream_class: NDArray[np.int64],
    watermark: NDArray[np.int64],
    now: datetime,
) -> None:
    """Add newly stored readings to their minutes; note the hours that are over, whose records have to be made anew.

    Args:
        conn: in the transaction of the batch.
        stored: what was inserted, sorted by (sensor, time).
        stream_class: of each reading [n]; decides with flag and mark which may be averaged.
        watermark: newest instant [us] of each reading's sensor before this batch [n]; 2**62 where not known.
        now: when.

    """
    new = stored.new
    if not len(new):
        return
    sums = add_up(new, flag_use.uses(stream_class, new.flag, new.mark) & flag_use.AVERAGE > 0)
    _note_late(conn, sums, now)
    first = np.concatenate(([0], np.cumsum(sums.n)[:-1]))
    plain = (sums.n_valid > 0) & (np.char.str_len(np.char.rstrip(sums.flags)) == 1)
    fresh = plain & (sums.start_us > watermark[first] - watermark[first] % MINUTE_US)
    if fresh.any():
        _copy(conn, _only(sums, fresh), _Q.copy_new_minute, "S1")
    if fresh.all():
        return
    rest = _only(sums, ~fresh)
    _copy(conn, rest, _Q.copy_minute, binary.TEXT8)
    span = [instant(int(rest.start_us.min())), instant(int(rest.start_us.max()))]
    if span[1] - span[0] <= _A_DAY:
        # Planned anew each time: a plan for any span would look into every chunk there is.
        conn.execute(_Q.update_minute, span, prepare=False)
    else:
        conn.execute(_Q.merge_minute)


def _note_late(conn: db.Connection, sums: Minutes, now: datetime) -> None:
    hour_us = sums.start_us - sums.start_us % _HOUR_US
    late = hour_us + _HOUR_US + _PUNCTUAL_US <= microseconds(now)
    if late.any():
        pairs = np.unique(np.stack((sums.sensor_id[late].astype(np.int64), hour_us[late])), axis=1)
        sensors, hours = pairs.tolist()
        conn.execute(_Q.note_late, {"sensors": sensors, "hours": [instant(us) for us in hours], "now": now})


def _only(sums: Minutes, which: NDArray[np.bool_]) -> Minutes:
    return Minutes(*(getattr(sums, column.name)[which] for column in fields(Minutes)))


def _copy(conn: db.Connection, sums: Minutes, statement: LiteralString, flags: str) -> None:
    stream = binary.rows(
        [
            (binary.INT4, sums.sensor_id),
            (binary.TIMESTAMPTZ, binary.timestamps(sums.start_us)),
            (binary.INT4, sums.n),
            (binary.INT4, sums.n_valid),
            (binary.FLOAT8, sums.total),
            (binary.FLOAT8, sums.low),
            (binary.FLOAT8, sums.high),
            (binary.FLOAT8, sums.last),
            (binary.TIMESTAMPTZ, binary.timestamps(sums.last_us)),
            (flags, sums.flags),
        ]
    )
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(stream)


def keep_latest(conn: db.Connection, stored: Stored) -> None:
    """Keep the newest of newly stored readings, sorted by (sensor, time), of each sensor."""
    new = stored.new
    if not len(new):
        return
    newest = new.take(np.append(np.flatnonzero(new.sensor_id[1:] != new.sensor_id[:-1]), len(new) - 1))
    stream = binary.rows(
        [
            (binary.INT4, newest.sensor_id),
            (binary.TIMESTAMPTZ, binary.timestamps(newest.time_us)),
            (binary.TIMESTAMPTZ, binary.timestamps(newest.received_us)),
            (binary.FLOAT8, newest.value),
            (binary.CHAR, newest.flag),
            (binary.CHAR, newest.mark),
        ]
    )
    with conn.cursor() as cursor, cursor.copy(_Q.copy_latest) as copy:
        copy.write(stream)
    conn.execute(_Q.merge_latest)
