"""The place of an hour in the rates, by its record, what was missing around it, and the mark that lies on it."""

import pytest
from psycopg.types.json import Jsonb

from tests.records import park
from tests.records.park import HOUR, SO2, STACK, T0

pytestmark = pytest.mark.integration


@pytest.fixture
def conn(conn):
    park.build(conn)
    return conn


def record(conn, status, received=60, samples=0, expected=60):
    conn.execute(
        "insert into record (sensor_id, period, start, status, judgeable, expected, received, samples, flag, method, edition,"
        " cause, made_at) values (%s, 'hour', %s, %s, false, %s, %s, %s, 'N', 'arithmetic', 't', 'closed', %s)",
        [SO2, T0, status, expected, received, samples, T0 + HOUR],
    )


def missing(conn, cause, **minutes):
    conn.execute(
        "insert into missing_hour (station_id, hour, due, present, cause, minutes, evidence, decided_at)"
        " values (%s, %s, 60, 0, %s, %s, '[]', %s)",
        [STACK, T0, cause, Jsonb(minutes), T0 + HOUR],
    )


def mark(conn, kind, effect, state="filed", minutes=60, sensor=None):
    conn.execute(
        "insert into data_mark (station_id, sensor_id, kind, code, effect, starts_at, ends_at, reason, filed_by, filed_at,"
        " voucher_due, state) values (%s, %s, %s, 'c', %s, %s, %s, 'r', 'x', %s, %s, %s)",
        [STACK, sensor, kind, effect, T0, T0 + minutes * HOUR / 60, T0, T0, state],
    )


def place(conn):
    return conn.execute("select class, cause from rated_hour").fetchall()


def test_an_hour_without_any_word_about_it_is_missing_for_unknown_reasons(conn):
    record(conn, "none", received=0)
    assert place(conn) == [("missing", "unknown")]


@pytest.mark.parametrize(
    ("status", "received", "samples", "minutes", "expected"),
    [
        ("none", 0, 0, {"platform": 31, "network": 29}, "platform"),
        ("none", 0, 0, {"network": 31, "platform": 29}, "missing"),
        ("short", 40, 40, {"platform": 20}, "platform"),
        ("short", 40, 40, {"platform": 4, "network": 16}, "invalid"),
        ("abnormal", 48, 43, {"platform": 12}, "platform"),
        ("abnormal", 55, 50, {"platform": 5}, "invalid"),  # enough came: it is spoilt by itself
        ("marked", 55, 40, {"platform": 5}, "invalid"),
        ("valid", 50, 50, {"platform": 10}, "valid"),
        ("stopped", 60, 0, {}, "stopped"),
    ],
)
def test_what_we_lost_is_ours_only_where_it_decides(conn, status, received, samples, minutes, expected):
    record(conn, status, received, samples)
    if minutes:
        missing(conn, max(minutes, key=minutes.__getitem__), **minutes)
    assert [one[0] for one in place(conn)] == [expected]


def test_of_five_minute_data_the_samples_are_counted_in_their_own_number(conn):
    record(conn, "short", received=8, samples=8, expected=12)
    missing(conn, "platform", platform=20)
    assert [one[0] for one in place(conn)] == ["platform"]


@pytest.mark.parametrize(
    ("status", "kind", "effect", "state", "expected"),
    [
        ("marked", "condition", "stopped", "filed", "stopped"),
        ("marked", "condition", None, "confirmed", "exempt"),
        ("marked", "device", None, "filed", "invalid"),
        ("none", "condition", "stopped", "filed", "stopped"),  # the logger was off as well
        ("none", "device", "invalid", "filed", "missing"),
        ("none", "condition", "stopped", "fallen_back", "missing"),
        ("none", "condition", "stopped", "refused", "missing"),
        ("marked", "condition", "exempt", "withdrawn", "invalid"),
    ],
)
def test_a_mark_counts_while_it_stands(conn, status, kind, effect, state, expected):
    record(conn, status, received=0 if status == "none" else 60)
    mark(conn, kind, effect, state)
    assert [one[0] for one in place(conn)] == [expected]


def test_of_two_marks_the_one_that_covers_more_of_the_hour_decides_and_another_sensors_never(conn):
    record(conn, "marked")
    mark(conn, "condition", "stopped", minutes=10)
    mark(conn, "device", "invalid", minutes=60)
    mark(conn, "condition", "exempt", minutes=60, sensor=park.SO2_ZS)
    assert [one[0] for one in place(conn)] == ["invalid"]


def test_an_hour_before_a_sensor_was_due_has_no_place(conn):
    record(conn, "valid", samples=60)
    conn.execute("update sensor set due_since = %s where id = %s", [T0 + HOUR, SO2])
    assert place(conn) == []
