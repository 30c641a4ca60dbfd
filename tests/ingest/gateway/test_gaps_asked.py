"""When what is missing is asked for, and when that ends."""

from datetime import timedelta
from itertools import pairwise

import pytest

from ingest.gateway.talk import Talk
from tests.ingest.gateway.gaps_bench import DAY, EDGE, HOUR, MINUTE, NOW, Bench
from tests.ingest.gateway.loggers_park import STACK, SmallLogger, Wire

pytestmark = pytest.mark.integration


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
