"""The one entry of ingest: load the engine of a feed, judge, write in the storing transaction, adopt after commit."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from psycopg.rows import dict_row

from alerts import items, rejudge, standing, writing
from alerts.engine import Engine
from alerts.limits import Limit
from alerts.points import Drill, Finding, Point, Window, microseconds
from alerts.rows import AnyConnection
from alerts.rules import Rule
from alerts.verdict import Verdict
from smartpark import queries
from smartpark.readings import Readings

__all__ = ["Finding", "Judge", "Verdict"]

Q = queries.load("alerts", "judge.sql")

# Readings older than the longest retention are refused, so no older window matters.
_OLDEST = timedelta(days=400)


class Judge:
    """Judging of one feed; one process owns it, and is the only writer of the condition of its alerts."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def load(cls, conn: AnyConnection, *, feed: str, now: datetime) -> Self:
        """Read sensors, rules, limits, windows and drills of a feed, and rebuild where every condition stood."""
        with conn.cursor(row_factory=dict_row) as cursor:

            def rows(sql: Any, **values: Any) -> list[dict[str, Any]]:
                return cursor.execute(sql, values).fetchall()

            rules = [Rule.from_row(row) for row in rows(Q.rules)]
            engine = Engine.of(
                [Point(**row) for row in rows(Q.points, feed=feed)],
                rules,
                [Limit(**row) for row in rows(Q.limits)],
                [_window(row) for row in rows(Q.windows, since=now - _OLDEST)],
                [drill_of(row) for row in rows(Q.drills, since=now - _OLDEST)],
                now=now,
                feed=feed,
                others=[Point(**row) for row in rows(Q.safety_points, feed=feed)],
            )
        orphans = standing.restore(conn, engine, feed)
        items.restore(conn, engine, rules, orphans, now)
        return cls(engine)

    def judge(self, new: Readings, now: datetime, findings: Sequence[Finding] = ()) -> Verdict:
        """Judge newly stored readings, sorted by sensor, then time; changes nothing until ``adopt``."""
        return self.engine.judge(new, now, findings)

    def write(self, conn: AnyConnection, verdict: Verdict, now: datetime) -> int:
        """Write a verdict, last in the storing transaction; return the number of events.

        Once a second, late readings that were marked are judged again first.
        """
        verdict.now = now
        writing.mark_late(conn, verdict)
        if verdict.ticked:
            verdict.changes += rejudge.again(conn, self.engine, now)
        return writing.write(conn, verdict, self.engine.rows)

    def adopt(self, verdict: Verdict) -> None:
        """Make a committed verdict the present state; after any error load a new judge instead."""
        self.engine.adopt(verdict)


def _window(row: dict[str, Any]) -> Window:
    starts, ends = microseconds(row["starts_at"]), microseconds(row["ends_at"])
    return Window(row["station_id"], row["sensor_id"], row["kind"], starts, ends)


def drill_of(row: dict[str, Any]) -> Drill:
    """Return a declared exercise of a row of table ``drill``."""
    starts, ends = microseconds(row["starts_at"]), microseconds(row["ends_at"])
    return Drill(row["park_id"], row["station_id"], starts, ends)
