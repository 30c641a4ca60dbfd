"""What is not confirmed: three tries, then it is kept; late data say that they are late, and only those."""

from itertools import count

import pytest

from simulators.loggers.outbox import Outbox, Parcel
from tests.simulators.loggers.sample import MIDNIGHT_S, Clock, answer_to, leaving, logger, play


def box() -> Outbox:
    numbers = count(1)
    return Outbox(lambda: f"qn{next(numbers)}")


def qns(outbox: Outbox, now_s: float) -> list[tuple[str, bool]]:
    return [(flight.qn, flight.resent) for flight in outbox.due(now_s)]


def test_an_unanswered_frame_is_sent_three_times_and_then_kept_for_later():
    outbox = box()
    outbox.put(Parcel("2011", "a"))
    assert qns(outbox, 0.0) == [("qn1", False)]
    assert qns(outbox, 9.9) == []
    assert qns(outbox, 10.0) == [("qn1", False)]
    assert qns(outbox, 20.0) == [("qn1", False)]
    assert qns(outbox, 30.0) == []
    assert outbox.unconfirmed == 1
    assert qns(outbox, 89.0) == []
    assert qns(outbox, 90.0) == [("qn2", True)]
    assert outbox.confirmed("qn2") == Parcel("2011", "a")
    assert outbox.unconfirmed == 0


def test_an_answer_after_the_last_try_still_confirms():
    outbox = box()
    outbox.put(Parcel("2011", "a"))
    for now_s in (0.0, 10.0, 20.0, 30.0):
        outbox.due(now_s)
    assert outbox.confirmed("qn1") == Parcel("2011", "a")
    assert (outbox.unconfirmed, outbox.confirmed("qn1")) == (0, None)


def test_four_frames_fly_at_a_time_and_live_ones_pass_those_that_are_late():
    outbox = box()
    for name in "abc":
        outbox.put(Parcel("2051", name), late=True)
    for name in "wxyz":
        outbox.put(Parcel("2011", name))
    assert [flight.parcel.cp for flight in outbox.due(0.0)] == list("wxyz")
    for number in (1, 2, 3, 4):
        outbox.confirmed(f"qn{number}")
    assert [(flight.parcel.cp, flight.resent) for flight in outbox.due(1.0)] == [(n, True) for n in "abc"]


def test_a_lost_connection_keeps_what_flew_and_a_heartbeat_is_forgotten():
    outbox = box()
    outbox.put(Parcel("2011", "a"))
    outbox.put(Parcel("9015", "", passing=True))
    outbox.due(0.0)
    outbox.disconnected()
    outbox.connected()
    assert [(flight.parcel.cp, flight.resent) for flight in outbox.due(1.0)] == [("a", True)]


def test_an_answer_without_qn_is_to_the_oldest_frame():
    outbox = box()
    outbox.put(Parcel("2011", "a"))
    outbox.put(Parcel("2051", "b"))
    outbox.due(0.0)
    assert outbox.confirmed("") == Parcel("2011", "a")
    assert outbox.confirmed("") == Parcel("2051", "b")
    assert outbox.confirmed("") is None


def test_it_is_bounded_however_long_an_outage_lasts():
    outbox = box()
    for number in range(30_100):
        outbox.put(Parcel("2051", str(number)), late=True)
    assert outbox.unconfirmed == 30_000
    assert outbox.due(0.0)[0].parcel.cp == "100"


@pytest.mark.parametrize(("edition", "said"), [(2005, False), (2017, False), (2025, True)])
def test_rf_is_said_in_2025_alone_and_only_of_what_is_sent_again(edition, said):
    clock = Clock()
    one = logger(edition, now=clock)
    play(one, MIDNIGHT_S + 60, MIDNIGHT_S + 70)
    first = leaving(one, 0.0)
    assert {frame.head.cn for frame in first} >= {"2011"}
    assert not any(frame.head.resent for frame in first)
    again = leaving(one, 10.0)
    assert [frame.raw for frame in again] == [frame.raw for frame in first]
    for now_s in (20.0, 30.0):
        leaving(one, now_s)
    clock.now_s += 100.0
    while (late := leaving(one, 100.0)) and not any(frame.head.cn == "2011" for frame in late):
        for frame in late:
            one.heard(answer_to(frame))
    (instant,) = [frame for frame in late if frame.head.cn == "2011"]
    assert instant.head.resent is said
    assert b"RF=" not in first[0].raw
    assert instant.field("DataTime") == "20261122000100"
    assert instant.qn > first[-1].qn


def test_over_an_outage_records_are_kept_and_instants_are_not():
    one = logger(2025)
    one.connected = False
    play(one, MIDNIGHT_S, MIDNIGHT_S + 3700)
    one.connected = True
    one.outbox.connected()
    found = []
    while some := leaving(one, 0.0):
        found += some
        for frame in some:
            one.heard(answer_to(frame))
    said = [(frame.head.cn, frame.field("DataTime")) for frame in found if frame.head.pno in {None, 1}]
    minutes = [("2051", f"20261122{m // 60:02}{m % 60:02}00") for m in range(61)]
    assert sorted(said) == sorted([*minutes, ("2061", "20261122000000")])
    assert all(frame.head.resent for frame in found)
