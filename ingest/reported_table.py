"""What loggers have computed themselves, into its table: parts of one word become one, a further word a revision."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from math import isnan
from typing import Any

from ingest.batch import Batch
from ingest.ledger import Ledger
from ingest.readings_table import instant, microseconds
from ingest.reported_check import CheckedReported
from ingest.reported_words import Content, Key, Record, Revision, Word, told
from smartpark import db, queries

_Q = queries.load("ingest", "loggers.sql")


def keep(
    conn: db.Connection, batch: Batch, checked: CheckedReported, again: AbstractSet[int], ledger: Ledger
) -> None:
    """Write reported values, and book what the database stored and what it had already.

    Args:
        conn: in the transaction of the batch.
        batch: as decoded.
        checked: its reported values that may be kept.
        again: messages with a frame that was kept before.
        ledger: of the batch.

    """
    words = _words(batch, checked, again)
    records = _stored(conn, sorted({key for key, _ in words}))
    told(records, words)
    new = [(key, one) for key, record in records.items() for one in record.revisions if one.parts]
    inserted = set(conn.execute(_Q.keep_reported, _columns(new)).fetchall()) if new else set()
    directory = batch.directory
    rows = {one.row for one in checked.kept}
    station = {int(directory.sensor_id[row]): int(directory.station_id[row]) for row in rows}
    for (sensor_id, period, start_us), one in new:
        entry = ledger.entries[station[sensor_id]]
        if (sensor_id, period, instant(start_us), one.number) in inserted:
            entry.stored += one.parts
        else:  # another process was quicker
            entry.duplicate += one.parts
    for (sensor_id, _, _), record in records.items():
        ledger.entries[station[sensor_id]].duplicate += record.known


def bare_minutes(conn: db.Connection, batch: Batch, checked: CheckedReported) -> list[int]:
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


def _words(batch: Batch, checked: CheckedReported, again: AbstractSet[int]) -> list[tuple[Key, Word]]:
    words: list[tuple[Key, Word]] = []
    for one, values in zip(checked.kept, checked.values.tolist(), strict=True):
        content = Content((*(None if isnan(v) else v for v in values), one.amount), one.flag)
        key = (int(batch.directory.sensor_id[one.row]), one.period, one.start_us)
        origin = batch.origins[one.message]
        retold = one.resent or one.message in again
        words.append((key, Word(one, content, origin.first_us, retold, origin.first is not None)))
    return words


def _stored(conn: db.Connection, keys: Sequence[Key]) -> dict[Key, Record]:
    """Return what is stored of some periods, revision by revision."""
    columns = [
        [sensor_id for sensor_id, _, _ in keys],
        [period for _, period, _ in keys],
        [instant(start_us) for _, _, start_us in keys],
    ]
    records: dict[Key, Record] = {}
    for sensor_id, period, start, number, *values, flag, maker_flag, sampled_at, mn, came_at in conn.execute(
        _Q.reported, columns
    ).fetchall():
        one = Revision(number, Content(tuple(values), ord(flag)), microseconds(came_at), mn, None, maker_flag)
        one.sample_us = None if sampled_at is None else microseconds(sampled_at)
        records.setdefault((sensor_id, period, microseconds(start)), Record()).revisions.append(one)
    return records


def _columns(new: Sequence[tuple[Key, Revision]]) -> list[list[Any]]:
    rows = [
        (
            sensor_id,
            period,
            instant(start_us),
            one.number,
            *one.content.values,
            chr(one.content.flag),
            one.maker_flag,
            None if one.sample_us is None else instant(one.sample_us),
            one.mn,
            one.said is not None and one.said.resent,
            instant(one.came_us),
        )
        for (sensor_id, period, start_us), one in sorted(new, key=lambda row: (row[0], row[1].number))
    ]
    return [list(column) for column in zip(*rows, strict=True)]
