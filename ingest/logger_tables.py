"""What loggers send besides instant values, into its tables: reported records, reports, raw frames, strangers."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from ingest import reported_table
from ingest.batch import Batch, KeptFrame
from ingest.ledger import Ledger
from ingest.readings_table import instant
from ingest.reported import Report
from ingest.reported_check import CheckedReported
from smartpark import db, queries
from smartpark.hj212.frame import Frame

_Q = queries.load("ingest", "loggers.sql")
_REMEMBERED = 200_000  # frames; at three retries of 10 s far more than can come again
_DIGEST = 16  # bytes of SHA-256
_RECENT = timedelta(minutes=10)


class SeenFrames:
    """The frames that were kept of late: one that is sent again is not kept again.

    Those of the database are asked for with the first frame; only a feed of loggers ever has one.
    """

    def __init__(self, conn: db.Connection) -> None:
        self._conn = conn
        self._seen: dict[bytes, None] | None = None

    def unseen(self, frames: Sequence[KeptFrame]) -> tuple[dict[bytes, KeptFrame], set[int]]:
        """Return the frames that were not seen, by their digests, and the messages of those that were."""
        seen, fresh = self._known(), dict[bytes, KeptFrame]()
        again: set[int] = set()
        for kept in frames:
            digest = _digest(kept.frame.raw)
            if digest in seen or fresh.setdefault(digest, kept) is not kept:
                again.add(kept.message)
        return fresh, again

    def remember(self, digests: Collection[bytes]) -> None:
        """Note frames that are committed."""
        if not digests:
            return
        seen = self._known()
        seen |= dict.fromkeys(digests)
        if len(seen) > _REMEMBERED:
            for digest in list(seen)[: _REMEMBERED // 2]:
                del seen[digest]

    def _known(self) -> dict[bytes, None]:
        if self._seen is None:
            rows = self._conn.execute(_Q.recent_frames, [_RECENT, _REMEMBERED // 2]).fetchall()
            self._seen = {bytes(digest): None for (digest,) in reversed(rows)}
        return self._seen


def _digest(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()[:_DIGEST]


@dataclass(frozen=True, slots=True)
class Told:
    """What was written: digests of the frames kept, and the positions of minutes in which their sensor has no reading."""

    frames: Collection[bytes]
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
    fresh, again = seen.unseen(batch.frames) if batch.frames else (dict[bytes, KeptFrame](), set[int]())
    bare: list[int] = []
    if checked.kept:
        reported_table.keep(conn, batch, checked, again, ledger)
        bare = reported_table.bare_minutes(conn, batch, checked)
    if checked.reports:
        _reports(conn, batch, checked.reports, ledger)
    if batch.strangers:
        _strangers(conn, batch)
    if fresh:
        _frames(conn, batch, fresh.values())
    return Told(fresh, bare)


def _reports(conn: db.Connection, batch: Batch, reports: Sequence[Report], ledger: Ledger) -> None:
    data = [orjson.dumps(dict(one.data)).decode() for one in reports]
    rows = [
        {
            "mn": one.mn,
            "cn": one.cn,
            "time": instant(one.time_us),
            "data": text,
            "resent": one.resent,
            "received_at": instant(batch.origins[one.message].first_us),
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


def _frames(conn: db.Connection, batch: Batch, frames: Collection[KeptFrame]) -> None:
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
    source = "mqtt" if origin.peer is None else "tcp"
    at = None if kept.time_us is None else instant(kept.time_us)
    heard_at = instant(origin.first_us)
    return (heard_at, *_named(frame), at, frame.head.resent, source, origin.peer, frame.raw)


def _named(frame: Frame) -> tuple[str, str | None, str, str | None, int | None]:
    head = frame.head
    return head.mn, head.st or None, head.cn, frame.qn or None, head.pno
