"""What is done to records in the tests, and how they are read back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from records.periods.engine import Periods
from records.periods.plan import Plan
from records.periods.store import Change
from smartpark import db
from tests.records.periods import park
from tests.records.periods.park import HOUR, even, insert

GRACE = timedelta(minutes=5)


class Told:
    """What the judge was told."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def __call__(self, _: db.Connection, __: Plan, changes: Sequence[Change], ___: datetime) -> None:
        self.changes += changes


def engine(told: Told | None = None) -> Periods:
    return Periods(300, 19.0, told or Told())


def equal(found: float | None, expected: float | None) -> bool:
    return found == (None if expected is None else pytest.approx(expected, rel=1e-9))


def records(conn: db.Connection) -> dict[tuple[int, str, datetime], tuple[object, ...]]:
    rows = conn.execute(
        "select sensor_id, period, start, status, mean, samples, mean_8h, mass, revision from record"
    ).fetchall()
    return {row[:3]: row[3:] for row in rows}


def back_fill(conn: db.Connection, sensor: int, start: datetime, hours: int, value: float) -> None:
    insert(conn, even(sensor, start, hours, value))
    for hour in range(hours):
        note(conn, sensor, start + hour * HOUR, "late")


def note(conn: db.Connection, sensor: int, hour: datetime, cause: str) -> None:
    conn.execute(
        "insert into record_due (sensor_id, hour, cause, noted_at) values (%s, %s, %s, now())",
        [sensor, hour, cause],
    )
    conn.commit()


def correct(conn: db.Connection, kind: str, start: datetime, length: timedelta, **columns: float) -> None:
    conn.execute(
        "insert into correction (sensor_id, kind, starts_at, ends_at, factor, value, reason, before, after, state, made_by, made_at,"
        " decided_by, decided_at) values (11, %s, %s, %s, %s, %s, 'a good reason', '[]', '[]', 'confirmed', 'a', now(), 'b', now())",
        [kind, start, start + length, columns.get("factor"), columns.get("value")],
    )
    note(conn, park.SO2, start, "correction 1")


def statuses(conn: db.Connection, sensor: int) -> list[str]:
    return [
        row[0]
        for row in conn.execute(
            "select status from record where sensor_id = %s and period = 'hour' order by start", [sensor]
        )
    ]


def amounts(conn: db.Connection) -> list[float | None]:
    return [
        row[0]
        for row in conn.execute(
            "select amount from record where sensor_id = 52 and period = 'hour' order by start"
        )
    ]
