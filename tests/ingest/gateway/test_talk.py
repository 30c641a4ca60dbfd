"""Requests to loggers against the real database, with a small simulated logger at the other end."""

from datetime import timedelta

import pytest

from tests.ingest.gateway.loggers_park import KEY, STACK, WATER, SmallLogger
from tests.ingest.gateway.talk_bench import BUSY, DONE, MINUTE, NO_DATA, NOW, READY, Bench, bench

pytestmark = pytest.mark.integration


def test_a_fetch_of_minutes_is_accepted_answered_and_done(conn):
    at, logger = bench(conn, [READY, MINUTE, MINUTE, DONE])
    number = at.ask("2051", EndTime="20261122083000", BeginTime="20261122080000")
    at.pass_by(3)
    row = at.row(number)
    assert (row["state"], row["qn_rtn"], row["exe_rtn"], row["frames"], row["tries"]) == ("done", 1, 1, 2, 1)
    assert (row["sent_at"], row["finished_at"]) == (NOW + timedelta(seconds=1), NOW + timedelta(seconds=2))
    assert row["result"] == {}
    head = logger.heard[0].head
    assert (head.cn, head.mn, head.pw, head.st, head.flag) == ("2051", STACK, "123456", "31", 5)
    assert logger.raw[0].endswith(b"\r\n")
    assert b"CP=&&BeginTime=20261122080000,EndTime=20261122083000&&" in logger.raw[0]
    assert row["qn"] == logger.heard[0].qn == "20261122080000000"
    assert at.wire.expected == {row["qn"]}
    at.pass_by(1)
    assert at.wire.expected == frozenset()


def test_a_command_that_waits_for_its_second_signature_is_not_sent(conn):
    at, logger = bench(conn)
    number = at.ask("3012", state="waiting_second", PolId="a21026")
    at.pass_by(30)
    assert (at.state(number), logger.heard) == ("waiting_second", [])


def test_what_was_never_committed_was_never_said(conn):
    at, logger = bench(conn, [READY, DONE])
    number = at.ask("3012", PolId="a21026")
    at.talk.tick(conn, NOW)
    conn.rollback()
    at.talk.tick(conn, NOW)
    conn.rollback()
    assert (logger.heard, at.state(number)) == ([], "queued")
    at.pass_by(3)
    assert (len(logger.heard), at.state(number)) == (1, "done")


def test_a_command_that_is_cancelled_in_time_is_not_sent(conn):
    at, logger = bench(conn)
    number = at.ask("3012", PolId="a21026")
    conn.execute("update logger_command set state = 'cancelled' where id = %s", [number])
    at.pass_by(3)
    assert (logger.heard, at.state(number)) == ([], "cancelled")


def test_a_refusal_says_why(conn):
    at, logger = bench(conn, [("9011", "QnRtn=3")])
    number = at.ask("1063")
    at.pass_by(20)
    assert (at.state(number), at.row(number)["qn_rtn"], len(logger.heard)) == ("refused", 3, 1)


def test_a_wrong_password_is_told_under_the_password_of_the_logger(conn):
    at, _ = bench(conn, [("9011", "QnRtn=3")], pw="999999")
    number = at.ask("1063")
    at.pass_by(3)
    assert at.state(number) == "refused"


def test_data_under_a_wrong_password_are_not_believed(conn):
    at, _ = bench(conn, [("1063", "MinInterval=10")], pw="999999")
    number = at.ask("1063")
    at.pass_by(3)
    assert (at.state(number), at.row(number)["result"]) == ("sent", {})


def test_a_silent_logger_hears_the_same_frame_three_times(conn):
    at, logger = bench(conn)
    number = at.ask("1011")
    at.pass_by(60)
    assert (at.state(number), at.row(number)["tries"]) == ("timed_out", 3)
    assert len(logger.raw) == 3
    assert len(set(logger.raw)) == 1


def test_a_late_answer_changes_nothing(conn):
    at, logger = bench(conn)
    number = at.ask("1011")
    at.pass_by(60)
    for cn, cp in (READY, DONE):
        at.wire.arrive(logger.say(cn, cp, logger.heard[0].qn))
    at.pass_by(2)
    assert (at.state(number), at.row(number)["exe_rtn"]) == ("timed_out", None)


def test_a_second_9012_is_not_the_answer_to_the_next_request(conn):
    at, _ = bench(conn, [READY, DONE], [READY])
    first, second = at.ask("1012"), at.ask("1061")
    at.pass_by(3)
    logger = at.wire.loggers[STACK]
    at.wire.arrive(logger.say(*DONE, at.row(first)["qn"]))
    at.pass_by(3)
    assert (at.state(first), at.state(second)) == ("done", "accepted")


def test_a_logger_has_one_open_exchange_and_the_others_wait_in_order(conn):
    at, logger = bench(conn, [READY, MINUTE], [READY, MINUTE, DONE])
    first, second = (
        at.ask("2051", BeginTime=begin, EndTime="20261122080000")
        for begin in ("20261122070000", "20261122073000")
    )
    at.pass_by(20)
    assert (at.state(first), at.state(second), len(logger.heard)) == ("accepted", "queued", 1)
    at.pass_by(20)
    assert (at.state(first), at.row(first)["frames"], at.row(first)["exe_rtn"]) == ("done", 1, None)
    assert (at.state(second), at.row(second)["frames"]) == ("done", 1)
    assert [one.field("BeginTime") for one in logger.heard] == ["20261122070000", "20261122073000"]
    assert logger.heard[0].qn < logger.heard[1].qn


def test_two_loggers_are_talked_to_at_once(conn):
    at = Bench(conn, SmallLogger(script=[[READY]]), SmallLogger(WATER, script=[[READY, DONE]]))
    stack, water = at.ask("1061"), at.ask("1061", WATER)
    at.pass_by(3)
    assert (at.state(stack), at.state(water)) == ("accepted", "done")
    assert at.wire.loggers[WATER].heard[0].head.st == "32"


def test_replies_under_the_own_system_of_the_logger_count(conn):
    at, _ = bench(conn, [READY, DONE], st="31")
    number = at.ask("1062", RtdInterval="60")
    at.pass_by(3)
    assert at.state(number) == "done"


def test_a_9012_alone_is_enough_and_no_data_are_done_too(conn):
    at, _ = bench(conn, [NO_DATA], [READY, BUSY])
    nothing, busy = (at.ask("2061", BeginTime="20261122070000", EndTime="20261122070000") for _ in range(2))
    at.pass_by(6)
    assert (at.state(nothing), at.row(nothing)["exe_rtn"]) == ("done", 100)
    assert (at.state(busy), at.row(busy)["exe_rtn"]) == ("failed", 5)


def test_a_notice_is_done_with_its_9013(conn):
    at, _ = bench(conn, [("9013", "")])
    number = at.ask("2012")
    at.pass_by(3)
    assert at.state(number) == "done"


def test_a_logger_of_2005_answers_with_its_qn_in_cp(conn):
    at, logger = bench(conn, [READY, MINUTE, MINUTE, DONE], qn_in_cp=True)
    conn.execute("update logger set edition = 2005")
    number = at.ask("2051", BeginTime="20261122080000", EndTime="20261122080100")
    at.pass_by(3)
    assert (at.state(number), at.row(number)["frames"]) == ("done", 2)
    assert logger.heard[0].head.flag == 1


def test_a_logger_of_2025_is_asked_for_data_under_its_key(conn):
    at, logger = bench(conn, [READY, MINUTE, DONE], [READY, DONE], key=bytes.fromhex(KEY))
    conn.execute("update logger set edition = 2025, encryption_key = %s", [KEY])
    number = at.ask("2051", BeginTime="20261122080000", EndTime="20261122080000")
    at.ask("1012")
    at.pass_by(6)
    assert (at.state(number), at.row(number)["frames"]) == ("done", 1)
    assert [one.encrypted for one in logger.heard] == [True, False]
    assert [one.head.flag for one in logger.heard] == [9, 9]


def test_commands_of_a_logger_that_is_away_wait_until_it_calls(conn):
    at, logger = bench(conn, [READY, DONE])
    at.wire.here.clear()
    number = at.ask("2051", cause="gap", BeginTime="20261122080000", EndTime="20261122080000")
    at.pass_by(5)
    at.now += timedelta(days=2)
    at.pass_by(2)
    assert (at.state(number), logger.heard) == ("queued", [])
    at.wire.here.add(STACK)
    at.pass_by(3)
    assert at.state(number) == "done"


def test_a_person_waits_ten_minutes_for_a_logger_that_is_away(conn):
    at, _ = bench(conn)
    at.wire.here.clear()
    number = at.ask("1011")
    at.pass_by(2)
    at.now = NOW + timedelta(minutes=10)
    at.pass_by(1)
    assert at.state(number) == "queued"
    at.pass_by(1)
    assert (at.state(number), at.row(number)["sent_at"], at.row(number)["tries"]) == ("timed_out", None, 0)


def test_a_logger_that_is_not_admitted_is_not_talked_to(conn):
    at, logger = bench(conn)
    conn.execute("update logger set admitted = false")
    at.ask("1011")
    at.pass_by(5)
    assert logger.heard == []


def test_a_request_whose_process_was_killed_goes_out_again_under_its_qn(conn):
    at, logger = bench(conn, [], [READY, DONE])
    number = at.ask("2061", BeginTime="20261122070000", EndTime="20261122070000")
    at.pass_by(3)
    at.restart()
    at.pass_by(4)
    assert (at.state(number), at.row(number)["tries"]) == ("done", 2)
    assert len({one.qn for one in logger.heard}) == 1


def test_an_order_that_was_accepted_is_not_given_again_after_a_restart(conn):
    at, logger = bench(conn, [READY])
    number = at.ask("3011", PolId="a21026")
    at.pass_by(4)
    at.restart()
    at.pass_by(2)
    at.wire.arrive(logger.say(*DONE, logger.heard[0].qn))
    at.pass_by(1)
    assert (at.state(number), len(logger.heard)) == ("done", 1)


def test_tries_count_across_restarts(conn):
    at, logger = bench(conn)
    number = at.ask("1011")
    for _ in range(5):
        at.pass_by(4)
        at.restart()
    assert (at.state(number), len(logger.heard)) == ("timed_out", 3)


@pytest.mark.parametrize(
    ("clock", "offset_s"),
    [("20261122080001", 0), ("20261122080301", 179), ("20261122075801", -119)],
)
def test_the_time_of_a_logger_says_how_far_it_is_off(conn, clock, offset_s):
    at, _ = bench(conn, [READY, ("1011", f"SystemTime={clock}"), DONE])
    number = at.ask("1011")
    at.pass_by(3)
    assert at.row(number)["result"] == {"SystemTime": clock, "offset_s": offset_s}


@pytest.mark.parametrize(
    ("cn", "cp", "result"),
    [
        ("1061", "RtdInterval=60", {"RtdInterval": "60"}),
        ("3015", "DataTime=20261122080000;VaseNo=7", {"DataTime": "20261122080000", "VaseNo": "7"}),
        ("3019", "PolId=a21026,a21026-SN=0201020304", {"PolId": "a21026", "a21026-SN": "0201020304"}),
        ("3020", "PolId=a21026,i11001-Info=//正常//", {"PolId": "a21026", "i11001-Info": "//正常//"}),
        ("2011", "DataTime=20261122080000;a21026-Rtd=3", {"DataTime": "20261122080000", "a21026-Rtd": "3"}),
    ],
)
def test_what_a_logger_tells_is_kept_with_the_command(conn, cn, cp, result):
    at, _ = bench(conn, [READY, (cn, cp), DONE])
    number = at.ask(cn)
    at.pass_by(3)
    assert (at.state(number), at.row(number)["result"]) == ("done", result)


def test_the_minute_interval_follows_what_the_logger_says_and_what_it_was_set_to(conn):
    at, logger = bench(
        conn, [READY, ("1063", "MinInterval=10")], [READY, DONE], [READY, ("1063", "MinInterval=7"), DONE]
    )
    at.ask("1063")
    at.pass_by(3)
    at.wire.arrive(logger.say(*DONE, logger.heard[0].qn))
    at.pass_by(1)
    assert at.logger("minute_interval_min") == 10
    at.ask("1064", MinInterval="5")
    at.pass_by(3)
    assert at.logger("minute_interval_min") == 5
    at.ask("1063")
    at.pass_by(3)
    assert at.logger("minute_interval_min") == 5


def test_a_logger_that_asks_for_the_time_is_told_it_once_a_minute(conn):
    at, logger = bench(conn, [READY, DONE], [READY, DONE])
    for _ in range(3):
        at.wire.arrive(logger.say("1013", "", "20261122080000001"))
        at.pass_by(3)
    assert [one.head.cn for one in logger.heard] == ["1012"]
    assert logger.heard[0].field("SystemTime") == "20261122080001"
    row = conn.execute("select cause, requested_by, state from logger_command").fetchall()
    assert row == [("clock", "system", "done")]
    at.now = NOW + timedelta(seconds=61)
    at.wire.arrive(logger.say("1013", "", "20261122080101001"))
    at.pass_by(3)
    assert len(logger.heard) == 2


def test_a_time_that_is_said_again_is_the_time_of_saying(conn):
    at, logger = bench(conn, [], [READY, DONE])
    at.ask("1012")
    at.pass_by(20)
    assert [one.field("SystemTime") for one in logger.heard] == ["20261122080001", "20261122080012"]
    assert logger.heard[0].qn == logger.heard[1].qn


def test_the_qn_grows_even_when_our_clock_goes_back(conn):
    at, logger = bench(conn, [READY, DONE], [READY, DONE])
    at.ask("1061")
    at.pass_by(3)
    at.now = NOW - timedelta(hours=1)
    at.ask("1061")
    at.pass_by(3)
    assert logger.heard[1].qn == "20261122080000001"
