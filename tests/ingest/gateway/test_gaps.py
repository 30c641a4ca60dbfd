"""Fetching back against the real database: what is found, when it is asked for, when it ends."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.rows import dict_row

from ingest import schedule
from ingest.gateway.gaps import Gaps
from ingest.gateway.talk import Talk
from smartpark import clock, db
from smartpark.settings import Gateway
from tests.ingest.gateway import loggers_park
from tests.ingest.gateway.loggers_park import STACK, WATER, SmallLogger, Wire

pytestmark = pytest.mark.integration

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # 12:00 in the park
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EDGE = NOW - 3 * MINUTE  # what is younger may still come
BOTH = frozenset({STACK, WATER})


class Bench:
    """A park in a database of its own, and what is fetched back of it."""

    def __init__(self, conn, **how):
        self.conn = conn
        self.sensors = loggers_park.build(conn)
        self.settings = Gateway(**how)
        self.gaps = Gaps(self.settings)
        self.now = NOW

    def minutes(self, *spans, mn=STACK, sensor=0, step=MINUTE):
        """Store minutes of a sensor within spans [start, end)."""
        for start, end in spans:
            self.conn.execute(
                "insert into minute (sensor_id, time, n, n_valid, total, last_at, flags)"
                " select %s, t, 1, 1, 1, t, 'N' from generate_series(%s, %s - interval '1 s', %s) t on conflict do nothing",
                [self.sensors[mn][sensor], start, end, step],
            )
        self.conn.commit()

    def computed(self, period, *starts, mn=STACK):
        for start in starts:
            self.conn.execute(
                "insert into reported_record (sensor_id, period, start, avg, flag, mn, resent, received_at)"
                " values (%s, %s, %s, 1, 'N', %s, false, %s)",
                [self.sensors[mn][0], period, start, mn, NOW],
            )
        self.conn.commit()

    def run(self, after=timedelta(0), online=BOTH):
        self.now += after
        return self.gaps.run(self.conn, self.now, online)

    def anew(self):
        """Forget when all the time was looked at, as after a restart."""
        self.gaps = Gaps(self.settings)

    def open(self, period="minute"):
        return self.conn.execute(
            "select from_time, to_time from logger_gap where period = %s and filled_at is null and given_up_at is null"
            " order by mn, from_time",
            [period],
        ).fetchall()

    def rows(self, table="logger_gap"):
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(f"select * from {table} order by id".encode()).fetchall()

    def commands(self):
        return [(row["cn"], *row["parameters"].values(), row["state"]) for row in self.rows("logger_command")]

    def end(self, state="done", exe_rtn=1, at=None):
        """Let whatever is being asked for end."""
        self.conn.execute(
            "update logger_command set state = %s, exe_rtn = %s, finished_at = %s where finished_at is null",
            [state, exe_rtn, at or self.now],
        )
        self.conn.commit()


@pytest.fixture
def bench(conn):
    return Bench(conn)


def test_a_two_hour_gap_is_asked_for_once_and_closed_when_it_is_filled(bench):
    gap = (NOW - 5 * HOUR, NOW - 3 * HOUR)
    bench.minutes((NOW - 10 * HOUR, gap[0]), (gap[1], EDGE))
    assert bench.run()[1:] == (1, 0, 0, 1)
    assert bench.open() == [gap]
    assert bench.commands() == [("2051", "20261122085900", "20261122070000", "queued")]
    row = bench.rows("logger_command")[0]
    assert (row["cause"], row["requested_by"], row["mn"]) == ("gap", "system", STACK)
    assert bench.run(30 * timedelta(seconds=1))[1:] == (0, 0, 0, 0)
    bench.minutes(gap, (EDGE, NOW + HOUR))
    bench.end()
    assert bench.run(MINUTE).filled == 1
    bench.run(MINUTE)
    bench.run(HOUR)
    (row,) = bench.rows()
    assert (row["tries"], row["filled_at"], row["command_id"]) == (1, NOW + 90 * timedelta(seconds=1), None)
    assert len(bench.commands()) == 1


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


def test_a_long_gap_is_asked_for_in_pieces_the_oldest_first_one_at_a_time(bench):
    bench.minutes((NOW - 20 * HOUR, NOW - 19 * HOUR), (NOW - HOUR, NOW + DAY))
    assert bench.run()[1:] == (3, 0, 0, 1)
    bench.run(MINUTE)
    assert bench.commands() == [("2051", "20261121225900", "20261121170000", "queued")]
    bench.minutes((NOW - 19 * HOUR, NOW - 13 * HOUR))
    bench.end()
    bench.run(MINUTE)
    assert bench.commands()[1] == ("2051", "20261122045900", "20261121230000", "queued")


def test_a_single_lost_minute_is_fetched_and_close_ones_are_one_request(bench):
    bench.minutes(
        (NOW - 5 * HOUR, NOW - 4 * HOUR),
        (NOW - 4 * HOUR + MINUTE, NOW - 2 * HOUR),
        (NOW - 2 * HOUR + MINUTE, NOW - 2 * HOUR + 8 * MINUTE),
        (NOW - 2 * HOUR + 9 * MINUTE, EDGE),
    )
    bench.run()
    assert bench.open() == [
        (NOW - 4 * HOUR, NOW - 4 * HOUR + MINUTE),
        (NOW - 2 * HOUR, NOW - 2 * HOUR + 9 * MINUTE),
    ]
    assert bench.commands() == [("2051", "20261122080000", "20261122080000", "queued")]


def test_a_logger_of_ten_minutes_is_asked_in_its_own_periods(bench):
    bench.conn.execute("update logger set minute_interval_min = 10")
    bench.minutes((NOW - 5 * HOUR, NOW - 3 * HOUR), (NOW - 2 * HOUR, NOW), step=10 * MINUTE)
    bench.run()
    assert bench.open() == [(NOW - 3 * HOUR, NOW - 2 * HOUR)]
    assert bench.commands() == [("2051", "20261122095000", "20261122090000", "queued")]


def test_an_outage_that_goes_on_is_one_gap_and_waits_for_its_logger(bench):
    bench.minutes((NOW - 2 * HOUR, NOW - HOUR))
    for _ in range(5):
        bench.run(MINUTE, online=frozenset())
    assert bench.open() == [(NOW - HOUR, EDGE + 5 * MINUTE)]
    assert bench.commands() == []
    bench.minutes((EDGE + 5 * MINUTE, NOW + DAY))
    bench.run(HOUR)
    assert bench.commands() == [("2051", "20261122120100", "20261122110000", "queued")]


def test_a_logger_that_sends_again_by_itself_is_not_asked(bench):
    bench.minutes((NOW - 2 * HOUR, NOW - HOUR), (NOW - MINUTE, NOW))
    bench.run(online=frozenset())
    bench.minutes((NOW - HOUR, NOW))
    assert bench.run().filled == 1
    assert bench.commands() == []


def test_what_is_left_of_a_gap_is_asked_for_again_at_once(bench):
    bench.minutes((NOW - 5 * HOUR, NOW - 4 * HOUR), (NOW - 2 * HOUR, NOW + DAY))
    bench.run()
    bench.minutes((NOW - 4 * HOUR, NOW - 3 * HOUR))
    bench.end()
    bench.run(MINUTE)
    assert bench.open() == [(NOW - 3 * HOUR, NOW - 2 * HOUR)]
    bench.minutes((NOW - 150 * MINUTE, NOW - 2 * HOUR))
    bench.end()
    bench.run(MINUTE)
    assert bench.open() == [(NOW - 3 * HOUR, NOW - 150 * MINUTE)]
    assert [command[1:3] for command in bench.commands()] == [
        ("20261122095900", "20261122080000"),
        ("20261122095900", "20261122090000"),
        ("20261122092900", "20261122090000"),
    ]


def test_a_logger_that_sends_what_it_has_and_no_9012_stops_nobody_elses_fetching_back(bench):
    bench.minutes((NOW - 5 * HOUR, NOW - 4 * HOUR), (NOW - 3 * HOUR, NOW + DAY))
    bench.run()
    bench.end(exe_rtn=None)
    assert bench.run(2 * MINUTE).asked == 1
    assert bench.rows()[0]["no_data"] == 0


def test_a_logger_that_has_nothing_is_asked_twice_and_given_up(bench):
    bench.minutes((NOW - 5 * HOUR, NOW - 4 * HOUR), (NOW - 3 * HOUR, NOW + DAY))
    bench.run()
    bench.end(exe_rtn=100)
    assert bench.run(30 * timedelta(seconds=1)).asked == 0
    assert bench.run(40 * timedelta(seconds=1)).asked == 1
    bench.end(exe_rtn=100)
    assert bench.run(MINUTE).given_up == 1
    bench.run(HOUR)
    bench.anew()
    bench.run(HOUR)
    assert (len(bench.rows()), len(bench.commands()), bench.open()) == (1, 2, [])


def test_the_waits_grow_and_the_fifth_time_is_the_last(bench):
    bench.minutes((NOW - 5 * HOUR, NOW - 4 * HOUR), (NOW - 3 * HOUR, NOW + DAY))
    asked_at = []
    while bench.now < NOW + 10 * HOUR:
        if bench.run(MINUTE).asked:
            asked_at.append(bench.now)
            bench.end("timed_out", None)
    waits = [(after - before) // MINUTE for before, after in pairwise(asked_at)]
    assert waits == [1, 10, 60, 360]
    (row,) = bench.rows()
    assert (row["tries"], row["given_up_at"]) == (5, asked_at[-1] + MINUTE)


def test_a_logger_that_is_there_and_sends_nothing_is_asked_now_and_then(bench):
    bench.minutes((NOW - 2 * HOUR, EDGE))
    for _ in range(6 * 60):
        bench.run(MINUTE)
        bench.end(exe_rtn=100)
    assert len(bench.commands()) <= 16


def test_a_gap_that_is_too_old_is_given_up(bench):
    bench.minutes((NOW - 5 * HOUR, NOW - 4 * HOUR), (NOW - 3 * HOUR, NOW))
    bench.run(online=frozenset())
    bench.run(164 * HOUR, online=frozenset())
    assert bench.rows()[0]["given_up_at"] is None
    bench.run(HOUR, online=frozenset())
    assert bench.rows()[0]["given_up_at"] == bench.now


def test_only_the_time_that_is_fetched_back_is_looked_at(conn):
    bench = Bench(conn, fetch_back_hours=2)
    bench.minutes((NOW - 5 * HOUR, NOW - 4 * HOUR))
    bench.run()
    assert bench.open() == [(NOW - 2 * HOUR, EDGE)]


def test_nothing_is_fetched_where_fetching_back_is_off(conn):
    bench = Bench(conn, fetch_back_hours=0)
    bench.minutes((NOW - 5 * HOUR, NOW - 4 * HOUR))
    assert (bench.run().new, bench.rows()) == (0, [])


def test_most_runs_look_at_the_last_hours_and_one_an_hour_at_all(bench):
    bench.minutes((NOW - 20 * HOUR, NOW + DAY))
    bench.run()
    bench.conn.execute("delete from minute where time = %s", [NOW - 10 * HOUR])
    bench.run(10 * MINUTE)
    assert bench.open() == []
    bench.run(HOUR)
    assert bench.open() == [(NOW - 10 * HOUR, NOW - 10 * HOUR + MINUTE)]


def test_two_processes_do_not_look_at_once(bench, db_dsn):
    bench.minutes((NOW - 5 * HOUR, NOW - 4 * HOUR))
    with (
        db.connect(db_dsn, name="tests") as other,
        db.advisory_lock(other, "smartpark fetching back") as ours,
    ):
        assert ours
        assert not bench.run().ours
    assert bench.run().new == 1


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


def test_a_gap_is_fetched_through_the_talk_with_its_logger(conn):
    bench = Bench(conn)
    logger = SmallLogger(script=[[("9011", "QnRtn=1"), ("9012", "ExeRtn=100")]] * 2)
    talk = Talk(Wire(logger), bench.settings)
    bench.minutes((NOW - 5 * HOUR, NOW - 4 * HOUR), (NOW - 3 * HOUR, NOW + DAY))
    for _ in range(240):
        bench.now += timedelta(seconds=1)
        talk.tick(conn, bench.now)
        conn.commit()
        if bench.now.second in {0, 30}:
            bench.run()
    assert [one.field("EndTime") for one in logger.heard] == ["20261122085900"] * 2
    (row,) = bench.rows()
    assert (row["no_data"], row["given_up_at"] is not None) == (2, True)


def test_of_many_loggers_only_so_many_are_asked_at_once_and_the_rest_in_turn(bench):
    mns = [f"{number:024X}" for number in range(70)]
    bench.conn.execute(
        "insert into logger (mn, station_id, admitted) select mn, (select min(id) from station), true"
        " from unnest(%s::text[]) mn",
        [mns],
    )
    bench.minutes((NOW - 5 * HOUR, NOW - 4 * HOUR), (NOW - 3 * HOUR, NOW + DAY))
    everybody = frozenset({*mns, *BOTH})
    assert bench.run(online=everybody).asked == 50
    assert bench.run(MINUTE, online=everybody).asked == 0
    bench.conn.execute("update logger_command set state = 'done', finished_at = %s where id <= 30", [NOW])
    assert bench.run(MINUTE, online=everybody).asked == 30
    assert (
        len({row["mn"] for row in bench.rows("logger_command")}) == 71
    )  # a second time comes after every first


def test_a_request_to_a_logger_that_is_away_takes_nobody_elses_place(bench):
    bench.conn.execute(
        "insert into logger_command (mn, cn, cause, state, requested_by, requested_at)"
        " select %s, '2051', 'gap', 'queued', 'system', %s from generate_series(1, 60)",
        [WATER, NOW],
    )
    bench.minutes((NOW - 5 * HOUR, NOW - 4 * HOUR), (NOW - 3 * HOUR, NOW + DAY))
    assert bench.run(online=frozenset({STACK})).asked == 1


def test_since_when_a_logger_delivers_is_remembered(bench):
    bench.minutes((NOW - 300 * HOUR, NOW - 299 * HOUR), (NOW - 3 * HOUR, NOW + DAY))
    bench.computed("hour", NOW - 300 * HOUR)
    bench.run(online=frozenset())
    oldest = bench.open()[0][0]
    assert oldest == NOW - 168 * HOUR  # not since the first minute of these days
    bench.conn.execute("delete from minute where time < %s", [NOW - 200 * HOUR])
    bench.run(2 * HOUR, online=frozenset())
    bench.run(2 * HOUR, online=frozenset())
    assert bench.open()[0][0] == oldest


class Hearing:
    """A connection that keeps what is asked of it."""

    def __init__(self, conn):
        self.conn, self.asked = conn, []

    def execute(self, query, about=None, **more):
        self.asked.append(about or {})
        return self.conn.execute(query, about, **more)

    def sensors(self):
        found = [(sorted(one["sensors"]), any(one["older"])) for one in self.asked if "older" in one]
        self.asked.clear()
        return found


def test_the_beginning_of_a_sensor_is_looked_up_once_and_never_again_in_all_time(bench):
    stack, silent = bench.sensors[STACK][0], [*bench.sensors[STACK][1:], *bench.sensors[WATER]]
    bench.minutes((NOW - 300 * HOUR, NOW - 299 * HOUR), (NOW - 3 * HOUR, NOW + DAY))
    hearing = Hearing(bench.conn)
    bench.gaps.find(hearing, NOW, whole=True)
    assert hearing.sensors() == [(sorted([stack, *silent]), True)]
    bench.gaps.find(hearing, NOW, whole=False)
    assert hearing.sensors() == [(sorted(silent), False)]  # they may begin
    bench.gaps.find(hearing, NOW, whole=True)
    assert hearing.sensors() == [(sorted([stack, *silent]), False)]  # its logger may begin to compute


def test_older_data_that_come_later_move_the_beginning(bench):
    bench.minutes((NOW - 3 * HOUR, NOW + DAY))
    bench.run(online=frozenset())
    assert bench.open() == []
    bench.minutes((NOW - 6 * HOUR, NOW - 5 * HOUR))
    bench.run(HOUR, online=frozenset())
    assert bench.open() == [(NOW - 5 * HOUR, NOW - 3 * HOUR)]


def test_what_we_asked_of_ourselves_is_kept_a_year_and_what_people_ordered_for_good(bench):
    for cause, state in (("gap", "done"), ("clock", "timed_out"), ("person", "done"), ("gap", "queued")):
        for age in (366 * DAY, 364 * DAY):
            bench.conn.execute(
                "insert into logger_command (mn, cn, cause, state, requested_by, requested_at)"
                " values (%s, '2051', %s, %s, 'x', %s)",
                [STACK, cause, state, NOW - age],
            )
    for age, closed in ((366 * DAY, NOW), (364 * DAY, NOW), (365 * DAY, None)):
        bench.conn.execute(
            "insert into logger_gap (mn, period, from_time, to_time, found_at, next_at, filled_at)"
            " values (%s, 'minute', %s, %s, %s, %s, %s)",
            [STACK, NOW - age - HOUR, NOW - age, NOW, NOW, closed],
        )
    bench.run()
    kept = [(row["cause"], row["state"]) for row in bench.rows("logger_command")]
    assert kept == [
        ("gap", "done"),
        ("clock", "timed_out"),
        ("person", "done"),
        ("person", "done"),
        ("gap", "queued"),
        ("gap", "queued"),
    ]
    assert len(bench.rows()) == 2


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


def test_the_schedule_fetches_back_what_loggers_that_are_there_owe(conn, db_dsn):
    bench = Bench(conn)
    now = clock.now().replace(second=0, microsecond=0)
    bench.minutes((now - 2 * HOUR, now - HOUR), (now - 30 * MINUTE, now))
    scheduler = schedule.start_gaps(db_dsn, bench.settings, lambda: BOTH)
    try:
        (job,) = scheduler.get_jobs()
        job.func()
    finally:
        scheduler.shutdown()
    assert bench.open() == [(now - HOUR, now - 30 * MINUTE)]
    assert [row["state"] for row in bench.rows("logger_command")] == ["queued"]
