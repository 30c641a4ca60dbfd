"""Closes hours as they end and makes anew what late data, marks and corrections touched; one process does."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from records.periods.plan import Plan
from records.periods.remaking import Remaking
from records.periods.rules import HOUR_SLOTS
from records.periods.store import Change, Pair, Q, load_plan
from smartpark import db

_HOUR = timedelta(hours=1)
_PUNCTUAL = timedelta(hours=1)  # what is closed later than this after its end is late
_NOTES = 50_000
_ROWS = 20_000  # sensor hours of one transaction

Judge = Callable[[db.Connection, Plan, Sequence[Change], datetime], None]


class Periods:
    """The job; safe to repeat, commits. ``judge`` holds what changed against its limits, in the same transaction."""

    def __init__(
        self,
        grace_s: float,
        oxygen_not_running: float,
        judge: Judge,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        """Set up; with a ``clock`` every transaction of a turn is dated when it begins, not when the turn does."""
        self._grace = timedelta(seconds=grace_s)
        self._oxygen = oxygen_not_running
        self._judge = judge
        self._clock = clock
        self._plan: tuple[int, Plan] | None = None

    def turn(self, conn: db.Connection, now: datetime) -> int:
        """Do what can be done by now; return how many records were made or changed."""
        plan = self._current(conn)
        return self._close(conn, plan, now) + self._again(conn, plan, now)

    def _current(self, conn: db.Connection) -> Plan:
        version = int((conn.execute(Q.version).fetchone() or (0,))[0])
        if self._plan is None or self._plan[0] != version:
            self._plan = version, load_plan(conn)
        return self._plan[1]

    def _now(self, now: datetime) -> datetime:
        return now if self._clock is None else max(now, self._clock())

    def _close(self, conn: db.Connection, plan: Plan, now: datetime) -> int:
        began, done = conn.execute(Q.began).fetchone() or (None, None)
        hour = done or began
        over = (now - self._grace).replace(minute=0, second=0, microsecond=0)
        if hour is not None and hour > over:
            # A clock that was ahead has closed hours before they were over; they are closed again as they end.
            hour = over - _HOUR
        changed = 0
        while hour is not None and hour + _HOUR + self._grace <= now:
            at = self._now(now)
            conn.execute(Q.alone)
            pairs = [(station_id, hour) for station_id in plan.of_station]
            punctual = now - (hour + _HOUR + self._grace) <= _PUNCTUAL
            changes = Remaking(conn, plan, at, hour + _HOUR, self._oxygen).hours(
                pairs, cause="late", first_cause="closed" if punctual else "late"
            )
            self._judge(conn, plan, changes, at)
            hour += _HOUR
            conn.execute(Q.note_progress, {"until": hour})
            conn.commit()
            changed += len(changes)
        return changed

    def _again(self, conn: db.Connection, plan: Plan, now: datetime) -> int:
        """Make anew what is noted, whole stations at a time."""
        conn.execute(Q.orphans)
        changed = 0
        notes = conn.execute(Q.due, {"limit": _NOTES}).fetchall()
        causes: dict[Pair, set[str]] = {}
        ids: dict[Pair, list[int]] = {}
        for note_id, station_id, hour, cause in notes:
            causes.setdefault((station_id, hour), set()).add(cause)
            ids.setdefault((station_id, hour), []).append(note_id)
        until = (conn.execute(Q.began).fetchone() or (None, None))[1] or now - self._grace
        by_cause: dict[str, list[Pair]] = {}
        for pair, some in causes.items():
            by_cause.setdefault(", ".join(sorted(some)), []).append(pair)
        for cause, pairs in sorted(by_cause.items()):
            for block in _blocks(plan, sorted(pairs, key=lambda pair: (pair[1], pair[0]))):
                at = self._now(now)
                conn.execute(Q.alone)
                # An hour that is still to be closed is made then.
                ready = [pair for pair in block if pair[1] + _HOUR <= until]
                ready += self._behind(conn, plan, ready, until)
                changes = Remaking(conn, plan, at, until, self._oxygen).hours(
                    ready, cause=cause, first_cause=cause
                )
                self._judge(conn, plan, changes, at)
                conn.execute(Q.done, {"ids": [note_id for pair in block for note_id in ids[pair]]})
                conn.commit()
                changed += len(changes)
        return changed

    def _behind(self, conn: db.Connection, plan: Plan, pairs: Sequence[Pair], until: datetime) -> list[Pair]:
        """Return later hours that look back at these: of slow analysers, and the next with data of counters."""
        slow = [
            (station_id, hour + ahead * _HOUR)
            for station_id, hour in pairs
            for sensor_id in plan.of_station.get(station_id, ())
            for ahead in range(1, -(-plan.sensors[sensor_id].step_min // HOUR_SLOTS))
            if hour + (ahead + 1) * _HOUR <= until
        ]
        return slow + self._after_counters(conn, plan, pairs, until)

    @staticmethod
    def _after_counters(
        conn: db.Connection, plan: Plan, pairs: Sequence[Pair], until: datetime
    ) -> list[Pair]:
        """Return the next hours with data of stations with counters: what one went on by begins before the hour."""
        asked = [
            (sensor_id, hour)
            for station_id, hour in pairs
            for sensor_id in plan.of_station.get(station_id, ())
            if plan.method(sensor_id) == "counted"
        ]
        if not asked:
            return []
        about = {
            "sensors": [sensor_id for sensor_id, _ in asked],
            "hours": [hour for _, hour in asked],
            "until": until,
        }
        return [
            (plan.sensors[sensor_id].station_id, hour)
            for sensor_id, hour in conn.execute(Q.after_counters, about, prepare=False)
        ]


def _blocks(plan: Plan, pairs: Sequence[Pair]) -> Iterator[list[Pair]]:
    block: list[Pair] = []
    rows = 0
    for pair in pairs:
        block.append(pair)
        rows += len(plan.of_station.get(pair[0], ()))
        if rows >= _ROWS:
            yield block
            block, rows = [], 0
    if block:
        yield block
