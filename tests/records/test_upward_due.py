"""What is due, when, and that it is noted once."""

from datetime import timedelta

import pytest

from records.upward.due import HORIZON, Due
from tests.records.park import (
    COD,
    GAS,
    HOUR,
    MINUTE,
    SO2,
    STACK,
    T0,
    WATER,
    build,
    fill,
    logger,
    point,
    receiver,
    states,
)

pytestmark = pytest.mark.integration
SECOND = timedelta(seconds=1)


@pytest.fixture
def park(conn):
    build(conn)
    return conn


@pytest.fixture
def bureau(park):
    return receiver(park, "127.0.0.1:1")


def noted(conn, *columns):
    return conn.execute(
        f"select {', '.join(columns)} from upward_item order by start, station_id, period"
    ).fetchall()


def test_a_minute_is_due_seventy_seconds_after_its_end_and_noted_once(park, bureau):
    point(park, bureau, STACK)
    fill(park, SO2, T0, T0 + HOUR)
    due = Due()
    assert due.turn(park, T0 + MINUTE + 69 * SECOND) == 0
    assert due.turn(park, T0 + MINUTE + 70 * SECOND) == 1
    assert due.turn(park, T0 + MINUTE + 71 * SECOND) == 0
    assert noted(park, "start", "state", "resent") == [(T0, "due", False)]
    assert due.turn(park, T0 + 5 * MINUTE + 70 * SECOND) == 4


def test_minutes_of_a_logger_come_in_its_own_steps(park, bureau):
    logger(park, STACK, minutes=10)
    point(park, bureau, STACK, since=T0 + 3 * MINUTE)
    fill(park, SO2, T0, T0 + HOUR)
    Due().turn(park, T0 + 32 * MINUTE)
    assert noted(park, "start") == [(T0 + 10 * MINUTE,), (T0 + 20 * MINUTE,)]


def test_hours_and_days_are_local_and_have_graces_of_their_own(park, bureau):
    point(park, bureau, STACK, periods=("hour", "day"), since=T0 - 30 * HOUR)
    fill(park, SO2, T0 - 24 * HOUR, T0)
    due = Due()
    due.turn(park, T0 + 14 * MINUTE)
    assert park.execute("select count(*), max(start) from upward_item where period = 'hour'").fetchone() == (
        30,
        T0 - HOUR,
    )
    assert park.execute("select count(*) from upward_item where period = 'day'").fetchone() == (0,)
    due.turn(park, T0 + 15 * MINUTE)
    assert park.execute("select start, state from upward_item where period = 'day'").fetchall() == [
        (T0 - 24 * HOUR, "due")
    ]
    assert states(park) == {"due": 25, "no_data": 6}


def test_nothing_is_due_before_since_beyond_until_or_further_back_than_a_week(park, bureau):
    point(park, bureau, STACK, periods=("hour",), since=T0 - timedelta(days=30))
    point(park, bureau, WATER, periods=("hour",), since=T0)
    park.execute("update upward_point set until = %s where station_id = %s", [T0 - 100 * HOUR, STACK])
    Due().turn(park, T0 + 7 * MINUTE)
    [(first, last, count)] = noted_span(park)
    assert first >= T0 - HORIZON
    assert (last, count) == (T0 - 101 * HOUR, 67)


def noted_span(conn):
    return conn.execute("select min(start), max(start), count(*)::int from upward_item").fetchall()


def test_a_retired_receiver_and_a_retired_station_get_nothing(park, bureau):
    point(park, bureau, STACK)
    point(park, bureau, WATER)
    park.execute("update station set active = false where id = %s", [WATER])
    Due().turn(park, T0 + 3 * MINUTE)
    assert {station for (station,) in noted(park, "station_id")} == {STACK}
    park.execute("update upward_receiver set active = false")
    assert Due().turn(park, T0 + HOUR) == 0


def test_what_was_empty_is_due_as_re_sent_data_when_it_comes_late(park, bureau):
    point(park, bureau, STACK)
    point(park, bureau, WATER)
    fill(park, SO2, T0 + MINUTE, T0 + 2 * MINUTE)
    due = Due()
    due.turn(park, T0 + 6 * MINUTE)
    assert states(park) == {"no_data": 7, "due": 1}
    fill(park, SO2, T0, T0 + 3 * MINUTE)
    due.turn(park, T0 + 6 * MINUTE + 9 * SECOND)  # late data are looked for once a minute
    assert states(park) == {"no_data": 7, "due": 1}
    due.turn(park, T0 + 7 * MINUTE + 9 * SECOND)
    assert park.execute(
        "select start, resent from upward_item where state = 'due' order by 1"
    ).fetchall() == [
        (T0, True),
        (T0 + MINUTE, False),
        (T0 + 2 * MINUTE, True),
    ]


def test_a_logger_s_own_record_is_data_as_well(park, bureau):
    logger(park)
    point(park, bureau, STACK, periods=("hour",))
    due = Due()
    due.turn(park, T0 + HOUR + 6 * MINUTE)
    assert states(park) == {"no_data": 1}
    park.execute(
        "insert into reported_record (sensor_id, period, start, avg, flag, mn, resent, received_at)"
        " values (%s, 'hour', %s, 5, 'N', 'x', false, %s)",
        [SO2, T0, T0 + HOUR],
    )
    fill(park, SO2, T0 + 2 * HOUR, T0 + 2 * HOUR)
    due.turn(park, T0 + HOUR + 8 * MINUTE)
    assert states(park) == {"due": 1}


def test_codes_of_our_own_and_sensors_that_wait_for_admission_are_no_data_for_hj212(park, bureau):
    point(park, bureau, WATER)
    fill(park, 22, T0, T0 + MINUTE)
    fill(park, COD, T0 + MINUTE, T0 + 2 * MINUTE)
    park.execute("update sensor set admitted = false where id = %s", [COD])
    Due().turn(park, T0 + 2 * MINUTE + 70 * SECOND)
    assert states(park) == {"no_data": 2}


def test_a_point_of_a_push_is_due_each_minute(park):
    push = receiver(park, "http://127.0.0.1:1/", protocol="http", code="push")
    point(park, push, GAS, periods=("instant",))
    point(park, push, WATER, periods=("instant",))
    fill(park, 22, T0, T0 + MINUTE)  # a push knows every code
    Due().turn(park, T0 + MINUTE + 10 * SECOND)
    assert noted(park, "station_id", "state") == [(WATER, "due"), (GAS, "no_data")]


def test_a_week_of_two_points_is_noted_in_one_go_and_nothing_new_is_cheap(park, bureau):
    for station, sensor in ((STACK, SO2), (WATER, COD)):
        point(park, bureau, station, periods=("minute", "hour", "day"), since=T0 - timedelta(days=8))
        fill(park, sensor, T0 - timedelta(days=7), T0)
    due = Due()
    assert due.turn(park, T0 + 20 * MINUTE) == 2 * (7 * 1440 - 2 + 7 * 24 - 1 + 6)
    assert states(park) == {"due": 2 * (7 * 1440 - 20 + 7 * 24 - 1 + 6), "no_data": 2 * 18}
    assert due.turn(park, T0 + 20 * MINUTE + SECOND) == 0
