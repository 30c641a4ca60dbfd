"""What loggers have computed themselves, into its table: parts of one word become one, a further word a revision."""

from collections import Counter
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.batch import Batch
from ingest.ledger import Ledger
from ingest.readings_table import instant
from ingest.reported import Reported
from ingest.reported_check import CheckedReported
from smartpark import db, queries

_Q = queries.load("ingest", "loggers.sql")


class _Word(NamedTuple):
    """What is said of one factor over one period; ``values`` are mean, low, high [registry unit], NaN unsaid."""

    said: Reported
    values: NDArray[np.float64]
    parts: int


def keep(
    conn: db.Connection, batch: Batch, checked: CheckedReported, again: AbstractSet[int], ledger: Ledger
) -> None:
    """Write reported values, and book what the database stored and what it had already.

    Args:
        conn: in the transaction of the batch.
        batch: as decoded.
        checked: its reported values that may be kept.
        again: messages with a frame that was kept before: an earlier word in them is no new one.
        ledger: of the batch.

    """
    directory, words = batch.directory, _merged(checked)
    columns: list[list[Any]] = [
        [int(directory.sensor_id[word.said.row]) for word in words],
        [word.said.period for word in words],
        [instant(word.said.start_us) for word in words],
        *([_or_none(float(word.values[column])) for word in words] for column in range(3)),
        [word.said.amount for word in words],
        [chr(word.said.flag) for word in words],
        [word.said.maker_flag for word in words],
        [None if word.said.sample_us is None else instant(word.said.sample_us) for word in words],
        [word.said.mn for word in words],
        [word.said.resent for word in words],
        [instant(batch.origins[word.said.message].first_us) for word in words],
        [word.said.message in again for word in words],
    ]
    inserted = Counter(row[0] for row in conn.execute(_Q.keep_reported, columns).fetchall())
    asked, sent, station_of = Counter(columns[0]), Counter[int](), dict[int, int]()
    for sensor_id, word in zip(columns[0], words, strict=True):
        sent[sensor_id] += word.parts
        station_of[sensor_id] = int(directory.station_id[word.said.row])
    for sensor_id, parts in sent.items():
        stored = parts if inserted[sensor_id] == asked[sensor_id] else inserted[sensor_id]
        entry = ledger.entries[station_of[sensor_id]]
        entry.stored += stored
        entry.duplicate += parts - stored


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


def _merged(checked: CheckedReported) -> list[_Word]:
    """Join what the parts of a split packet say of one factor and period, as long as no part says it otherwise."""
    words: dict[tuple[int, str, int], list[_Word]] = {}
    for one, values in zip(checked.kept, checked.values, strict=True):
        of = words.setdefault((one.row, one.period, one.start_us), [])
        joint = _joint(of[-1], one, values) if of else None
        if joint is None:
            of.append(_Word(one, values, 1))
        else:
            of[-1] = joint
    return [word for of in words.values() for word in of]


def _joint(word: _Word, one: Reported, values: NDArray[np.float64]) -> _Word | None:
    """Return both as one word, None where they are of different loggers or both say the same value."""
    said = word.said
    twice = ~(np.isnan(word.values) | np.isnan(values))
    if said.mn != one.mn or twice.any() or (said.amount is not None and one.amount is not None):
        return None
    first, other = (said, one) if said.mean is not None else (one, said)
    joint = first._replace(
        amount=said.amount if said.amount is not None else one.amount,
        maker_flag=first.maker_flag if first.maker_flag is not None else other.maker_flag,
        sample_us=first.sample_us if first.sample_us is not None else other.sample_us,
    )
    return _Word(joint, np.where(np.isnan(word.values), values, word.values), word.parts + 1)


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value
