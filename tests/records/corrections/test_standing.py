"""A record as it stood on a day."""

from datetime import UTC, datetime, timedelta

import pytest

from records.corrections.standing import records_at
from smartpark import db

pytestmark = pytest.mark.integration
HOUR = datetime(2026, 3, 14, 5, tzinfo=UTC)
COLUMNS = "sensor_id, period, start, status, judgeable, mean, expected, received, samples, flag, method, edition, revision, cause, made_at"
VALUES = "%s, 'hour', %s, 'valid', true, %s, 60, 60, 60, 'N', 'arithmetic', 'x', %s, %s, %s"


def after(hours):
    return HOUR + timedelta(hours=hours)


@pytest.fixture
def conn(conn: db.Connection):
    """An hour in three revisions, made 1, 5 and 9 hours after it began, and one of another sensor."""
    for revision, mean, made, replaced in ((1, 58.0, 1, 5), (2, 52.0, 5, 9)):
        row = [1, HOUR, mean, revision, "closed", after(made), after(replaced)]
        conn.execute(
            f"insert into record_revision ({COLUMNS}, replaced_at) values ({VALUES}, %s)".encode(), row
        )
    for sensor, mean, revision in ((1, 49.0, 3), (2, 7.0, 1)):
        row = [sensor, HOUR, mean, revision, "correction 1", after(9)]
        conn.execute(f"insert into record ({COLUMNS}) values ({VALUES})".encode(), row)
    return conn


@pytest.mark.parametrize(
    ("hours", "revisions"),
    [
        (0.5, {}),
        (1, {1: 1}),
        (4.9, {1: 1}),
        (5, {1: 2}),
        (8.9, {1: 2}),
        (9, {1: 3, 2: 1}),
        (99, {1: 3, 2: 1}),
    ],
)
def test_each_instant_has_the_revision_that_stood_then(conn, hours, revisions):
    found = records_at(conn, [1, 2], "hour", HOUR, after(1), at=after(hours))
    assert {row["sensor_id"]: row["revision"] for row in found} == revisions
    assert all(
        (row["replaced_at"] is None) == (row["revision"] == 3 or row["sensor_id"] == 2) for row in found
    )


def test_only_what_was_asked_for_is_returned(conn):
    assert records_at(conn, [1], "day", HOUR, after(1), at=after(99)) == []
    assert records_at(conn, [1], "hour", after(1), after(2), at=after(99)) == []
    assert [row["sensor_id"] for row in records_at(conn, [2], "hour", HOUR, after(1), at=after(99))] == [2]
