"""One exchange with a logger, by hand and against a model."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ingest.gateway.dialogue import (
    OPEN,
    Exchange,
    Patience,
    Reply,
    belongs,
    qn_of,
    replied,
    reply_of,
    waited,
)
from smartpark.hj212.encode import Sender, encode
from smartpark.hj212.frame import decode

AT = datetime(2026, 11, 22, 3, 12, tzinfo=UTC)
PATIENCE = Patience(timedelta(seconds=10), tries=3)
QN = "20261122111200000"
READY, REFUSED = Reply("9011", 1), Reply("9011", 2)
DONE, NOTHING, BUSY = Reply("9012", 1), Reply("9012", 100), Reply("9012", 5)
DATA, NOTED = Reply("2051"), Reply("9013")


def later(seconds):
    return AT + timedelta(seconds=seconds)


def play(*steps, patience=PATIENCE):
    """Play (second, reply) in order, looking each second between; return the exchange and when it was sent again."""
    exchange, again, second = Exchange("sent", 1, AT), [], 0
    for at, reply in steps:
        while second <= at:
            exchange, once_more = waited(exchange, later(second), patience)
            again += [second] * once_more
            second += 1
        if reply is not None:
            exchange = replied(exchange, reply, later(at))
    return exchange, again


def frame(cn, cp, qn=QN, st="91"):
    return decode(encode(Sender("A" * 24, st), cn, cp, flag=4, qn=qn))


def test_a_request_is_accepted_answered_with_data_and_done():
    exchange, again = play((1, READY), (2, DATA), (3, DATA), (4, DONE))
    assert (exchange.state, exchange.frames, exchange.qn_rtn, exchange.exe_rtn) == ("done", 2, 1, 1)
    assert (exchange.answered_at, exchange.finished_at, again) == (later(1), later(4), [])


def test_silence_sends_it_again_until_its_tries_are_used_up():
    exchange, again = play((40, None))
    assert again == [10, 20]
    assert (exchange.state, exchange.tries, exchange.finished_at) == ("timed_out", 3, later(30))


def test_an_answer_to_the_second_sending_counts():
    exchange, again = play((12, READY), (13, DONE))
    assert (exchange.state, exchange.tries, again) == ("done", 2, [10])


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (REFUSED, "refused"),
        (DONE, "done"),
        (NOTHING, "done"),
        (BUSY, "failed"),
        (NOTED, "done"),
        (DATA, "accepted"),
    ],
)
def test_the_first_reply_may_be_any_of_them(reply, state):
    exchange, _ = play((1, reply))
    assert exchange.state == state


def test_each_frame_of_data_renews_the_wait():
    steps = [(second, DATA) for second in range(2, 200, 25)]
    assert play((1, READY), *steps)[0].state == "accepted"
    exchange, again = play((1, READY), *steps, (260, None))
    assert (exchange.state, exchange.exe_rtn, exchange.frames, again) == ("done", None, 8, [])


def test_a_logger_that_accepts_and_says_nothing_more_times_out():
    exchange, again = play((1, READY), (40, None))
    assert (exchange.state, exchange.finished_at, again) == ("timed_out", later(31), [])


def test_a_logger_that_never_stops_is_ended_after_ten_minutes():
    exchange, _ = play((1, READY), *[(second, DATA) for second in range(2, 700)])
    assert (exchange.state, exchange.finished_at) == ("done", later(600))


def test_what_comes_after_the_end_changes_nothing():
    ended, _ = play((1, READY), (2, DONE))
    for reply in (READY, REFUSED, DATA, DONE, BUSY, NOTED):
        assert replied(ended, reply, later(3)) == ended
    assert waited(ended, later(9999), PATIENCE) == (ended, False)


def test_of_two_9011_the_first_counts():
    exchange, _ = play((11, READY), (12, REFUSED))
    assert (exchange.state, exchange.qn_rtn, exchange.answered_at) == ("accepted", 1, later(11))


def test_a_refusal_after_stray_data_is_a_refusal():
    assert play((1, DATA), (2, REFUSED))[0].state == "refused"


@pytest.mark.parametrize(
    ("cn", "cp", "reply"),
    [
        ("9011", "QnRtn=1", Reply("9011", 1)),
        ("9011", "QnRtn=", Reply("9011", 100)),
        ("9011", "", Reply("9011", 100)),
        ("9012", "ExeRtn=100", Reply("9012", 100)),
        ("9012", "ExeRtn=yes", Reply("9012", 2)),
        ("9012", "ExeRtn=99999999", Reply("9012", 2)),
        ("9013", "", Reply("9013")),
        ("1011", "SystemTime=20261122111200", Reply("1011")),
    ],
)
def test_a_frame_says_what_it_means(cn, cp, reply):
    assert reply_of(frame(cn, cp)) == reply


def test_a_frame_belongs_by_its_qn_whatever_its_st_is():
    assert belongs(frame("9011", "QnRtn=1", st="31"), "2051", QN)
    assert belongs(frame("2051", "DataTime=20261122111200", st="31"), "2051", QN)
    assert not belongs(frame("9011", "QnRtn=1", qn="20261122111200001"), "2051", QN)
    assert not belongs(frame("9014", ""), "2051", QN)


def test_a_logger_of_2005_says_the_qn_in_cp_or_not_at_all():
    inside = frame("9012", f"QN={QN};ExeRtn=1", qn=None)
    assert (qn_of(inside), belongs(inside, "2051", QN)) == (QN, True)
    assert not belongs(frame("9012", "QN=20261122111200001;ExeRtn=1", qn=None), "2051", QN)
    assert belongs(frame("2051", "DataTime=20261122111200", qn=None), "2051", QN)
    assert not belongs(frame("2011", "DataTime=20261122111200", qn=None), "2051", QN)


class Dialogue(RuleBasedStateMachine):
    """Any replies at any time: one result, no more sendings than tries, and an end."""

    def __init__(self):
        super().__init__()
        self.now = AT
        self.exchange = Exchange("sent", 1, AT)
        self.sent = 1
        self.results = []

    def _after(self, exchange):
        was, self.exchange = self.exchange, exchange
        if was.state in OPEN and exchange.state not in OPEN:
            self.results.append(exchange.state)
        if was.state not in OPEN:
            assert exchange == was

    @rule(reply=st.sampled_from([READY, REFUSED, DONE, NOTHING, BUSY, DATA, NOTED]))
    def the_logger_says(self, reply):
        self._after(replied(self.exchange, reply, self.now))

    @rule(seconds=st.integers(0, 40))
    def time_passes(self, seconds):
        self.now += timedelta(seconds=seconds)
        exchange, again = waited(self.exchange, self.now, PATIENCE)
        self.sent += again
        assert not (again and self.exchange.state != "sent")
        self._after(exchange)

    @precondition(lambda self: self.exchange.state in OPEN)
    @rule()
    def nothing_more_is_said(self):
        for _ in range(PATIENCE.tries + 4):
            self.time_passes(10)
        assert self.exchange.state not in OPEN

    @invariant()
    def it_is_never_sent_more_often_than_its_tries(self):
        assert self.sent == self.exchange.tries <= PATIENCE.tries

    @invariant()
    def it_has_one_result_and_says_when(self):
        assert len(self.results) == (self.exchange.state not in OPEN)
        assert (self.exchange.finished_at is not None) == (self.exchange.state not in OPEN)

    @invariant()
    def it_ends_as_its_codes_say(self):
        exchange = self.exchange
        if exchange.exe_rtn is not None:
            assert exchange.state == ("done" if exchange.exe_rtn in {1, 100} else "failed")
        if exchange.state == "refused":
            assert exchange.qn_rtn not in {1, None}
        if exchange.state == "timed_out":
            assert exchange.frames == 0

    @invariant()
    def it_is_bounded_in_time(self):
        if self.exchange.state in OPEN:
            assert self.now - self.exchange.sent_at <= timedelta(seconds=600 + 40)


TestDialogue = Dialogue.TestCase
TestDialogue.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
