"""Run rules over stored readings through the same engine that judges live, and count what they would have raised."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from psycopg.rows import dict_row, tuple_row

from alerts.engine import Engine
from alerts.limits import Limit
from alerts.points import Point
from alerts.rows import AnyConnection
from alerts.rulebook import RulebookError, rules_in
from alerts.rules import Rule
from alerts.tally import Tally
from alerts.track import applies
from smartpark import queries
from smartpark.catalogue.problems import Problems
from smartpark.quantities import registry
from smartpark.readings import Readings

Q = queries.load("alerts", "replay.sql")
JUDGE = queries.load("alerts", "judge.sql")

_FEEDS = ("safety", "rest", "gateway")

_STEP = timedelta(hours=6)
_SILENCE_STEP = timedelta(seconds=60)
_POSTGRES_EPOCH_US = 946_684_800_000_000  # 2000-01-01T00:00Z
_PACKED = np.dtype([("time", ">i8"), ("value", ">f8"), ("flag", "u1"), ("mark", "u1"), ("lag_s", ">i4")])


def replay(conn: AnyConnection, rule: Rule, since: datetime, until: datetime) -> Tally:
    """Return what a rule would have raised over [since, until).

    Raises:
        ValueError: the rule looks at the platform itself, of which no readings are stored.

    """
    return replay_all(conn, [rule], since, until)[rule.code]


def replay_all(
    conn: AnyConnection, rules: Sequence[Rule], since: datetime, until: datetime
) -> dict[str, Tally]:
    """Return what each of several rules would have raised over [since, until), in one pass over the readings."""
    for rule in rules:
        if rule.kind == "platform":
            raise ValueError(
                f"rule {rule.code} looks at the platform itself; only rules over readings can be replayed"
            )
    every, limits = _points_and_limits(conn)
    points = [point for point in every if any(applies(rule, point) for rule in rules)]
    engine = Engine.of(points, rules, limits, now=since)
    tallies = {rule.code: Tally(since, until) for rule in rules}
    silent = any(rule.kind == "silence" for rule in rules)
    watched = sorted({p.sensor_id for p in points} if silent else {t.point.sensor_id for t in engine.tracks})
    for new, now in _batches(conn, watched, (since, until), _SILENCE_STEP if silent else _STEP):
        verdict = engine.judge(new, now)
        for change in verdict.changes:
            tallies[change.key[0]].add([change])
        engine.adopt(verdict)
        for tally in tallies.values():
            tally.readings += len(new)
    return tallies


def named(conn: AnyConnection, name: str) -> Rule:
    """Return a rule by its code in the database, or of a file that is not loaded yet.

    Raises:
        ValueError: there is no such rule, or the file is wrong.

    """
    if name.endswith(".yaml"):
        problems = Problems()
        found = [
            one.rule
            for one in rules_in(Path(name).parent, registry(), problems)
            if one.document.path == Path(name)
        ]
        if not found:
            raise RulebookError(problems)
        return found[0]
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(Q.rule, {"code": name}).fetchone()
    if row is None:
        raise ValueError(f"there is no rule {name!r}; write a code of table rule, or the path of a rule file")
    return Rule.from_row(row)


def _points_and_limits(conn: AnyConnection) -> tuple[list[Point], list[Limit]]:
    points: list[Point] = []
    with conn.cursor(row_factory=dict_row) as cursor:
        for feed in _FEEDS:
            points += [Point(**row) for row in cursor.execute(JUDGE.points, {"feed": feed}).fetchall()]
        limits = [Limit(**row) for row in cursor.execute(JUDGE.limits).fetchall()]
    return points, limits


def _batches(
    conn: AnyConnection, sensors: Sequence[int], between: tuple[datetime, datetime], step: timedelta
) -> Iterator[tuple[Readings, datetime]]:
    """Yield readings in stretches of time, each with the instant at which it is judged."""
    start, until = between
    while start < until:
        end = min(start + step, until)
        yield stored(conn, sensors, start, end), end
        start = end


def stored(conn: AnyConnection, sensors: Sequence[int], since: datetime, until: datetime) -> Readings:
    """Return the stored readings of sensors in [since, until), sorted by sensor, then time."""
    values: dict[str, Any] = {"sensors": list(sensors), "since": since, "until": until}
    with conn.cursor(row_factory=tuple_row, binary=True) as cursor:
        rows = cursor.execute(Q.readings, values).fetchall()
    if not rows:
        return Readings.empty()
    table = np.frombuffer(b"".join(packed for _, packed in rows), _PACKED)
    counts = [len(packed) // _PACKED.itemsize for _, packed in rows]
    time_us = table["time"].astype(np.int64) + _POSTGRES_EPOCH_US
    return Readings(
        np.repeat(np.array([sensor for sensor, _ in rows], np.int32), counts),
        time_us,
        table["value"].astype(np.float64),
        table["flag"].copy(),
        table["mark"].copy(),
        time_us + table["lag_s"].astype(np.int64) * 1_000_000,
    ).ordered()
