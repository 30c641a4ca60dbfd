"""Late readings are judged again with their neighbours, and what nobody saw then is written as found late.

A stretch is folded twice: without the marked readings, and as it stands in the database now. An occurrence of the
second that no occurrence of the first answers for is the difference. Nothing is taken back, and
nothing sounds.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from psycopg.rows import dict_row

from alerts import standing
from alerts.changes import Change, Occurrence, evidence, measured
from alerts.engine import Engine
from alerts.fold import fold
from alerts.life import Event
from alerts.limits import RANK
from alerts.points import SECOND_US, instant, microseconds
from alerts.region import Region, Stretch
from alerts.rows import AnyConnection
from alerts.track import Track
from smartpark import queries
from smartpark.readings import Readings

Q = queries.load("alerts", "judge.sql")

# Sensors of so many marks at a time: little enough to leave the second to live readings.
MOST_MARKS = 40
_LEAST_MARGIN_US = 60 * SECOND_US
_PERIODS = 3


class Span(NamedTuple):
    """One occurrence of a replay: from its beginning to its end or the last reading, with the region then."""

    begin_us: int
    end_us: int
    region: Region


def again(conn: AnyConnection, engine: Engine, now: datetime) -> list[Change]:
    """Judge marked stretches again, tick them off, and return what was missed, as intents ``found_late``."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(Q.late_marks, {"feed": engine.feed, "most": MOST_MARKS}).fetchall()
    if not rows:
        return []
    spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        if row["sensor_id"] in engine.position:
            spans[row["sensor_id"]].append((microseconds(row["time_from"]), microseconds(row["time_to"])))
    changes = [
        change
        for sensor_id, found in sorted(spans.items())
        for change in _of_sensor(conn, engine, sensor_id, found)
    ]
    conn.execute(Q.judged_again, {"now": now, "ids": [row["id"] for row in rows]})
    return changes


def _of_sensor(
    conn: AnyConnection, engine: Engine, sensor_id: int, marks: Sequence[tuple[int, int]]
) -> list[Change]:
    at = engine.position[sensor_id]
    tracks = [engine.tracks[number] for number in engine.by_position.get(at, ())]
    if not tracks:
        return []
    period_us = engine.points[at].period_s * SECOND_US
    margin_us = max(_LEAST_MARGIN_US, _PERIODS * period_us, 2 * max(t.delay_us for t in tracks))
    changes = []
    for first, last in _merged([(a - margin_us, b + margin_us) for a, b in marks]):
        stored = standing.stored(conn, [(sensor_id, first, last)])[sensor_id]
        new = np.isin(stored.time_us, [time_us for mark in marks for time_us in mark])
        for track in tracks:
            changes += missed(engine, track, stored, ~new, marks)
    return changes


def missed(
    engine: Engine,
    track: Track,
    stored: Readings,
    seen: NDArray[np.bool_],
    marks: Sequence[tuple[int, int]],
) -> list[Change]:
    """Return the occurrences within the marks that the readings hold, and that those ``seen`` [n] did not show."""
    known = occurrences(track, standing.stretch(track, stored.take(seen)))
    return [
        _found(engine, track, span)
        for span in occurrences(track, standing.stretch(track, stored))
        if any(first <= span.end_us and span.begin_us <= last for first, last in marks)
        and not any(_answers(old, span) for old in known)
    ]


def occurrences(track: Track, stretch: Stretch) -> list[Span]:
    """Fold a stretch from nothing; return its occurrences, the last one perhaps without an end."""
    region = Region()
    found: list[Span] = []
    begun: int | None = None
    worst = region
    for step in fold(track, region, stretch):
        match step.type:
            case "begin":
                begun = step.time_us if begun is None else begun
                worst = _graver(worst, step.region)
            case "rise":
                worst = _graver(worst, step.region)
            case "clear" if begun is not None:
                found.append(Span(begun, step.time_us, _measured_as(worst, step.region)))
                begun, worst = None, Region()
    if begun is not None:
        found.append(Span(begun, region.last_us, _measured_as(worst, region)))
    return found


def _graver(one: Region, other: Region) -> Region:
    if one.crossing is None or other.crossing is None:
        return other if one.crossing is None else one
    worse = RANK[other.crossing.bound.slot] > RANK[one.crossing.bound.slot]
    return other if worse else one


def _measured_as(worst: Region, last: Region) -> Region:
    region = last.copied()
    region.crossing, region.active, region.sounded = worst.crossing, True, False
    return region


def _answers(old: Span, new: Span) -> bool:
    if old.region.crossing is None or new.region.crossing is None:
        return False
    meets = old.begin_us <= new.end_us and new.begin_us <= old.end_us
    return meets and RANK[old.region.crossing.bound.slot] >= RANK[new.region.crossing.bound.slot]


def _found(engine: Engine, track: Track, span: Span) -> Change:
    region = span.region
    crossing = region.crossing
    data: dict[str, Any] = measured(region)
    if crossing is not None:
        data["evidence"] = evidence(region, crossing)
    data["cleared_at"] = instant(span.end_us).isoformat()
    event = Event(type="found_late", at=instant(span.begin_us), data=data)
    return Change(key=track.key, event=event, of=Occurrence(track, region, engine.drills))


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
