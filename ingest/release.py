"""A message leaves quarantine: decoded again, as a new receipt of source ``release``; old minutes never change."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import psycopg
from psycopg.rows import tuple_row

from alerts.judge import Finding
from ingest import loading
from ingest.batch import Origin, Receipt
from ingest.check import Bounds
from ingest.decode import Decoder
from ingest.feed import feed_of
from ingest.readings_table import instant, microseconds
from ingest.store import Store
from smartpark import db, queries
from smartpark.readings import Readings

_Q = queries.load("ingest")


class ReleaseError(ValueError):
    """The message cannot be released; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Released:
    """What became of the items of a released message; what is refused again is in quarantine again."""

    received: int
    stored: int
    duplicate: int
    quarantined: int


DEFAULT_BOUNDS = Bounds(future_us=600_000_000, kept_days=90)


class Mark:
    """Judges nothing itself: what is released is old, so the owner of its feed judges the stored span again."""

    def judge(self, new: Readings, now: datetime, findings: Sequence[Finding] = ()) -> Readings:
        """Return the new readings."""
        del now, findings
        return new

    def write(self, conn: db.Connection, verdict: Readings, now: datetime) -> int:
        """Leave one mark per sensor for the owner of the feed."""
        for sensor_id in np.unique(verdict.sensor_id):
            of = verdict.time_us[verdict.sensor_id == sensor_id]
            span = [int(sensor_id), instant(int(of.min())), instant(int(of.max())), now]
            conn.execute(_Q.mark_for_judging, span)
        return 0

    def adopt(self, verdict: Readings) -> None:
        """Keep no state."""


class Releasing:
    """Releases messages one after the other by the catalogue as it is when this begins."""

    def __init__(self, conn: psycopg.Connection[Any], bounds: Bounds = DEFAULT_BOUNDS) -> None:
        self._conn = conn
        with _tuples(conn):
            self._directory = loading.directory(conn)
            self._store = Store(conn, self._directory, bounds)
            conn.commit()

    def release(self, quarantine_id: int, actor: str, now: datetime) -> Released:
        """Decode a quarantined message again, store what is good in it, and commit.

        Every row of the message is marked as released; a reason that holds still opens its row again.

        Raises:
            ReleaseError: there is no such message, or it was released before.

        """
        with _tuples(self._conn):
            return self._release(quarantine_id, actor, now)

    def _release(self, quarantine_id: int, actor: str, now: datetime) -> Released:
        conn = self._conn
        row = conn.execute(_Q.refused_message, [quarantine_id]).fetchone()
        if row is None or row[2] is not None:
            conn.rollback()
            why = "there is no such message" if row is None else f"it was released at {row[2].isoformat()}"
            raise ReleaseError(f"message {quarantine_id} of the quarantine cannot be released: {why}")
        topic, payload, _, came_at, peer = row
        decoder = Decoder(self._directory, feed_of(topic))
        batch = decoder.batch("release")
        first = Receipt(microseconds(came_at), peer)
        decoder.add(batch, Origin(topic, bytes(payload), microseconds(now), first=first))
        batch.sequence.clear()  # an old number says nothing about what is missing now
        ids = [one[0] for one in conn.execute(_Q.refusals_of_message, [quarantine_id]).fetchall()]
        conn.execute(_Q.mark_released, {"now": now, "actor": actor, "ids": ids})
        totals = self._store.write(batch, Mark(), now, careful=True).totals
        return Released(totals.received, totals.stored, totals.duplicate, totals.quarantined)


@contextmanager
def _tuples(conn: psycopg.Connection[Any]) -> Iterator[None]:
    shape, conn.row_factory = conn.row_factory, tuple_row
    try:
        yield
    finally:
        conn.row_factory = shape
