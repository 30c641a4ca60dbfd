"""What a logger answers when it is asked, and what it then does."""

import pytest

from smartpark.hj212.times import parse
from tests.simulators.loggers.sample import (
    KEY,
    MIDNIGHT_S,
    OUTLET,
    ZONE,
    Clock,
    ask,
    everything,
    logger,
    measured,
    play,
)


def told(frames) -> list[tuple[str, str | None]]:
    """Return the commands of an answer with what they say: a code, or a time."""
    names = {"9011": "QnRtn", "9012": "ExeRtn"}
    return [(frame.head.cn, frame.field(names.get(frame.head.cn, "DataTime"))) for frame in frames]


@pytest.fixture
def remembering():
    one = logger(station=OUTLET, now=Clock(MIDNIGHT_S + 7300.0))
    one.remember(*measured(OUTLET, MIDNIGHT_S - 86_400, MIDNIGHT_S + 7300))
    one.memory.turn(MIDNIGHT_S + 7300)
    return one


@pytest.mark.parametrize(
    ("cn", "first", "last", "starts"),
    [
        ("2051", "20261122000100", "20261122000300", [f"2026112200{m:02}00" for m in (1, 2, 3)]),
        ("2061", "20261121230000", "20261122010000", ["20261121230000", "20261122000000", "20261122010000"]),
        ("2031", "20261121000000", "20261121000000", ["20261121000000"]),
        ("2041", "20261120000000", "20261122000000", ["20261121000000"]),
    ],
)
def test_the_past_is_answered_with_exactly_the_periods_asked_for(remembering, cn, first, last, starts):
    frames = ask(remembering, cn, f"BeginTime={first},EndTime={last}")
    assert told(frames) == [("9011", "1"), *((cn, start) for start in starts), ("9012", "1")]
    assert {frame.qn for frame in frames} == {"20261122100000001"}
    assert not any(frame.wants_answer for frame in frames)
    assert [frame.head.st for frame in frames] == ["91", *["32"] * len(starts), "91"]


def test_a_period_without_data_is_said_to_have_none(remembering):
    asked = ask(remembering, "2061", "BeginTime=20260101000000,EndTime=20260102000000")
    assert told(asked) == [("9011", "1"), ("9012", "100")]


@pytest.mark.parametrize(
    "cp",
    [
        "",
        "BeginTime=20261122000000",
        "BeginTime=x,EndTime=y",
        "BeginTime=20261122000000,EndTime=20261121000000",
    ],
)
def test_a_period_that_is_none_has_the_wrong_conditions(remembering, cp):
    assert told(ask(remembering, "2061", cp)) == [("9011", "1"), ("9012", "3")]


def test_the_past_of_2025_is_encrypted_and_says_that_it_comes_again():
    one = logger(2025, OUTLET, key=KEY)
    one.remember(*measured(OUTLET, MIDNIGHT_S, MIDNIGHT_S + 180))
    frames = ask(one, "2051", "BeginTime=20261122000000,EndTime=20261122000100")
    assert [(frame.head.cn, frame.encrypted, frame.head.resent) for frame in frames] == [
        ("9011", False, False),
        ("2051", True, True),
        ("2051", True, True),
        ("9012", False, False),
    ]


def test_its_clock_is_read_and_set():
    one = logger(now=Clock(MIDNIGHT_S + 100.0))
    one.clock_offset_s = -40.0
    (_, time, _) = ask(one, "1011")
    assert time.field("SystemTime") == "20261122000100"
    assert told(ask(one, "1012", "SystemTime=20261122000140")) == [("9011", "1"), ("9012", "1")]
    assert one.clock_offset_s == 0.0
    play(one, MIDNIGHT_S + 100, MIDNIGHT_S + 130)
    assert {frame.field("DataTime") for frame in everything(one) if frame.head.cn == "2011"} == {
        "20261122000200"
    }


def test_a_clock_that_lies_is_in_every_time_it_says():
    clock = Clock(MIDNIGHT_S + 60.0)
    one = logger(now=clock)
    one.clock_offset_s = 7200.0
    play(one, MIDNIGHT_S + 50, MIDNIGHT_S + 70)
    (instant,) = [frame for frame in everything(one) if frame.head.cn == "2011"]
    assert instant.field("DataTime") == "20261122020100"
    assert parse(instant.qn, ZONE) // 1_000_000 == MIDNIGHT_S + 7260


def test_intervals_are_read_and_set_and_then_kept_to():
    one = logger(now=Clock(MIDNIGHT_S))
    assert [f.field("RtdInterval") for f in ask(one, "1061")] == [None, "60", None]
    assert told(ask(one, "1062", "RtdInterval=30"))[-1] == ("9012", "1")
    assert told(ask(one, "1062", "RtdInterval=29"))[-1] == ("9012", "3")
    assert told(ask(one, "1064", "MinInterval=5"))[-1] == ("9012", "1")
    assert told(ask(one, "1064", "MinInterval=7"))[-1] == ("9012", "3")
    assert [f.field("MinInterval") for f in ask(one, "1063")] == [None, "5", None]
    play(one, MIDNIGHT_S, MIDNIGHT_S + 310)
    frames = everything(one)
    assert len([frame for frame in frames if frame.head.cn == "2011"]) == 11
    assert {frame.field("DataTime") for frame in frames if frame.head.cn == "2051"} == {"20261122000000"}


def test_a_new_password_counts_after_its_reply():
    one = logger()
    replies = ask(one, "1072", "NewPW=654321")
    assert [frame.head.pw for frame in replies] == ["123456", "123456"]
    assert told(ask(one, "1061")) == [("9011", "3")]
    assert told(ask(one, "1061", pw="654321"))[0] == ("9011", "1")
    assert told(ask(one, "1072", "NewPW=1", pw="654321"))[-1] == ("9012", "3")


def test_samples_bottles_serial_numbers_and_logs_are_given():
    one = logger(station=OUTLET, now=Clock(MIDNIGHT_S + 3600.0))
    assert told(ask(one, "3012", "PolId=w01018")) == [("9011", "1"), ("9012", "1")]
    assert ask(one, "3015")[1].field("VaseNo") == "18"
    identity = ask(one, "3019", "PolId=w01018")[1]
    assert identity.values[identity.shape.factors["w01018"]["SN"]] == "0201020304"
    log = ask(one, "3020", "PolId=w01018,InfoId=i12001")[1]
    assert log.values[log.shape.factors["i12001"]["Info"]] == "//仪器运行正常//"


def test_the_newest_instant_and_the_states_are_given_on_request():
    one = logger(now=Clock(MIDNIGHT_S + 60.0))
    assert told(ask(one, "2011")) == [("9011", "1"), ("9012", "1")]
    play(one, MIDNIGHT_S, MIDNIGHT_S + 60)
    assert told(ask(one, "2011"))[1] == ("2011", "20261122000050")
    assert ask(one, "2021")[1].shape.factors["SB1"].keys() == {"RS"}


@pytest.mark.parametrize(
    ("cn", "pw", "code"), [("3011", "123456", "8"), ("2012", "123456", "8"), ("1061", "000000", "3")]
)
def test_what_it_does_not_know_or_trust_is_refused_with_the_reason(cn, pw, code):
    assert told(ask(logger(), cn, pw=pw)) == [("9011", code)]


def test_it_may_refuse_or_be_deaf():
    one = logger()
    one.refuses = True
    assert told(ask(one, "1061")) == [("9011", "2")]
    one.deaf = True
    assert ask(one, "1061") == []
