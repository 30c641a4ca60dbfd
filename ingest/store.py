"""The one transaction: store, judge, quarantine, count, roll up; what is acknowledged was committed here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from alerts.judge import Finding
from ingest import beside, logger_tables, readings_table, rollup
from ingest.batch import Batch
from ingest.check import Bounds, check
from ingest.directory import Directory
from ingest.events import Status
from ingest.judging import Judge
from ingest.ledger import Entry, Ledger, gaps
from ingest.readings_table import Stored
from ingest.refusal import Suspect, merged
from ingest.reported_check import CheckedReported, as_readings, check_reported
from smartpark import db, queries

_Q = queries.load("ingest")
_NEVER_US = -(2**62)
_UNKNOWN_US = 2**62


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one transaction did."""

    totals: Entry
    conflicts: int
    events: int
    imbalances: int
    refused: dict[str, int]


class Store:
    """Writes batches of one feed through one connection; knows the newest stored instant of each sensor."""

    def __init__(self, conn: db.Connection, directory: Directory, bounds: Bounds) -> None:
        self._conn = conn
        self._directory = directory
        self._bounds = bounds
        conn.execute(_Q.make_temporary_tables)
        self._watermark = _watermarks(conn, directory)
        self._sequences: dict[int, int] = dict(conn.execute(_Q.sequences).fetchall())
        self._seen = logger_tables.SeenFrames(conn)

    def write(
        self,
        batch: Batch,
        judge: Judge,
        now: datetime,
        findings: Sequence[Finding] = (),
        *,
        careful: bool = False,
    ) -> Outcome:
        """Write a batch, judge what is new in it, commit.

        Raises:
            smartpark.db.Error: nothing was written, or, where the connection broke at the commit, everything may
                have been; writing the batch again changes nothing that is there.

        """
        checked, reported = check(batch, self._bounds), check_reported(batch, self._bounds)
        conn = self._conn
        ledger, newest = _count(batch, self._sequences)
        try:
            stored = readings_table.insert(conn, checked, self._watermark, batch.source, careful=careful)
            self._book_stored(ledger, stored)
            stored, frames = self._write_loggers(batch, reported, stored, ledger)
            self._roll_up(stored, now, careful=careful)
            refusals = merged([*checked.refusals, *reported.refusals])
            refused = beside.quarantine(conn, batch, refusals, ledger)
            beside.write(conn, batch, checked.positions)
            beside.book(conn, batch, ledger, newest)
            found = [*findings, *map(_finding, checked.suspects), *_imbalance_findings(ledger)]
            found += [_presence(status) for status in batch.statuses]
            verdict = judge.judge(stored.new, now, found)
            events = judge.write(conn, verdict, now)
            conn.commit()
        except BaseException:
            if not conn.closed:
                conn.rollback()
            raise
        judge.adopt(verdict)
        self._sequences.update(newest)
        self._seen.remember(frames)
        self._watermark = _moved(self._watermark, stored)
        return Outcome(ledger.totals(), stored.conflicts, events, len(ledger.imbalances()), refused)

    def _roll_up(self, stored: Stored, now: datetime, *, careful: bool) -> None:
        row = stored.new_row
        watermark = np.full(len(row), _UNKNOWN_US) if careful else self._watermark[row]
        rollup.add_minutes(self._conn, stored, self._directory.stream_class[row], watermark, now)
        rollup.keep_latest(self._conn, stored)

    def _book_stored(self, ledger: Ledger, stored: Stored) -> None:
        station = self._directory.station_id
        of_station = np.bincount(station[stored.new_row])
        for station_id in np.flatnonzero(of_station):
            ledger.entries[int(station_id)].stored += int(of_station[station_id])
        if stored.duplicates:
            row = np.searchsorted(self._directory.sensor_id, list(stored.duplicates))
            for station_id, count in zip(station[row].tolist(), stored.duplicates.values(), strict=True):
                ledger.entries[station_id].duplicate += count

    def _write_loggers(
        self, batch: Batch, reported: CheckedReported, stored: Stored, ledger: Ledger
    ) -> tuple[Stored, Collection[bytes]]:
        """Write what loggers send besides instant values; minutes without a reading become readings as well."""
        if not (batch.frames or batch.strangers):
            return stored, ()
        told = logger_tables.write(self._conn, batch, reported, self._seen, ledger)
        if not told.bare_minutes:
            return stored, told.frames
        checked = as_readings(told.bare_minutes, reported, batch)
        watermark = _moved(self._watermark, stored)
        minutes = readings_table.insert(self._conn, checked, watermark, batch.source)
        return _together(stored, minutes), told.frames


def _moved(watermark: NDArray[np.int64], stored: Stored) -> NDArray[np.int64]:
    """Return the watermarks as they are with newly stored readings, sorted by (sensor, time)."""
    if not len(stored.new):
        return watermark
    last = np.append(np.flatnonzero(stored.new_row[1:] != stored.new_row[:-1]), len(stored.new) - 1)
    row = stored.new_row[last]
    moved = watermark.copy()
    moved[row] = np.maximum(moved[row], stored.new.time_us[last])
    return moved


def _together(stored: Stored, minutes: Stored) -> Stored:
    """Return both with their readings in one order; duplicates and conflicts are those of the instants."""
    new = stored.new.joined(minutes.new)
    order = np.lexsort((new.time_us, new.sensor_id))
    row = np.concatenate((stored.new_row, minutes.new_row))[order]
    return Stored(new.take(order), row, stored.duplicates, stored.conflicts)


def _watermarks(conn: db.Connection, directory: Directory) -> NDArray[np.int64]:
    watermark = np.full(len(directory), _NEVER_US, np.int64)
    known = conn.execute(_Q.watermarks).fetchall()
    if known and len(directory):
        ids, times = np.array(known, np.int64).T
        row = np.searchsorted(directory.sensor_id, ids)
        row[row == len(directory)] = 0
        ours = directory.sensor_id[row] == ids
        watermark[row[ours]] = times[ours]
    return watermark


def _count(batch: Batch, known: dict[int, int]) -> tuple[Ledger, dict[int, int]]:
    """Return the ledger with what was received and what is missing, and the newest sequence numbers."""
    ledger = Ledger()
    for _, station_id, items in batch.counted:
        ledger.entries[station_id].received += items
    newest, missing = gaps(known, ((station_id, seq) for _, station_id, seq in batch.sequence))
    for (_, station_id, _), gap in zip(batch.sequence, missing, strict=True):
        if gap:
            ledger.entries[station_id].gap += gap
    return ledger, newest


def _finding(suspect: Suspect) -> Finding:
    return Finding(
        kind="bad_feed" if suspect.reason == "wrong_feed" else "bad_clock",
        sensor_id=suspect.sensor_id,
        station_id=suspect.station_id,
        value=suspect.value,
        time_us=suspect.time_us,
        detail=suspect.detail,
    )


def _presence(status: Status) -> Finding:
    """Return what a station says of itself: its points are silent at once when it leaves."""
    return Finding(
        kind="offline", station_id=status.station_id, time_us=status.received_us, active=not status.online
    )


def _imbalance_findings(ledger: Ledger) -> list[Finding]:
    return [
        Finding(
            kind="ledger",
            station_id=station_id or None,
            detail=f"received {e.received}, stored {e.stored}, duplicate {e.duplicate}, quarantined {e.quarantined}",
        )
        for station_id, e in ledger.imbalances()
    ]
