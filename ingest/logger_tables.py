"""What loggers send besides instant values, into its tables: reported records, reports, raw frames, strangers."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from ingest.batch import Batch, KeptFrame
from ingest.ledger import Ledger
from ingest.readings_table import instant
from ingest.reported import Report
from ingest.reported_check import CheckedReported
from smartpark import db, queries
from smartpark.hj212.frame import Frame

_Q = queries.load("ingest", "loggers.sql")
_REMEMBERED = 200_000  # frames; at three retries of 10 s far more than can come again
_RECENT = timedelta(minutes=10)


class SeenFrames:
    """The frames that were kept of late: one that is sent again is not kept again."""

    def __init__(self, conn: db.Connection) -> None:
        rows = conn.execute(_Q.recent_frames, [_RECENT]).fetchall()
        self._seen: dict[bytes, None] = {bytes(raw): None for (raw,) in rows}

    def new(self, frames: Iterable[KeptFrame]) -> list[KeptFrame]:
        """Return the frames that were not seen, each once."""
        fresh: dict[bytes, KeptFrame] = {}
        for kept in frames:
            if kept.frame.raw not in self._seen:
                fresh.setdefault(kept.frame.raw, kept)
        return list(fresh.values())

    def remember(self, frames: Sequence[KeptFrame]) -> None:
        """Note frames that are committed."""
        self._seen |= {kept.frame.raw: None for kept in frames}
        if len(self._seen) > _REMEMBERED:
            for raw in list(self._seen)[: _REMEMBERED // 2]:
                del self._seen[raw]


@dataclass(frozen=True, slots=True)
class Told:
    """What was written: frames kept, and the positions of minutes in which their sensor has no reading."""

    frames: Sequence[KeptFrame]
    bare_minutes: Sequence[int]


def write(
    conn: db.Connection, batch: Batch, checked: CheckedReported, seen: SeenFrames, ledger: Ledger
) -> Told:
    """Write everything of a batch that comes from loggers and is no instant value, and book it.

    Args:
        conn: in the transaction of the batch, its readings inserted.
        batch: as decoded.
        checked: its reported values that may be kept.
        seen: frames kept before.
        ledger: gets what the database stored and what it had already.

    """
    bare: list[int] = []
    if checked.kept:
        _reported(conn, batch, checked, ledger)
        bare = _bare_minutes(conn, batch, checked)
    if checked.reports:
        _reports(conn, batch, checked.reports, ledger)
    if batch.strangers:
        _strangers(conn, batch)
    fresh = seen.new(batch.frames)
    if fresh:
        _frames(conn, batch, fresh)
    return Told(fresh, bare)


def _reported(conn: db.Connection, batch: Batch, checked: CheckedReported, ledger: Ledger) -> None:
    directory, kept = batch.directory, checked.kept
    columns: list[list[Any]] = [
        [int(directory.sensor_id[one.row]) for one in kept],
        [one.period for one in kept],
        [instant(one.start_us) for one in kept],
        *([None if v != v else v for v in checked.values[:, column].tolist()] for column in range(3)),  # noqa: PLR0124 - NaN
        [one.amount for one in kept],
        [chr(one.flag) for one in kept],
        [one.maker_flag for one in kept],
        [None if one.sample_us is None else instant(one.sample_us) for one in kept],
        [one.mn for one in kept],
        [one.resent for one in kept],
        [instant(batch.origins[one.message].received_us) for one in kept],
    ]
    inserted = Counter(row[0] for row in conn.execute(_Q.keep_reported, columns).fetchall())
    station_of = dict(zip(columns[0], (int(directory.station_id[one.row]) for one in kept), strict=True))
    for sensor_id, sent in Counter(columns[0]).items():
        entry = ledger.entries[station_of[sensor_id]]
        entry.stored += inserted[sensor_id]
        entry.duplicate += sent - inserted[sensor_id]


def _bare_minutes(conn: db.Connection, batch: Batch, checked: CheckedReported) -> list[int]:
    """Return the positions of reported minutes with a mean whose sensor has no reading within them."""
    asked = [at for at, one in enumerate(checked.kept) if one.period == "minute" and one.mean is not None]
    if not asked:
        return []
    minutes = [checked.kept[at] for at in asked]
    starts = [instant(one.start_us) for one in minutes]
    ends = [instant(one.start_us + one.length_us) for one in minutes]
    sensors = [int(batch.directory.sensor_id[one.row]) for one in minutes]
    about = {"sensors": sensors, "starts": starts, "ends": ends, "first": min(starts), "last": max(ends)}
    # Planned anew each time: a plan for any span would look into every chunk there is.
    found = conn.execute(_Q.bare_minutes, about, prepare=False).fetchall()
    first: dict[tuple[int, int], int] = {}
    for (place,) in found:
        one = minutes[place - 1]
        first.setdefault((one.row, one.start_us), asked[place - 1])
    return list(first.values())


def _reports(conn: db.Connection, batch: Batch, reports: Sequence[Report], ledger: Ledger) -> None:
    data = [orjson.dumps(dict(one.data)).decode() for one in reports]
    rows = [
        {
            "mn": one.mn,
            "cn": one.cn,
            "time": instant(one.time_us),
            "data": text,
            "resent": one.resent,
            "received_at": instant(batch.origins[one.message].received_us),
        }
        for one, text in zip(reports, data, strict=True)
    ]
    with conn.cursor() as cursor:
        cursor.executemany(_Q.keep_report, rows, returning=True)
        for one in reports:
            written = len(cursor.fetchall())
            entry = ledger.entries[one.station_id]
            entry.stored += written
            entry.duplicate += 1 - written
            cursor.nextset()


def _strangers(conn: db.Connection, batch: Batch) -> None:
    received_at = instant(batch.origins[-1].received_us)
    conn.execute(_Q.note_strangers, {"mns": sorted(batch.strangers), "now": received_at})


def _frames(conn: db.Connection, batch: Batch, frames: Sequence[KeptFrame]) -> None:
    with conn.cursor() as cursor, cursor.copy(_Q.copy_frame) as copy:
        copy.set_types(
            [
                "timestamptz",
                "text",
                "text",
                "text",
                "text",
                "int2",
                "timestamptz",
                "bool",
                "text",
                "text",
                "bytea",
            ]
        )
        for kept in frames:
            copy.write_row(_row(batch, kept))


def _row(batch: Batch, kept: KeptFrame) -> tuple[Any, ...]:
    origin, frame = batch.origins[kept.message], kept.frame
    source, peer = ("tcp", origin.heard.peer) if origin.heard is not None else ("mqtt", None)
    at = None if kept.time_us is None else instant(kept.time_us)
    return (instant(origin.received_us), *_named(frame), at, frame.head.resent, source, peer, frame.raw)


def _named(frame: Frame) -> tuple[str, str | None, str, str | None, int | None]:
    head = frame.head
    return head.mn, head.st or None, head.cn, frame.qn or None, head.pno
