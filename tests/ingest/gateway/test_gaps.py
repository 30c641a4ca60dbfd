"""What is missing, against the real database and minute by minute."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingest.gateway.gaps_bench import DAY, EDGE, HOUR, MINUTE, NOW, Bench
from tests.ingest.gateway.loggers_park import STACK, WATER

pytestmark = pytest.mark.integration


@pytest.fixture
def bench(conn):
    return Bench(conn)


def test_nothing_is_missing_while_any_due_sensor_delivers(bench):
    bench.minutes((NOW - 4 * HOUR, NOW - 3 * HOUR))
    bench.minutes((NOW - 3 * HOUR, NOW - 2 * HOUR), sensor=1)
    bench.minutes((NOW - 2 * HOUR, EDGE), sensor=2)
    bench.run()
    assert bench.open() == []


def test_a_sensor_that_delivers_rarely_or_is_not_due_covers_no_minute(bench):
    bench.minutes((NOW - 4 * HOUR, NOW - 2 * HOUR), (NOW - HOUR, EDGE))
    bench.minutes((NOW - 2 * HOUR, NOW - 90 * MINUTE), sensor=1)
    bench.minutes((NOW - 90 * MINUTE, NOW - HOUR), sensor=2)
    one, two = bench.sensors[STACK][1:]
    bench.conn.execute("update sensor set period_s = 7200 where id = %s", [one])
    bench.conn.execute("update sensor set admitted = false where id = %s", [two])
    bench.run()
    assert bench.open() == [(NOW - 2 * HOUR, NOW - HOUR)]


def test_what_may_still_come_is_not_missing(bench):
    bench.minutes((NOW - 2 * HOUR, EDGE))
    assert bench.run().new == 0
    assert bench.run(2 * MINUTE).new == 1
    assert bench.open() == [(EDGE, EDGE + 2 * MINUTE)]


def test_nothing_is_asked_for_from_before_the_installation(bench):
    bench.minutes((NOW - 5 * HOUR, NOW - 4 * HOUR), (NOW - HOUR, EDGE))
    bench.minutes((NOW - 9 * HOUR, NOW - 8 * HOUR), (NOW - HOUR, EDGE), mn=WATER)
    due = NOW - 3 * HOUR
    bench.conn.execute("update sensor set due_since = %s where id = %s", [due, bench.sensors[WATER][0]])
    bench.run()
    assert bench.open() == [(NOW - 4 * HOUR, NOW - HOUR), (due, NOW - HOUR)]


def test_a_logger_that_never_delivered_is_not_asked(bench):
    assert bench.run()[1:] == (0, 0, 0, 0)


def test_a_sensor_that_is_due_no_more_is_not_missed_afterwards(bench):
    bench.minutes((NOW - 5 * HOUR, NOW - 4 * HOUR))
    bench.conn.execute("update sensor set due_until = %s", [NOW - 3 * HOUR])
    bench.run()
    assert bench.open() == [(NOW - 4 * HOUR, NOW - 3 * HOUR)]


def test_a_logger_that_is_not_admitted_is_not_watched(bench):
    bench.minutes((NOW - 5 * HOUR, NOW - 4 * HOUR))
    bench.conn.execute("update logger set admitted = false")
    assert bench.run().new == 0


def test_a_logger_of_ten_minutes_is_asked_in_its_own_periods(bench):
    bench.conn.execute("update logger set minute_interval_min = 10")
    bench.minutes((NOW - 5 * HOUR, NOW - 3 * HOUR), (NOW - 2 * HOUR, NOW), step=10 * MINUTE)
    bench.run()
    assert bench.open() == [(NOW - 3 * HOUR, NOW - 2 * HOUR)]
    assert bench.commands() == [("2051", "20261122095000", "20261122090000", "queued")]


def test_only_the_time_that_is_fetched_back_is_looked_at(conn):
    bench = Bench(conn, fetch_back_hours=2)
    bench.minutes((NOW - 5 * HOUR, NOW - 4 * HOUR))
    bench.run()
    assert bench.open() == [(NOW - 2 * HOUR, EDGE)]


def test_nothing_is_fetched_where_fetching_back_is_off(conn):
    bench = Bench(conn, fetch_back_hours=0)
    bench.minutes((NOW - 5 * HOUR, NOW - 4 * HOUR))
    assert (bench.run().new, bench.rows()) == (0, [])


def test_hours_that_a_logger_has_not_reported_are_asked_for(bench):
    bench.minutes((NOW - 6 * HOUR, NOW))
    bench.computed("hour", NOW - 6 * HOUR, NOW - 5 * HOUR, NOW - 2 * HOUR)
    bench.run()
    assert bench.open("hour") == [(NOW - 4 * HOUR, NOW - 2 * HOUR)]
    assert bench.commands() == [("2061", "20261122090000", "20261122080000", "queued")]
    bench.run(10 * MINUTE)
    assert bench.open("hour")[1:] == [(NOW - HOUR, NOW)]
    bench.computed("hour", NOW - 4 * HOUR, NOW - 3 * HOUR, NOW - HOUR)
    bench.end()
    bench.run(MINUTE)
    assert bench.open("hour") == []


def test_days_are_those_of_the_park_and_are_asked_for_when_they_are_over(bench):
    midnight = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
    bench.minutes((midnight - 2 * DAY - HOUR, NOW))
    bench.computed("hour", *(midnight - 2 * DAY - HOUR + n * HOUR for n in range(61)))
    bench.run()
    assert bench.open("day") == [(midnight - 2 * DAY, midnight)]
    assert bench.commands() == [("2031", "20261121000000", "20261120000000", "queued")]
    bench.computed("day", midnight - 2 * DAY)
    bench.end()
    bench.run(MINUTE)
    assert bench.open("day") == [(midnight - DAY, midnight)]
    bench.computed("day", midnight - DAY)
    bench.end()
    bench.run(MINUTE)
    assert bench.open("day") == []


def test_a_logger_that_computes_nothing_itself_is_asked_for_minutes_alone(bench):
    bench.minutes((NOW - 6 * HOUR, NOW - 4 * HOUR), (NOW - 3 * HOUR, NOW))
    bench.run()
    assert (len(bench.open()), bench.open("hour")) == (1, [])


present = st.sets(st.integers(0, 119), max_size=120)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=present, second=present, minutes=st.sampled_from([1, 2, 5]))
def test_what_is_found_is_what_is_missing_minute_by_minute(bench, first, second, minutes):
    start = NOW - 3 * HOUR
    bench.conn.execute("delete from minute")
    bench.conn.execute("delete from logger_gap where mn = %s", [STACK])
    bench.conn.execute("update logger set minute_interval_min = %s", [minutes])
    bench.minutes((start - HOUR, start), (start + 2 * HOUR, NOW))
    for sensor, there in enumerate((first, second)):
        for number in there:
            at = start + number * MINUTE
            bench.minutes((at, at + MINUTE), sensor=sensor)
    bench.anew()
    bench.run(online=frozenset())
    slots = {number // minutes for number in first | second}
    missing = {n for n in range(120) if n // minutes not in slots}
    found: set[int] = set()
    for begin, end in bench.open():
        inside = range((begin - start) // MINUTE, (end - start) // MINUTE)
        assert {inside[0], inside[-1]} <= missing
        found |= set(inside)
    assert missing <= found
    rifts = found - missing
    assert all(any(set(range(n - k, n - k + 10)) & missing for k in range(10)) for n in rifts)
