"""Fetching back of many loggers, after years, beside another process."""

import pytest

from ingest import schedule
from smartpark import clock, db
from tests.ingest.gateway.gaps_bench import BOTH, DAY, HOUR, MINUTE, NOW, Bench
from tests.ingest.gateway.loggers_park import STACK, WATER

pytestmark = pytest.mark.integration


@pytest.fixture
def bench(conn):
    return Bench(conn)


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
